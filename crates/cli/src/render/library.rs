//! Stored workflows as tables: a list, one in detail, what became of files.

use baton_server::v1::dto::Page;
use baton_server::v1::dto::workflows::{LastExecution, Stage, Workflow};
use comfy_table::{Cell, ColumnConstraint};
use serde_json::Value;

use super::execution::{minute, short, status_cell, table};
use super::style::{Target, Tone, fit, harmless, of_status, paint};
use crate::cmd::library::sync::Synced;

/// Longest text of a cell.
const CELL_CHARS_MAX: usize = 40;

/// A page of workflows.
pub(crate) fn list(page: &Page<Workflow>) -> String {
    if page.items.is_empty() {
        return "No workflows".to_owned();
    }
    let mut rows = table(&[
        "Name", "Version", "Stages", "Status", "Tags", "Updated", "Last run",
    ]);
    for workflow in &page.items {
        let last = workflow.last_execution.as_ref();
        let tags = match workflow.tags.as_slice() {
            [] => "-".to_owned(),
            tags => tags.join(", "),
        };
        rows.add_row(vec![
            Cell::new(harmless(&fit(&workflow.name, CELL_CHARS_MAX))),
            Cell::new(harmless(&workflow.version)),
            Cell::new(workflow.stage_count),
            Cell::new(status(workflow)),
            Cell::new(harmless(&fit(&tags, CELL_CHARS_MAX))),
            Cell::new(minute(&workflow.updated_at)),
            last.map_or(Cell::new("-"), |last| status_cell(&last.status)),
        ]);
    }
    // Of a narrow terminal, names and tags get what is left.
    for column in [1, 2, 3, 5, 6] {
        if let Some(column) = rows.column_mut(column) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    let shown = page.items.len();
    let count = match page.total_count {
        total if total > shown as u64 => format!("{shown} of {total} workflows"),
        1 => "1 workflow".to_owned(),
        total => format!("{total} workflows"),
    };
    let count = paint(Target::Out, Tone::Dim, &count);
    let next = page.next_cursor.as_deref().map(|cursor| {
        let next = format!("\nmore with: --cursor {cursor}");
        paint(Target::Out, Tone::Dim, &next)
    });
    format!("{rows}\n{count}{}", next.unwrap_or_default())
}

/// Where it stands, and whether it could run.
fn status(workflow: &Workflow) -> String {
    if workflow.is_valid {
        workflow.status.clone()
    } else {
        format!("{}, invalid", workflow.status)
    }
}

/// One workflow with its stages and its newest run.
pub(crate) fn detail(workflow: &Workflow) -> String {
    let mut lines = vec![
        paint(Target::Out, Tone::Strong, "Workflow Definition"),
        format!(
            "  Name       {} v{}",
            harmless(&workflow.name),
            harmless(&workflow.version)
        ),
        format!("  Status     {}", status(workflow)),
        format!("  Id         {}", workflow.id),
    ];
    let mut line = |title: &str, text: Option<&str>| {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            lines.push(format!("  {title:<10} {}", harmless(text.trim_end())));
        }
    };
    line("Key", workflow.workflow_key.as_deref());
    line("About", workflow.description.as_deref());
    line("Tags", Some(&workflow.tags.join(", ")));
    line("Project", workflow.project_id.as_deref());
    line(
        "Created",
        Some(&format!("{} UTC", minute(&workflow.created_at))),
    );
    line(
        "Updated",
        Some(&format!("{} UTC", minute(&workflow.updated_at))),
    );
    for (name, declared) in workflow
        .parameters
        .iter()
        .filter_map(Value::as_object)
        .flatten()
    {
        lines.push(format!(
            "  Parameter  {}",
            harmless(&parameter(name, declared))
        ));
    }
    for found in workflow.validation_errors.iter().flatten() {
        let found = super::diagnostic::line_of_json(found);
        lines.push(paint(
            Target::Out,
            Tone::Bad,
            &format!("  Mistake    {found}"),
        ));
    }
    lines.extend([String::new(), stages(workflow), String::new()]);
    lines.push(last_execution(workflow.last_execution.as_ref()));
    lines.join("\n")
}

