//! `/workflow-executions`: start, repeat, list, look at, pause, change, end.

use axum::extract::State;
use axum::http::StatusCode;
use baton_app::changes::RerunRun;
use baton_app::page::page_size;
use baton_app::rows::{ExecutionFilter, LogFilter, Trigger};
use baton_app::stored::StartStored;
use baton_app::{App, StartRun, Started};
use baton_model::plan::Workspace;
use baton_model::{ErrorCode, ExecutionStatus, StageId};

use super::extract::{By, IdempotencyKey, Json, Optional, Path, Query};
use super::{convert, dto};
use crate::http::error::Problem;

/// Lines or events in one answer when nobody says how many.
const LINES_DEFAULT: u32 = 1_000;

type Answer<T> = Result<axum::Json<T>, Problem>;

pub(super) async fn start(
    State(app): State<App>,
    By(caller): By,
    IdempotencyKey(idempotency_key): IdempotencyKey,
    Json(request): Json<dto::StartRequest>,
) -> Result<(StatusCode, axum::Json<dto::Execution>), Problem> {
    let trigger = trigger(request.trigger.as_deref())?;
    let parameters = convert::parameters(Some(request.parameters), Some(request.parameter_texts));
    let workspace = Workspace {
        directory: request.directory,
        config: request.config,
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
                workflow: app.find_workflow(&workflow).await?,
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
    show_started(&app, &started).await
}

pub(super) async fn rerun(
    State(app): State<App>,
    By(caller): By,
    Path(id): Path<String>,
    IdempotencyKey(idempotency_key): IdempotencyKey,
    Optional(request): Optional<dto::RerunRequest>,
) -> Result<(StatusCode, axum::Json<dto::Execution>), Problem> {
    let rerun = RerunRun {
        run: app.find_run(&id).await?,
        from: request.from,
        trigger: trigger(request.trigger.as_deref())?,
        idempotency_key,
    };
    let started = app.rerun(&caller, rerun).await?;
    show_started(&app, &started).await
}

pub(super) fn trigger(word: Option<&str>) -> Result<Trigger, Problem> {
    let trigger = word.unwrap_or("api").parse();
    trigger.map_err(|unknown: String| Problem::new(ErrorCode::Malformed, unknown))
}

pub(super) async fn show_started(
    app: &App,
    started: &Started,
) -> Result<(StatusCode, axum::Json<dto::Execution>), Problem> {
    let detail = app.run(started.run).await?;
    let status = if started.existed {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    Ok((status, axum::Json(convert::detail(&detail)?)))
}

pub(super) async fn list(
    State(app): State<App>,
    Query(query): Query<dto::ListQuery>,
) -> Answer<dto::Page<dto::Execution>> {
    let words = query
        .status
        .as_deref()
        .unwrap_or_default()
        .split(',')
        .filter(|word| !word.is_empty());
    let statuses = words
        .map(str::parse::<ExecutionStatus>)
        .collect::<Result<_, _>>()
        .map_err(|unknown| Problem::new(ErrorCode::Malformed, unknown.to_string()))?;
    let workflow_id = match &query.workflow_id {
        Some(id) => Some(app.find_workflow(id).await?),
        None => None,
    };
    let filter = ExecutionFilter {
        statuses,
        workflow: query.workflow,
        workflow_id,
        after: None,
        limit: page_size(query.limit)?,
    };
    Ok(axum::Json(convert::page(
        app.runs(filter, query.cursor.as_deref()).await?,
    )))
}

/// The executions of one stored workflow, which need not be there any more.
pub(super) async fn of_workflow(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(query): Query<dto::ListQuery>,
) -> Answer<dto::Page<dto::Execution>> {
    let workflow_id = Some(id);
    list(
        State(app),
        Query(dto::ListQuery {
            workflow_id,
            ..query
        }),
    )
    .await
}

pub(super) async fn show(State(app): State<App>, Path(id): Path<String>) -> Answer<dto::Execution> {
    show_run(&app, &id).await
}

async fn show_run(app: &App, id: &str) -> Answer<dto::Execution> {
    let run = app.find_run(id).await?;
    Ok(axum::Json(convert::detail(&app.run(run).await?)?))
}

pub(super) async fn events(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(query): Query<dto::EventQuery>,
) -> Answer<dto::Items<dto::Event>> {
    let run = app.find_run(&id).await?;
    let limit = query.limit.unwrap_or(LINES_DEFAULT);
    let rows = app.events(run, query.after.unwrap_or(0), limit).await?;
    let items = rows.iter().map(convert::event).collect::<Result<_, _>>()?;
    Ok(axum::Json(dto::Items { items }))
}

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
        limit: query.limit.unwrap_or(LINES_DEFAULT),
        from_end: query.tail,
    };
    let lines = app.logs(run, filter).await?;
    let items = lines.iter().map(convert::log_line).collect();
    Ok(axum::Json(dto::Items { items }))
}

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

pub(super) async fn resume(
    State(app): State<App>,
    By(caller): By,
    Path(id): Path<String>,
) -> Answer<dto::Execution> {
    let run = app.find_run(&id).await?;
    app.resume_run(&caller, run).await?;
    show_run(&app, &id).await
}

pub(super) async fn take_up(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Answer<dto::Execution> {
    let run = app.find_run(&id).await?;
    app.take_up_run(run).await?;
    show_run(&app, &id).await
}

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

pub(super) async fn edit(
    State(app): State<App>,
    By(caller): By,
    Path(id): Path<String>,
    Json(request): Json<dto::EditRequest>,
) -> Answer<dto::Execution> {
    let run = app.find_run(&id).await?;
    app.edit_run(&caller, run, &request.edits, request.reason)
        .await?;
    show_run(&app, &id).await
}
