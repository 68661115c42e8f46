//! What a plan will do, for people and clients: batches, stages, estimate.
//!
//! The JSON form answers two sorts of clients that know different names for
//! the same facts (contract §3.3), which is why some facts stand twice.

use std::fmt;
use std::time::Duration;

use baton_model::plan::{
    GateSpec, Handoff, HandoffFormat, Hooks, PlannedStage, Schedule, StageKind,
};
use baton_model::{Category, Diagnostic, Object, Plan, Severity, Value};
use serde::Serialize;

use crate::definition::{Definition, Stage};
use crate::plan_text;
use baton_model::batches;

/// Stands for the source of an input that has none.
const NO_SOURCE: &str = "(no source)";

/// What a plan will do.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlanReport {
    /// The id inside the definition.
    pub workflow_id: String,
    /// The display name.
    pub workflow_name: String,
    /// The definition's own version.
    pub workflow_version: String,
    /// Parameters after defaults and coercion.
    pub parameters: Object,
    /// What a stage waits for besides its dependencies.
    #[serde(skip_serializing_if = "is_default")]
    pub schedule: Schedule,
    /// What is done beside the run.
    #[serde(skip_serializing_if = "is_default")]
    pub hooks: Hooks,
    /// How many stages there are.
    pub total_stages: usize,
    /// How many batches they form.
    pub total_batches: usize,
    /// The batches, first to last.
    pub batches: Vec<BatchReport>,
    /// Upper bound for one attempt each, without waiting for people.
    pub estimated_timeout_seconds: u64,
    /// The same under its other name.
    pub estimated_total_seconds: u64,
    /// The gates, which the estimate leaves out.
    pub approval_gates: Vec<GateReport>,
    /// What was found in the definition.
    pub validation: ValidationReport,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Stages that can run side by side.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BatchReport {
    /// From 0.
    pub index: usize,
    /// The same under its other name.
    pub batch_index: usize,
    /// In declaration order.
    pub stages: Vec<StageReport>,
}

/// One stage of a plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StageReport {
    /// Its id.
    pub stage_id: String,
    /// Its name.
    pub name: String,
    /// The same under its other name.
    pub stage_name: String,
    /// `agent` or `gate`.
    pub stage_type: &'static str,
    /// Who works on it.
    pub primary_artifact: Option<String>,
    /// The same under its other name.
    pub agent: Option<String>,
    /// Which model it uses.
    pub model: Option<String>,
    /// What it may use.
    pub tools: Vec<String>,
    /// Names of inputs and their sources as written.
    pub inputs: Object,
    /// Names of outputs.
    pub outputs: Vec<String>,
    /// How its result reaches other stages, where that is not the usual way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handoff: Option<HandoffReport>,
    /// Context modules of its own.
    pub context_modules: Vec<String>,
    /// Limit of one attempt; for a gate, how long it stays open.
    pub timeout: Option<String>,
    /// Its condition as written.
    pub condition: Option<String>,
    /// What it waits for.
    pub depends_on: Vec<String>,
    /// Who may decide.
    pub gate_approvers: Vec<String>,
    /// How long a gate stays open.
    pub gate_timeout: Option<String>,
    /// Limit of one attempt; none for a gate.
    pub estimated_duration_seconds: Option<u64>,
}

/// How a stage's result reaches other stages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HandoffReport {
    /// In what form.
    pub format: HandoffFormat,
    /// Whether its log goes along.
    pub include_run_log: bool,
    /// How it is condensed, as written.
    pub summary_prompt: Option<String>,
}

/// A gate that the estimate leaves out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GateReport {
    /// The stage.
    pub stage_id: String,
    /// How long it stays open, as written.
    pub timeout: String,
    /// The same in seconds.
    pub timeout_seconds: u64,
}

/// What was found in the definition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ValidationReport {
    /// Whether it can run.
    pub valid: bool,
    /// What keeps it from running.
    pub errors: Vec<Issue>,
    /// What is probably not as meant.
    pub warnings: Vec<Issue>,
}

