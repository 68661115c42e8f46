//! `/workflow-executions`: start, repeat, look at, pause, change, end.

use axum::extract::State;
use axum::http::StatusCode;
use baton_app::changes::RerunRun;
use baton_app::history::LINES_MAX;
use baton_app::live_edits::ProposedEdits;
use baton_app::rows::{LogFilter, Trigger};
use baton_app::stored::StartStored;
use baton_app::{App, StartRun, Started};
use baton_model::plan::Workspace;
use baton_model::{ErrorCode, StageId};

use super::dto::workflows::Validation;
use super::extract::{By, IdempotencyKey, Optional, Path, Query};
use super::json::Json;
use super::workflows::validation;
use super::{convert, dto};
use crate::http::error::Problem;

/// Lines or events in one answer when nobody says how many.
const LINES_DEFAULT: u32 = 1_000;

/// How many lines or events somebody wants in one answer.
fn lines(limit: Option<u32>) -> Result<u32, Problem> {
    let limit = limit.unwrap_or(LINES_DEFAULT);
    if (1..=LINES_MAX).contains(&limit) {
        return Ok(limit);
    }
    let message = format!("`limit` must be between 1 and {LINES_MAX}");
    Err(Problem::new(ErrorCode::Malformed, message))
}

type Answer<T> = Result<Json<T>, Problem>;

/// Starts a run, of a stored workflow or of a text.
///
/// Either `definition` or `workflow_id` is given.
/// It goes on in the background: the answer comes when it is stored.
#[utoipa::path(
    post,
    path = "/workflow-executions",
    operation_id = "startExecution",
    tag = "workflow-executions",
    params(IdempotencyKey),
    request_body = dto::StartRequest,
    responses(
        (status = 201, body = dto::Execution),
        (status = 200, body = dto::Execution, description = "It was started already, by a request with the same idempotency key."),
        (status = 400),
        (status = 409),
        (status = 507),
    ),
)]
pub(super) async fn start(
    State(app): State<App>,
    By(caller): By,
    IdempotencyKey(idempotency_key): IdempotencyKey,
    Json(request): Json<dto::StartRequest>,
) -> Result<(StatusCode, Json<dto::Execution>), Problem> {
    let trigger = trigger(request.trigger.as_deref())?;
    let parameters = convert::parameters(Some(request.parameters), Some(request.parameter_texts));
    let workspace = Workspace {
        directory: request.directory,
        config: request.config,
        project: request.project_id,
    };
    let started = match (request.definition, request.workflow_id) {
        (Some(definition), None) => {
            let start = StartRun {
                definition: definition.into(),
                parameters,
                workspace,
                overrides: request.overrides,
                trigger,
                idempotency_key,
            };
            app.start_run(&caller, start).await?
        }
        (None, Some(workflow)) => {
            let start = StartStored {
                workflow,
                parameters,
                workspace,
                overrides: request.overrides,
                trigger,
                idempotency_key,
            };
            app.start_stored(&caller, start).await?
        }
        (Some(_), Some(_)) | (None, None) => {
            let message = "give either a `definition` or the `workflow_id` of a stored one";
            return Err(Problem::new(ErrorCode::Malformed, message));
        }
    };
    show_started(&app, started).await
}

/// Repeats an execution, or a part of it.
#[utoipa::path(
    post,
    path = "/workflow-executions/{execution_id}/rerun",
    operation_id = "rerunExecution",
    tag = "workflow-executions",
    params(IdempotencyKey),
    request_body = Option<dto::RerunRequest>,
    responses(
        (status = 201, body = dto::Execution),
        (status = 200, body = dto::Execution, description = "It was started already, by a request with the same idempotency key."),
        (status = 400),
        (status = 409),
        (status = 507),
    ),
)]
pub(super) async fn rerun(
    State(app): State<App>,
    By(caller): By,
    Path(id): Path<String>,
    IdempotencyKey(idempotency_key): IdempotencyKey,
    Optional(request): Optional<dto::RerunRequest>,
) -> Result<(StatusCode, Json<dto::Execution>), Problem> {
    let rerun = RerunRun {
        run: id,
        from: request.from,
        trigger: trigger(request.trigger.as_deref())?,
        idempotency_key,
    };
    let started = app.rerun(&caller, rerun).await?;
    show_started(&app, started).await
}

