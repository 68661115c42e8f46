//! A definition as it was read: every key of the language, typed.
//!
//! Defaults that do not depend on other keys are filled in; those that do are
//! the compiler's. Values whose place matters later carry it.

use std::ops::Range;

use baton_model::plan::{
    FailurePolicy, GateTimeout, HandoffFormat, HookAction, HookPoint, OnCrash, RetryPolicy,
    Schedule,
};
use baton_model::{Span, Value, ValueType};
use indexmap::IndexMap;

use crate::duration::WrittenDuration;

/// A value and where it stands, in bytes of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Its place.
    pub bytes: Range<usize>,
}

/// A whole definition.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// `workflow`.
    pub workflow: WorkflowBlock,
    /// `config`.
    pub config: Config,
    /// `context`.
    pub context: Option<ContextBlock>,
    /// `error_policy`.
    pub error_policy: RootErrorPolicy,
    /// `hooks`.
    pub hooks: Vec<Hook>,
    /// `stages`.
    pub stages: Vec<Stage>,
    /// What was laid over it, in the order it was set first.
    pub overridden: Vec<Overridden>,
    /// Every artifact it names, in the order of the text.
    pub references: Vec<ArtifactReference>,
}

/// An artifact that a definition names, and where it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArtifactReference {
    /// Such as `agent:reviewer`.
    pub reference: String,
    /// Where in the document, such as `stages[2].roles.primary.artifact`.
    pub path: String,
    /// The text it is in, unless it is the definition's own.
    pub file: Option<String>,
    /// Where in that text; none where there is no text.
    pub span: Option<Span>,
    /// Whether a stage cannot do without it.
    pub is_agent: bool,
}

/// A value that does not come from the definition's own text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overridden {
    /// Which, such as `stages.survey.roles.primary.model`.
    pub path: String,
    /// The name of the overrides that set it last.
    pub by: String,
}

/// `workflow`: what it is called.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WorkflowBlock {
    /// `id`.
    pub id: String,
    /// `name`.
    pub name: String,
    /// `version`.
    pub version: String,
    /// `description`.
    pub description: Option<String>,
    /// `author`.
    pub author: Option<String>,
    /// `tags`.
    pub tags: Vec<String>,
    /// `ui`.
    pub ui: Option<Ui>,
}

/// `config`: parameters and limits of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// `parameters`.
    pub parameters: IndexMap<String, Parameter>,
    /// `timeout`.
    pub timeout: WrittenDuration,
    /// `env`.
    pub env: IndexMap<String, Spanned<String>>,
    /// `max_concurrent_stages`.
    pub stages_at_once_max: u32,
    /// `schedule`.
    pub schedule: Schedule,
}

/// A declared parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// `type`; none when it could not be read.
    pub value_type: Option<Spanned<ValueType>>,
    /// `required`.
    pub required: bool,
    /// `default`; null when there is none.
    pub default: Value,
    /// `description`.
    pub description: Option<String>,
    /// Where its name stands.
    pub bytes: Range<usize>,
}

impl Parameter {
    /// The declared type; none when it could not be read.
    pub fn value_type(&self) -> Option<&ValueType> {
        self.value_type.as_ref().map(|declared| &declared.value)
    }
}

/// `context`, of the workflow or of a stage.
#[derive(Clone, Debug, PartialEq)]
pub struct ContextBlock {
    /// `global_modules` or `modules`.
    pub modules: Vec<String>,
    /// `memory`.
    pub memory: Option<MemoryBlock>,
    /// Where its key stands.
    pub bytes: Range<usize>,
}

/// Which memory items go along.
#[derive(Clone, Debug, PartialEq)]
pub struct MemoryBlock {
    /// `project_scope`.
    pub project_scope: String,
    /// `min_confidence`.
    pub confidence_min: f64,
    /// `categories`; empty: all.
    pub categories: Vec<String>,
    /// `max_tokens`.
    pub tokens_max: u32,
}

/// The root `error_policy`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RootErrorPolicy {
    /// `default_retry`.
    pub default_retry: Option<RetryPolicy>,
    /// `on_stage_failure`, with `rollback` already read as `halt`.
    pub on_stage_failure: FailurePolicy,
    /// `on_crash`.
    pub on_crash: OnCrash,
}

/// The `error_policy` of a stage; what is absent is inherited.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StageErrorPolicy {
    /// `retry`.
    pub retry: Option<RetryPolicy>,
    /// `on_failure`.
    pub on_failure: Option<FailurePolicy>,
    /// `timeout`.
    pub timeout: Option<WrittenDuration>,
    /// `on_crash`.
    pub on_crash: Option<OnCrash>,
    /// `question_timeout`.
    pub question_timeout: Option<WrittenDuration>,
}

