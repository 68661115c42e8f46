//! What a run carries out: the stored, self-contained form of a workflow.
//!
//! A plan is made by a door (`baton-lang` for SWDL), carried by the first
//! event of the run, and never looked up elsewhere again: later edits of the
//! workflow do not touch it. Stored form: fields are only ever added, with a
//! default, so that logs of every release stay readable.

mod gate;

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::contract::ValueType;
use crate::ids::{StageId, WorkflowId};
use crate::time::duration_ms;
use crate::{FailureLabel, Object, Usage};

pub use gate::{GateSpec, GateTimeout};

/// How many stages a workflow may have at once, with the edits of a run or
/// without; what compares stages with each other takes quadratic time.
pub const STAGES_MAX: usize = 10_000;

/// Everything the engine needs to know about a run before it starts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The workflow this came from.
    pub workflow: WorkflowRef,
    /// Parameters after defaults and coercion.
    #[serde(default, skip_serializing_if = "Object::is_empty")]
    pub parameters: Object,
    /// Environment for agents; values may hold `${{ }}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    /// Rules of the run as a whole.
    #[serde(default)]
    pub settings: RunSettings,
    /// Where its stages work.
    #[serde(default, skip_serializing_if = "is_default")]
    pub workspace: Workspace,
    /// What is done beside the run when it starts or ends.
    #[serde(default, skip_serializing_if = "is_default")]
    pub hooks: Hooks,
    /// What stages that are inserted later get where they say nothing.
    #[serde(default, skip_serializing_if = "is_default")]
    pub stage_defaults: StageDefaults,
    /// The stages in declaration order.
    pub stages: Vec<PlannedStage>,
}

/// Where a run's stages work, so that it can be taken up by a process that
/// was started elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workspace {
    /// Absolute path of the project. None: a scratch folder of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
    /// Absolute path of the `baton.toml` that says who its agents are. None:
    /// the server's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<String>,
    /// Id of the project whose directory that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
}

/// Which definition a plan was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkflowRef {
    /// The id inside the definition (not a database id).
    pub id: String,
    /// The stored workflow that the run is of; none for a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stored: Option<WorkflowId>,
    /// The display name.
    pub name: String,
    /// The definition's own version.
    pub version: String,
    /// SHA-256 of the definition text, in hex; empty when there is no text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub definition_hash: String,
    /// What was laid over that text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overridden: Vec<Overridden>,
}

/// A value of a plan that does not come from the text of its definition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overridden {
    /// Which, such as `stages.survey.roles.primary.model`.
    pub path: String,
    /// What set it: the path of a file, or words for the run itself.
    pub by: String,
}

/// Rules of the run as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunSettings {
    /// Working time of the whole run; stands still while the run is paused
    /// or only waits for people. None: no limit.
    #[serde(
        default,
        with = "duration_ms::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub timeout: Option<Duration>,
    /// How many stages of the run may work at once.
    pub stages_at_once_max: u32,
    /// Whether a finished run may be opened again (the gRPC door).
    #[serde(default, skip_serializing_if = "is_default")]
    pub reopenable: bool,
    /// What a stage waits for besides its dependencies.
    #[serde(default, skip_serializing_if = "is_default")]
    pub schedule: Schedule,
}

/// When a stage may start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Schedule {
    /// The moment its dependencies are settled.
    #[default]
    Eager,
    /// When every stage of the batches before its own has ended, too.
    Batches,
}

impl Default for RunSettings {
    fn default() -> Self {
        Self {
            timeout: None,
            stages_at_once_max: 3,
            reopenable: false,
            schedule: Schedule::Eager,
        }
    }
}

