//! What executions are started, steered and repeated with.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{numbers, words};

/// What a run is started with.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
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
    #[schema(value_type = HashMap<String, Value>)]
    pub parameters: Map<String, Value>,
    /// Parameters as texts, read by their declared types.
    #[serde(default)]
    #[schema(value_type = HashMap<String, Value>)]
    pub parameter_texts: Map<String, Value>,
    /// Absolute path of the project its stages work in.
    #[serde(default)]
    pub directory: Option<String>,
    /// The project whose directory that is, in place of one: its id, its name,
    /// or an end of its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_id: Option<String>,
    /// Absolute path of the `baton.toml` that names its agents.
    #[serde(default)]
    pub config: Option<String>,
    /// What is different for this run alone: a block as project overrides have
    /// one for each workflow, laid over theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<HashMap<String, Value>>)]
    pub overrides: Option<Map<String, Value>>,
    /// `manual` when a person starts it; else `api`.
    #[serde(default)]
    #[schema(value_type = Option<words::Trigger>)]
    pub trigger: Option<String>,
}

/// Words with a decision.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonRequest {
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
}

/// What somebody has to say at a gate.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionRequest {
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
    /// The iteration of the gate that was seen; the decision is refused when
    /// it is in another one.
    #[serde(default, deserialize_with = "numbers::given")]
    pub iteration: Option<u32>,
}

/// Answers to everything a stage asks.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerRequest {
    /// By the questions' names: a text, or a list of texts where several
    /// options may be chosen.
    #[schema(value_type = HashMap<String, Value>)]
    pub answers: Map<String, Value>,
    /// The dispatch of the step that asked; answers to another one are refused.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "numbers::given"
    )]
    pub dispatch: Option<u32>,
}

/// What should be different when a stage runs again.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReopenRequest {
    /// In words for its agent.
    #[serde(default)]
    pub feedback: Option<String>,
}

/// Changes to the stages of an execution: `edits`, or a `text` of them.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditRequest {
    /// Each is an `insert` or `update` with a `stage`, or a `delete` with a
    /// `stage_id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edits: Option<Vec<Value>>,
    /// The list in YAML; mistakes have their places in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
}

/// From where an execution is repeated.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RerunRequest {
    /// This stage and what depends on it run again, and whatever did not end
    /// well. None: everything does.
    #[serde(default)]
    pub from: Option<String>,
    /// `manual` when a person starts it; else `api`.
    #[serde(default)]
    #[schema(value_type = Option<words::Trigger>)]
    pub trigger: Option<String>,
}
