//! The wire types of the v1 API. The command line reads them back.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A page of a list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Leads to the next page.
    pub next_cursor: Option<String>,
    /// Whether there is a next page.
    pub has_more: bool,
    /// How many rows there are on all pages together.
    pub total_count: u64,
}

/// An execution (a run of a workflow).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Execution {
    /// Its id.
    pub id: String,
    /// The stored workflow it came from.
    pub workflow_id: Option<String>,
    /// The id inside its definition.
    pub workflow_key: String,
    /// Display name of the workflow when it started.
    pub workflow_name: String,
    /// Version of the workflow when it started.
    pub workflow_version: String,
    /// SHA-256 of its definition.
    pub workflow_definition_hash: String,
    /// Where it stands.
    pub status: String,
    /// `manual`, `api` or `scheduled`.
    pub trigger: String,
    /// Its parameters.
    pub parameters: Map<String, Value>,
    /// The definition it started with; only in the detail of one execution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workflow_snapshot: Option<String>,
    /// Directory its stages work in.
    pub directory: Option<String>,
    /// Who started it.
    pub created_by: String,
    /// When it was stored.
    pub created_at: String,
    /// When it last changed.
    pub updated_at: String,
    /// When its first stage started.
    pub started_at: Option<String>,
    /// When it ended.
    pub completed_at: Option<String>,
    /// From start to end, in seconds; none until it has ended.
    pub duration_seconds: Option<f64>,
    /// Why it did not complete.
    pub error_message: Option<String>,
    /// Its steps; only in the detail of one execution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<Vec<Step>>,
}

/// A step (a stage within an execution).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Step {
    /// Its own id.
    pub id: String,
    /// The execution it belongs to.
    pub execution_id: String,
    /// The stage.
    pub stage_id: String,
    /// Display name of the stage.
    pub stage_name: String,
    /// `agent` or `gate`.
    pub stage_type: String,
    /// Place in the plan's batches, from 0.
    pub batch_index: u32,
    /// Stages that come first.
    pub depends_on: Vec<String>,
    /// Reference of its agent.
    pub agent: Option<String>,
    /// Where it stands.
    pub status: String,
    /// How often it was opened.
    pub iteration: u32,
    /// Its latest attempt; 0 before the first.
    pub attempt: u32,
    /// What it was given.
    pub inputs: Option<Value>,
    /// What it brought back.
    pub outputs: Option<Value>,
    /// Kind of its failure.
    pub error_label: Option<String>,
    /// Its failure in words.
    pub error_message: Option<String>,
    /// For a gate: what is asked, by when, and what was decided.
    pub gate: Option<Value>,
    /// When its latest attempt started, or the gate opened.
    pub started_at: Option<String>,
    /// When it ended.
    pub completed_at: Option<String>,
    /// From start to end, in seconds; none until it has ended.
    pub duration_seconds: Option<f64>,
}

/// What a run is started with.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StartRequest {
    /// The definition, as SWDL text.
    pub definition: String,
    /// Parameters with their types.
    #[serde(default)]
    pub parameters: Map<String, Value>,
    /// Parameters as texts, read by their declared types.
    #[serde(default)]
    pub parameter_texts: Map<String, Value>,
    /// Absolute path of the project its stages work in.
    #[serde(default)]
    pub directory: Option<String>,
    /// Absolute path of the `baton.toml` that names its agents.
    #[serde(default)]
    pub config: Option<String>,
    /// `manual` when a person starts it; else `api`.
    #[serde(default)]
    pub trigger: Option<String>,
}

/// Words with a decision.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReasonRequest {
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Which executions to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ListQuery {
    /// One or more states, separated by commas.
    pub status: Option<String>,
    /// Id inside the definition, or display name of the workflow.
    pub workflow: Option<String>,
    /// 1 to 200; 50 when left out.
    pub limit: Option<u32>,
    /// From the page before.
    pub cursor: Option<String>,
}

/// Which log lines to read.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct LogQuery {
    /// Of one stage only.
    pub stage: Option<String>,
    /// After this line.
    pub after: Option<u64>,
    /// At most so many; 1,000 when left out.
    pub limit: Option<u32>,
    /// The last `limit` lines instead of the first.
    #[serde(default)]
    pub tail: bool,
}

/// Which events to read.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct EventQuery {
    /// After this event.
    pub after: Option<u64>,
    /// At most so many; 1,000 when left out.
    pub limit: Option<u32>,
}

/// From where to stream.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct StreamQuery {
    /// `<event seq>.<log seq>`, as in the `id:` of the last message that was read.
    pub after: Option<String>,
}

/// A line of a run's log.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LogLine {
    /// Place in the run's log.
    pub seq: u64,
    /// The stage it belongs to.
    pub stage_id: String,
    /// When it was read.
    pub at: String,
    /// `stdout`, `stderr` or `system`.
    pub stream: String,
    /// The line.
    pub message: String,
}

/// An event of a run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Event {
    /// Place in the run's log.
    pub seq: u64,
    /// When it was decided.
    pub at: String,
    /// What happened.
    pub event: Value,
}

/// The items of a list that has no pages.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Items<T> {
    /// The rows.
    pub items: Vec<T>,
}
