//! What is handed to a store and read back from it: plain rows.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use baton_model::{ExecutionStatus, Object, RunId, StageId, StepStatus, Timestamp, WorkflowId};
use uuid::Uuid;

use crate::attention::Attention;
use crate::lease::Lease;

/// An event as it is stored. The store never looks into `body`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvent {
    /// Place in the run's log, from 1.
    pub seq: u64,
    /// When it was decided.
    pub at: Timestamp,
    /// The event's stored name.
    pub kind: Cow<'static, str>,
    /// The event as JSON, which whoever makes it sees to: a store may keep it
    /// in one text with others, from which only JSON comes back.
    pub body: Box<str>,
}

/// An event with its place among those of all runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderedEvent {
    /// How many events were committed up to it, itself included.
    pub position: u64,
    /// The run it belongs to.
    pub run: RunId,
    /// The event, or what is wrong with it.
    pub event: Result<StoredEvent, String>,
}

/// A run's log as it is loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredLog {
    /// Epoch of the lease that owns the run, whether it is valid or not.
    pub owner: Option<u64>,
    /// All events in order.
    pub events: Vec<StoredEvent>,
}

/// What set a run off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// A person at a terminal or in the web UI.
    Manual,
    /// A program.
    Api,
    /// A schedule.
    Scheduled,
}

impl Trigger {
    /// The word in JSON and SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Api => "api",
            Self::Scheduled => "scheduled",
        }
    }
}

impl fmt::Display for Trigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Trigger {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        [Self::Manual, Self::Api, Self::Scheduled]
            .into_iter()
            .find(|trigger| trigger.as_str() == word)
            .ok_or_else(|| format!("unknown trigger `{word}`"))
    }
}

/// An execution: what lists and details show of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct ExecutionRow {
    /// Its id.
    pub id: RunId,
    /// The stored workflow it came from; none for a file or another door, and
    /// once that workflow is deleted.
    pub workflow_id: Option<WorkflowId>,
    /// The id inside the definition.
    pub workflow_key: String,
    /// Display name of the workflow at its start.
    pub workflow_name: String,
    /// Version of the workflow at its start.
    pub workflow_version: String,
    /// SHA-256 of the definition text in hex; empty when there is no text.
    pub definition_hash: String,
    /// The definition text it started with.
    pub definition: Option<Arc<str>>,
    /// Where it stands.
    pub status: ExecutionStatus,
    /// Its parameters.
    pub parameters: Arc<Object>,
    /// What set it off.
    pub trigger: Trigger,
    /// Directory its stages work in, when it belongs to one.
    pub directory: Option<String>,
    /// The project it belongs to, as it was when it started.
    pub project_id: Option<String>,
    /// Who started it.
    pub created_by: String,
    /// When it was stored.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When its first stage started.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
    /// Why it did not complete.
    pub error_message: Option<String>,
    /// What it needs from whoever works on it.
    pub attention: Attention,
    /// When something of it is due by itself.
    pub wake_at: Option<Timestamp>,
    /// Sequence number of its last event.
    pub version: u64,
}

/// What changes of an execution in a commit.
#[derive(Clone, Debug, PartialEq)]
pub struct ExecutionUpdate {
    /// Where it stands.
    pub status: ExecutionStatus,
    /// When its first stage started.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
    /// Why it did not complete.
    pub error_message: Option<String>,
    /// What it needs from whoever works on it.
    pub attention: Attention,
    /// When something of it is due by itself.
    pub wake_at: Option<Timestamp>,
}

/// A step: what is shown of a stage within an execution.
#[derive(Clone, Debug, PartialEq)]
pub struct StepRow {
    /// Its own id.
    pub id: Uuid,
    /// Place among the run's steps, never given to another stage.
    pub order_index: u32,
    /// The stage.
    pub stage: StageId,
    /// Its display name.
    pub stage_name: String,
    /// `agent` or `gate`.
    pub stage_type: Cow<'static, str>,
    /// Place in the plan's batches, from 0.
    pub batch_index: u32,
    /// Stages that come first.
    pub depends_on: Vec<StageId>,
    /// Reference of its agent.
    pub agent: Option<String>,
    /// What changes while it runs.
    pub progress: StepUpdate,
}

