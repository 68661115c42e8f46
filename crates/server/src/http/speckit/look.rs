//! `GET /workflows/{workflow_id}`, and its history.

use axum::Json;
use axum::extract::{Path, State};
use baton_app::App;
use baton_app::rounds::story::Rounds;
use baton_model::{ErrorCode, RunId};
use uuid::Uuid;

use super::DOOR;
use super::error::Refusal;
use super::input::Segment;
use super::wire::{HistoryResponse, WorkflowResponse};

/// Shows a workflow.
pub(super) async fn show(
    State(app): State<App>,
    id: Segment,
) -> Result<Json<WorkflowResponse>, Refusal> {
    Ok(Json(found(&app, id).await?.into()))
}

/// Shows every transition of a workflow.
pub(super) async fn history(
    State(app): State<App>,
    id: Segment,
) -> Result<Json<HistoryResponse>, Refusal> {
    Ok(Json(found(&app, id).await?.into()))
}

async fn found(app: &App, id: Segment) -> Result<Rounds, Refusal> {
    let id = &uuid_text(id)?;
    let run = run_of(id)?;
    let found = app.rounds(run, DOOR).await;
    found.map_err(|error| match error.code {
        ErrorCode::NotFound => Refusal::unknown_workflow(id),
        _ => error.into(),
    })
}

/// The text of an id; what is no text is no UUID either.
pub(super) fn uuid_text(id: Segment) -> Result<String, Refusal> {
    let Path(id) = id.map_err(|_no_text| Refusal::no_uuid("it is not UTF-8"))?;
    Ok(id)
}

/// The run that an id means: in any form that a UUID is written in.
pub(super) fn run_of(id: &str) -> Result<RunId, Refusal> {
    let uuid = Uuid::parse_str(id).map_err(|_no_uuid| Refusal::no_uuid(id))?;
    Ok(RunId::new(uuid))
}
