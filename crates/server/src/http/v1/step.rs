//! `/workflow-executions/{id}/steps/{stage_id}`: one step, with each time it was
//! tried.

use axum::extract::State;
use baton_app::attempts::{Attempt, AttemptEnd};
use baton_app::{App, AppError};
use baton_model::{ErrorCode, RunId};

use super::extract::Path;
use super::json::Json;
use super::{convert, dto};
use crate::http::error::Problem;

type Answer = Result<Json<dto::Step>, Problem>;

/// Shows a step with its attempts.
#[utoipa::path(
    get,
    path = "/workflow-executions/{execution_id}/steps/{stage_id}",
    operation_id = "getStep",
    tag = "workflow-executions",
    responses(
        (status = 200, body = dto::Step),
    ),
)]
pub(super) async fn show(
    State(app): State<App>,
    Path((id, stage)): Path<(String, String)>,
) -> Answer {
    let run = app.find_run(&id).await?;
    let Json(step) = of_stage(&app, run, &stage).await?;
    let definition = app.stage_text(run, &stage).await?;
    Ok(Json(dto::Step { definition, ..step }))
}

/// The step of a stage as it stands now.
pub(super) async fn of_stage(app: &App, run: RunId, stage: &str) -> Answer {
    let attempts = app.attempts(run, stage).await?;
    let detail = convert::detail(&app.run(run).await?)?;
    let mut steps = detail.steps.unwrap_or_default().into_iter();
    let step = steps.find(|step| step.stage_id == stage);
    let gone = || AppError::new(ErrorCode::NotFound, format!("stage `{stage}` has gone"));
    let attempts = attempts.into_iter().map(attempt).collect();
    Ok(Json(dto::Step {
        attempts: Some(attempts),
        ..step.ok_or_else(gone)?
    }))
}

fn attempt(attempt: Attempt) -> dto::Attempt {
    let completed_at = attempt.end.as_ref().map(|(at, _)| *at);
    let (outcome, failure) = match attempt.end {
        None => (None, None),
        Some((_, AttemptEnd::Completed)) => (Some("completed"), None),
        Some((_, AttemptEnd::Failed(failure))) => (Some("failed"), Some(failure)),
        Some((_, AttemptEnd::Cancelled)) => (Some("cancelled"), None),
    };
    dto::Attempt {
        iteration: attempt.iteration,
        attempt: attempt.number,
        dispatch: attempt.dispatch,
        outcome: outcome.map(str::to_owned),
        error_label: failure.as_ref().map(|failure| failure.label.to_string()),
        error_message: failure.map(|failure| failure.message),
        started_at: attempt.started_at.to_string(),
        completed_at: completed_at.map(|at| at.to_string()),
        usage: (!attempt.usage.is_empty()).then(|| convert::usage(&attempt.usage)),
        duration_seconds: convert::duration(Some(attempt.started_at), completed_at),
    }
}
