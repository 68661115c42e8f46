//! How a use case can fail: a code, words for the caller, and words for the log.

use std::fmt;

use baton_model::{Diagnostic, ErrorCode};
use baton_runtime::{Rejection, RuntimeError};
use baton_store::StoreError;

/// A failed use case. Nothing was changed.
#[derive(Clone, Debug)]
pub struct AppError {
    /// Decides HTTP status, exit code and whether to try again.
    pub code: ErrorCode,
    /// What the caller is told.
    pub message: String,
    /// Every mistake in what the caller gave, where it was a text of theirs.
    pub diagnostics: Vec<Diagnostic>,
    /// What only the log is told.
    pub internal: Option<String>,
}

impl AppError {
    /// An error without diagnostics.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            diagnostics: Vec::new(),
            internal: None,
        }
    }

    /// A fault of ours: the caller learns only that there was one.
    pub fn internal(reason: impl fmt::Display) -> Self {
        Self {
            internal: Some(reason.to_string()),
            ..Self::new(ErrorCode::Internal, "something went wrong inside Baton")
        }
    }

    /// The store does not hold what it should; whoever looks after it has to
    /// know where and what.
    pub(crate) fn damaged(what: String) -> Self {
        let message = format!("the data directory is damaged: {what}; baton doctor says more");
        Self {
            internal: Some(what),
            ..Self::new(ErrorCode::StorageDamaged, message)
        }
    }

    /// A text of the caller's with mistakes in it.
    pub fn invalid(code: ErrorCode, diagnostics: Vec<Diagnostic>) -> Self {
        let n_errors = diagnostics.len();
        let first = diagnostics
            .first()
            .map(|first| first.message.clone())
            .unwrap_or_default();
        let message = match n_errors {
            1 => first,
            _ => format!("{n_errors} mistakes; the first: {first}"),
        };
        Self {
            diagnostics,
            ..Self::new(code, message)
        }
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for AppError {}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        let internal = Some(error.to_string());
        let (code, message) = match error {
            StoreError::NotFound => (ErrorCode::NotFound, "no such run"),
            StoreError::Conflict { .. } | StoreError::Busy(_) => (
                ErrorCode::Unavailable,
                "the data directory is busy; try again",
            ),
            StoreError::Fenced => (
                ErrorCode::Unavailable,
                "another server has taken over; try again",
            ),
            StoreError::Full(_) => (
                ErrorCode::StorageFull,
                "no space left for the data directory; nothing was changed",
            ),
            StoreError::ReadOnly(_) => (
                ErrorCode::Unavailable,
                "the data directory cannot be written",
            ),
            StoreError::Unavailable(_) => (
                ErrorCode::Unavailable,
                "the data directory is not available",
            ),
            StoreError::Refused(_) => (ErrorCode::Internal, "something went wrong inside Baton"),
            StoreError::Corrupt(what) => return Self::damaged(what),
            StoreError::Newer { .. } => (
                ErrorCode::Internal,
                "the data directory was written by a newer Baton",
            ),
        };
        Self {
            internal,
            ..Self::new(code, message)
        }
    }
}

impl From<RuntimeError> for AppError {
    fn from(error: RuntimeError) -> Self {
        match error {
            RuntimeError::NotFound(run) => Self::new(ErrorCode::NotFound, format!("no run {run}")),
            RuntimeError::Rejected(rejection) => {
                Self::new(code_of(&rejection), rejection.to_string())
            }
            RuntimeError::Store(error) => error.into(),
            error @ RuntimeError::Unstorable { .. } => Self::internal(error),
            RuntimeError::ProjectFull(n_runs) => Self::new(
                ErrorCode::IllegalState,
                format!(
                    "the project has {n_runs} runs that have not ended, and runs_per_project of \
                     [limits] in baton.toml allows no more"
                ),
            ),
            RuntimeError::Closed => Self::new(ErrorCode::Unavailable, "Baton is shutting down"),
            RuntimeError::Damaged { run, reason } => Self {
                internal: Some(reason),
                ..Self::damaged(format!("the log of run {run} makes no sense"))
            },
        }
    }
}

/// How a refusal of the engine is told.
fn code_of(rejection: &Rejection) -> ErrorCode {
    match rejection {
        Rejection::UnknownStage(_) => ErrorCode::NotFound,
        Rejection::BadAnswer(_) => ErrorCode::InvalidAnswers,
        Rejection::NotAGate(_)
        | Rejection::GateNotOpen { .. }
        | Rejection::RunEnded(_)
        | Rejection::NotYetEnded(_)
        | Rejection::RunStopping(_)
        | Rejection::OtherIteration { .. }
        | Rejection::OtherWork { .. }
        | Rejection::NoAgent(_)
        | Rejection::NotAtWork { .. }
        | Rejection::NothingAsked { .. }
        | Rejection::OtherQuestion { .. }
        | Rejection::AnsweredAlready { .. }
        | Rejection::NotEnded { .. }
        | Rejection::DependencyOpen(_)
        | Rejection::BadEdit(_) => ErrorCode::IllegalState,
    }
}
