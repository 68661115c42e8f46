//! Executions as they are shown: themselves, their steps, events and log.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::words;

/// An execution (a run of a workflow).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Execution {
    /// Its id.
    #[schema(format = "uuid")]
    pub id: String,
    /// The stored workflow it came from.
    #[schema(required)]
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
    #[schema(value_type = words::ExecutionStatus)]
    pub status: String,
    /// `manual`, `api` or `scheduled`.
    #[schema(value_type = words::Trigger)]
    pub trigger: String,
    /// Its parameters.
    #[schema(value_type = HashMap<String, Value>)]
    pub parameters: Map<String, Value>,
    /// The definition it started with; only in the detail of one execution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workflow_snapshot: Option<String>,
    /// Directory its stages work in.
    #[schema(required)]
    pub directory: Option<String>,
    /// The project it belongs to.
    #[serde(default)]
    #[schema(required)]
    pub project_id: Option<String>,
    /// Who started it.
    pub created_by: String,
    /// When it was stored.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When it last changed.
    #[schema(format = DateTime)]
    pub updated_at: String,
    /// When its first stage started.
    #[schema(required, format = DateTime)]
    pub started_at: Option<String>,
    /// When it ended.
    #[schema(required, format = DateTime)]
    pub completed_at: Option<String>,
    /// From start to end, in seconds; none until it has ended.
    #[schema(required)]
    pub duration_seconds: Option<f64>,
    /// Why it did not complete.
    #[schema(required)]
    pub error_message: Option<String>,
    /// The execution it repeats; only in the detail of one execution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = "uuid")]
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
    /// What all its agents took, where they tell; only in the detail of one
    /// execution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
}

/// A value that does not come from the definition's own text.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Overridden {
    /// Which, such as `stages.survey.roles.primary.model`.
    pub path: String,
    /// What set it: the path of a file, or words for the run itself.
    pub by: String,
}

/// A step (a stage within an execution).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Step {
    /// Its own id.
    #[schema(format = "uuid")]
    pub id: String,
    /// The execution it belongs to.
    #[schema(format = "uuid")]
    pub execution_id: String,
    /// The stage.
    pub stage_id: String,
    /// Display name of the stage.
    pub stage_name: String,
    /// `agent` or `gate`.
    #[schema(value_type = words::StageType)]
    pub stage_type: String,
    /// Place in the plan's batches, from 0.
    pub batch_index: u32,
    /// Stages that come first.
    pub depends_on: Vec<String>,
    /// Reference of its agent.
    #[schema(required)]
    pub agent: Option<String>,
    /// Where it stands.
    #[schema(value_type = words::StepStatus)]
    pub status: String,
    /// How often it was opened.
    pub iteration: u32,
    /// Its latest attempt; 0 before the first.
    pub attempt: u32,
    /// Its latest start; 0 before the first. Log lines name the start that
    /// wrote them.
    pub dispatch: u32,
    /// What it was given.
    #[schema(required, value_type = Option<HashMap<String, Value>>)]
    pub inputs: Option<Value>,
    /// What it brought back.
    #[schema(required, value_type = Option<HashMap<String, Value>>)]
    pub outputs: Option<Value>,
    /// Kind of its failure.
    #[schema(required)]
    pub error_label: Option<String>,
    /// Its failure in words.
    #[schema(required)]
    pub error_message: Option<String>,
    /// For a gate: what is asked, by when, and what was decided.
    #[schema(required, value_type = Option<HashMap<String, Value>>)]
    pub gate: Option<Value>,
    /// What its agent asks or has asked, and what was answered.
    #[schema(required)]
    pub question: Option<Asked>,
    /// What was to be different when it was opened again.
    #[schema(required)]
    pub feedback: Option<Feedback>,
    /// What it brought back, condensed for the stages after it.
    #[schema(required)]
    pub summary: Option<String>,
    /// Whether it has its result from the execution this one repeats.
    pub reused: bool,
    /// Path of its log lines on this server.
    #[serde(default)]
    pub logs_url: String,
    /// Each time it was tried; only in the detail of one step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempts: Option<Vec<Attempt>>,
    /// The stage in YAML as an edit would have to give it, with the edits that
    /// were made; only in the detail of one step, and while the stage is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
    /// What its agent took in all attempts, where it tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// When its latest attempt started, or the gate opened.
    #[schema(required, format = DateTime)]
    pub started_at: Option<String>,
    /// When it ended.
    #[schema(required, format = DateTime)]
    pub completed_at: Option<String>,
    /// From start to end, in seconds; none until it has ended.
    #[schema(required)]
    pub duration_seconds: Option<f64>,
}

