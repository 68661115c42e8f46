//! The plan of a server, for people: read back from its document, so that it
//! looks like one that was made here.

use baton_lang::{
    BatchReport, CODES, GateReport, HandoffReport, Issue, PlanReport, StageReport, ValidationReport,
};
use serde::de::DeserializeOwned;
use serde_json::{Error, Value};

/// What a document of the API says.
pub(crate) fn read(plan: &Value) -> Result<PlanReport, Error> {
    let validation = &plan["validation"];
    Ok(PlanReport {
        workflow_id: of(plan, "workflow_id")?,
        workflow_name: of(plan, "workflow_name")?,
        workflow_version: of(plan, "workflow_version")?,
        parameters: of(plan, "parameters")?,
        schedule: of::<Option<_>>(plan, "schedule")?.unwrap_or_default(),
        hooks: of::<Option<_>>(plan, "hooks")?.unwrap_or_default(),
        total_stages: of(plan, "total_stages")?,
        total_batches: of(plan, "total_batches")?,
        batches: each(plan, "batches", batch)?,
        estimated_timeout_seconds: of(plan, "estimated_timeout_seconds")?,
        estimated_total_seconds: of(plan, "estimated_total_seconds")?,
        approval_gates: each(plan, "approval_gates", gate)?,
        validation: ValidationReport {
            valid: of(validation, "valid")?,
            errors: each(validation, "errors", issue)?,
            warnings: each(validation, "warnings", issue)?,
        },
    })
}

fn of<T: DeserializeOwned>(value: &Value, name: &str) -> Result<T, Error> {
    serde_json::from_value(value[name].clone())
}

fn each<T>(
    value: &Value,
    name: &str,
    read: impl Fn(&Value) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let items = value[name].as_array().into_iter().flatten();
    items.map(read).collect()
}

fn batch(batch: &Value) -> Result<BatchReport, Error> {
    Ok(BatchReport {
        index: of(batch, "index")?,
        batch_index: of(batch, "batch_index")?,
        stages: each(batch, "stages", stage)?,
    })
}

fn stage(stage: &Value) -> Result<StageReport, Error> {
    let handoff = Some(&stage["handoff"]).filter(|handoff| !handoff.is_null());
    Ok(StageReport {
        stage_id: of(stage, "stage_id")?,
        name: of(stage, "name")?,
        stage_name: of(stage, "stage_name")?,
        stage_type: match stage["stage_type"].as_str() {
            Some("gate") => "gate",
            Some(_) | None => "agent",
        },
        primary_artifact: of(stage, "primary_artifact")?,
        agent: of(stage, "agent")?,
        model: of(stage, "model")?,
        tools: of(stage, "tools")?,
        inputs: of(stage, "inputs")?,
        outputs: of(stage, "outputs")?,
        handoff: handoff.map(read_handoff).transpose()?,
        context_modules: of(stage, "context_modules")?,
        timeout: of(stage, "timeout")?,
        condition: of(stage, "condition")?,
        depends_on: of(stage, "depends_on")?,
        gate_approvers: of(stage, "gate_approvers")?,
        gate_timeout: of(stage, "gate_timeout")?,
        estimated_duration_seconds: of(stage, "estimated_duration_seconds")?,
    })
}

fn read_handoff(handoff: &Value) -> Result<HandoffReport, Error> {
    Ok(HandoffReport {
        format: of(handoff, "format")?,
        include_run_log: of(handoff, "include_run_log")?,
        summary_prompt: of(handoff, "summary_prompt")?,
    })
}

fn gate(gate: &Value) -> Result<GateReport, Error> {
    Ok(GateReport {
        stage_id: of(gate, "stage_id")?,
        timeout: of(gate, "timeout")?,
        timeout_seconds: of(gate, "timeout_seconds")?,
    })
}

/// A code of a newer server is nothing that could be explained here.
fn issue(issue: &Value) -> Result<Issue, Error> {
    let code = issue["code"].as_str();
    let known = CODES.iter().find(|known| Some(known.id) == code);
    Ok(Issue {
        code: known.map_or("SWDL", |known| known.id),
        category: of(issue, "category")?,
        message: of(issue, "message")?,
        stage_id: of(issue, "stage_id")?,
        field: of(issue, "field")?,
    })
}