/// A finding in the short form of the contract (§1.19).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Issue {
    /// Stable code.
    pub code: &'static str,
    /// The area it belongs to.
    pub category: Category,
    /// What is wrong.
    pub message: String,
    /// The stage it is in.
    pub stage_id: Option<String>,
    /// The path within the stage, or within the definition.
    pub field: Option<String>,
}

impl Issue {
    /// The short form of a finding about a definition.
    pub fn new(diagnostic: &Diagnostic, definition: &Definition) -> Self {
        let stage = definition.stages.iter().find(|stage| {
            let rest = diagnostic.path.strip_prefix(&stage.path);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        });
        let field = match stage {
            Some(stage) => diagnostic
                .path
                .get(stage.path.len() + 1..)
                .unwrap_or_default(),
            None => diagnostic.path.as_str(),
        };
        Self {
            code: diagnostic.code,
            category: diagnostic.category,
            message: diagnostic.message.clone(),
            stage_id: stage.map(|stage| stage.id.value.clone()),
            field: (!field.is_empty()).then(|| field.to_owned()),
        }
    }
}

impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}]", self.category)?;
        for (name, value) in [("stage", &self.stage_id), ("field", &self.field)] {
            if let Some(value) = value {
                write!(f, " {name}='{value}'")?;
            }
        }
        write!(f, " {}", self.message)
    }
}

impl PlanReport {
    /// The report as people read it in a terminal.
    pub fn to_text(&self) -> String {
        plan_text::render(self)
    }

    /// The report as clients read it.
    pub fn to_json(&self) -> Value {
        serde_json::to_value(self).unwrap_or(Value::Null)
    }
}

/// Describes a plan that was compiled from `definition`, in which `findings`
/// were found.
pub fn describe(definition: &Definition, plan: &Plan, findings: &[Diagnostic]) -> PlanReport {
    let batches = batches(&plan.stages);
    let estimate = estimated_seconds(&batches, &plan.stages);
    let issues = |severity| {
        let matching = findings
            .iter()
            .filter(move |found| found.severity == severity);
        matching
            .map(|found| Issue::new(found, definition))
            .collect()
    };
    let errors: Vec<_> = issues(Severity::Error);
    PlanReport {
        workflow_id: plan.workflow.id.clone(),
        workflow_name: plan.workflow.name.clone(),
        workflow_version: plan.workflow.version.clone(),
        parameters: plan.parameters.clone(),
        schedule: plan.settings.schedule,
        hooks: plan.hooks.clone(),
        total_stages: plan.stages.len(),
        total_batches: batches.len(),
        batches: batch_reports(&batches, definition, plan),
        estimated_timeout_seconds: estimate,
        estimated_total_seconds: estimate,
        approval_gates: gates(definition, plan),
        validation: ValidationReport {
            valid: errors.is_empty(),
            errors,
            warnings: issues(Severity::Warning),
        },
    }
}

fn batch_reports(batches: &[Vec<usize>], definition: &Definition, plan: &Plan) -> Vec<BatchReport> {
    let report = |index: usize, members: &Vec<usize>| BatchReport {
        index,
        batch_index: index,
        stages: members
            .iter()
            .filter_map(|position| plan.stages.get(*position).map(|stage| (*position, stage)))
            .map(|(position, stage)| stage_report(stage, written(definition, position, stage)))
            .collect(),
    };
    batches
        .iter()
        .enumerate()
        .map(|(index, members)| report(index, members))
        .collect()
}

/// The stage as its author wrote it: a plan keeps the order of its definition.
fn written<'d>(
    definition: &'d Definition,
    position: usize,
    stage: &PlannedStage,
) -> Option<&'d Stage> {
    let written = definition.stages.get(position)?;
    (written.id.value == stage.id.as_str()).then_some(written)
}

