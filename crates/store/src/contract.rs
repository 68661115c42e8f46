//! What a store must do. The write side is small on purpose.
//!
//! Every store must pass [`crate::conformance`]. All writes of one call are
//! one transaction: all of it is there after a crash, or nothing. A call that
//! returned `Ok` is durable. A closed store answers everything with
//! [`StoreError::Unavailable`].
//!
//! # Several servers on one store
//!
//! Each server holds a [`Lease`] and owns the runs it works on: their rows
//! name the lease's epoch. A lease is *valid* until it expires, is released,
//! or is ended by another; the runs of a lease that is not valid are free to
//! be claimed. What a server does for its runs it commits with its lease as a
//! fence, so that it can change nothing once another has claimed them. What a
//! person decides may be committed by any server, without a fence; the owner
//! is then told by a wake-up.
//!
//! # The order of all events
//!
//! Every event has a position among those of all runs, from 1 without a gap,
//! and each run's events have growing ones. Whoever follows all runs remembers
//! a single position, so one rule must hold: *what becomes visible has a higher
//! position than all that was visible before.* Otherwise a reader that has seen
//! position 11 would never ask for a 10 that is committed a moment later.
//!
//! Where one writer commits after the other, a counter in the transaction is
//! enough. Where transactions commit side by side, a sequence is not: numbers
//! are drawn in one order and become visible in another. Such a store takes the
//! position from a row that it locks until its transaction ends, as the last
//! thing that transaction does, so that positions appear in their order.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use baton_model::{RunId, Timestamp, WorkflowId};

use crate::attention::OpenRun;
use crate::error::StoreError;
use crate::execution_list::{ExecutionFilter, ExecutionPage};
use crate::lease::{Lease, LeaseTerm, ServerId};
use crate::project::ProjectRow;
use crate::rows::{
    Commit, ExecutionRow, LogFilter, LogLine, NewRun, OrderedEvent, StepRow, StoredEvent,
    StoredLog, WholeExecution,
};
use crate::token::{TokenHash, TokenRow};
use crate::workflow::{NewWorkflow, WorkflowFilter, WorkflowPage, WorkflowRow, WorkflowUpdate};

/// A page of events ends with the one whose body brings the bytes of all
/// bodies on it to so many, whatever its limit.
pub const EVENT_PAGE_BYTES: usize = 1024 * 1024;

/// What became of [`RunStore::create_run`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Created {
    /// The run was stored.
    New,
    /// One of its claims was held by this earlier run; nothing was stored.
    Existing(RunId),
    /// Its project has so many runs that have not ended, which is as many as
    /// there may be; nothing was stored.
    ProjectFull(u32),
}

/// What became of [`WorkflowStore::create_workflow`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkflowCreated {
    /// The workflow was stored.
    New,
    /// One of its claims was held by this earlier one; nothing was stored.
    Existing(WorkflowId),
    /// Its creator has this one of the same name; nothing was stored.
    NameTaken(WorkflowId),
}

/// What became of [`WorkflowStore::update_workflow`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkflowUpdated {
    /// The workflow was changed.
    Done,
    /// Its creator has this other one of the same name; nothing was changed.
    NameTaken(WorkflowId),
}

/// What became of [`TokenStore::create_token`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenCreated {
    /// The token was stored.
    New,
    /// There is one of this name; nothing was stored.
    NameTaken,
}

/// What became of [`ProjectStore::create_project`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProjectCreated {
    /// The project was stored.
    New,
    /// The project with this id has the path; nothing was stored.
    PathTaken(String),
}

/// The write side.
#[async_trait]
pub trait RunStore: Send + Sync {
    /// Stores a run with its first events, its steps and its claims.
    ///
    /// When a claim is held already, stores nothing and names the holder (of
    /// the first such claim). When the id is taken, answers
    /// [`StoreError::Conflict`]; rows that contradict each other are
    /// [`StoreError::Refused`]. All that comes before a project that is full.
    async fn create_run(&self, run: Arc<NewRun>) -> Result<Created, StoreError>;

    /// Appends events and brings the projection rows up to date.
    ///
    /// With a fence, the run's owner must be exactly that lease (else
    /// [`StoreError::Fenced`]); whether the lease has expired does not matter
    /// as long as nobody has claimed the run. Without one, a wake-up is stored
    /// for the owner whose lease is valid.
    ///
    /// `commit.expected_version` must be the sequence number of the run's last
    /// event (else [`StoreError::Conflict`], and nothing is stored); the new
    /// events continue it without a gap, and the rows fit those that are
    /// there (else [`StoreError::Refused`]). A run that does not exist is
    /// [`StoreError::NotFound`].
    async fn commit(&self, commit: Commit) -> Result<(), StoreError>;