pub(super) fn trigger(word: Option<&str>) -> Result<Trigger, Problem> {
    let trigger = word.unwrap_or("api").parse();
    trigger.map_err(|unknown: String| Problem::new(ErrorCode::Malformed, unknown))
}

pub(super) async fn show_started(
    app: &App,
    started: Started,
) -> Result<(StatusCode, Json<dto::Execution>), Problem> {
    let status = match &started.made {
        Some(_) => StatusCode::CREATED,
        None => StatusCode::OK,
    };
    let detail = app.started(started).await?;
    Ok((status, Json(convert::detail(&detail)?)))
}

/// Shows an execution with its steps.
#[utoipa::path(
    get,
    path = "/workflow-executions/{execution_id}",
    operation_id = "getExecution",
    tag = "workflow-executions",
    responses(
        (status = 200, body = dto::Execution),
    ),
)]
pub(super) async fn show(State(app): State<App>, Path(id): Path<String>) -> Answer<dto::Execution> {
    show_run(&app, &id).await
}

async fn show_run(app: &App, id: &str) -> Answer<dto::Execution> {
    let run = app.find_run(id).await?;
    Ok(Json(convert::detail(&app.run(run).await?)?))
}

/// Lists what has happened to an execution, as it is stored.
#[utoipa::path(
    get,
    path = "/workflow-executions/{execution_id}/events",
    operation_id = "listExecutionEvents",
    tag = "workflow-executions",
    params(dto::EventQuery),
    responses(
        (status = 200, body = dto::Items<dto::Event>),
    ),
)]
pub(super) async fn events(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(query): Query<dto::EventQuery>,
) -> Answer<dto::Items<dto::Event>> {
    let run = app.find_run(&id).await?;
    let limit = lines(query.limit)?;
    let rows = app.events(run, query.after.unwrap_or(0), limit).await?;
    let items = rows.iter().map(convert::event).collect::<Result<_, _>>()?;
    Ok(Json(dto::Items { items }))
}

/// Lists lines that agents have written.
#[utoipa::path(
    get,
    path = "/workflow-executions/{execution_id}/logs",
    operation_id = "listExecutionLogs",
    tag = "workflow-executions",
    params(dto::LogQuery),
    responses(
        (status = 200, body = dto::Items<dto::LogLine>),
    ),
)]
pub(super) async fn logs(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(query): Query<dto::LogQuery>,
) -> Answer<dto::Items<dto::LogLine>> {
    let run = app.find_run(&id).await?;
    let stage = query.stage.as_deref().map(StageId::new).transpose();
    let stage = stage.map_err(|bad| Problem::new(ErrorCode::NotFound, bad.to_string()))?;
    let filter = LogFilter {
        stage,
        dispatch: query.dispatch,
        after: query.after.unwrap_or(0),
        limit: lines(query.limit)?,
        from_end: query.tail,
    };
    let lines = app.logs(run, filter).await?;
    let items = lines.iter().map(convert::log_line).collect();
    Ok(Json(dto::Items { items }))
}

/// Lets what runs end, and starts nothing more.
#[utoipa::path(
    post,
    path = "/workflow-executions/{execution_id}/pause",
    operation_id = "pauseExecution",
    tag = "workflow-executions",
    request_body = Option<dto::ReasonRequest>,
    responses(
        (status = 200, body = dto::Execution),
        (status = 409),
        (status = 507),
    ),
)]
pub(super) async fn pause(
    State(app): State<App>,
    By(caller): By,
    Path(id): Path<String>,
    Optional(body): Optional<dto::ReasonRequest>,
) -> Answer<dto::Execution> {
    let run = app.find_run(&id).await?;
    app.pause_run(&caller, run, body.reason).await?;
    show_run(&app, &id).await
}

