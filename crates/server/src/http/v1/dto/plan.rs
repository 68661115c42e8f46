//! A plan as clients read it. `baton-app` writes it; these types describe it in
//! the document of the API, and clients in Rust read it with them.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{Overridden, words};

/// What a run would do.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct Plan {
    /// The id inside the definition.
    pub workflow_id: String,
    /// Display name.
    pub workflow_name: String,
    /// Version of the definition.
    pub workflow_version: String,
    /// Parameters with their defaults and types.
    pub parameters: HashMap<String, Value>,
    /// When stages may start; absent: `eager`.
    #[serde(default)]
    #[schema(value_type = Option<words::Schedule>)]
    pub schedule: Option<String>,
    /// What is done beside the run; absent when there is nothing.
    #[serde(default)]
    pub hooks: Option<HashMap<String, Value>>,
    /// What overrides have set; absent when there is nothing.
    #[serde(default)]
    pub overridden: Option<Vec<Overridden>>,
    /// How many stages there are.
    pub total_stages: u32,
    /// How many batches they form.
    pub total_batches: u32,
    /// First to last.
    pub batches: Vec<PlanBatch>,
    /// Upper bound for one attempt of each stage, without waiting for people.
    pub estimated_timeout_seconds: u64,
    /// The same under its other name.
    pub estimated_total_seconds: u64,
    /// What the estimate leaves out.
    pub approval_gates: Vec<PlanGate>,
    /// What was found in the definition.
    pub validation: PlanValidation,
}

/// Stages that can run side by side.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct PlanBatch {
    /// From 0.
    pub index: u32,
    /// The same under its other name.
    pub batch_index: u32,
    /// In declaration order.
    pub stages: Vec<PlanStage>,
}

/// One stage of a plan.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct PlanStage {
    /// Its id inside the definition.
    pub stage_id: String,
    /// Display name.
    pub name: String,
    /// The same under its other name.
    pub stage_name: String,
    /// `agent` or `gate`.
    #[schema(value_type = words::StageType)]
    pub stage_type: String,
    /// Who works on it.
    #[schema(required)]
    pub primary_artifact: Option<String>,
    /// The same under its other name.
    #[schema(required)]
    pub agent: Option<String>,
    /// Which model it uses.
    #[schema(required)]
    pub model: Option<String>,
    /// What it may use.
    pub tools: Vec<String>,
    /// Names of inputs, and their sources as written.
    pub inputs: HashMap<String, Value>,
    /// Names of outputs.
    pub outputs: Vec<String>,
    /// How its result is handed on; absent: in the usual way.
    #[serde(default)]
    pub handoff: Option<PlanHandoff>,
    /// Context modules of its own.
    pub context_modules: Vec<String>,
    /// Limit of one attempt; for a gate, how long it stays open.
    #[schema(required)]
    pub timeout: Option<String>,
    /// When it runs, as written.
    #[schema(required)]
    pub condition: Option<String>,
    /// Stages that come first.
    pub depends_on: Vec<String>,
    /// Who may decide.
    pub gate_approvers: Vec<String>,
    /// How long a gate stays open.
    #[schema(required)]
    pub gate_timeout: Option<String>,
    /// Limit of one attempt; none for a gate.
    #[schema(required)]
    pub estimated_duration_seconds: Option<u64>,
}

/// How the result of a stage is handed on.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct PlanHandoff {
    /// In which form.
    #[schema(value_type = words::HandoffFormat)]
    pub format: String,
    /// Whether its log goes along.
    pub include_run_log: bool,
    /// How it is condensed, as written.
    #[schema(required)]
    pub summary_prompt: Option<String>,
}

/// A gate that the estimate leaves out.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct PlanGate {
    /// The stage.
    pub stage_id: String,
    /// How long it stays open, as written.
    pub timeout: String,
    /// The same in seconds.
    pub timeout_seconds: u64,
}

/// What was found in a definition that was planned.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct PlanValidation {
    /// Whether it can run.
    pub valid: bool,
    /// What keeps it from running.
    pub errors: Vec<PlanIssue>,
    /// What is probably not as meant.
    pub warnings: Vec<PlanIssue>,
}

/// A finding in its short form.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct PlanIssue {
    /// Stable, such as `SWDL-E0301`.
    pub code: String,
    /// The area of the language it belongs to.
    #[schema(value_type = words::Category)]
    pub category: String,
    /// What is wrong.
    pub message: String,
    /// The stage it is in.
    #[schema(required)]
    pub stage_id: Option<String>,
    /// The path within the stage, or within the definition.
    #[schema(required)]
    pub field: Option<String>,
}
