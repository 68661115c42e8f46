//! `/workflow-executions`: start, list, look at, decide, end.

use axum::extract::State;
use axum::http::StatusCode;
use baton_app::rows::{ExecutionFilter, LogFilter, Trigger};
use baton_app::runs::{LINES_MAX, PAGE_DEFAULT, PAGE_MAX, Verdict};
use baton_app::{App, Caller, StartRun};
use baton_model::plan::Workspace;
use baton_model::{ErrorCode, ExecutionStatus, StageId};

use super::extract::{IdempotencyKey, Json, Optional, Path, Query};
use super::{convert, dto};
use crate::http::error::Problem;

/// Lines or events in one answer when nobody says how many.
const LINES_DEFAULT: u32 = 1_000;

type Answer<T> = Result<axum::Json<T>, Problem>;

pub(super) async fn start(
    State(app): State<App>,
    IdempotencyKey(idempotency_key): IdempotencyKey,
    Json(mut request): Json<dto::StartRequest>,
) -> Result<(StatusCode, axum::Json<dto::Execution>), Problem> {
    let trigger = request
        .trigger
        .as_deref()
        .unwrap_or("api")
        .parse::<Trigger>();
    let trigger = trigger.map_err(|unknown| Problem::new(ErrorCode::Malformed, unknown))?;
    let start = StartRun {
        parameters: convert::parameters(&mut request),
        workspace: Workspace {
            directory: request.directory,
            config: request.config,
        },
        definition: request.definition.into(),
        trigger,
        idempotency_key,
    };
    let started = app.start_run(&Caller::local(), start).await?;
    let detail = app.run(started.run).await?;
    let status = if started.existed {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    Ok((status, axum::Json(convert::detail(&detail))))
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
    let limit = query.limit.unwrap_or(PAGE_DEFAULT);
    if !(1..=PAGE_MAX).contains(&limit) {
        let message = format!("`limit` must be 1 to {PAGE_MAX}");
        return Err(Problem::new(ErrorCode::Malformed, message));
    }
    let filter = ExecutionFilter {
        statuses,
        workflow: query.workflow,
        after: None,
        limit,
    };
    Ok(axum::Json(convert::page(
        app.runs(filter, query.cursor.as_deref()).await?,
    )))
}

pub(super) async fn show(State(app): State<App>, Path(id): Path<String>) -> Answer<dto::Execution> {
    show_run(&app, &id).await
}

async fn show_run(app: &App, id: &str) -> Answer<dto::Execution> {
    let run = app.find_run(id).await?;
    Ok(axum::Json(convert::detail(&app.run(run).await?)))
}

pub(super) async fn events(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(query): Query<dto::EventQuery>,
) -> Answer<dto::Items<dto::Event>> {
    let run = app.find_run(&id).await?;
    app.run(run).await?;
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
    let detail = app.run(run).await?;
    let stage = match query.stage {
        Some(name) => {
            if let Some(step) = detail.steps.iter().find(|step| step.stage.as_str() == name) {
                Some(StageId::clone(&step.stage))
            } else {
                let message = format!("the run has no stage `{name}`");
                return Err(Problem::new(ErrorCode::NotFound, message));
            }
        }
        None => None,
    };
    let filter = LogFilter {
        stage,
        after: query.after.unwrap_or(0),
        limit: query.limit.unwrap_or(LINES_DEFAULT).min(LINES_MAX),
        from_end: query.tail,
        ..LogFilter::default()
    };
    let items = app
        .logs(run, filter)
        .await?
        .iter()
        .map(convert::log_line)
        .collect();
    Ok(axum::Json(dto::Items { items }))
}

pub(super) async fn resume(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Answer<dto::Execution> {
    let run = app.find_run(&id).await?;
    app.resume_run(run).await?;
    show_run(&app, &id).await
}

pub(super) async fn cancel(
    State(app): State<App>,
    Path(id): Path<String>,
    Optional(body): Optional<dto::ReasonRequest>,
) -> Answer<dto::Execution> {
    let run = app.find_run(&id).await?;
    app.cancel_run(&Caller::local(), run, body.reason).await?;
    show_run(&app, &id).await
}

pub(super) async fn approve(
    State(app): State<App>,
    Path((id, stage)): Path<(String, String)>,
    Optional(body): Optional<dto::ReasonRequest>,
) -> Answer<dto::Step> {
    decide(&app, &id, Some(&stage), (Verdict::Approve, body.reason)).await
}

pub(super) async fn reject(
    State(app): State<App>,
    Path((id, stage)): Path<(String, String)>,
    Optional(body): Optional<dto::ReasonRequest>,
) -> Answer<dto::Step> {
    decide(&app, &id, Some(&stage), (Verdict::Reject, body.reason)).await
}

pub(super) async fn approve_only(
    State(app): State<App>,
    Path(id): Path<String>,
    Optional(body): Optional<dto::ReasonRequest>,
) -> Answer<dto::Step> {
    decide(&app, &id, None, (Verdict::Approve, body.reason)).await
}

pub(super) async fn reject_only(
    State(app): State<App>,
    Path(id): Path<String>,
    Optional(body): Optional<dto::ReasonRequest>,
) -> Answer<dto::Step> {
    decide(&app, &id, None, (Verdict::Reject, body.reason)).await
}

async fn decide(
    app: &App,
    id: &str,
    gate: Option<&str>,
    verdict: (Verdict, Option<String>),
) -> Answer<dto::Step> {
    let run = app.find_run(id).await?;
    let stage = app
        .decide_gate(&Caller::local(), run, gate, verdict)
        .await?;
    let detail = convert::detail(&app.run(run).await?);
    let mut steps = detail.steps.unwrap_or_default().into_iter();
    let step = steps.find(|step| step.stage_id == stage.as_str());
    let gone = || baton_app::AppError::internal("a decided gate has no step");
    Ok(axum::Json(step.ok_or_else(gone)?))
}
