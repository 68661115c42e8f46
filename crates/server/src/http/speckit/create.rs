//! `POST /workflows`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use baton_app::App;
use baton_app::builtin;
use baton_app::rounds::StartRounds;
use baton_model::{Object, Value};

use super::DOOR;
use super::error::Refusal;
use super::feature_id::feature_id;
use super::input::{Document, Fields};
use super::wire::WorkflowResponse;
use crate::http::v1::By;

/// What a workflow may be of.
const TYPES: [&str; 4] = ["specify", "plan", "tasks", "implement"];
/// Fewest characters of a description.
const DESCRIPTION_CHARS_MIN: usize = 10;

/// Starts a workflow. Its agent is called in the background.
pub(super) async fn create(
    State(app): State<App>,
    By(caller): By,
    body: Document,
) -> Result<(StatusCode, Json<WorkflowResponse>), Refusal> {
    let mut fields = Fields::of(body);
    let workflow_type = fields.text("workflow_type");
    let description = fields.text("feature_description");
    let context = fields.object("context");
    let is_long = description.chars().count() >= DESCRIPTION_CHARS_MIN;
    fields.expect(
        is_long,
        "feature_description must have at least 10 characters",
    );
    fields.end(Refusal::validation)?;
    let workflow = TYPES.contains(&workflow_type.as_str());
    let workflow = workflow.then(|| builtin::find(&workflow_type)).flatten();
    let workflow = workflow.ok_or_else(|| Refusal::unknown_type(&workflow_type, &TYPES))?;
    let start = StartRounds {
        workflow,
        door: DOOR,
        parameters: parameters(&description, context),
        name_parameter: "feature_id",
        name_of: Box::new(move |number| feature_id(number, &description)),
    };
    let started = app.start_rounds(&caller, start).await?;
    Ok((StatusCode::CREATED, Json(started.into())))
}

fn parameters(description: &str, context: Object) -> Object {
    let mut parameters = Object::new();
    parameters.insert("feature_description".to_owned(), description.into());
    if !context.is_empty() {
        parameters.insert("context".to_owned(), Value::Object(context));
    }
    parameters
}
