//! `/workflow-executions/{id}/gates` and `/steps`: what people decide, answer
//! and want done again.

use axum::extract::State;
use baton_app::gates::{GateDecision, Verdict};
use baton_app::{App, AppError, Caller};
use baton_model::{ErrorCode, RunId, StageId};

use super::extract::{By, Json, Optional, Path};
use super::{convert, dto};
use crate::http::error::Problem;

type Answer<T> = Result<axum::Json<T>, Problem>;

/// Approves a gate.
#[utoipa::path(
    post,
    path = "/workflow-executions/{execution_id}/gates/{stage_id}/approve",
    operation_id = "approveGate",
    tag = "workflow-executions",
    request_body = Option<dto::DecisionRequest>,
    responses(
        (status = 200, body = dto::Step),
        (status = 409),
        (status = 507),
    ),
)]
pub(super) async fn approve(
    State(app): State<App>,
    By(caller): By,
    Path((id, stage)): Path<(String, String)>,
    Optional(body): Optional<dto::DecisionRequest>,
) -> Answer<dto::Step> {
    decide(&app, &caller, (&id, Some(&stage)), (Verdict::Approve, body)).await
}

/// Rejects a gate.
#[utoipa::path(
    post,
    path = "/workflow-executions/{execution_id}/gates/{stage_id}/reject",
    operation_id = "rejectGate",
    tag = "workflow-executions",
    request_body = Option<dto::DecisionRequest>,
    responses(
        (status = 200, body = dto::Step),
        (status = 409),
        (status = 507),
    ),
)]
pub(super) async fn reject(
    State(app): State<App>,
    By(caller): By,
    Path((id, stage)): Path<(String, String)>,
    Optional(body): Optional<dto::DecisionRequest>,
) -> Answer<dto::Step> {
    decide(&app, &caller, (&id, Some(&stage)), (Verdict::Reject, body)).await
}

/// Approves the one gate that is open.
#[utoipa::path(
    post,
    path = "/workflow-executions/{execution_id}/gates/approve",
    operation_id = "approveOnlyGate",
    tag = "workflow-executions",
    request_body = Option<dto::DecisionRequest>,
    responses(
        (status = 200, body = dto::Step),
        (status = 409),
        (status = 507),
    ),
)]
pub(super) async fn approve_only(
    State(app): State<App>,
    By(caller): By,
    Path(id): Path<String>,
    Optional(body): Optional<dto::DecisionRequest>,
) -> Answer<dto::Step> {
    decide(&app, &caller, (&id, None), (Verdict::Approve, body)).await
}

/// Rejects the one gate that is open.
#[utoipa::path(
    post,
    path = "/workflow-executions/{execution_id}/gates/reject",
    operation_id = "rejectOnlyGate",
    tag = "workflow-executions",
    request_body = Option<dto::DecisionRequest>,
    responses(
        (status = 200, body = dto::Step),
        (status = 409),
        (status = 507),
    ),
)]
pub(super) async fn reject_only(
    State(app): State<App>,
    By(caller): By,
    Path(id): Path<String>,
    Optional(body): Optional<dto::DecisionRequest>,
) -> Answer<dto::Step> {
    decide(&app, &caller, (&id, None), (Verdict::Reject, body)).await
}

async fn decide(
    app: &App,
    caller: &Caller,
    (id, gate): (&str, Option<&str>),
    (verdict, body): (Verdict, dto::DecisionRequest),
) -> Answer<dto::Step> {
    let run = app.find_run(id).await?;
    let decision = GateDecision {
        verdict,
        reason: body.reason,
        iteration: body.iteration,
    };
    let stage = app.decide_gate(caller, run, gate, decision).await?;
    show_step(app, run, &stage).await
}

/// Answers everything a stage asks.
#[utoipa::path(
    post,
    path = "/workflow-executions/{execution_id}/steps/{stage_id}/answer",
    operation_id = "answerStep",
    tag = "workflow-executions",
    request_body = dto::AnswerRequest,
    responses(
        (status = 200, body = dto::Step),
        (status = 400),
        (status = 409),
        (status = 507),
    ),
)]
pub(super) async fn answer(
    State(app): State<App>,
    By(caller): By,
    Path((id, stage)): Path<(String, String)>,
    Json(request): Json<dto::AnswerRequest>,
) -> Answer<dto::Step> {
    let run = app.find_run(&id).await?;
    let answers = (request.dispatch, request.answers);
    let stage = app.answer_stage(&caller, run, &stage, answers).await?;
    show_step(&app, run, &stage).await
}

/// Has a stage done again, and what depends on it.
#[utoipa::path(
    post,
    path = "/workflow-executions/{execution_id}/steps/{stage_id}/reopen",
    operation_id = "reopenStep",
    tag = "workflow-executions",
    request_body = Option<dto::ReopenRequest>,
    responses(
        (status = 200, body = dto::Step),
        (status = 409),
        (status = 507),
    ),
)]
pub(super) async fn reopen(
    State(app): State<App>,
    By(caller): By,
    Path((id, stage)): Path<(String, String)>,
    Optional(request): Optional<dto::ReopenRequest>,
) -> Answer<dto::Step> {
    let run = app.find_run(&id).await?;
    let stage = app
        .reopen_stage(&caller, run, &stage, request.feedback)
        .await?;
    show_step(&app, run, &stage).await
}

async fn show_step(app: &App, run: RunId, stage: &StageId) -> Answer<dto::Step> {
    let detail = convert::detail(&app.run(run).await?)?;
    let mut steps = detail.steps.unwrap_or_default().into_iter();
    let step = steps.find(|step| step.stage_id == stage.as_str());
    let gone = || AppError::new(ErrorCode::NotFound, format!("stage `{stage}` has gone"));
    Ok(axum::Json(step.ok_or_else(gone)?))
}
