//! `POST /api/workflow/cancel` and `/kill`: how runs are ended.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use baton_app::App;
use baton_app::project_runs::Manner;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::error::{Asked, ErrorBody, Refusal};
use super::foreign;
use super::input::{Document, Fields, Issue, Parameters};
use super::mirror;
use super::queries;
use super::record::{self, Answered, OldQuestions, record};
use super::statuses::{Shown, shown};
use crate::http::v1::By;

/// Which run to end at once.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SpecflowKillRequest)]
pub(super) struct KillRequest {
    /// The run.
    #[schema(format = "uuid")]
    id: String,
    /// The project it is in.
    project_id: Option<String>,
    /// Whether its processes have no time to end by themselves.
    #[serde(default)]
    force: bool,
}

/// What became of the processes of a run.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = SpecflowKilled)]
pub(super) struct KillOutcome {
    /// Whether nothing is in the way of its end.
    success: bool,
    /// Processes that were told to end.
    killed: Vec<u32>,
    /// Those that could not be told.
    failed: Vec<u32>,
    /// The same in words.
    message: String,
}

/// Why no run is killed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SpecflowInvalidKill)]
struct InvalidKill {
    /// What is wrong.
    error: String,
    /// For a body that cannot be taken: everything that is wrong with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<Vec<Issue>>,
}

/// Ends a run, with all processes of its agent.
#[utoipa::path(
    post,
    path = "/cancel",
    operation_id = "specflowCancel",
    tag = "specflow",
    params(queries::CancelQuery),
    responses(
        (status = 200, body = Answered),
        (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody),
    ),
)]
pub(super) async fn cancel(
    State(app): State<App>,
    By(caller): By,
    parameters: Parameters,
) -> Result<Response, Refusal> {
    if parameters.get("id").is_none()
        && let Some(session) = parameters.get("sessionId")
    {
        let project = parameters.required("projectId")?;
        let id = run_of_session(&app, project, session).await?;
        let said = parameters.get("status").unwrap_or("cancelled");
        return by_session(&app, &caller, &id, (session, said)).await;
    }
    let id = parameters.required("id")?;
    foreign::refuse(&app, id, Asked::Cancel).await?;
    let run = app.cancel_project_run(&caller, id).await;
    let run = run.map_err(|error| Refusal::of(error, Asked::Cancel))?;
    mirror::write(&app, &run).await;
    let record = record(&run, OldQuestions::Hidden);
    Ok(Json(record::answered(record)).into_response())
}

/// Ends the run of a session, if it has not ended; how that is answered is the
/// client's to say.
async fn by_session(
    app: &App,
    caller: &baton_app::Caller,
    id: &str,
    (session, said): (&str, &str),
) -> Result<Response, Refusal> {
    if !["cancelled", "completed"].contains(&said) {
        return Err(Refusal::bad(format!("Invalid status: {said}")));
    }
    let before = app.project_run(id).await;
    let before = before.map_err(|error| Refusal::of(error, Asked::Cancel))?;
    let mut killed = Vec::new();
    if !shown(before.status()).is_final() {
        let outcome = app.kill_project_run(caller, id, Manner::InOrder).await;
        let (run, ended) = outcome.map_err(|error| Refusal::of(error, Asked::Cancel))?;
        mirror::write(app, &run).await;
        killed = ended.killed;
    }
    let answer = json!({
        "cancelled": true, "sessionId": session, "status": said, "killed": killed,
    });
    Ok(Json(answer).into_response())
}

/// The run of a project whose agent has this session, the latest of them.
pub(super) async fn run_of_session(
    app: &App,
    project: &str,
    session: &str,
) -> Result<String, Refusal> {
    let runs = app.project_runs(Some(project)).await;
    let runs = runs.map_err(|error| Refusal::of(error, Asked::Look))?;
    let found = runs.iter().find(|run| run.session() == Some(session));
    let unknown = || {
        let message = format!("Session not found: {session}");
        Refusal::new(StatusCode::NOT_FOUND, message)
    };
    found.map(|run| run.id().to_string()).ok_or_else(unknown)
}

/// Ends the processes of a run, which is cancelled then.
#[utoipa::path(
    post,
    path = "/kill",
    operation_id = "specflowKill",
    tag = "specflow",
    request_body = KillRequest,
    responses(
        (status = 200, body = KillOutcome),
        (status = 400, body = InvalidKill),
        (status = 404, body = ErrorBody),
    ),
)]
pub(super) async fn kill(
    State(app): State<App>,
    By(caller): By,
    Document(body): Document,
) -> Result<Response, Refusal> {
    let (id, manner) = match wanted_end(body) {
        Ok(wanted) => wanted,
        Err(issues) => {
            let body = InvalidKill {
                error: "Invalid request".to_owned(),
                details: Some(issues),
            };
            return Ok((StatusCode::BAD_REQUEST, Json(body)).into_response());
        }
    };
    foreign::refuse(&app, &id, Asked::Kill).await?;
    let outcome = app.kill_project_run(&caller, &id, manner).await;
    let (run, ended) = outcome.map_err(|error| Refusal::of(error, Asked::Kill))?;
    mirror::write(&app, &run).await;
    let message = match (ended.killed.len(), ended.failed.len()) {
        (0, 0) => "No process was running".to_owned(),
        (n_killed, 0) => format!("Killed {n_killed} process(es)"),
        (n_killed, n_failed) => format!("Killed {n_killed} process(es), {n_failed} failed"),
    };
    let killed = KillOutcome {
        success: ended.failed.is_empty() && shown(run.status()) == Shown::Cancelled,
        killed: ended.killed,
        failed: ended.failed,
        message,
    };
    Ok(Json::<Value>(super::look::document(&killed)?).into_response())
}

/// Which run to end and how, or everything that is wrong with the body.
fn wanted_end(body: Value) -> Result<(String, Manner), Vec<Issue>> {
    let mut fields = Fields::of(body).map_err(|issue| vec![issue])?;
    let id = fields.id("id");
    fields.optional_text("projectId");
    let manner = if fields.flag("force") {
        Manner::AtOnce
    } else {
        Manner::InOrder
    };
    fields.issues()?;
    Ok((id, manner))
}