/// A declared parameter in words.
fn parameter(name: &str, declared: &Value) -> String {
    let of = |key: &str| declared.get(key).filter(|value| !value.is_null());
    let value_type = of("type").and_then(Value::as_str).unwrap_or("any");
    let is_required = of("required").and_then(Value::as_bool) == Some(true);
    let need = match (of("default"), is_required) {
        (Some(default), _) => format!("default {default}"),
        (None, true) => "required".to_owned(),
        (None, false) => "optional".to_owned(),
    };
    format!("{name}: {value_type}, {need}")
}

fn stages(workflow: &Workflow) -> String {
    let stages = workflow.stages.as_deref().unwrap_or_default();
    if stages.is_empty() {
        return "No stages".to_owned();
    }
    let mut rows = table(&["#", "Stage", "Type", "Depends on", "Agent", "Timeout"]);
    let timeouts = timeouts(workflow);
    for (place, stage) in stages.iter().enumerate() {
        rows.add_row(vec![
            (stage.order_index + 1).to_string(),
            harmless(&stage.id),
            stage.stage_type.clone(),
            harmless(&stage.depends_on.join(", ")),
            harmless(&agent(stage)),
            timeouts.get(place).cloned().unwrap_or_default(),
        ]);
    }
    rows.to_string()
}

fn agent(stage: &Stage) -> String {
    let primary = stage.roles.as_ref().and_then(|roles| roles.get("primary"));
    let text = |key: &str| primary?.get(key)?.as_str();
    match (text("artifact"), text("model")) {
        (Some(agent), Some(model)) => format!("{agent} ({model})"),
        (Some(agent), None) => agent.to_owned(),
        (None, _) => "-".to_owned(),
    }
}

/// How long each stage may take, and each gate stays open, with the defaults
/// of the language; nothing for a text that cannot be read.
fn timeouts(workflow: &Workflow) -> Vec<String> {
    let text = workflow.definition.as_deref().unwrap_or_default();
    let Some(definition) = baton_lang::check(text).definition else {
        return Vec::new();
    };
    let document = definition.with_defaults().to_document();
    let stages = document.get("stages").and_then(Value::as_array);
    let timeout = |stage: &Value| {
        let block = match stage.get("type").and_then(Value::as_str) {
            Some("gate") => "/gate/timeout",
            _ => "/error_policy/timeout",
        };
        let written = stage.pointer(block).and_then(Value::as_str);
        written.unwrap_or("-").to_owned()
    };
    stages.into_iter().flatten().map(timeout).collect()
}

fn last_execution(last: Option<&LastExecution>) -> String {
    let Some(last) = last else {
        return "Last Execution: none".to_owned();
    };
    let (sign, tone) = of_status(&last.status);
    let status = paint(Target::Out, tone, &format!("{sign} {}", last.status));
    let at = last.started_at.as_deref().unwrap_or(&last.created_at);
    format!(
        "Last Execution: {} {status} {}",
        short(&last.id),
        minute(at)
    )
}

/// What was done to a workflow, on one line.
pub(crate) fn stored(done: &str, workflow: &Workflow) -> String {
    let stages = match workflow.stage_count {
        1 => "1 stage".to_owned(),
        n_stages => format!("{n_stages} stages"),
    };
    format!(
        "{done} {} v{} ({stages}, {}): {}",
        harmless(&workflow.name),
        harmless(&workflow.version),
        status(workflow),
        workflow.id
    )
}

/// What became of files.
pub(crate) fn synced(files: &[Synced]) -> String {
    if files.is_empty() {
        return "No workflows".to_owned();
    }
    let mut rows = table(&["File", "Outcome", "Workflow"]);
    for file in files {
        let name = file.name.as_deref().unwrap_or("-");
        rows.add_row(vec![
            harmless(&file.file),
            file.outcome.to_owned(),
            harmless(name),
        ]);
    }
    rows.to_string()
}
