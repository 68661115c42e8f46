//! Stored workflows, and texts that need not be stored.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::{numbers, only_object, words};

/// A stored workflow. What stands below `definition` is only in the detail of
/// one workflow.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct Workflow {
    /// Its id.
    #[schema(format = "uuid")]
    pub id: String,
    /// The same under its other name.
    #[schema(format = "uuid")]
    pub uuid: String,
    /// The id inside its definition; none while that cannot be read.
    #[schema(required)]
    pub workflow_key: Option<String>,
    /// Display name.
    pub name: String,
    /// What it is for.
    #[schema(required)]
    pub description: Option<String>,
    /// Version of its definition.
    pub version: String,
    /// `draft`, `published` or `archived`.
    #[schema(value_type = words::WorkflowStatus)]
    pub status: String,
    /// Whether its definition has no errors, so that it can run.
    pub is_valid: bool,
    /// Counts its changes, from 1.
    pub revision: u64,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// The project it belongs to.
    #[schema(required)]
    pub project_id: Option<String>,
    /// How many stages it has.
    pub stage_count: u32,
    /// SHA-256 of its definition.
    pub definition_hash: String,
    /// Who made it.
    pub created_by: String,
    /// When it was stored.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When it last changed.
    #[schema(format = DateTime)]
    pub updated_at: String,
    /// The newest of its executions.
    #[schema(required)]
    pub last_execution: Option<LastExecution>,
    /// The definition, letter for letter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
    /// Its stages in declaration order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stages: Option<Vec<Stage>>,
    /// Its declared parameters, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<HashMap<String, Value>>)]
    pub parameters: Option<Value>,
    /// `context` of the definition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<HashMap<String, Value>>)]
    pub context: Option<Value>,
    /// `error_policy` of the definition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<HashMap<String, Value>>)]
    pub error_policy: Option<Value>,
    /// `hooks` of the definition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<HashMap<String, Value>>)]
    pub hooks: Option<Value>,
    /// `ui` of the definition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<HashMap<String, Value>>)]
    pub ui: Option<Value>,
    /// What its references lead to; only when it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_roles: Option<Vec<ResolvedRole>>,
    /// What keeps a draft from running.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation_errors: Option<Vec<Value>>,
}

/// A reference in a workflow, and what it leads to.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ResolvedRole {
    /// The reference, such as `agent:reviewer`.
    pub role_name: String,
    /// Whether something is there.
    pub resolved: bool,
    /// The reference of what is there.
    #[schema(required)]
    pub artifact_id: Option<String>,
    /// Its name.
    #[schema(required)]
    pub artifact_name: Option<String>,
}

/// What a workflow shows of its newest execution.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LastExecution {
    /// Its id.
    #[schema(format = "uuid")]
    pub id: String,
    /// The same under its other name.
    #[schema(format = "uuid")]
    pub run_id: String,
    /// Where it stands.
    #[schema(value_type = words::ExecutionStatus)]
    pub status: String,
    /// When it was stored.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When its first stage started.
    #[schema(required, format = DateTime)]
    pub started_at: Option<String>,
    /// When it ended.
    #[schema(required, format = DateTime)]
    pub completed_at: Option<String>,
}

/// A stage of a stored workflow. Blocks are as in the definition.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Stage {
    /// Its id inside the definition.
    pub id: String,
    /// The same under its other name.
    pub stage_id_ref: String,
    /// Display name.
    pub name: String,
    /// What it is for.
    #[schema(required)]
    pub description: Option<String>,
    /// Place in the definition, from 0.
    pub order_index: u32,
    /// `agent` or `gate`.
    #[schema(value_type = words::StageType)]
    pub stage_type: String,
    /// When it runs, as written.
    #[schema(required)]
    pub condition: Option<String>,
    /// Stages that come first.
    pub depends_on: Vec<String>,
    /// Who works on it.
    #[schema(required, value_type = Option<HashMap<String, Value>>)]
    pub roles: Option<Value>,
    /// What it is given.
    #[schema(required, value_type = Option<HashMap<String, Value>>)]
    pub inputs: Option<Value>,
    /// What it brings back.
    #[schema(required, value_type = Option<HashMap<String, Value>>)]
    pub outputs: Option<Value>,
    /// What it is told besides.
    #[schema(required, value_type = Option<HashMap<String, Value>>)]
    pub context: Option<Value>,
    /// What happens when it fails.
    #[schema(required, value_type = Option<HashMap<String, Value>>)]
    pub error_policy: Option<Value>,
    /// How its result is handed on.
    #[schema(required, value_type = Option<HashMap<String, Value>>)]
    pub handoff: Option<Value>,
    /// What people decide.
    #[schema(required, value_type = Option<HashMap<String, Value>>)]
    pub gate: Option<Value>,
    /// How editors show it.
    #[schema(required, value_type = Option<HashMap<String, Value>>)]
    pub ui: Option<Value>,
}

