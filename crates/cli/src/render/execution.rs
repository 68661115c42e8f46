//! Runs as tables: a list, one run in detail, and how a run ended.

mod notes;

use baton_server::v1::dto::{Execution, Page, Step};
use comfy_table::{Attribute, Cell, Color, ColumnConstraint, ContentArrangement, Table, presets};
use jiff::Timestamp;
use serde_json::Value;

use super::style::{Target, Tone, duration, fit, harmless, is_coloured, of_status, paint};
use super::usage;

/// Digits of an id in a table: its end, which is random (its beginning is the date).
const ID_DIGITS: usize = 8;
/// Longest value shown in a summary.
const VALUE_CHARS_MAX: usize = 200;

/// A table in the house's look.
pub(crate) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(
            header
                .iter()
                .map(|title| Cell::new(title).add_attribute(Attribute::Dim)),
        );
    if !is_coloured(Target::Out) {
        table.force_no_tty();
    }
    table
}

/// A state with its sign and colour, for a table.
pub(super) fn status_cell(status: &str) -> Cell {
    let (sign, tone) = of_status(status);
    let cell = Cell::new(format!("{sign} {status}"));
    match tone {
        Tone::Strong => cell,
        Tone::Dim => cell.add_attribute(Attribute::Dim),
        Tone::Good => cell.fg(Color::Green),
        Tone::Bad => cell.fg(Color::Red),
        Tone::Warn => cell.fg(Color::Yellow),
        Tone::Active => cell.fg(Color::Cyan),
    }
}

/// A page of runs.
pub(crate) fn list(page: &Page<Execution>) -> String {
    if page.items.is_empty() {
        return "No executions".to_owned();
    }
    let mut rows = table(&["Run", "Workflow", "Status", "Started", "Duration"]);
    for run in &page.items {
        rows.add_row(vec![
            Cell::new(short(&run.id)),
            Cell::new(harmless(&run.workflow_name)),
            status_cell(&run.status),
            Cell::new(run.started_at.as_deref().map_or("-".to_owned(), minute)),
            Cell::new(elapsed(run)),
        ]);
    }
    let shown = page.items.len();
    let count = match page.total_count {
        total if total > shown as u64 => format!("{shown} of {total} executions"),
        1 => "1 execution".to_owned(),
        total => format!("{total} executions"),
    };
    let next = page.next_cursor.as_deref().map(|cursor| {
        let next = format!("\nmore with: --cursor {cursor}");
        paint(Target::Out, Tone::Dim, &next)
    });
    let count = paint(Target::Out, Tone::Dim, &count);
    format!("{rows}\n{count}{}", next.unwrap_or_default())
}

/// One run with its steps.
pub(crate) fn detail(run: &Execution) -> String {
    let mut lines = vec![
        paint(Target::Out, Tone::Strong, "Execution Detail"),
        format!("  Run        {}", run.id),
        format!(
            "  Workflow   {} v{}",
            harmless(&run.workflow_name),
            run.workflow_version
        ),
        format!("  Status     {}", status(&run.status)),
        format!("  Started    {}", run.started_at.as_deref().unwrap_or("-")),
        format!("  Duration   {}", elapsed(run)),
    ];
    if let Some(usage) = &run.usage {
        lines.push(format!("  Usage      {}", usage::words(usage)));
    }
    if let Some(earlier) = &run.rerun_of {
        lines.push(format!("  Repeats    {earlier}"));
    }
    if !run.parameters.is_empty() {
        let text = Value::Object(run.parameters.clone()).to_string();
        lines.push(format!("  Parameters {}", fit(&text, VALUE_CHARS_MAX)));
    }
    for set in run.overridden.iter().flatten() {
        let (path, by) = (harmless(&set.path), harmless(&set.by));
        lines.push(format!("  Overridden {path} by {by}"));
    }
    if let Some(error) = &run.error_message {
        lines.push(format!(
            "  Error      {}",
            paint(Target::Out, Tone::Bad, &harmless(error))
        ));
    }
    lines.push(String::new());
    lines.push(steps(run));
    for note in notes::of(run) {
        lines.push(String::new());
        lines.push(note);
    }
    lines.join("\n")
}

