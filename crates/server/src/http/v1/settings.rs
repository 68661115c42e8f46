//! `/config/settings`: by what this server goes.

use axum::extract::State;
use baton_app::App;
use baton_app::access::Authentication;
use baton_app::page::PAGE_MAX;
use baton_app::rows::Scope;

use super::dto::surroundings::{Limits, RateLimit, Settings};
use super::extract::By;
use super::json::Json;
use super::stream::STREAMS_MAX;
use super::surroundings::flags;
use crate::http::body::BYTES_MAX;

/// Shows by which settings this server goes.
///
/// They are changed where it runs. Paths are told to whoever has the scope `admin`.
#[utoipa::path(
    get,
    path = "/config/settings",
    operation_id = "getSettings",
    tag = "config",
    responses(
        (status = 200, body = Settings),
    ),
)]
pub(super) async fn show(State(app): State<App>, By(caller): By) -> Json<Settings> {
    let settings = app.settings();
    let path = |path: &Option<std::path::PathBuf>| {
        let path = path.as_ref().filter(|_| caller.scope == Scope::Admin)?;
        Some(path.display().to_string())
    };
    let authentication = match app.authentication() {
        Authentication::Auto => "auto",
        Authentication::Always => "always",
    };
    Json(Settings {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        api_version: "v1".to_owned(),
        listen: app.listening(),
        auth: authentication.to_owned(),
        tls: settings.is_encrypted,
        hosts: settings.hosts.clone(),
        origins: settings.origins.clone(),
        limits: Limits {
            processes: settings.processes_max,
            runs_per_project: settings.runs_per_project,
            body_bytes: BYTES_MAX,
            page_items: PAGE_MAX,
            streams: STREAMS_MAX,
            rate: settings.rate_limit.map(|(requests, per)| RateLimit {
                requests,
                seconds: per.as_secs(),
            }),
        },
        features: flags(&app),
        data_dir: path(&settings.data_dir),
        config: path(&settings.config),
    })
}