/// A workflow to be stored.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateWorkflowRequest)]
pub struct CreateRequest {
    /// The definition, as SWDL text.
    #[serde(alias = "definition")]
    pub yaml_content: String,
    /// The project it belongs to.
    #[serde(default)]
    #[schema(value_type = Option<words::Name>)]
    pub project_id: Option<String>,
}

/// A new text for a workflow.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReplaceWorkflowRequest)]
pub struct ReplaceRequest {
    /// The definition, as SWDL text.
    #[serde(alias = "definition")]
    pub yaml_content: String,
    /// The revision that was seen; when it is another one by now, nothing is
    /// changed.
    #[serde(default, deserialize_with = "numbers::given")]
    pub revision: Option<u64>,
}

/// What is to change of a workflow besides its text.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PatchWorkflowRequest)]
pub struct PatchRequest {
    /// `draft`, `published` (or `active`), or `archived`.
    #[serde(default)]
    #[schema(value_type = Option<words::WorkflowStatusGiven>)]
    pub status: Option<String>,
    /// Words to find it by, in place of all it has.
    #[serde(default)]
    #[schema(value_type = Option<Vec<words::Name>>, max_items = 100)]
    pub tags: Option<Vec<String>>,
    /// The revision that was seen; when it is another one by now, nothing is
    /// changed.
    #[serde(default, deserialize_with = "numbers::given")]
    pub revision: Option<u64>,
}

/// How a copy is called.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DuplicateWorkflowRequest)]
pub struct DuplicateRequest {
    /// None: a name made from the old one.
    #[serde(default)]
    #[schema(value_type = Option<words::Name>)]
    pub new_name: Option<String>,
}

/// Whether a definition with errors is stored all the same.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DraftQuery {
    /// `true`: as a draft that cannot run.
    #[serde(default)]
    pub draft: bool,
}

/// How much is shown of a workflow.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DetailQuery {
    /// `true`: also what its references lead to.
    #[serde(default)]
    pub resolve_roles: bool,
}

/// Which workflows to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WorkflowQuery {
    /// With this text in name, id or description, whatever its case.
    pub search: Option<String>,
    /// One or more states, separated by commas.
    #[param(inline, value_type = Option<words::WorkflowStatusList>)]
    pub status: Option<String>,
    /// Tags that each of them has, separated by commas.
    pub tags: Option<String>,
    /// Of this project.
    pub project_id: Option<String>,
    /// `name`, `created_at` (when left out) or `updated_at`.
    #[param(inline, value_type = Option<words::WorkflowSort>)]
    pub sort_by: Option<String>,
    /// `asc` or `desc` (when left out).
    #[param(inline, value_type = Option<words::SortOrder>)]
    pub sort_order: Option<String>,
    /// How many at most; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// From another page.
    pub cursor: Option<String>,
}

/// What a stored workflow is checked, planned or run with.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkflowRequest {
    /// Parameters with their types.
    #[serde(default)]
    #[schema(value_type = Option<HashMap<String, Value>>)]
    pub parameters: Option<Map<String, Value>>,
    /// Parameters as texts, read by their declared types.
    #[serde(default)]
    #[schema(value_type = Option<HashMap<String, Value>>)]
    pub parameter_texts: Option<Map<String, Value>>,
    /// What is different this time: a block as project overrides have one for
    /// each workflow, laid over theirs.
    #[serde(default)]
    #[schema(value_type = Option<HashMap<String, Value>>)]
    pub overrides: Option<Map<String, Value>>,
    /// Absolute path of the project its stages work in.
    #[serde(default)]
    pub directory: Option<String>,
    /// Absolute path of the `baton.toml` that names its agents.
    #[serde(default)]
    pub config: Option<String>,
}

