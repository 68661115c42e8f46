//! The v1 API (BLUEPRINT §7): the part of it that the command line needs.

mod convert;
pub mod dto;
mod executions;
mod extract;
mod stream;

use axum::Router;
use axum::routing::{get, post};
use baton_app::App;

/// The routes below `/api/v1`.
pub(crate) fn router() -> Router<App> {
    Router::new()
        .route(
            "/workflow-executions",
            get(executions::list).post(executions::start),
        )
        .route("/workflow-executions/{execution_id}", get(executions::show))
        .route(
            "/workflow-executions/{execution_id}/stream",
            get(stream::stream),
        )
        .route(
            "/workflow-executions/{execution_id}/events",
            get(executions::events),
        )
        .route(
            "/workflow-executions/{execution_id}/logs",
            get(executions::logs),
        )
        .route(
            "/workflow-executions/{execution_id}/resume",
            post(executions::resume),
        )
        .route(
            "/workflow-executions/{execution_id}/cancel",
            post(executions::cancel),
        )
        .route(
            "/workflow-executions/{execution_id}/gates/approve",
            post(executions::approve_only),
        )
        .route(
            "/workflow-executions/{execution_id}/gates/reject",
            post(executions::reject_only),
        )
        .route(
            "/workflow-executions/{execution_id}/gates/{stage_id}/approve",
            post(executions::approve),
        )
        .route(
            "/workflow-executions/{execution_id}/gates/{stage_id}/reject",
            post(executions::reject),
        )
}
