//! The wire types of the v1 API. The command line reads them back.
//!
//! Those of executions are here, the others in the modules below.

pub mod batches;
pub mod surroundings;
pub mod tokens;
pub mod workflows;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A page of a list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Rows that belong on this page and cannot be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub damaged: Vec<DamagedRun>,
    /// Leads to the next page.
    pub next_cursor: Option<String>,
    /// Leads to the page before.
    #[serde(default)]
    pub prev_cursor: Option<String>,
    /// Whether there is a next page.
    pub has_more: bool,
    /// How many rows there are on all pages together.
    pub total_count: u64,
}

/// A run or a workflow that cannot be read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DamagedRun {
    /// Its id, as far as it can be told.
    pub id: String,
    /// What is wrong, and what helps.
    pub message: String,
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
    /// The execution it repeats; only in the detail of one execution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rerun_of: Option<String>,
    /// Actions of its hooks that have ended; only in the detail of one
    /// execution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hooks: Option<Vec<HookEnd>>,
    /// What overrides had set when it started; only in the detail of one
    /// execution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overridden: Option<Vec<Overridden>>,
    /// Its steps; only in the detail of one execution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<Vec<Step>>,
}

/// A value that does not come from the definition's own text.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Overridden {
    /// Which, such as `stages.survey.roles.primary.model`.
    pub path: String,
    /// What set it: the path of a file, or words for the run itself.
    pub by: String,
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
    /// Its latest start; 0 before the first. Log lines name the start that
    /// wrote them.
    pub dispatch: u32,
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
    /// What its agent asks or has asked, and what was answered.
    pub question: Option<Asked>,
    /// What was to be different when it was opened again.
    pub feedback: Option<Feedback>,
    /// What it brought back, condensed for the stages after it.
    pub summary: Option<String>,
    /// Whether it has its result from the execution this one repeats.
    pub reused: bool,
    /// When its latest attempt started, or the gate opened.
    pub started_at: Option<String>,
    /// When it ended.
    pub completed_at: Option<String>,
    /// From start to end, in seconds; none until it has ended.
    pub duration_seconds: Option<f64>,
}

/// Questions with what became of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// `agent`, or `crash` when Baton asks after one.
    pub asker: String,
    /// What is asked.
    pub questions: Vec<Question>,
    /// When nobody needs to answer any more.
    pub deadline: Option<String>,
    /// What was answered, by the questions' names.
    pub answers: Option<Map<String, Value>>,
    /// Who answered.
    pub answered_by: Option<String>,
}

/// One question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// The name its answer goes by.
    pub name: String,
    /// What is asked.
    pub question: String,
    /// A word or two that stands for it.
    pub header: Option<String>,
    /// Answers to choose from; empty: any text.
    pub options: Vec<QuestionOption>,
    /// Whether several of the options may be chosen.
    pub multi_select: bool,
}

/// An answer to choose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuestionOption {
    /// The answer itself.
    pub label: String,
    /// What it means.
    pub description: String,
}

/// What a person wants done differently.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Feedback {
    /// Their words.
    pub text: Option<String>,
    /// Who.
    pub by: String,
}

/// How an action of a hook ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HookEnd {
    /// `on_start`, `on_complete` or `on_failure`.
    pub hook: String,
    /// Which of its actions, from 0.
    pub place: u32,
    /// What went wrong.
    pub error: Option<String>,
}

/// What a run is started with.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StartRequest {
    /// The definition, as SWDL text; without one, that of a stored workflow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
    /// The stored workflow, in place of a definition: its id, its name, or an
    /// end of its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workflow_id: Option<String>,
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
    /// What is different for this run alone: a block as project overrides have
    /// one for each workflow, laid over theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overrides: Option<Map<String, Value>>,
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

/// What somebody has to say at a gate.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionRequest {
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
    /// The iteration of the gate that was seen; the decision is refused when
    /// it is in another one.
    #[serde(default)]
    pub iteration: Option<u32>,
}

/// Answers to everything a stage asks.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerRequest {
    /// By the questions' names: a text, or a list of texts where several
    /// options may be chosen.
    pub answers: Map<String, Value>,
    /// The dispatch of the step that asked; answers to another one are refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispatch: Option<u32>,
}

/// What should be different when a stage runs again.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReopenRequest {
    /// In words for its agent.
    #[serde(default)]
    pub feedback: Option<String>,
}

/// Changes to the stages of an execution.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EditRequest {
    /// Each is an `insert` or `update` with a `stage`, or a `delete` with a
    /// `stage_id`.
    pub edits: Vec<Value>,
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
}

/// From where an execution is repeated.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RerunRequest {
    /// This stage and what depends on it run again, and whatever did not end
    /// well. None: everything does.
    #[serde(default)]
    pub from: Option<String>,
    /// `manual` when a person starts it; else `api`.
    #[serde(default)]
    pub trigger: Option<String>,
}

/// Which executions to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ListQuery {
    /// One or more states, separated by commas.
    pub status: Option<String>,
    /// Id inside the definition, or display name of the workflow.
    pub workflow: Option<String>,
    /// Of this stored workflow: its id, its name, or an end of its id.
    pub workflow_id: Option<String>,
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
    /// Of one of the stage's starts only.
    pub dispatch: Option<u32>,
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

/// From where to stream events.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct EventStreamQuery {
    /// After this event.
    pub after: Option<u64>,
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
    /// The start that wrote it.
    pub dispatch: u32,
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