fn steps(run: &Execution) -> String {
    let has_usage = run.usage.is_some();
    let mut titles = vec!["Stage", "Type", "Status", "Attempt", "Duration"];
    if has_usage {
        titles.push("Usage");
    }
    titles.push("Result");
    let mut rows = table(&titles);
    for step in run.steps.iter().flatten() {
        let result = match (&step.error_message, &step.outputs) {
            (Some(error), _) => harmless(error),
            (None, Some(outputs)) => harmless(&fit(&outputs.to_string(), 60)),
            (None, None) => String::new(),
        };
        let stage = match step.iteration {
            0 | 1 => step.stage_id.clone(),
            iteration => format!("{} #{iteration}", step.stage_id),
        };
        let attempt = match step.attempt {
            0 if step.reused => "reused".to_owned(),
            0 => "-".to_owned(),
            attempt => attempt.to_string(),
        };
        let mut cells = vec![
            Cell::new(stage),
            Cell::new(&step.stage_type),
            status_cell(&step.status),
            Cell::new(attempt),
            Cell::new(step.duration_seconds.map_or("-".to_owned(), duration)),
        ];
        if has_usage {
            let usage = step.usage.as_ref();
            cells.push(Cell::new(usage.map_or("-".to_owned(), usage::words)));
        }
        cells.push(Cell::new(result));
        rows.add_row(cells);
    }
    // Of a narrow terminal, the ids and the results get what is left.
    for column in 1..=4 + usize::from(has_usage) {
        if let Some(column) = rows.column_mut(column) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    rows.to_string()
}

/// How a run ended, after it was followed.
pub(crate) fn summary(run: &Execution) -> String {
    let steps = run.steps.as_deref().unwrap_or_default();
    let count = |word: &str| steps.iter().filter(|step| step.status == word).count();
    let of = |n_stages: usize, what: &str| match n_stages {
        0 => String::new(),
        n_stages => format!(", {n_stages} {what}"),
    };
    let n_reused = steps.iter().filter(|step| step.reused).count();
    let stages = format!(
        "{}/{} completed{}{}",
        count("completed"),
        steps.len(),
        of(count("skipped"), "skipped"),
        of(n_reused, "reused")
    );
    let mut lines = vec![
        format!(
            "{} {} in {}",
            status(&run.status),
            harmless(&run.workflow_name),
            elapsed(run)
        ),
        format!("  run     {}", run.id),
        format!("  stages  {stages}"),
    ];
    if let Some(usage) = &run.usage {
        lines.push(format!("  usage   {}", usage::words(usage)));
    }
    for set in run.overridden.iter().flatten() {
        let (path, by) = (harmless(&set.path), harmless(&set.by));
        lines.push(format!("  Overridden {path} by {by}"));
    }
    if let Some(error) = &run.error_message {
        let (word, tone) = match run.status.as_str() {
            "cancelled" => ("reason", Tone::Warn),
            _ => ("error ", Tone::Bad),
        };
        lines.push(format!(
            "  {word}  {}",
            paint(Target::Out, tone, &harmless(error))
        ));
    }
    for step in last_steps(steps) {
        for (name, value) in step.outputs.iter().filter_map(Value::as_object).flatten() {
            let text = match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let shown = fit(&harmless(&first_line(&text)), VALUE_CHARS_MAX);
            lines.push(format!("  {}.{name} = {shown}", step.stage_id));
        }
    }
    lines.join("\n")
}

/// The first line of a text, with a sign where more follows.
fn first_line(text: &str) -> String {
    match text.trim_end().split_once('\n') {
        Some((first, _)) => format!("{first} …"),
        None => text.trim_end().to_owned(),
    }
}

/// Steps that nothing depends on: what the run was for.
fn last_steps(steps: &[Step]) -> impl Iterator<Item = &Step> {
    steps.iter().filter(|step| {
        !steps
            .iter()
            .any(|other| other.depends_on.contains(&step.stage_id))
    })
}

fn status(status: &str) -> String {
    let (sign, tone) = of_status(status);
    paint(Target::Out, tone, &format!("{sign} {status}"))
}

/// The end of an id, enough to name the run.
pub(crate) fn short(id: &str) -> &str {
    id.get(id.len().saturating_sub(ID_DIGITS)..).unwrap_or(id)
}

/// From start to end, or until now.
fn elapsed(run: &Execution) -> String {
    if let Some(seconds) = run.duration_seconds {
        return duration(seconds);
    }
    let started = run
        .started_at
        .as_deref()
        .and_then(|at| at.parse::<Timestamp>().ok());
    started.map_or("-".to_owned(), |started| {
        duration(
            Timestamp::now()
                .duration_since(started)
                .as_secs_f64()
                .max(0.0),
        )
    })
}

/// A time to the minute.
pub(super) fn minute(at: &str) -> String {
    at.get(..16)
        .map_or(at.to_owned(), |minute| minute.replace('T', " "))
}
