//! What was found in files, for people and as a document.

use baton_model::{Diagnostic, Severity};
use serde_json::{Value, json};

use super::diagnostic::{self, Texts};
use super::document;
use crate::cmd::validate::{Holds, Looked, Report};
use crate::exit;
use crate::input::Source;

/// Shows the findings of each file with a line that says how it did, and of
/// several files a line about all of them.
pub(crate) fn show(report: &Report, strict: bool) -> anyhow::Result<()> {
    let texts: Vec<&Source> = report
        .files
        .iter()
        .filter_map(|file| file.source.as_ref())
        .chain(&report.over)
        .collect();
    for file in &report.files {
        if let Some(failure) = &file.failure {
            exit::complain(failure);
        }
        for found in &file.diagnostics {
            if let Some(own) = &file.source {
                let others = texts.as_slice();
                document::err(&diagnostic::render(Texts { own, others }, found));
            }
        }
        document::line(&outcome(file, strict))?;
        if strict && file.count(Severity::Warning) > 0 {
            document::line("  warnings are treated as errors (--strict)")?;
        }
    }
    if report.files.len() == 1 && report.n_passed_over == 0 {
        return Ok(());
    }
    document::line(&summary(report, strict))
}

/// One file, on one line.
fn outcome(file: &Looked, strict: bool) -> String {
    let name = &file.name;
    if file.failure.is_some() {
        return format!("✗ {name}: cannot be read");
    }
    let found = counts(std::slice::from_ref(file));
    match file.holds {
        Holds::Workflow(n_stages) if file.passes(strict) => {
            format!(
                "✓ {name}: Valid workflow, {} ({found})",
                counted(n_stages, "stage")
            )
        }
        Holds::Overrides if file.passes(strict) => format!("✓ {name}: Valid overrides ({found})"),
        Holds::Workflow(_) | Holds::Overrides => format!("✗ {name}: validation failed ({found})"),
    }
}

/// All files, on one line.
fn summary(report: &Report, strict: bool) -> String {
    let n_valid = report
        .files
        .iter()
        .filter(|file| file.passes(strict))
        .count();
    let mut text = format!(
        "{}: {n_valid} valid, {} invalid ({})",
        counted(report.files.len(), "file"),
        report.files.len() - n_valid,
        counts(&report.files)
    );
    if report.n_passed_over > 0 {
        let passed_over = counted(report.n_passed_over, "file");
        text.push_str(&format!("; {passed_over} without a workflow passed over"));
    }
    text
}

fn counts(files: &[Looked]) -> String {
    let count = |severity| files.iter().map(|file| file.count(severity)).sum();
    format!(
        "{}, {}",
        counted(count(Severity::Error), "error"),
        counted(count(Severity::Warning), "warning")
    )
}

fn counted(n: usize, what: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{n} {what}{plural}")
}

/// The same for programs.
pub(crate) fn document(report: &Report) -> Value {
    let files = report.files.iter().map(|file| {
        let found: Vec<&Diagnostic> = file.diagnostics.iter().collect();
        let mut entry = json!({ "path": file.name, "diagnostics": found });
        if let (Some(failure), Value::Object(fields)) = (&file.failure, &mut entry) {
            fields.insert("error".to_owned(), format!("{failure:#}").into());
        }
        entry
    });
    json!({ "files": files.collect::<Vec<_>>() })
}
