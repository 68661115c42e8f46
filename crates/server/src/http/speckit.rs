//! The door of the `SpecKit` orchestrator: `/workflows…`, and `/invoke/{agent}`,
//! which is the agent hub that is built in.
//!
//! Words, shapes and quirks of that service live here and nowhere else. Its
//! `/health` is that of all doors.

mod advance;
mod create;
mod error;
mod feature_id;
mod input;
mod invoke;
mod look;
mod status;
mod wire;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use baton_app::App;

use super::v1;

pub(super) use error::WORDING;

/// The name of this door in the store: of the runs it has started, and of the
/// numbers it has given out.
const DOOR: &str = "speckit";

/// The routes, at the root.
pub(super) fn router(app: &App) -> Router<App> {
    Router::new()
        .route("/workflows", post(create::create))
        .route("/workflows/{workflow_id}", get(look::show))
        .route("/workflows/{workflow_id}/history", get(look::history))
        .route("/workflows/{workflow_id}/advance", post(advance::advance))
        .route("/invoke/{agent}", post(invoke::invoke))
        .layer(from_fn_with_state(app.clone(), v1::need_workflows))
}
