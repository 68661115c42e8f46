//! `GET /api/workflow/status` and `/list`: runs, and records of other services
//! that lie beside them.

use axum::Json;
use axum::extract::State;
use baton_app::App;
use baton_app::project_runs::ProjectRunError;
use baton_model::Value;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::error::{Asked, ErrorBody, Refusal};
use super::foreign;
use super::input::Parameters;
use super::queries;
use super::record::{self, Answered, OldQuestions, Record, record};

/// Records, those that changed last first.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = SpecflowExecutions)]
pub(super) struct Executions {
    /// The records.
    executions: Vec<Record>,
}

/// Shows the record of a run.
#[utoipa::path(
    get,
    path = "/status",
    operation_id = "specflowStatus",
    tag = "specflow",
    params(queries::IdQuery),
    responses(
        (status = 200, body = Answered),
        (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody),
    ),
)]
pub(super) async fn status(
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<Value>, Refusal> {
    let id = parameters.required("id")?;
    match app.project_run(id).await {
        Ok(run) => {
            let record = record(&run, OldQuestions::Hidden);
            Ok(Json(document(&record::answered(record))?))
        }
        Err(ProjectRunError::UnknownRun(_)) => match foreign::one(&app, id).await {
            Some(found) => Ok(Json(record::answered_as_found(&found))),
            None => Err(Refusal::unknown_run(id)),
        },
        Err(error) => Err(Refusal::of(error, Asked::Look)),
    }
}

/// Lists records of runs, those that changed last first.
#[utoipa::path(
    get,
    path = "/list",
    operation_id = "specflowList",
    tag = "specflow",
    params(queries::ProjectQuery),
    responses(
        (status = 200, body = Executions),
    ),
)]
pub(super) async fn list(
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<Value>, Refusal> {
    let project = parameters.get("projectId");
    let runs = app.project_runs(project).await;
    let runs = runs.map_err(|error| Refusal::of(error, Asked::Look))?;
    let mut records = Vec::new();
    for run in &runs {
        records.push(document(&record(run, OldQuestions::Hidden))?);
    }
    let others = foreign::all(&app).await.into_iter();
    let others = others.filter(|found| {
        project.is_none_or(|project| found.get("projectId").is_some_and(|id| id == project))
    });
    records.extend(others.map(Value::Object));
    // Times of one form sort as texts.
    let changed = |record: &Value| record["updatedAt"].as_str().unwrap_or_default().to_owned();
    records.sort_by_key(|record| std::cmp::Reverse(changed(record)));
    Ok(Json(json!({ "executions": records })))
}

pub(super) fn document(value: &impl Serialize) -> Result<Value, Refusal> {
    let document = serde_json::to_value(value);
    document.map_err(|error| baton_app::AppError::internal(error).into())
}