/// Goes on with a paused execution.
#[utoipa::path(
    post,
    path = "/workflow-executions/{execution_id}/resume",
    operation_id = "resumeExecution",
    tag = "workflow-executions",
    responses(
        (status = 200, body = dto::Execution),
        (status = 409),
        (status = 507),
    ),
)]
pub(super) async fn resume(
    State(app): State<App>,
    By(caller): By,
    Path(id): Path<String>,
) -> Answer<dto::Execution> {
    let run = app.find_run(&id).await?;
    app.resume_run(&caller, run).await?;
    show_run(&app, &id).await
}

/// Works on an execution that nobody works on.
#[utoipa::path(
    post,
    path = "/workflow-executions/{execution_id}/take-up",
    operation_id = "takeUpExecution",
    tag = "workflow-executions",
    responses(
        (status = 200, body = dto::Execution),
        (status = 409),
        (status = 507),
    ),
)]
pub(super) async fn take_up(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Answer<dto::Execution> {
    let run = app.find_run(&id).await?;
    app.take_up_run(run).await?;
    show_run(&app, &id).await
}

/// Ends an execution.
#[utoipa::path(
    post,
    path = "/workflow-executions/{execution_id}/cancel",
    operation_id = "cancelExecution",
    tag = "workflow-executions",
    request_body = Option<dto::ReasonRequest>,
    responses(
        (status = 200, body = dto::Execution),
        (status = 409),
        (status = 507),
    ),
)]
pub(super) async fn cancel(
    State(app): State<App>,
    By(caller): By,
    Path(id): Path<String>,
    Optional(body): Optional<dto::ReasonRequest>,
) -> Answer<dto::Execution> {
    let run = app.find_run(&id).await?;
    app.cancel_run(&caller, run, body.reason).await?;
    show_run(&app, &id).await
}

/// Changes the stages of an execution that have not started.
#[utoipa::path(
    post,
    path = "/workflow-executions/{execution_id}/edits",
    operation_id = "editExecution",
    tag = "workflow-executions",
    request_body = dto::EditRequest,
    responses(
        (status = 200, body = dto::Execution),
        (status = 400),
        (status = 409),
        (status = 507),
    ),
)]
pub(super) async fn edit(
    State(app): State<App>,
    By(caller): By,
    Path(id): Path<String>,
    Json(mut request): Json<dto::EditRequest>,
) -> Answer<dto::Execution> {
    let run = app.find_run(&id).await?;
    let reason = request.reason.take();
    app.edit_run(&caller, run, proposed(request)?, reason)
        .await?;
    show_run(&app, &id).await
}

/// Says why an execution would not take changes to its stages.
#[utoipa::path(
    post,
    path = "/workflow-executions/{execution_id}/edits/validate",
    operation_id = "validateEdits",
    tag = "workflow-executions",
    request_body = dto::EditRequest,
    responses(
        (status = 200, body = Validation),
        (status = 400),
    ),
)]
pub(super) async fn validate_edits(
    State(app): State<App>,
    By(caller): By,
    Path(id): Path<String>,
    Json(request): Json<dto::EditRequest>,
) -> Answer<Validation> {
    let run = app.find_run(&id).await?;
    let found = app.validate_edits(&caller, run, proposed(request)?).await?;
    Ok(Json(validation(&found)))
}

fn proposed(request: dto::EditRequest) -> Result<ProposedEdits, Problem> {
    match (request.edits, request.text) {
        (Some(edits), None) => Ok(ProposedEdits::Values(edits)),
        (None, Some(text)) => Ok(ProposedEdits::Text(text)),
        (Some(_), Some(_)) | (None, None) => {
            let detail = "give either `edits` or a `text` of them";
            Err(Problem::new(ErrorCode::InvalidEdits, detail))
        }
    }
}
