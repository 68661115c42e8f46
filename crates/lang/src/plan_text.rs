//! A plan as text: the layout of contract §3.2.

use std::time::Duration;

use baton_model::Value;
use baton_model::plan::{HandoffFormat, HookAction, Schedule};

use crate::definition::HOOK_POINTS;
use crate::duration::hours_and_minutes;
use crate::plan_report::{BatchReport, HandoffReport, Issue, PlanReport, StageReport};

pub(crate) fn render(report: &PlanReport) -> String {
    let mut lines = vec![
        format!(
            "Workflow: {} v{}",
            report.workflow_name, report.workflow_version
        ),
        format!("Parameters: {}", parameters(report)),
    ];
    match report.schedule {
        Schedule::Eager => {}
        Schedule::Batches => lines.push("Schedule: batches".to_owned()),
    }
    lines.extend([String::new(), "Execution Plan:".to_owned()]);
    for (index, batch) in report.batches.iter().enumerate() {
        if index > 0 {
            lines.push(String::new());
        }
        push_batch(&mut lines, batch);
    }
    lines.push(String::new());
    lines.push(format!("Estimated total time: {}", estimate(report)));
    push_hooks(&mut lines, report);
    let validation = &report.validation;
    push_issues(
        &mut lines,
        "Validation Errors:",
        "error",
        &validation.errors,
    );
    push_issues(
        &mut lines,
        "Validation Warnings:",
        "warn",
        &validation.warnings,
    );
    let lines: Vec<_> = lines.iter().map(|line| visible(line)).collect();
    lines.join("\n")
}

/// A text on one line. Terminals obey control characters, and the author of a
/// workflow is not always who plans it.
fn visible(text: &str) -> String {
    let mut visible = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => visible.push(' '),
            _ if c.is_control() => visible.extend(c.escape_unicode()),
            _ => visible.push(c),
        }
    }
    visible
}

fn parameters(report: &PlanReport) -> String {
    let mut shown: Vec<_> = report
        .parameters
        .iter()
        .map(|(name, value)| (name, quoted(value)))
        .collect();
    if shown.is_empty() {
        return "(none)".to_owned();
    }
    shown.sort();
    let shown: Vec<_> = shown
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    shown.join(", ")
}

fn push_batch(lines: &mut Vec<String>, batch: &BatchReport) {
    let label = if batch.stages.len() > 1 {
        "parallel"
    } else {
        "sequential"
    };
    let number = batch.index + 1;
    lines.push(match batch.index {
        0 => format!("  Batch {number} ({label}):"),
        previous => format!("  Batch {number} ({label} after Batch {previous}):"),
    });
    for stage in &batch.stages {
        lines.push(format!("    [{}] {}", stage.stage_id, stage.name));
        let details = match &stage.primary_artifact {
            Some(artifact) => agent_details(stage, artifact),
            None => gate_details(stage),
        };
        let present = details.into_iter().filter(|(_, text)| !text.is_empty());
        lines.extend(present.map(|(name, text)| format!("      {name}: {text}")));
    }
}

fn agent_details(stage: &StageReport, artifact: &str) -> Vec<(&'static str, String)> {
    let model = stage.model.as_ref().map(|model| format!(" ({model})"));
    let inputs: Vec<_> = stage
        .inputs
        .iter()
        .map(|(name, source)| format!("{name} <- {}", source.as_str().unwrap_or_default()))
        .collect();
    vec![
        ("Agent", format!("{artifact}{}", model.unwrap_or_default())),
        ("Tools", stage.tools.join(", ")),
        ("Inputs", inputs.join(", ")),
        ("Outputs", stage.outputs.join(", ")),
        (
            "Handoff",
            stage.handoff.as_ref().map(handoff).unwrap_or_default(),
        ),
        ("Context", stage.context_modules.join(", ")),
        ("Condition", stage.condition.clone().unwrap_or_default()),
        ("Timeout", stage.timeout.clone().unwrap_or_default()),
    ]
}

fn gate_details(stage: &StageReport) -> Vec<(&'static str, String)> {
    vec![
        ("Type", "manual_approval".to_owned()),
        ("Approvers", stage.gate_approvers.join(", ")),
        ("Timeout", stage.gate_timeout.clone().unwrap_or_default()),
    ]
}

fn handoff(handoff: &HandoffReport) -> String {
    let format = match handoff.format {
        HandoffFormat::Structured => "structured",
        HandoffFormat::Markdown => "markdown",
        HandoffFormat::Raw => "raw",
    };
    let extras = [
        (handoff.include_run_log, "with its log"),
        (handoff.summary_prompt.is_some(), "with a summary"),
    ];
    let mut text = format.to_owned();
    for (_, extra) in extras.into_iter().filter(|(is_there, _)| *is_there) {
        text.push_str(", ");
        text.push_str(extra);
    }
    text
}

fn push_hooks(lines: &mut Vec<String>, report: &PlanReport) {
    let actions: Vec<_> = HOOK_POINTS
        .into_iter()
        .flat_map(|point| {
            report
                .hooks
                .at(point)
                .iter()
                .map(move |action| (point, action))
        })
        .collect();
    if actions.is_empty() {
        return;
    }
    lines.extend([String::new(), "Hooks:".to_owned()]);
    for (point, action) in actions {
        lines.push(format!("  {}: {}", point.as_str(), hook_action(action)));
    }
}

fn hook_action(action: &HookAction) -> String {
    match action {
        HookAction::Run { argv } => {
            let words: Vec<_> = argv.iter().map(|word| command_word(word)).collect();
            format!("run {}", words.join(" "))
        }
        HookAction::Notify {
            target,
            message: None,
        } => format!("notify {target}"),
        HookAction::Notify {
            target,
            message: Some(message),
        } => format!("notify {target}: {message}"),
    }
}

/// In quotes where its end could not be seen otherwise.
fn command_word(word: &str) -> String {
    if word.is_empty() || word.contains(|c: char| c.is_whitespace() || c == '\'') {
        quoted_text(word)
    } else {
        word.to_owned()
    }
}

fn estimate(report: &PlanReport) -> String {
    let total = hours_and_minutes(Duration::from_secs(report.estimated_total_seconds));
    if report.approval_gates.is_empty() {
        return total;
    }
    let gates: Vec<_> = report
        .approval_gates
        .iter()
        .map(|gate| format!("{} {}", gate.stage_id, gate.timeout))
        .collect();
    format!("{total} (approval gates excluded: {})", gates.join(", "))
}

fn push_issues(lines: &mut Vec<String>, title: &str, tag: &str, issues: &[Issue]) {
    if issues.is_empty() {
        return;
    }
    lines.push(String::new());
    lines.push(title.to_owned());
    for issue in issues {
        lines.push(format!("  [{tag}] {issue}"));
    }
}

/// A value in the notation plans have always used for parameters: that of
/// Python literals.
fn quoted(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => quoted_text(text),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(quoted).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(entries) => {
            let entries: Vec<_> = entries
                .iter()
                .map(|(key, value)| format!("{}: {}", quoted_text(key), quoted(value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

/// Single quotes, unless only double ones spare an escape.
fn quoted_text(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut quoted = String::from(quote);
    for c in text.chars() {
        match c {
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\\' => quoted.push_str("\\\\"),
            _ if c == quote => quoted.extend(['\\', c]),
            _ => quoted.push(c),
        }
    }
    quoted.push(quote);
    quoted
}