    /// Appends log lines. Their `seq` continues the run's log without a gap;
    /// otherwise nothing is stored, as for events. Fenced like a commit, but
    /// wakes nobody.
    async fn append_logs(
        &self,
        run: RunId,
        fence: Option<Lease>,
        lines: Vec<LogLine>,
    ) -> Result<(), StoreError>;

    /// The run's whole event log in order, and who owns the run;
    /// [`StoreError::NotFound`] when there is no such run.
    async fn load_run(&self, run: RunId) -> Result<StoredLog, StoreError>;

    /// Runs that are not done, in the order of their ids, at most `limit`;
    /// only those that come after `after`.
    async fn open_runs(&self, after: Option<RunId>, limit: u32)
    -> Result<Vec<OpenRun>, StoreError>;

    /// Those of them that a lease owns. For whoever cannot tell what it has
    /// claimed, or of what it was woken, because an answer got lost.
    async fn owned_runs(
        &self,
        lease: &Lease,
        after: Option<RunId>,
        limit: u32,
    ) -> Result<Vec<OpenRun>, StoreError>;

    /// Takes a lease. Ends the server's earlier ones, and with
    /// [`LeaseTerm::Exclusive`] everybody's.
    async fn acquire_lease(&self, server: ServerId, term: LeaseTerm) -> Result<Lease, StoreError>;

    /// Holds a lease for so long from now; does nothing for an exclusive one.
    /// [`StoreError::Fenced`] when it is not valid any more, which no renewal
    /// mends.
    async fn renew_lease(&self, lease: &Lease, duration: Duration) -> Result<(), StoreError>;

    /// Ends a lease; its runs are free at once. Does nothing to one that has
    /// ended.
    async fn release_lease(&self, lease: &Lease) -> Result<(), StoreError>;

    /// Makes a lease the owner of runs that are not done and have no owner
    /// with a valid lease: in the order of their ids, at most `limit`. To be
    /// called again until nothing comes back; what the lease owns already does
    /// not. [`StoreError::Fenced`] when the lease itself is not valid.
    async fn claim_runs(&self, lease: &Lease, limit: u32) -> Result<Vec<OpenRun>, StoreError>;

    /// Makes a lease the owner of one run, done or not, unless another owner
    /// has a valid lease. Says whether the lease owns the run now.
    /// [`StoreError::Fenced`] when the lease itself is not valid.
    async fn claim_run(&self, lease: &Lease, run: RunId) -> Result<bool, StoreError>;

    /// Takes the wake-ups of a lease, at most `limit`: runs of its that were
    /// changed without a fence since, in the order of their ids.
    /// [`StoreError::Fenced`] when the lease itself is not valid.
    async fn take_wakeups(&self, lease: &Lease, limit: u32) -> Result<Vec<RunId>, StoreError>;

    /// Returns when somebody may have written what a server should look at:
    /// wake-ups, or runs to be claimed. May return for nothing and may miss
    /// something, so whoever waits also looks from time to time. A store that
    /// gets no news never returns.
    async fn wait_for_news(&self) {
        std::future::pending::<()>().await;
    }

    /// Takes no more calls, finishes those it has, and frees its files. May be
    /// called again.
    async fn close(&self) -> Result<(), StoreError>;
}

/// The read side: lists, pages and details.
#[async_trait]
pub trait RunQuery: Send + Sync {
    /// One execution, if it exists.
    async fn execution(&self, run: RunId) -> Result<Option<ExecutionRow>, StoreError>;

    /// One execution with its steps and its first event, if it exists; all of
    /// it as of one moment.
    async fn whole_execution(&self, run: RunId) -> Result<Option<WholeExecution>, StoreError>;

    /// Its steps in declaration order; empty when it does not exist.
    async fn steps(&self, run: RunId) -> Result<Vec<StepRow>, StoreError>;

    /// A page of executions; rows of the same time are sorted by their ids, the
    /// same way. One row that does not hold together is named and hides no
    /// other.
    async fn executions(&self, filter: ExecutionFilter) -> Result<ExecutionPage, StoreError>;

    /// Runs whose id, in hex without hyphens, starts or ends with `fragment`;
    /// at most three, newest first. `fragment` holds 4 to 32 hex digits in lower case;
    /// anything else matches nothing.
    async fn runs_like(&self, fragment: &str) -> Result<Vec<RunId>, StoreError>;