/// One stage, general enough for every door.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedStage {
    /// Unique within the plan.
    pub id: StageId,
    /// What people read.
    pub name: String,
    /// Work for an agent, or a decision by a person.
    pub kind: StageKind,
    /// Stages that come first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<StageId>,
    /// What this stage's dependants wait for.
    #[serde(default, skip_serializing_if = "is_default")]
    pub release: Release,
    /// What its failure means for the rest.
    #[serde(default, skip_serializing_if = "is_default")]
    pub on_failure: FailurePolicy,
    /// What becomes of an attempt that a crash of the server cut off.
    #[serde(default, skip_serializing_if = "is_default")]
    pub on_crash: OnCrash,
    /// Runs only when this evaluates to a true value; None: always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// Limit of one attempt. None: no limit.
    #[serde(
        default,
        with = "duration_ms::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub timeout: Option<Duration>,
    /// How often and how soon it is tried again.
    #[serde(default, skip_serializing_if = "is_default")]
    pub retry: RetryPolicy,
    /// What the agent is given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<InputSpec>,
    /// What the agent must bring back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outputs: Vec<OutputSpec>,
    /// How its result reaches the stages after it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub handoff: Handoff,
    /// How long a question of its agent waits for an answer. None: for ever.
    #[serde(
        default,
        with = "duration_ms::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub question_timeout: Option<Duration>,
    /// How often an agent with a session is asked to mend a wrong output
    /// before the attempt fails.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub repairs_max: u32,
    /// Belongs to the door that made the plan; the engine never looks inside.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub payload: Value,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

const fn one() -> u32 {
    1
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes what it skips by reference"
)]
const fn is_one(value: &u32) -> bool {
    *value == 1
}

/// What a stage is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum StageKind {
    /// An agent works on it.
    Agent(AgentSpec),
    /// A person decides on it.
    Gate(GateSpec),
}

/// Who works on a stage, and how it is told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentSpec {
    /// Such as `agent:reviewer`.
    pub artifact: String,
    /// Model the agent should use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// May hold `${{ }}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
    /// References of tools it may use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<String>,
    /// How it is spoken to.
    #[serde(default, skip_serializing_if = "is_default")]
    pub speech: Speech,
    /// An earlier session that it goes on with at first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// What that session had told of all it has taken by then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_total: Option<Usage>,
}

/// How an agent is spoken to, and how its answer is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speech {
    /// It is told its task, its inputs and the contract, and brings the outputs.
    #[default]
    Contract,
    /// The instructions are all it is told, word for word, for they explain by
    /// themselves how it is to answer: with a status, a message, questions and
    /// artifacts. Its answer becomes the output `output`, where it has that
    /// form, and its words the output `result`.
    Skill,
    /// The instructions are all it is told, nobody minds how it answers, and it
    /// may do no more than it may by itself. Its words become the output
    /// `result`.
    Bare,
}

/// What dependants wait for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Release {
    /// Completed, skipped, or failed where the policy goes on.
    #[default]
    Settled,
    /// Completed, nothing less.
    Passed,
}

/// What the failure of a stage means for the rest of the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailurePolicy {
    /// Nothing new starts, what runs is cancelled, the run fails.
    #[default]
    Halt,
    /// Dependants run all the same.
    Continue,
    /// Transitive dependants are skipped, the rest goes on.
    SkipDependents,
    /// Dependants never start, the rest goes on, the run then fails.
    Block,
}

/// What becomes of an attempt whose server died.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnCrash {
    /// Settle it from its files if it ended, adopt it if it still runs, else
    /// run the same attempt again, at most [`OnCrash::RESTARTS_MAX`] times.
    #[default]
    Resume,
    /// Counts as a failed attempt; the retry policy decides.
    Retry,
    /// The stage fails.
    Fail,
    /// A person is asked whether to run it again.
    Ask,
}

impl OnCrash {
    /// How often one attempt is run again after a crash before it fails.
    pub const RESTARTS_MAX: u32 = 3;
}

/// What is done beside a run at certain points. Nothing of it changes how
/// the run goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hooks {
    /// When the run was created.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on_start: Vec<HookAction>,
    /// When it ended well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on_complete: Vec<HookAction>,
    /// When it failed; a cancelled run has not failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on_failure: Vec<HookAction>,
}

