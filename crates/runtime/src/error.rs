//! How asking something of a run can fail.

use baton_engine::{IllegalEvent, Rejection};
use baton_model::RunId;
use baton_store::StoreError;

/// Why a command was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuntimeError {
    /// No such run.
    #[error("no run {0}")]
    NotFound(RunId),
    /// The run's state does not allow it.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The store failed. Whether the command was stored all the same is found
    /// out by the run itself; giving it again changes nothing twice.
    #[error(transparent)]
    Store(StoreError),
    /// The run's log contradicts itself: it is left alone until somebody looks.
    #[error("the log of run {run} cannot be followed: {reason}")]
    Damaged {
        /// The run.
        run: RunId,
        /// What does not fit.
        reason: String,
    },
    /// What the command leads to could not be read again, so it is not written.
    #[error("what run {run} comes to cannot be stored: {reason}")]
    Unstorable {
        /// The run.
        run: RunId,
        /// What does not fit.
        reason: String,
    },
    /// The project of a new run has as many runs that have not ended as it may;
    /// so many they are.
    #[error("the project has {0} runs that have not ended")]
    ProjectFull(u32),
    /// The runtime is shutting down.
    #[error("the server is shutting down")]
    Closed,
}

impl RuntimeError {
    pub(crate) fn store(run: RunId, error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound(run),
            other => Self::Store(other),
        }
    }

    /// Whether another process owns the run, or this one's lease has ended.
    pub(crate) const fn is_fenced(&self) -> bool {
        matches!(self, Self::Store(StoreError::Fenced))
    }

    pub(crate) fn illegal(run: RunId, illegal: &IllegalEvent) -> Self {
        Self::Damaged {
            run,
            reason: illegal.to_string(),
        }
    }

    /// Whether the same command may succeed later.
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Store(error) => error.is_retryable(),
            Self::NotFound(_)
            | Self::Rejected(_)
            | Self::Damaged { .. }
            | Self::Unstorable { .. }
            | Self::ProjectFull(_)
            | Self::Closed => false,
        }
    }
}
