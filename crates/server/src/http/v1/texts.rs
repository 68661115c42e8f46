//! `/workflows/validate` and `/workflows/plan`: texts that need not be stored.

use axum::extract::State;
use baton_app::App;
use baton_app::texts::GivenText;
use baton_model::Value;
use baton_model::plan::Workspace;

use super::convert;
use super::dto::workflows::{TextRequest, Validation};
use super::extract::Json;
use super::workflows::validation;
use crate::http::error::Problem;

type Answer<T> = Result<axum::Json<T>, Problem>;

pub(super) async fn validate(
    State(app): State<App>,
    Json(request): Json<TextRequest>,
) -> Answer<Validation> {
    let found = app.validate(given(request)).await?;
    Ok(axum::Json(validation(&found)))
}

pub(super) async fn plan(
    State(app): State<App>,
    Json(request): Json<TextRequest>,
) -> Answer<Value> {
    let compiled = app.plan(given(request)).await?;
    Ok(axum::Json(compiled.report().to_json()))
}

fn given(request: TextRequest) -> GivenText {
    let is_given = request.parameters.is_some() || request.parameter_texts.is_some();
    let parameters = convert::parameters(request.parameters, request.parameter_texts);
    GivenText {
        definition: request.yaml_content.into(),
        parameters: is_given.then_some(parameters),
        workspace: Workspace {
            directory: request.directory,
            config: request.config,
        },
        overrides: request.overrides,
    }
}
