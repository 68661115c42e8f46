//! The v1 API (BLUEPRINT §7).
//!
//! A route is made from the description of its operation, so that there is none
//! that `api/openapi.json` does not have.

mod batches;
mod convert;
pub mod document;
pub mod dto;
mod execution_lists;
mod executions;
mod extract;
mod inbox;
mod json;
mod message;
mod projects;
mod schemas;
mod settings;
mod step;
mod steps;
pub(crate) mod stream;
mod stream_all;
mod surroundings;
mod texts;
mod tokens;
mod workflows;

use axum::{Extension, Router, middleware};
use baton_app::App;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) use schemas::OPENAPI;
use stream::Places;

pub(crate) use extract::{By, IdempotencyKey};
pub(crate) use surroundings::need_workflows;

/// The routes below `/api/v1`.
pub(crate) fn router(app: &App) -> Router<App> {
    let need_workflows = middleware::from_fn_with_state(app.clone(), need_workflows);
    let (engine, _) = engine().split_for_parts();
    let (around, _) = around().split_for_parts();
    let engine = engine.layer(Extension(Places::new())).layer(need_workflows);
    engine.merge(around)
}

/// The same with what the document says of them.
fn described() -> OpenApiRouter<App> {
    engine().merge(around())
}

/// What is there while workflows are switched on.
fn engine() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(library())
        .merge(runs())
        .merge(of_one_run())
}

/// Stored workflows. Words of our own win over ids and names.
fn library() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(workflows::list, workflows::create))
        .routes(routes!(texts::validate))
        .routes(routes!(texts::plan))
        .routes(routes!(texts::complete))
        .routes(routes!(batches::delete_workflows))
        .routes(routes!(
            workflows::show,
            workflows::replace,
            workflows::patch,
            workflows::delete
        ))
        .routes(routes!(workflows::duplicate))
        .routes(routes!(workflows::validate))
        .routes(routes!(workflows::plan))
        .routes(routes!(workflows::run))
        .routes(routes!(execution_lists::of_workflow_below))
        .routes(routes!(stream::stream_of_workflow))
}

fn runs() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(execution_lists::list, executions::start))
        .routes(routes!(execution_lists::of_workflow))
        .routes(routes!(stream_all::stream))
        .routes(routes!(inbox::list))
        .routes(routes!(batches::pause))
        .routes(routes!(batches::resume))
        .routes(routes!(batches::cancel))
}

fn of_one_run() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(executions::show))
        .routes(routes!(executions::events))
        .routes(routes!(stream::events))
        .routes(routes!(stream::stream))
        .routes(routes!(executions::logs))
        .routes(routes!(step::show))
        .routes(routes!(executions::pause))
        .routes(routes!(executions::resume))
        .routes(routes!(executions::take_up))
        .routes(routes!(executions::cancel))
        .routes(routes!(executions::edit))
        .routes(routes!(executions::validate_edits))
        .routes(routes!(executions::rerun))
        .routes(routes!(steps::approve_only))
        .routes(routes!(steps::reject_only))
        .routes(routes!(steps::approve))
        .routes(routes!(steps::reject))
        .routes(routes!(steps::answer))
        .routes(routes!(steps::reopen))
}

/// What is there always.
fn around() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(projects::list, projects::add))
        .routes(routes!(projects::show, projects::remove))
        .routes(routes!(projects::skills))
        .routes(routes!(surroundings::artifacts))
        .routes(routes!(surroundings::agents))
        .routes(routes!(surroundings::feature_flags))
        .routes(routes!(settings::show))
        .routes(routes!(schemas::openapi))
        .routes(routes!(schemas::language))
        .routes(routes!(tokens::list, tokens::create))
        .routes(routes!(tokens::revoke))
}
