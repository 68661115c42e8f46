//! How a store can fail, and whether trying again can help.

/// A failed store call. Unless the variant says otherwise, nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Somebody else committed first: load again and decide again.
    #[error("it was changed meanwhile (expected version {expected})")]
    Conflict {
        /// The version the caller had.
        expected: u64,
    },
    /// The lease has ended, or the run belongs to another one: whoever holds
    /// it must stop working on what it stood for.
    #[error("the lease has ended or the run has another owner")]
    Fenced,
    /// No such run, or no such workflow.
    #[error("there is no such thing")]
    NotFound,
    /// The rows contradict each other: a mistake of the program that made
    /// them, which no repetition mends.
    #[error("the store refuses the rows: {0}")]
    Refused(String),
    /// Busy for longer than the store waits.
    #[error("the store is busy: {0}")]
    Busy(String),
    /// No space left; nothing was changed.
    #[error("no space left: {0}")]
    Full(String),
    /// The files cannot be written.
    #[error("the store is read-only: {0}")]
    ReadOnly(String),
    /// The store is closed or cannot be reached.
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// The files do not hold what they should. Never guess; stop.
    #[error("the store is damaged: {0}")]
    Corrupt(String),
    /// The files were written by a newer release.
    #[error("the store has schema version {found}, this release knows {known}")]
    Newer {
        /// In the file.
        found: u32,
        /// The newest this release can read.
        known: u32,
    },
}

impl StoreError {
    /// Whether the same call may succeed later.
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Conflict { .. } | Self::Busy(_) | Self::Full(_) | Self::Unavailable(_) => true,
            Self::Fenced
            | Self::NotFound
            | Self::Refused(_)
            | Self::ReadOnly(_)
            | Self::Corrupt(_)
            | Self::Newer { .. } => false,
        }
    }
}