/// What changes of a step in a commit.
#[derive(Clone, Debug, PartialEq)]
pub struct StepUpdate {
    /// Which step: its place among the run's steps.
    pub order_index: u32,
    /// Where it stands.
    pub status: StepStatus,
    /// How often it was opened.
    pub iteration: u32,
    /// Its latest attempt, 0 before the first.
    pub attempt: u32,
    /// Its latest start, 0 before the first.
    pub dispatch: u32,
    /// What it was given, as a JSON object. In a commit, nothing: what it was
    /// given before, so that only who starts it has to know.
    pub inputs: Option<Arc<str>>,
    /// What it brought back, as a JSON object.
    pub outputs: Option<Arc<str>>,
    /// Kind of its failure.
    pub error_label: Option<String>,
    /// Its failure in words.
    pub error_message: Option<String>,
    /// For a gate: what people are asked, and what they decided, as JSON.
    pub gate: Option<Arc<str>>,
    /// What its agent asks people, and what they answered, as JSON.
    pub question: Option<Arc<str>>,
    /// What people want changed, when it was opened again.
    pub feedback: Option<Arc<str>>,
    /// What it brought back, condensed for the stages after it.
    pub summary: Option<Arc<str>>,
    /// When its latest attempt started, or the gate opened.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
}

impl StepUpdate {
    /// A step to which nothing has happened.
    #[must_use]
    pub const fn untouched(order_index: u32) -> Self {
        Self {
            order_index,
            status: StepStatus::Pending,
            iteration: 1,
            attempt: 0,
            dispatch: 0,
            inputs: None,
            outputs: None,
            error_label: None,
            error_message: None,
            gate: None,
            question: None,
            feedback: None,
            summary: None,
            started_at: None,
            completed_at: None,
        }
    }
}

/// An execution with what is shown beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct WholeExecution {
    /// The execution.
    pub execution: ExecutionRow,
    /// Its steps in declaration order.
    pub steps: Vec<StepRow>,
    /// What it began with.
    pub first_event: Option<StoredEvent>,
}

/// A unique key taken in the transaction that creates a run, such as an
/// idempotency key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claim {
    /// What kind of key it is.
    pub scope: String,
    /// The key.
    pub key: String,
}

/// A run to be stored.
#[derive(Clone, Debug)]
pub struct NewRun {
    /// Its execution; `version` is the number of `events`.
    pub execution: ExecutionRow,
    /// One for each stage, `order_index` from 0 without gaps. Gaps come later,
    /// with steps that are removed.
    pub steps: Vec<StepRow>,
    /// Its first events.
    pub events: Vec<StoredEvent>,
    /// Keys nobody else may hold.
    pub claims: Vec<Claim>,
    /// Who works on it from the beginning.
    pub owner: Option<Lease>,
    /// How many runs of its project may be there that have not ended, itself
    /// included; none: any number.
    pub project_runs_max: Option<u32>,
}

/// Changes of one run, stored together.
#[derive(Clone, Debug)]
pub struct Commit {
    /// The run.
    pub run: RunId,
    /// The lease that must own the run; none for what a person decides.
    pub fence: Option<Lease>,
    /// Sequence number of the last event the caller knows.
    pub expected_version: u64,
    /// When this was decided; becomes `updated_at`.
    pub at: Timestamp,
    /// Continues the log from `expected_version + 1`; never empty.
    pub events: Vec<StoredEvent>,
    /// The execution, when it changed.
    pub execution: Option<ExecutionUpdate>,
    /// Steps that are not to be there any more, by their `order_index`. They
    /// go before any are added, so that a stage may come back at another place.
    pub removed_steps: Vec<u32>,
    /// Steps that come, or take the place of those with the same
    /// `order_index`, which keep their ids.
    pub added_steps: Vec<StepRow>,
    /// The steps that changed; applied last.
    pub steps: Vec<StepUpdate>,
}

/// Where a log line came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogStream {
    /// The agent's standard output, where it is not its result.
    Stdout,
    /// The agent's standard error.
    Stderr,
    /// Baton itself.
    System,
}

impl LogStream {
    /// The word in JSON and SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
            Self::System => "system",
        }
    }
}

impl FromStr for LogStream {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        [Self::Stdout, Self::Stderr, Self::System]
            .into_iter()
            .find(|stream| stream.as_str() == word)
            .ok_or_else(|| format!("unknown log stream `{word}`"))
    }
}

/// One line of a step's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// Place in the run's log, from 1, without gaps.
    pub seq: u64,
    /// The stage it belongs to.
    pub stage: StageId,
    /// The dispatch that wrote it.
    pub dispatch: u32,
    /// When it was read.
    pub at: Timestamp,
    /// Where it came from.
    pub stream: LogStream,
    /// The line without its end.
    pub text: String,
}

/// Which log lines to read.
#[derive(Clone, Debug, Default)]
pub struct LogFilter {
    /// Of this stage only.
    pub stage: Option<StageId>,
    /// Of this dispatch only.
    pub dispatch: Option<u32>,
    /// With a sequence number above this.
    pub after: u64,
    /// At most so many; 0 means none.
    pub limit: u32,
    /// The last `limit` lines instead of the first; still in order.
    pub from_end: bool,
}
