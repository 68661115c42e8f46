//! The v1 API (BLUEPRINT §7).

mod batches;
mod convert;
pub mod dto;
mod executions;
mod extract;
mod message;
mod steps;
pub(crate) mod stream;
mod surroundings;
mod texts;
mod tokens;
mod workflows;

use axum::routing::{delete, get, post};
use axum::{Extension, Router, middleware};
use baton_app::App;

use stream::Places;

/// The routes below `/api/v1`.
pub(crate) fn router(app: &App) -> Router<App> {
    let need_workflows = middleware::from_fn_with_state(app.clone(), surroundings::need_workflows);
    let places = Places::new();
    let engine = Router::new()
        .merge(library(&places))
        .merge(runs(&places))
        .layer(need_workflows);
    Router::new()
        .merge(engine)
        .route("/artifacts", get(surroundings::artifacts))
        .route("/config/feature-flags", get(surroundings::feature_flags))
        .route("/tokens", get(tokens::list).post(tokens::create))
        .route("/tokens/{name}", delete(tokens::revoke))
}

/// Stored workflows. Words of our own win over ids and names.
fn library(places: &Places) -> Router<App> {
    Router::new()
        .route("/workflows", get(workflows::list).post(workflows::create))
        .route("/workflows/validate", post(texts::validate))
        .route("/workflows/plan", post(texts::plan))
        .route("/workflows/complete", post(texts::complete))
        .route("/workflows/batch/delete", post(batches::delete_workflows))
        .nest("/workflows/{workflow_id}", of_one_workflow(places))
}

fn of_one_workflow(places: &Places) -> Router<App> {
    let streams = Router::new()
        .route(
            "/executions/{execution_id}/stream",
            get(stream::stream_of_workflow),
        )
        .layer(Extension(places.clone()));
    Router::new()
        .merge(streams)
        .route(
            "/",
            get(workflows::show)
                .put(workflows::replace)
                .patch(workflows::patch)
                .delete(workflows::delete),
        )
        .route("/duplicate", post(workflows::duplicate))
        .route("/validate", post(workflows::validate))
        .route("/plan", post(workflows::plan))
        .route("/run", post(workflows::run))
        .route("/executions", get(executions::of_workflow))
}

fn runs(places: &Places) -> Router<App> {
    Router::new()
        .route(
            "/workflow-executions",
            get(executions::list).post(executions::start),
        )
        .route(
            "/workflow-executions/by-workflow/{workflow_id}",
            get(executions::of_workflow),
        )
        .route("/workflow-executions/batch/pause", post(batches::pause))
        .route("/workflow-executions/batch/resume", post(batches::resume))
        .route("/workflow-executions/batch/cancel", post(batches::cancel))
        .nest(
            "/workflow-executions/{execution_id}",
            of_one_execution(places),
        )
}

fn of_one_execution(places: &Places) -> Router<App> {
    Router::new()
        .merge(streams(places))
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

fn streams(places: &Places) -> Router<App> {
    Router::new()
        .route("/stream", get(stream::stream))
        .route("/events/stream", get(stream::events))
        .layer(Extension(places.clone()))
}
