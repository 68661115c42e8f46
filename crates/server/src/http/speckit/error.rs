//! Errors as clients of this door know them:
//! `{"error": {"code", "message", "details"}}`, whoever has refused.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use baton_app::AppError;
use baton_model::ErrorCode;
use serde::Serialize;

use crate::http::error::Problem;
use crate::http::wording::Wording;

/// The body of every error here.
#[derive(Debug, Serialize)]
struct Envelope {
    error: Failure,
}

/// What went wrong.
#[derive(Debug, Serialize)]
struct Failure {
    code: String,
    message: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    details: Vec<String>,
}

/// An error on its way to a client.
#[derive(Debug)]
pub(super) enum Refusal {
    /// In this door's own words.
    Own {
        status: StatusCode,
        code: &'static str,
        message: String,
        details: Vec<String>,
    },
    /// One that all doors have.
    Common(Problem),
}

impl Refusal {
    fn own(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self::Own {
            status,
            code,
            message: message.into(),
            details: Vec::new(),
        }
    }

    fn bad(code: &'static str, message: impl Into<String>) -> Self {
        Self::own(StatusCode::BAD_REQUEST, code, message)
    }

    /// A body that cannot be taken.
    pub(super) fn validation(message: impl Into<String>) -> Self {
        Self::bad("VALIDATION_ERROR", message)
    }

    pub(super) fn unknown_type(word: &str, known: &[&str]) -> Self {
        let message = format!("Invalid workflow type: {word}");
        Self::bad("INVALID_WORKFLOW_TYPE", message).with(known)
    }

    pub(super) fn no_uuid(text: &str) -> Self {
        Self::bad("INVALID_UUID", format!("Not a UUID: {text}"))
    }

    pub(super) fn unknown_trigger(word: &str, known: &[&str]) -> Self {
        Self::bad("INVALID_TRIGGER", format!("Invalid trigger: {word}")).with(known)
    }

    pub(super) fn unknown_workflow(id: &str) -> Self {
        let message = format!("Workflow not found: {id}");
        Self::own(StatusCode::NOT_FOUND, "WORKFLOW_NOT_FOUND", message)
    }

    pub(super) fn wrong_state(status: &str, trigger: &str) -> Self {
        let message = format!("Cannot apply {trigger} to a workflow that is {status}");
        Self::transition(message, (status, trigger))
    }

    pub(super) fn paused(status: &str, trigger: &str) -> Self {
        let message =
            format!("Cannot apply {trigger} to a workflow that is {status}, while it is paused");
        Self::transition(message, (status, trigger))
    }

    fn transition(message: String, (status, trigger): (&str, &str)) -> Self {
        let details = [format!("status: {status}"), format!("trigger: {trigger}")];
        Self::bad("INVALID_STATE_TRANSITION", message).with(&details)
    }

    pub(super) fn unknown_agent(message: String) -> Self {
        Self::own(StatusCode::NOT_FOUND, "AGENT_NOT_FOUND", message)
    }

    pub(super) fn invalid_request(message: impl Into<String>) -> Self {
        Self::bad("INVALID_REQUEST", message)
    }

    pub(super) fn agent_timeout(message: String) -> Self {
        Self::own(StatusCode::GATEWAY_TIMEOUT, "AGENT_TIMEOUT", message)
    }

    pub(super) fn agent_failed(message: String) -> Self {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self::own(status, "AGENT_INVOCATION_FAILED", message)
    }

    pub(super) fn with<T: ToString>(mut self, more: &[T]) -> Self {
        if let Self::Own { details, .. } = &mut self {
            details.extend(more.iter().map(T::to_string));
        }
        self
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Common(problem)
    }
}

impl From<AppError> for Refusal {
    fn from(error: AppError) -> Self {
        match error.code {
            ErrorCode::Malformed | ErrorCode::InvalidParameters => Self::validation(error.message),
            _ => Self::Common(error.into()),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Common(problem) => problem.into_response(),
            Self::Own {
                status,
                code,
                message,
                details,
            } => {
                tracing::info!(status = status.as_u16(), code, "request failed");
                let error = Failure {
                    code: code.to_owned(),
                    message,
                    details,
                };
                (status, Json(Envelope { error })).into_response()
            }
        }
    }
}

/// How this door puts what is refused by others.
pub(in crate::http) const WORDING: Wording = Wording {
    paths: &["/workflows", "/invoke"],
    body: |told| {
        let code = match told.code {
            // Clients know one word for all of these.
            code if code.http_status() == 500 => "INTERNAL_ERROR".to_owned(),
            code => code.as_str().to_uppercase(),
        };
        let error = Failure {
            code,
            message: told.detail.clone(),
            details: Vec::new(),
        };
        serde_json::to_value(Envelope { error }).unwrap_or_default()
    },
};