/// Every point that hooks may name, in the order they are shown.
pub(crate) const HOOK_POINTS: [HookPoint; 3] = [
    HookPoint::OnStart,
    HookPoint::OnComplete,
    HookPoint::OnFailure,
];

/// One of `hooks`.
#[derive(Clone, Debug, PartialEq)]
pub struct Hook {
    /// `on_start`, `on_complete` or `on_failure`.
    pub point: HookPoint,
    /// What it does, in order.
    pub actions: Vec<HookAction>,
    /// The texts among its values, for checking, with their paths.
    pub texts: Vec<(String, Spanned<String>)>,
}

/// What a stage is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StageType {
    /// An agent works on it.
    #[default]
    Agent,
    /// A person decides on it.
    Gate,
    /// Reserved; never part of a definition without errors.
    FanOut,
}

/// One of `stages`.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// `id`.
    pub id: Spanned<String>,
    /// `name`.
    pub name: String,
    /// `description`.
    pub description: Option<String>,
    /// `depends_on`.
    pub depends_on: Vec<Spanned<String>>,
    /// Whether that is all that was written; never false in a definition
    /// without errors.
    pub depends_on_is_read: bool,
    /// `condition`.
    pub condition: Option<Spanned<String>>,
    /// `type`.
    pub stage_type: StageType,
    /// `roles`.
    pub roles: Option<Roles>,
    /// `inputs`.
    pub inputs: IndexMap<String, Input>,
    /// `outputs`.
    pub outputs: IndexMap<String, Output>,
    /// Where the key `outputs` stands.
    pub outputs_bytes: Option<Range<usize>>,
    /// `context`.
    pub context: Option<ContextBlock>,
    /// `error_policy`.
    pub error_policy: StageErrorPolicy,
    /// `handoff`.
    pub handoff: Option<Handoff>,
    /// `gate`.
    pub gate: Option<Gate>,
    /// `ui`.
    pub ui: Option<Ui>,
    /// Its place in the document, such as `stages[2]`.
    pub path: String,
}

impl Stage {
    /// The form its result is handed on in.
    pub fn handoff_format(&self) -> HandoffFormat {
        let handoff = self.handoff.as_ref();
        handoff.map(|handoff| handoff.format).unwrap_or_default()
    }
}

/// `roles`: who works on a stage.
#[derive(Clone, Debug, PartialEq)]
pub struct Roles {
    /// `primary.artifact`.
    pub artifact: String,
    /// `primary.model`.
    pub model: Option<String>,
    /// `primary.instructions`.
    pub instructions: Option<Spanned<String>>,
    /// `tools`.
    pub tools: Vec<String>,
}

/// One of `inputs`.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// `type`; none when it could not be read.
    pub value_type: Option<Spanned<ValueType>>,
    /// `source`.
    pub source: Option<Spanned<String>>,
    /// `required`.
    pub required: bool,
    /// `description`.
    pub description: Option<String>,
}

impl Input {
    /// The declared type; none when it could not be read.
    pub fn value_type(&self) -> Option<&ValueType> {
        self.value_type.as_ref().map(|declared| &declared.value)
    }
}

/// One of `outputs`.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// `type`; none when it could not be read.
    pub value_type: Option<Spanned<ValueType>>,
    /// `required`.
    pub required: bool,
    /// `default`; null when there is none.
    pub default: Value,
    /// `description`.
    pub description: Option<String>,
}

impl Output {
    /// The declared type; none when it could not be read.
    pub fn value_type(&self) -> Option<&ValueType> {
        self.value_type.as_ref().map(|declared| &declared.value)
    }
}

/// How results are handed to the next stage.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Handoff {
    /// `format`.
    pub format: HandoffFormat,
    /// Where the format stands; none when it is the default.
    pub format_bytes: Option<Range<usize>>,
    /// `include_run_log`.
    pub include_run_log: bool,
    /// `summary_prompt`.
    pub summary_prompt: Option<Spanned<String>>,
}

/// `gate`: how a person is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate {
    /// `approvers`.
    pub approvers: Vec<String>,
    /// `timeout`.
    pub timeout: WrittenDuration,
    /// `on_timeout`.
    pub on_timeout: GateTimeout,
    /// `message`.
    pub message: Option<Spanned<String>>,
}

/// `ui`: for editors; the engine does not look at it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ui {
    /// `position`, of stages only.
    pub position: Option<[i64; 2]>,
    /// `color`.
    pub color: Option<String>,
    /// `icon`.
    pub icon: Option<String>,
}
