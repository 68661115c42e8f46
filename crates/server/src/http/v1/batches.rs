//! `/workflows/batch` and `/workflow-executions/batch`: the same done to many
//! things at once.

use axum::extract::State;
use baton_app::batch::Control;
use baton_app::{App, AppError};
use baton_model::ErrorCode;

use super::dto::batches::{ControlRequest, Controlled, DeleteRequest, Deletion, Outcomes};
use super::extract::By;
use super::json::Json;
use crate::http::error::Problem;

type Answer<T> = Result<Json<Outcomes<T>>, Problem>;

/// Deletes workflows; each that cannot be deleted fails alone.
#[utoipa::path(
    post,
    path = "/workflows/batch/delete",
    operation_id = "deleteWorkflows",
    tag = "workflows",
    request_body = DeleteRequest,
    responses(
        (status = 200, body = Outcomes<Deletion>),
        (status = 507),
    ),
)]
pub(super) async fn delete_workflows(
    State(app): State<App>,
    Json(request): Json<DeleteRequest>,
) -> Answer<Deletion> {
    let outcomes = app.delete_workflows(&request.ids).await?;
    let results = request.ids.into_iter().zip(outcomes);
    let results = results.map(|(id, outcome)| Deletion {
        id,
        success: outcome.is_ok(),
        error: outcome.err().map(|error| words(&error)),
    });
    Ok(counted(results.collect(), |deletion| deletion.success))
}

/// The handlers that do the same to several executions.
macro_rules! controls {
    ($($(#[doc = $doc:literal])+ $name:ident = $path:literal, $operation:literal, $control:expr;)+) => {$(
        $(#[doc = $doc])+
        #[utoipa::path(
            post,
            path = $path,
            operation_id = $operation,
            tag = "workflow-executions",
            request_body = ControlRequest,
            responses(
                (status = 200, body = Outcomes<Controlled>),
                (status = 507),
            ),
        )]
        pub(super) async fn $name(
            state: State<App>,
            by: By,
            request: Json<ControlRequest>,
        ) -> Answer<Controlled> {
            control(state, by, request, $control).await
        }
    )+};
}

controls! {
    /// Pauses executions; each that cannot be paused fails alone.
    pause = "/workflow-executions/batch/pause", "pauseExecutions", Control::Pause;
    /// Resumes executions; each that cannot be resumed fails alone.
    resume = "/workflow-executions/batch/resume", "resumeExecutions", Control::Resume;
    /// Cancels executions; each that cannot be cancelled fails alone.
    cancel = "/workflow-executions/batch/cancel", "cancelExecutions", Control::Cancel;
}

async fn control(
    State(app): State<App>,
    By(caller): By,
    Json(request): Json<ControlRequest>,
    control: Control,
) -> Answer<Controlled> {
    let ids = request.execution_ids;
    let outcomes = app.control_runs(&caller, control, &ids).await?;
    let results = ids
        .into_iter()
        .zip(outcomes)
        .map(|(execution_id, outcome)| {
            let (status, error) = match outcome {
                Ok(status) => (Some(status.to_string()), None),
                Err(error) => (None, Some(words(&error))),
            };
            Controlled {
                execution_id,
                success: error.is_none(),
                status,
                error,
            }
        });
    Ok(counted(results.collect(), |controlled| controlled.success))
}

fn counted<T>(results: Vec<T>, is_success: impl Fn(&T) -> bool) -> Json<Outcomes<T>> {
    let succeeded = results.iter().filter(|result| is_success(result)).count();
    Json(Outcomes {
        failed: results.len() - succeeded,
        succeeded,
        results,
    })
}

/// Why nothing was done to one of many. What went wrong inside is in the log.
fn words(error: &AppError) -> String {
    if let Some(internal) = &error.internal {
        tracing::warn!(code = %error.code, internal, "one of a batch failed");
    }
    match error.code {
        ErrorCode::NotFound => "Not found".to_owned(),
        ErrorCode::IllegalState => format!("Invalid state: {error}"),
        _ => format!("Unexpected error: {error}"),
    }
}
