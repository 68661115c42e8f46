//! Errors as clients of this door know them: `{"error": "<text>"}`, whoever has
//! refused.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use baton_app::AppError;
use baton_app::project_runs::ProjectRunError;
use baton_model::{ErrorCode, ExecutionStatus};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::{PATH, statuses};
use crate::http::wording::Wording;

/// How this door puts what is refused by others.
pub(in crate::http) const WORDING: Wording = Wording {
    paths: &[PATH],
    body: |told| json!({ "error": told.detail }),
};

/// The body of every error here.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = SpecflowError)]
pub(super) struct ErrorBody {
    /// What is wrong.
    pub(super) error: String,
    /// For a body that cannot be taken: what is wrong with its fields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<HashMap<String, Vec<String>>>)]
    pub(super) details: Option<Map<String, Value>>,
}

/// An error on its way to a client.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    body: ErrorBody,
}

/// What was asked of a run.
#[derive(Clone, Copy, Debug)]
pub(super) enum Asked {
    /// Only to be shown.
    Look,
    Answer,
    Cancel,
    Kill,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, error: impl Into<String>) -> Self {
        let error = error.into();
        let details = None;
        Self {
            status,
            body: ErrorBody { error, details },
        }
    }

    pub(super) fn bad(error: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error)
    }

    pub(super) fn missing(parameter: &str) -> Self {
        Self::bad(format!("Missing required parameter: {parameter}"))
    }

    /// A body with mistakes in its fields.
    pub(super) fn fields(details: Map<String, Value>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            body: ErrorBody {
                error: "Invalid request body".to_owned(),
                details: Some(details),
            },
        }
    }

    pub(super) fn unknown_run(id: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("Execution not found: {id}"))
    }

    pub(super) fn unknown_project(id: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("Project not found: {id}"))
    }

    /// A run in a state that does not allow what was asked of it.
    pub(super) fn wrong_state(asked: Asked, status: &str) -> Self {
        let verb = match asked {
            Asked::Look => "show",
            Asked::Answer => "answer",
            Asked::Cancel => "cancel",
            Asked::Kill => "kill",
        };
        Self::bad(format!("Cannot {verb} workflow in {status} state"))
    }

    pub(super) fn of(error: ProjectRunError, asked: Asked) -> Self {
        match error {
            ProjectRunError::UnknownProject(id) => Self::unknown_project(&id),
            ProjectRunError::UnknownRun(id) => Self::unknown_run(&id),
            ProjectRunError::WrongState(status) => Self::wrong_state(asked, word(status)),
            ProjectRunError::Other(error) => error.into(),
        }
    }
}

fn word(status: ExecutionStatus) -> &'static str {
    statuses::shown(status).as_str()
}

impl From<AppError> for Refusal {
    fn from(error: AppError) -> Self {
        if error.code == ErrorCode::Internal {
            let internal = error.internal.as_deref().unwrap_or_default();
            tracing::error!(internal, "request failed");
        }
        let status = StatusCode::from_u16(error.code.http_status());
        Self::new(
            status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            error.message,
        )
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(self.body)).into_response()
    }
}