/// How a stored workflow is run.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RunWorkflowRequest)]
pub struct RunRequest {
    /// Parameters with their types.
    #[serde(default)]
    #[schema(value_type = Option<HashMap<String, Value>>)]
    pub parameters: Option<Map<String, Value>>,
    /// Parameters as texts, read by their declared types.
    #[serde(default)]
    #[schema(value_type = Option<HashMap<String, Value>>)]
    pub parameter_texts: Option<Map<String, Value>>,
    /// What is different for this run alone: a block as project overrides have
    /// one for each workflow, laid over theirs.
    #[serde(default)]
    #[schema(value_type = Option<HashMap<String, Value>>)]
    pub overrides: Option<Map<String, Value>>,
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
    /// `manual` when a person starts it; else `api`.
    #[serde(default)]
    #[schema(value_type = Option<words::Trigger>)]
    pub trigger: Option<String>,
}

/// A text that need not be stored.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TextRequest {
    /// The definition, as SWDL text.
    #[serde(alias = "definition")]
    pub yaml_content: String,
    /// Parameters with their types.
    #[serde(default)]
    #[schema(value_type = Option<HashMap<String, Value>>)]
    pub parameters: Option<Map<String, Value>>,
    /// Parameters as texts, read by their declared types.
    #[serde(default)]
    #[schema(value_type = Option<HashMap<String, Value>>)]
    pub parameter_texts: Option<Map<String, Value>>,
    /// What is different this time: a block as project overrides have one for
    /// each workflow, laid over theirs.
    #[serde(default)]
    #[schema(value_type = Option<HashMap<String, Value>>)]
    pub overrides: Option<Map<String, Value>>,
    /// Absolute path of the project its stages would work in.
    #[serde(default)]
    pub directory: Option<String>,
    /// Absolute path of the `baton.toml` that names its agents.
    #[serde(default)]
    pub config: Option<String>,
}

/// All that there is to say of a definition.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Validation {
    /// Whether it can run.
    pub is_valid: bool,
    /// What keeps it from running.
    pub errors: Vec<Finding>,
    /// What is probably not as meant.
    pub warnings: Vec<Finding>,
}

/// A finding in a definition.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    /// Stable, such as `SWDL-E0301`.
    pub code: String,
    /// `error` or `warning`.
    #[schema(value_type = words::Severity)]
    pub severity: String,
    /// `yaml`, `schema`, `expression`, `dag` or `artifact`.
    #[schema(value_type = words::Category)]
    pub category: String,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    #[schema(required)]
    pub help: Option<String>,
    /// The stage it is in.
    #[schema(required)]
    pub stage_id: Option<String>,
    /// The path within the stage, or within the definition.
    #[schema(required)]
    pub field: Option<String>,
    /// Where in the document, such as `stages[2].inputs.body.source`.
    pub path: String,
    /// The text it is in, unless it is the definition's own.
    #[schema(required)]
    pub file: Option<String>,
    /// Where in the text: `start` and `end`, each with `line` and `column`.
    #[schema(required)]
    pub span: Option<Value>,
    /// Other places that explain it, such as the first of two duplicates.
    #[serde(default)]
    pub labels: Vec<Label>,
}

/// Another place that explains a finding.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = FindingLabel)]
pub struct Label {
    /// The text it is in, unless it is the definition's own.
    #[schema(required)]
    pub file: Option<String>,
    /// Where in the text, as the span of the finding.
    pub span: Value,
    /// What is there.
    pub message: String,
}

/// A place of a text that somebody is writing.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompleteRequest {
    /// The definition as far as it is written.
    #[serde(alias = "definition")]
    pub yaml_content: String,
    /// Where they write.
    #[serde(deserialize_with = "only_object")]
    pub position: TextPosition,
    /// Absolute path of the project whose artifacts are offered, too.
    #[serde(default)]
    pub directory: Option<String>,
}

/// A place of a text.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TextPosition {
    /// From 1.
    #[schema(value_type = u32, minimum = 1)]
    #[serde(deserialize_with = "numbers::from_one")]
    pub line: NonZeroU32,
    /// From 1, in characters.
    #[schema(value_type = u32, minimum = 1)]
    #[serde(deserialize_with = "numbers::from_one")]
    pub column: NonZeroU32,
}

/// What could be written at a place.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Completions {
    /// All that begins with what is there already.
    pub items: Vec<Completion>,
    /// What is there already, and is part of each item.
    pub prefix: String,
}

/// Something that could be written.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Completion {
    /// What is written.
    pub label: String,
    /// `key`, `value`, `namespace`, `function`, `parameter`, `stage`, `field`
    /// or `artifact`.
    #[schema(value_type = words::CompletionKind)]
    pub kind: String,
    /// What it means.
    #[schema(required)]
    pub detail: Option<String>,
}
