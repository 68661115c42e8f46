//! The v1 API (BLUEPRINT §7): the part of it that the command line needs.

mod convert;
pub mod dto;
mod executions;
mod extract;
mod message;
mod steps;
pub(crate) mod stream;

use axum::routing::{get, post};
use axum::{Extension, Router};
use baton_app::App;

/// The routes below `/api/v1`.
pub(crate) fn router() -> Router<App> {
    Router::new()
        .route(
            "/workflow-executions",
            get(executions::list).post(executions::start),
        )
        .nest("/workflow-executions/{execution_id}", of_one_execution())
}

fn of_one_execution() -> Router<App> {
    Router::new()
        .merge(streams())
        .route("/", get(executions::show))
        .route("/events", get(executions::events))
        .route("/logs", get(executions::logs))
        .route("/pause", post(executions::pause))
        .route("/resume", post(executions::resume))
        .route("/take-up", post(executions::take_up))
        .route("/cancel", post(executions::cancel))
        .route("/edits", post(executions::edit))
        .route("/rerun", post(executions::rerun))
        .route("/gates/approve", post(steps::approve_only))
        .route("/gates/reject", post(steps::reject_only))
        .route("/gates/{stage_id}/approve", post(steps::approve))
        .route("/gates/{stage_id}/reject", post(steps::reject))
        .route("/steps/{stage_id}/answer", post(steps::answer))
        .route("/steps/{stage_id}/reopen", post(steps::reopen))
}

fn streams() -> Router<App> {
    Router::new()
        .route("/stream", get(stream::stream))
        .route("/events/stream", get(stream::events))
        .layer(Extension(stream::Places::new()))
}
