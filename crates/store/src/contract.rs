//! What a store must do. The write side is small on purpose.
//!
//! Every store must pass [`crate::conformance`]. All writes of one call are
//! one transaction: all of it is there after a crash, or nothing. A call that
//! returned `Ok` is durable. A closed store answers everything with
//! [`StoreError::Unavailable`].

use async_trait::async_trait;
use baton_model::RunId;

use crate::error::StoreError;
use crate::rows::{
    Commit, ExecutionFilter, ExecutionPage, ExecutionRow, LogFilter, LogLine, NewRun, StepRow,
    StoredEvent,
};

/// What became of [`RunStore::create_run`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Created {
    /// The run was stored.
    New,
    /// One of its claims was held by this earlier run; nothing was stored.
    Existing(RunId),
}

/// The write side.
#[async_trait]
pub trait RunStore: Send + Sync {
    /// Stores a run with its first events, its steps and its claims.
    ///
    /// When a claim is held already, stores nothing and names the holder (of
    /// the first such claim). When the id is taken, answers
    /// [`StoreError::Conflict`]; rows that contradict each other are
    /// [`StoreError::Refused`].
    async fn create_run(&self, run: NewRun) -> Result<Created, StoreError>;

    /// Appends events and brings the projection rows up to date.
    ///
    /// `commit.expected_version` must be the sequence number of the run's last
    /// event (else [`StoreError::Conflict`], and nothing is stored); the new
    /// events continue it without a gap (else [`StoreError::Refused`]). A run
    /// that does not exist is [`StoreError::NotFound`].
    async fn commit(&self, commit: Commit) -> Result<(), StoreError>;

    /// Appends log lines. Their `seq` continues the run's log without a gap;
    /// otherwise nothing is stored, as for events.
    async fn append_logs(&self, run: RunId, lines: Vec<LogLine>) -> Result<(), StoreError>;

    /// The run's whole event log in order; [`StoreError::NotFound`] when empty.
    async fn load_events(&self, run: RunId) -> Result<Vec<StoredEvent>, StoreError>;

    /// Runs that have not ended, oldest first.
    async fn unfinished_runs(&self) -> Result<Vec<RunId>, StoreError>;

    /// Takes no more calls, finishes those it has, and frees its files. May be
    /// called again.
    async fn close(&self) -> Result<(), StoreError>;
}

/// The read side: lists, pages and details.
#[async_trait]
pub trait RunQuery: Send + Sync {
    /// One execution, if it exists.
    async fn execution(&self, run: RunId) -> Result<Option<ExecutionRow>, StoreError>;

    /// Its steps in declaration order; empty when it does not exist.
    async fn steps(&self, run: RunId) -> Result<Vec<StepRow>, StoreError>;

    /// A page of executions, newest first (`created_at`, then id).
    async fn executions(&self, filter: ExecutionFilter) -> Result<ExecutionPage, StoreError>;

    /// Runs whose id, in hex without hyphens, starts or ends with `fragment`;
    /// at most three, newest first. `fragment` holds 4 to 32 hex digits in lower case;
    /// anything else matches nothing.
    async fn runs_like(&self, fragment: &str) -> Result<Vec<RunId>, StoreError>;

    /// Events with a sequence number above `after`, at most `limit`.
    async fn events(
        &self,
        run: RunId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<StoredEvent>, StoreError>;

    /// Log lines in order.
    async fn logs(&self, run: RunId, filter: LogFilter) -> Result<Vec<LogLine>, StoreError>;

    /// Sequence number of the run's last log line; 0 when there is none.
    async fn last_log_seq(&self, run: RunId) -> Result<u64, StoreError>;
}

/// A store with both sides.
pub trait Store: RunStore + RunQuery {}

impl<S: RunStore + RunQuery + ?Sized> Store for S {}