/// What agents took, as they tell it themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Usage {
    /// Tokens read, those from a cache not among them.
    pub input_tokens: u64,
    /// Tokens written.
    pub output_tokens: u64,
    /// Tokens read from a cache.
    pub cache_read_tokens: u64,
    /// Tokens read and put into a cache.
    pub cache_write_tokens: u64,
    /// US dollars; none where the agent tells no cost.
    #[schema(required)]
    pub cost_usd: Option<f64>,
}

/// An attempt at a stage.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Attempt {
    /// How often the stage had been opened.
    pub iteration: u32,
    /// Which attempt of that iteration, from 1.
    pub attempt: u32,
    /// Its latest start. Log lines name the start that wrote them.
    pub dispatch: u32,
    /// How it ended; none: it goes on, or waits for answers.
    #[schema(required, value_type = Option<words::AttemptOutcome>)]
    pub outcome: Option<String>,
    /// Kind of its failure.
    #[schema(required)]
    pub error_label: Option<String>,
    /// Its failure in words.
    #[schema(required)]
    pub error_message: Option<String>,
    /// What its turns took, where its agent tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// When it started.
    #[schema(format = DateTime)]
    pub started_at: String,
    /// When it ended.
    #[schema(required, format = DateTime)]
    pub completed_at: Option<String>,
    /// From start to end, in seconds; none until it has ended.
    #[schema(required)]
    pub duration_seconds: Option<f64>,
}

/// Questions with what became of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Asked {
    /// `agent`, or `crash` when Baton asks after one.
    #[schema(value_type = words::Asker)]
    pub asker: String,
    /// What is asked.
    pub questions: Vec<Question>,
    /// When nobody needs to answer any more.
    #[schema(required, format = DateTime)]
    pub deadline: Option<String>,
    /// What was answered, by the questions' names.
    #[schema(required, value_type = Option<HashMap<String, Value>>)]
    pub answers: Option<Map<String, Value>>,
    /// Who answered.
    #[schema(required)]
    pub answered_by: Option<String>,
}

/// One question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Question {
    /// The name its answer goes by.
    pub name: String,
    /// What is asked.
    pub question: String,
    /// A word or two that stands for it.
    #[schema(required)]
    pub header: Option<String>,
    /// Answers to choose from; empty: any text.
    pub options: Vec<QuestionOption>,
    /// Whether several of the options may be chosen.
    pub multi_select: bool,
}

/// An answer to choose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QuestionOption {
    /// The answer itself.
    pub label: String,
    /// What it means.
    pub description: String,
}

/// What a person wants done differently.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Feedback {
    /// Their words.
    #[schema(required)]
    pub text: Option<String>,
    /// Who.
    pub by: String,
}

/// How an action of a hook ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HookEnd {
    /// `on_start`, `on_complete` or `on_failure`.
    #[schema(value_type = words::HookPoint)]
    pub hook: String,
    /// Which of its actions, from 0.
    pub place: u32,
    /// What went wrong.
    #[schema(required)]
    pub error: Option<String>,
}

/// A line of a run's log.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LogLine {
    /// Place in the run's log.
    pub seq: u64,
    /// The stage it belongs to.
    pub stage_id: String,
    /// The start that wrote it.
    pub dispatch: u32,
    /// When it was read.
    #[schema(format = DateTime)]
    pub at: String,
    /// `stdout`, `stderr` or `system`.
    #[schema(value_type = words::LogStream)]
    pub stream: String,
    /// The line.
    pub message: String,
}

/// An event of a run.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Event {
    /// Place in the run's log.
    pub seq: u64,
    /// When it was decided.
    #[schema(format = DateTime)]
    pub at: String,
    /// What happened.
    #[schema(value_type = HashMap<String, Value>)]
    pub event: Value,
}
