//! Errors on the wire: `application/problem+json` (RFC 9457) with a stable
//! code and a trace id. What is internal goes to the log, never to a client.

use std::error::Error;

use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use baton_app::AppError;
use baton_model::{Diagnostic, ErrorCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::body::TooSlow;
use super::trace::TraceId;
use super::v1::dto::words;

/// The body of every error.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// Always `about:blank`: the code says more.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind of error in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// This error in words.
    pub detail: String,
    /// The kind of error for programs.
    #[schema(value_type = words::ErrorCode)]
    pub code: String,
    /// Finds the error in the server's log.
    pub trace_id: String,
    /// The same as `code`.
    #[schema(value_type = words::ErrorCode)]
    pub error: String,
    /// The same as `detail`.
    pub message: String,
    /// What else programs may want to know.
    #[serde(default)]
    pub details: ProblemDetails,
    /// Every mistake in the text that was sent.
    #[serde(default)]
    #[schema(value_type = Vec<ValidationError>)]
    pub validation_errors: Vec<Value>,
}

/// What programs may want to know of an error.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct ProblemDetails {
    /// Whether the same request may succeed later.
    pub retryable: bool,
}

/// A mistake in a text that was sent.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ValidationError {
    /// Stable, such as `SWDL-E0301`.
    pub code: String,
    /// The same under its other name.
    #[serde(rename = "type")]
    pub kind: String,
    /// `error` or `warning`.
    #[schema(value_type = words::Severity)]
    pub severity: String,
    /// The area of the language it belongs to.
    #[schema(value_type = words::Category)]
    pub category: String,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    #[schema(required)]
    pub help: Option<String>,
    /// Where in the document, such as `stages[2].inputs.body.source`.
    pub path: String,
    /// The same under its other name.
    pub field: String,
    /// The text it is in, unless it is the definition's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Where in the text: `start` and `end`, each with `line` and `column`.
    #[schema(required)]
    pub span: Option<Value>,
    /// Other places that matter: `file`, `span` and `message` of each.
    pub labels: Vec<Value>,
}

impl ProblemBody {
    /// What an error of this kind looks like.
    pub(crate) fn example(code: ErrorCode) -> Self {
        Self {
            kind: "about:blank".to_owned(),
            title: code.title().to_owned(),
            status: code.http_status(),
            detail: "what was wrong with this very request".to_owned(),
            code: code.to_string(),
            trace_id: "01993e6c2d9a7cc0a0b1c2d3e4f50607".to_owned(),
            error: code.to_string(),
            message: "what was wrong with this very request".to_owned(),
            details: ProblemDetails {
                retryable: code.is_retryable(),
            },
            validation_errors: Vec::new(),
        }
    }
}

/// A finding with the names that other clients have for its parts.
fn validation_error(found: &Diagnostic) -> Option<Value> {
    let mut error = serde_json::to_value(found).ok()?;
    error["type"] = json!(found.code);
    error["field"] = json!(found.path);
    Some(error)
}

/// What an answer that is a problem says, for doors that put it into their own
/// words.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) code: ErrorCode,
    pub(crate) detail: String,
}

/// An error on its way to a client.
#[derive(Debug)]
pub struct Problem {
    code: ErrorCode,
    detail: String,
    diagnostics: Vec<Diagnostic>,
    internal: Option<String>,
}

impl Problem {
    pub(crate) fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            diagnostics: Vec::new(),
            internal: None,
        }
    }

    pub(crate) fn route(status: StatusCode) -> Self {
        match status {
            StatusCode::METHOD_NOT_ALLOWED => Self::new(
                ErrorCode::MethodNotAllowed,
                "this path does not take this method",
            ),
            _ => Self::new(ErrorCode::NotFound, "there is nothing at this path"),
        }
    }

    /// A fault of ours.
    pub(crate) fn internal(reason: &str) -> Self {
        AppError::internal(reason).into()
    }

    pub(crate) fn panicked() -> Self {
        Self::internal("a handler panicked")
    }

    pub(crate) fn into_response_parts(self) -> Response {
        let trace_id = TraceId::current();
        let status = self.code.http_status();
        let internal = self.internal.as_deref().unwrap_or_default();
        if self.code == ErrorCode::Internal {
            tracing::error!(trace_id, status, code = %self.code, internal, "request failed");
        } else {
            let detail = is_ours(self.code).then_some(&*self.detail);
            tracing::info!(trace_id, status, code = %self.code, detail, internal, "request failed");
        }
        let told = Told {
            code: self.code,
            detail: self.detail.clone(),
        };
        let errors = self.diagnostics.iter().filter_map(validation_error);
        let body = ProblemBody {
            kind: "about:blank".to_owned(),
            title: self.code.title().to_owned(),
            status,
            detail: self.detail.clone(),
            code: self.code.to_string(),
            trace_id,
            error: self.code.to_string(),
            message: self.detail,
            details: ProblemDetails {
                retryable: self.code.is_retryable(),
            },
            validation_errors: errors.collect(),
        };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (
            status,
            Extension(told),
            [(header::CONTENT_TYPE, "application/problem+json")],
            Json(body),
        )
            .into_response()
    }
}

/// Whether the words of such an error are ours alone. Those of all others may
/// repeat what stands in a body or a query, and that is not logged.
const fn is_ours(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::Unauthenticated
            | ErrorCode::Forbidden
            | ErrorCode::MethodNotAllowed
            | ErrorCode::TooSlow
            | ErrorCode::TooLarge
            | ErrorCode::RateLimited
            | ErrorCode::Unavailable
    )
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.into_response_parts();
        let is_unknown = response.status() == StatusCode::UNAUTHORIZED;
        let headers = response.headers_mut();
        let kind = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, kind);
        if is_unknown {
            let scheme = HeaderValue::from_static("Bearer realm=\"baton\"");
            headers.insert(header::WWW_AUTHENTICATE, scheme);
        }
        response
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        Self {
            code: error.code,
            detail: error.message,
            diagnostics: error.diagnostics,
            internal: error.internal,
        }
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        if let Some(slow) = cause::<TooSlow>(&rejection) {
            return Self::new(ErrorCode::TooSlow, slow.to_string());
        }
        let code = match rejection.status() {
            StatusCode::UNSUPPORTED_MEDIA_TYPE => ErrorCode::UnsupportedMediaType,
            StatusCode::PAYLOAD_TOO_LARGE => ErrorCode::TooLarge,
            _ => ErrorCode::Malformed,
        };
        Self::new(code, rejection.body_text())
    }
}

/// The cause of an error that is of this type.
fn cause<'e, E: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e E> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        cause = error.source();
    }
    None
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::new(ErrorCode::Malformed, rejection.body_text())
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        Self::new(ErrorCode::Malformed, rejection.body_text())
    }
}
