//! Stored workflows and findings in the words of the v1 API.

use baton_app::library::{WorkflowDetail, WorkflowList};
use baton_app::references::Reference;
use baton_app::rows::{LastExecution as LastRow, WorkflowRow};
use baton_app::texts::{self, PlacedFinding};
use baton_model::{Object, Position, Span, Value, diagnostic as model};
use serde_json::json;

use crate::http::v1::dto::workflows::{
    Finding, Label, LastExecution, ResolvedRole, Stage, Validation, Workflow,
};
use crate::http::v1::dto::{DamagedRun, Page};

pub(super) fn page(list: WorkflowList) -> Page<Workflow> {
    let damaged = list.damaged.into_iter().map(|(id, error)| DamagedRun {
        id: id.to_string(),
        message: error.message,
    });
    Page {
        items: list.items.iter().map(workflow).collect(),
        damaged: damaged.collect(),
        has_more: list.next_cursor.is_some(),
        next_cursor: list.next_cursor,
        prev_cursor: list.prev_cursor,
        total_count: list.total_count,
    }
}

fn workflow(row: &WorkflowRow) -> Workflow {
    let facts = &row.facts;
    Workflow {
        id: row.id.to_string(),
        uuid: row.id.to_string(),
        workflow_key: facts.key.clone(),
        name: facts.name.clone(),
        description: facts.description.clone(),
        version: facts.version.clone(),
        status: facts.status.to_string(),
        is_valid: facts.is_valid,
        revision: row.revision,
        tags: facts.tags.clone(),
        project_id: row.project_id.clone(),
        stage_count: facts.n_stages,
        definition_hash: facts.definition_hash.clone(),
        created_by: row.created_by.clone(),
        created_at: row.created_at.to_string(),
        updated_at: row.updated_at.to_string(),
        last_execution: row.last_execution.as_ref().map(last_execution),
        ..Workflow::default()
    }
}

fn last_execution(last: &LastRow) -> LastExecution {
    LastExecution {
        id: last.run.to_string(),
        run_id: last.run.to_string(),
        status: last.status.to_string(),
        created_at: last.created_at.to_string(),
        started_at: last.started_at.map(|at| at.to_string()),
        completed_at: last.completed_at.map(|at| at.to_string()),
    }
}

/// A workflow with what its definition says.
pub(super) fn detail(detail: &WorkflowDetail) -> Workflow {
    let mut document = match detail.document() {
        Some(Value::Object(document)) => document,
        Some(_) | None => Object::new(),
    };
    let mut block = |key: &str| match document.remove(key) {
        Some(Value::Object(block)) => block,
        Some(_) | None => Object::new(),
    };
    let (mut config, mut about) = (block("config"), block("workflow"));
    let stages = match document.remove("stages") {
        Some(Value::Array(stages)) => stages,
        Some(_) | None => Vec::new(),
    };
    let errors = detail.errors().iter().map(serde_json::to_value);
    let errors: Vec<Value> = errors.filter_map(Result::ok).collect();
    Workflow {
        definition: detail.row.definition.as_deref().map(str::to_owned),
        stages: Some((0..).zip(stages).filter_map(stage).collect()),
        parameters: Some(config.remove("parameters").unwrap_or_default()),
        context: document.remove("context"),
        error_policy: document.remove("error_policy"),
        hooks: document.remove("hooks"),
        ui: about.remove("ui"),
        validation_errors: (!errors.is_empty()).then_some(errors),
        ..workflow(&detail.row)
    }
}

fn stage((order_index, stage): (u32, Value)) -> Option<Stage> {
    let Value::Object(mut stage) = stage else {
        return None;
    };
    let id = text(stage.remove("id")).unwrap_or_default();
    let depends_on = match stage.remove("depends_on") {
        Some(Value::Array(ids)) => ids.into_iter().filter_map(|id| text(Some(id))).collect(),
        Some(_) | None => Vec::new(),
    };
    Some(Stage {
        id: id.clone(),
        stage_id_ref: id,
        name: text(stage.remove("name")).unwrap_or_default(),
        description: text(stage.remove("description")),
        order_index,
        stage_type: text(stage.remove("type")).unwrap_or_else(|| "agent".to_owned()),
        condition: text(stage.remove("condition")),
        depends_on,
        roles: stage.remove("roles"),
        inputs: stage.remove("inputs"),
        outputs: stage.remove("outputs"),
        context: stage.remove("context"),
        error_policy: stage.remove("error_policy"),
        handoff: stage.remove("handoff"),
        gate: stage.remove("gate"),
        ui: stage.remove("ui"),
    })
}

fn text(value: Option<Value>) -> Option<String> {
    match value {
        Some(Value::String(text)) => Some(text),
        Some(_) | None => None,
    }
}

pub(super) fn resolved_role(reference: Reference) -> ResolvedRole {
    let Reference { text, is_resolved } = reference;
    let name = text.split_once(':').map_or(text.as_str(), |(_, name)| name);
    ResolvedRole {
        artifact_name: is_resolved.then(|| name.to_owned()),
        artifact_id: is_resolved.then(|| text.clone()),
        resolved: is_resolved,
        role_name: text,
    }
}

/// All that there is to say of a definition.
pub(in crate::http::v1) fn validation(found: &texts::Validation) -> Validation {
    let findings = |some| found.placed(some).into_iter().map(finding).collect();
    Validation {
        is_valid: found.errors.is_empty(),
        errors: findings(&found.errors),
        warnings: findings(&found.warnings),
    }
}

fn finding(placed: PlacedFinding) -> Finding {
    let found = placed.diagnostic;
    Finding {
        code: found.code.to_owned(),
        severity: found.severity.to_string(),
        category: found.category.to_string(),
        message: found.message,
        help: found.help,
        stage_id: placed.stage_id,
        field: placed.field,
        path: found.path,
        file: found.file,
        span: found.span.map(span),
        labels: found.labels.into_iter().map(label).collect(),
    }
}

fn label(label: model::Label) -> Label {
    Label {
        file: label.file,
        span: span(label.span),
        message: label.message,
    }
}

fn span(span: Span) -> Value {
    let place = |at: Position| json!({ "line": at.line, "column": at.column });
    json!({ "start": place(span.start), "end": place(span.end) })
}