    /// Events with a sequence number above `after`, at most `limit`, and no
    /// more than [`EVENT_PAGE_BYTES`] allows. A page that ended for neither
    /// reason is the last one.
    async fn events(
        &self,
        run: RunId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<StoredEvent>, StoreError>;

    /// Events of all runs with a position above `after`, in pages as
    /// [`RunQuery::events`] has them. Those of runs that are not there any more
    /// are left out. One that does not hold together is named and hides no
    /// other.
    async fn all_events(&self, after: u64, limit: u32) -> Result<Vec<OrderedEvent>, StoreError>;

    /// Position of the last event of all; 0 when there is none.
    async fn last_position(&self) -> Result<u64, StoreError>;

    /// Log lines in order.
    async fn logs(&self, run: RunId, filter: LogFilter) -> Result<Vec<LogLine>, StoreError>;

    /// Sequence number of the run's last log line; 0 when there is none.
    async fn last_log_seq(&self, run: RunId) -> Result<u64, StoreError>;

    /// The greatest key that runs hold claims on in a scope, in the order of
    /// its bytes; none while nobody holds any.
    async fn last_claim(&self, scope: &str) -> Result<Option<String>, StoreError>;
}

/// Runs: both sides.
pub trait Store: RunStore + RunQuery {}

impl<S: RunStore + RunQuery + ?Sized> Store for S {}

/// Stored workflows. Whoever moves runs needs none of this.
#[async_trait]
pub trait WorkflowStore: Send + Sync {
    /// Stores a workflow with its claims.
    ///
    /// When a claim is held already, stores nothing and names the holder (of
    /// the first such claim). When the id is taken, answers
    /// [`StoreError::Conflict`]; a row that contradicts itself is
    /// [`StoreError::Refused`]. All that comes before a name that is taken.
    async fn create_workflow(&self, new: NewWorkflow) -> Result<WorkflowCreated, StoreError>;

    /// Changes a workflow and raises its revision by one.
    ///
    /// One that does not exist is [`StoreError::NotFound`], one that is at
    /// another revision [`StoreError::Conflict`], in this order and before a
    /// name that is taken; nothing is stored then.
    async fn update_workflow(&self, update: WorkflowUpdate) -> Result<WorkflowUpdated, StoreError>;

    /// Deletes workflows with their claims; says which of them were there, in
    /// the order given. Their runs stay, and come from no stored workflow from
    /// then on.
    async fn delete_workflows(&self, ids: &[WorkflowId]) -> Result<Vec<WorkflowId>, StoreError>;

    /// One workflow with its definition, if it exists.
    async fn workflow(&self, id: WorkflowId) -> Result<Option<WorkflowRow>, StoreError>;

    /// A page of workflows; rows of the same value are sorted by their ids, the
    /// same way. One row that does not hold together is named and hides no
    /// other. A place that does not fit the sorting is [`StoreError::Refused`].
    async fn workflows(&self, filter: WorkflowFilter) -> Result<WorkflowPage, StoreError>;

    /// Workflows with this name, or when there are none, with this id inside
    /// their definition; at most three, newest first.
    async fn workflows_named(&self, name: &str) -> Result<Vec<WorkflowId>, StoreError>;

    /// Workflows whose id, in hex without hyphens, starts or ends with
    /// `fragment`, as for [`RunQuery::runs_like`].
    async fn workflows_like(&self, fragment: &str) -> Result<Vec<WorkflowId>, StoreError>;
}

/// Tokens. Whoever moves runs needs none of this either.
#[async_trait]
pub trait TokenStore: Send + Sync {
    /// Stores a token. When its hash is there already, answers
    /// [`StoreError::Conflict`]; a name that is empty or longer than 255 bytes
    /// is [`StoreError::Refused`]. Both come before a name that is taken.
    async fn create_token(&self, token: TokenRow) -> Result<TokenCreated, StoreError>;

    /// All tokens, in the order of their names.
    async fn tokens(&self) -> Result<Vec<TokenRow>, StoreError>;

    /// Notes that a token was used, unless a later use is noted already. Does
    /// nothing when there is no such token.
    async fn touch_token(&self, hash: TokenHash, at: Timestamp) -> Result<(), StoreError>;

    /// Deletes a token; says whether it was there.
    async fn delete_token(&self, name: &str) -> Result<bool, StoreError>;
}

/// Projects. A run keeps the id of its own, whatever becomes of it here.
#[async_trait]
pub trait ProjectStore: Send + Sync {
    /// Stores a project. When its id is there already, answers
    /// [`StoreError::Conflict`]; an id, a name or a path that is empty or
    /// longer than 4,096 bytes is [`StoreError::Refused`]. Both come before a
    /// path that is taken.
    async fn create_project(&self, project: ProjectRow) -> Result<ProjectCreated, StoreError>;

    /// All projects, in the order of their names, those of one name in that of
    /// their ids.
    async fn projects(&self) -> Result<Vec<ProjectRow>, StoreError>;

    /// Deletes a project; says whether it was there. Its runs stay as they are.
    async fn delete_project(&self, id: &str) -> Result<bool, StoreError>;
}

/// A store of all there is: runs, workflows, tokens and projects.
pub trait FullStore: Store + WorkflowStore + TokenStore + ProjectStore {}

impl<S: Store + WorkflowStore + TokenStore + ProjectStore + ?Sized> FullStore for S {}