fn stage_report(stage: &PlannedStage, written: Option<&Stage>) -> StageReport {
    let inputs = stage.inputs.iter().map(|input| {
        let source = input.source.as_deref().unwrap_or(NO_SOURCE);
        (input.name.clone(), Value::from(source))
    });
    let context = written.and_then(|written| written.context.as_ref());
    let mut report = StageReport {
        stage_id: stage.id.to_string(),
        name: stage.name.clone(),
        stage_name: stage.name.clone(),
        stage_type: "agent",
        primary_artifact: None,
        agent: None,
        model: None,
        tools: Vec::new(),
        inputs: inputs.collect(),
        outputs: stage
            .outputs
            .iter()
            .map(|output| output.name.clone())
            .collect(),
        handoff: handoff_report(&stage.handoff),
        context_modules: context
            .map(|block| block.modules.clone())
            .unwrap_or_default(),
        timeout: None,
        condition: stage.condition.clone(),
        depends_on: stage.depends_on.iter().map(ToString::to_string).collect(),
        gate_approvers: Vec::new(),
        gate_timeout: None,
        estimated_duration_seconds: None,
    };
    match &stage.kind {
        StageKind::Agent(agent) => {
            report.primary_artifact = Some(agent.artifact.clone());
            report.agent = Some(agent.artifact.clone());
            report.model.clone_from(&agent.model);
            report.tools.clone_from(&agent.tools);
            report.timeout = stage.timeout.map(|timeout| agent_timeout(timeout, written));
            report.estimated_duration_seconds = stage.timeout.map(|timeout| timeout.as_secs());
        }
        StageKind::Gate(gate) => {
            report.stage_type = "gate";
            report.gate_approvers.clone_from(&gate.approvers);
            report.gate_timeout = gate.timeout.map(|timeout| gate_timeout(timeout, written));
            report.timeout.clone_from(&report.gate_timeout);
        }
    }
    report
}

fn handoff_report(handoff: &Handoff) -> Option<HandoffReport> {
    handoff.is_explicit().then(|| HandoffReport {
        format: handoff.format,
        include_run_log: handoff.include_run_log,
        summary_prompt: handoff.summary_prompt.clone(),
    })
}

/// The timeout as its author wrote it, or in words of our own.
fn agent_timeout(timeout: Duration, written: Option<&Stage>) -> String {
    let text = written.and_then(|stage| stage.error_policy.timeout.as_ref());
    text.map_or_else(|| compact(timeout), |written| written.text.clone())
}

fn gate_timeout(timeout: Duration, written: Option<&Stage>) -> String {
    let text = written.and_then(|stage| stage.gate.as_ref());
    text.map_or_else(|| compact(timeout), |gate| gate.timeout.text.clone())
}

/// A duration in the grammar of the language: `30m`, `24h`, `1h30m`.
fn compact(duration: Duration) -> String {
    crate::hours_and_minutes(duration).replace(' ', "")
}

fn gates(definition: &Definition, plan: &Plan) -> Vec<GateReport> {
    let timeout_of = |gate: &GateSpec| gate.timeout.unwrap_or_default();
    let gates = plan
        .stages
        .iter()
        .enumerate()
        .filter_map(|(position, stage)| match &stage.kind {
            StageKind::Gate(gate) => Some(GateReport {
                stage_id: stage.id.to_string(),
                timeout: gate_timeout(timeout_of(gate), written(definition, position, stage)),
                timeout_seconds: timeout_of(gate).as_secs(),
            }),
            StageKind::Agent(_) => None,
        });
    gates.collect()
}

/// Sum over the batches of the longest agent stage in each.
fn estimated_seconds(batches: &[Vec<usize>], stages: &[PlannedStage]) -> u64 {
    let longest = |batch: &Vec<usize>| {
        let agents = batch
            .iter()
            .filter_map(|index| stages.get(*index))
            .filter(|stage| matches!(stage.kind, StageKind::Agent(_)));
        agents
            .filter_map(|stage| stage.timeout)
            .max()
            .unwrap_or_default()
            .as_secs()
    };
    batches.iter().map(longest).sum()
}
