//! `/workflows/validate`, `/workflows/plan` and `/workflows/complete`: texts
//! that need not be stored.

use axum::extract::State;
use baton_app::App;
use baton_app::texts::GivenText;
use baton_model::plan::Workspace;
use baton_model::{Position, Value};

use super::convert;
use super::dto::plan::Plan;
use super::dto::workflows::{CompleteRequest, Completion, Completions, TextRequest, Validation};
use super::json::Json;
use super::workflows::validation;
use crate::http::error::Problem;

type Answer<T> = Result<Json<T>, Problem>;

/// Says what is wrong with a text that need not be stored.
#[utoipa::path(
    post,
    path = "/workflows/validate",
    operation_id = "validateText",
    tag = "workflows",
    request_body = TextRequest,
    responses(
        (status = 200, body = Validation),
        (status = 400),
    ),
)]
pub(super) async fn validate(
    State(app): State<App>,
    Json(request): Json<TextRequest>,
) -> Answer<Validation> {
    let found = app.validate(given(request)).await?;
    Ok(Json(validation(&found)))
}

/// Says what a run of a text would do.
#[utoipa::path(
    post,
    path = "/workflows/plan",
    operation_id = "planText",
    tag = "workflows",
    request_body = TextRequest,
    responses(
        (status = 200, body = Plan),
        (status = 400),
    ),
)]
pub(super) async fn plan(
    State(app): State<App>,
    Json(request): Json<TextRequest>,
) -> Answer<Value> {
    let compiled = app.plan(given(request)).await?;
    Ok(Json(compiled.document()))
}

/// Says what could be written at a place of a text.
#[utoipa::path(
    post,
    path = "/workflows/complete",
    operation_id = "completeText",
    tag = "workflows",
    request_body = CompleteRequest,
    responses(
        (status = 200, body = Completions),
        (status = 400),
    ),
)]
pub(super) async fn complete(
    State(app): State<App>,
    Json(request): Json<CompleteRequest>,
) -> Answer<Completions> {
    let at = Position {
        line: request.position.line.get(),
        column: request.position.column.get(),
    };
    let found = app
        .complete(request.yaml_content, at, request.directory.as_deref())
        .await?;
    let items = found.items.into_iter().map(|item| Completion {
        label: item.label,
        kind: item.kind.as_str().to_owned(),
        detail: item.detail,
    });
    Ok(Json(Completions {
        items: items.collect(),
        prefix: found.prefix,
    }))
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
            project: None,
        },
        overrides: request.overrides,
    }
}
