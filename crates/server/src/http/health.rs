//! `/health`, whether the process answers, and `/health/ready`, whether work may
//! be sent to it. Neither says anything that is worth a token.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::{Extension, Json};
use baton_app::App;
use baton_model::ErrorCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::error::Problem;
use super::instruments::Instruments;

/// How long the store may take to answer.
const STORE_PATIENCE: Duration = Duration::from_secs(2);

/// How far a process is, from its start to its end.
#[derive(Clone, Debug)]
pub struct Readiness {
    phase: Arc<AtomicU8>,
    since: Instant,
}

const STARTING: u8 = 0;
const SERVING: u8 = 1;
const DRAINING: u8 = 2;

impl Default for Readiness {
    /// One that serves already.
    fn default() -> Self {
        let readiness = Self::starting();
        readiness.serves();
        readiness
    }
}

impl Readiness {
    /// One that does not serve yet.
    pub fn starting() -> Self {
        Self {
            phase: Arc::new(AtomicU8::new(STARTING)),
            since: Instant::now(),
        }
    }

    /// What an earlier process left behind is taken up.
    pub fn serves(&self) {
        self.phase.store(SERVING, Ordering::Relaxed);
    }

    /// The process is about to end.
    pub fn drains(&self) {
        self.phase.store(DRAINING, Ordering::Relaxed);
    }
}

/// That the process answers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Health)]
pub(crate) struct Health {
    /// Always `healthy`: a process that is not does not answer.
    status: &'static str,
    /// The release.
    version: &'static str,
    /// How long it has been up.
    uptime_seconds: u64,
}

/// Whether work may be sent to the process.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Ready)]
pub(crate) struct Ready {
    /// Always `ready`: an error says that it is not, and why.
    status: &'static str,
}

/// The routes, at the root.
pub(super) fn described() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(health))
        .routes(routes!(ready))
}

/// Says that the server answers.
///
/// For whoever restarts processes that hang. It looks at nothing: a server whose
/// disk is full is not helped by a restart.
#[utoipa::path(
    get,
    path = "/health",
    operation_id = "getHealth",
    tag = "config",
    responses(
        (status = 200, body = Health),
    ),
)]
async fn health(Extension(instruments): Extension<Instruments>) -> Json<Health> {
    Json(Health {
        status: "healthy",
        version: env!("CARGO_PKG_VERSION"),
        uptime_seconds: instruments.readiness().since.elapsed().as_secs(),
    })
}

/// Says whether the server takes work.
///
/// For whoever sends requests to servers. It does when what an earlier process left
/// behind is taken up, the store answers, this process has the right to work on runs,
/// and it is not about to end.
#[utoipa::path(
    get,
    path = "/health/ready",
    operation_id = "getReadiness",
    tag = "config",
    responses(
        (status = 200, body = Ready),
    ),
)]
async fn ready(
    State(app): State<App>,
    Extension(instruments): Extension<Instruments>,
) -> Result<Json<Ready>, Problem> {
    let reason = match instruments.readiness().phase.load(Ordering::Relaxed) {
        STARTING => Some("the server is starting: it takes up unfinished runs"),
        DRAINING => Some("the server is stopping"),
        _ => hindrance(&app).await,
    };
    match reason {
        None => Ok(Json(Ready { status: "ready" })),
        Some(reason) => Err(Problem::new(ErrorCode::Unavailable, reason)),
    }
}

/// What keeps a process that has started from its work.
async fn hindrance(app: &App) -> Option<&'static str> {
    match tokio::time::timeout(STORE_PATIENCE, app.check_store()).await {
        Ok(Ok(())) if app.may_work() => None,
        Ok(Ok(())) => Some("another process works on the runs of this store"),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the store does not answer");
            Some("the store does not work; the log of the server says why")
        }
        Err(_elapsed) => {
            tracing::warn!(patience = ?STORE_PATIENCE, "the store does not answer in time");
            Some("the store does not answer")
        }
    }
}