impl Hooks {
    /// What is done at a point, in order.
    pub fn at(&self, point: HookPoint) -> &[HookAction] {
        match point {
            HookPoint::OnStart => &self.on_start,
            HookPoint::OnComplete => &self.on_complete,
            HookPoint::OnFailure => &self.on_failure,
        }
    }
}

/// A point in the life of a run at which hooks are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HookPoint {
    /// The run was created.
    OnStart,
    /// It ended well.
    OnComplete,
    /// It failed.
    OnFailure,
}

impl HookPoint {
    /// The word in YAML and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OnStart => "on_start",
            Self::OnComplete => "on_complete",
            Self::OnFailure => "on_failure",
        }
    }
}

/// One thing a hook does. Every text may hold `${{ }}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum HookAction {
    /// Runs a program, never a shell.
    Run {
        /// The program and its arguments; split before anything is
        /// interpolated, so that no value becomes more than one word.
        argv: Vec<String>,
    },
    /// Tells somebody; `baton.toml` says where a target is.
    Notify {
        /// Such as `slack:#releases`.
        target: String,
        /// None: what happened, in our words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
}

/// What stages that are inserted into a run get where they say nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StageDefaults {
    /// See [`PlannedStage::retry`].
    #[serde(default, skip_serializing_if = "is_default")]
    pub retry: RetryPolicy,
    /// See [`PlannedStage::on_failure`].
    #[serde(default, skip_serializing_if = "is_default")]
    pub on_failure: FailurePolicy,
    /// See [`PlannedStage::on_crash`].
    #[serde(default, skip_serializing_if = "is_default")]
    pub on_crash: OnCrash,
}

/// How a stage's result reaches the stages that depend on it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handoff {
    /// In what form.
    #[serde(default, skip_serializing_if = "is_default")]
    pub format: HandoffFormat,
    /// Whether the stage's log goes with it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub include_run_log: bool,
    /// Has the agent condense its result in one more turn; may hold `${{ }}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary_prompt: Option<String>,
}

impl Handoff {
    /// Whether dependants are handed more than the outputs they ask for.
    pub fn is_explicit(&self) -> bool {
        *self != Self::default()
    }
}

/// The form of a handoff.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandoffFormat {
    /// The outputs as a JSON object.
    #[default]
    Structured,
    /// The outputs as Markdown, one section for each.
    Markdown,
    /// What the agent wrote, untouched.
    Raw,
}

/// When a failed attempt is followed by another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RetryPolicy {
    /// Counts all attempts; 1 means no retry.
    pub attempts_max: u32,
    /// Wait before the second attempt.
    #[serde(with = "duration_ms")]
    pub initial_interval: Duration,
    /// Each further wait is this many times the one before.
    pub backoff_multiplier: f64,
    /// No wait is longer.
    #[serde(with = "duration_ms")]
    pub interval_max: Duration,
    /// Labels that end retrying at once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub non_retryable: Vec<FailureLabel>,
}

impl Default for RetryPolicy {
    /// The built-in policy of the language (contract §1.9).
    fn default() -> Self {
        Self {
            attempts_max: 2,
            initial_interval: Duration::from_secs(30),
            backoff_multiplier: 2.0,
            interval_max: Duration::from_mins(5),
            non_retryable: Vec::new(),
        }
    }
}

/// Something the agent is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputSpec {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub value_type: ValueType,
    /// Where it comes from, with `${{ }}`. None: it reads as null.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Whether null is refused.
    pub required: bool,
}

/// Something the agent must bring back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutputSpec {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub value_type: ValueType,
    /// Whether its absence (without a default) is a bad output.
    pub required: bool,
    /// Stands in when it is absent.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub default: Value,
    /// Tells the agent what is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}
