//! Findings as a SARIF 2.1.0 log, which code scanners read.

use std::collections::BTreeSet;
use std::path::Path;

use baton_lang::{CODES, Code};
use baton_model::{Diagnostic, Severity, Span};
use serde_json::{Value, json};

use crate::cmd::validate::{Looked, Report};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The whole log: one run of one tool.
pub(crate) fn log(report: &Report) -> Value {
    let rules = rules(report);
    let mut results = Vec::new();
    for file in &report.files {
        let found = file.diagnostics.iter();
        results.extend(found.map(|found| result(&file.name, found, &rules)));
    }
    let unread: Vec<Value> = report.files.iter().filter_map(notification).collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "baton",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|code| rule(code)).collect::<Vec<_>>(),
            }},
            // Columns count characters, as everywhere in Baton.
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": unread.is_empty(),
                "toolExecutionNotifications": unread,
            }],
            "results": results,
        }],
    })
}

/// The codes that were found, in their order.
fn rules(report: &Report) -> Vec<&'static Code> {
    let files = report.files.iter();
    let found: BTreeSet<&str> = files
        .flat_map(|file| file.diagnostics.iter().map(|found| found.code))
        .collect();
    let codes = CODES.iter().copied();
    codes.filter(|code| found.contains(code.id)).collect()
}

fn rule(code: &Code) -> Value {
    json!({
        "id": code.id,
        "shortDescription": { "text": code.title },
        "fullDescription": { "text": meaning(code.page) },
        "help": { "text": code.page, "markdown": code.page },
        "defaultConfiguration": { "level": level(code.severity) },
        "properties": { "category": code.category },
    })
}

/// The first paragraph of a page.
fn meaning(page: &str) -> String {
    let lines = page
        .lines()
        .skip_while(|line| line.starts_with('#') || line.is_empty());
    let lines: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
    lines.join(" ")
}

fn result(file: &str, found: &Diagnostic, rules: &[&Code]) -> Value {
    let help = found.help.as_ref().map(|help| format!("\nHelp: {help}"));
    let text = format!("{}{}", found.message, help.unwrap_or_default());
    let related = found.labels.iter().zip(0..).map(|(label, id): (_, u32)| {
        let file = label.file.as_deref().unwrap_or(file);
        let mut related = location(file, Some(label.span));
        related["id"] = id.into();
        related["message"] = json!({ "text": label.message });
        related
    });
    let related: Vec<Value> = related.collect();
    let mut result = json!({
        "ruleId": found.code,
        "ruleIndex": rules.iter().position(|rule| rule.id == found.code),
        "level": level(found.severity),
        "message": { "text": text },
        "locations": [location(file, found.span)],
    });
    if !related.is_empty() {
        result["relatedLocations"] = related.into();
    }
    result
}

/// A file that could not be read.
fn notification(file: &Looked) -> Option<Value> {
    let failure = file.failure.as_ref()?;
    Some(json!({
        "level": "error",
        "message": { "text": format!("{failure:#}") },
        "locations": [location(&file.name, None)],
    }))
}

fn location(file: &str, span: Option<Span>) -> Value {
    let mut physical = json!({ "artifactLocation": { "uri": uri(file) } });
    if let Some(span) = span {
        physical["region"] = json!({
            "startLine": span.start.line,
            "startColumn": span.start.column,
            "endLine": span.end.line,
            "endColumn": span.end.column,
        });
    }
    json!({ "physicalLocation": physical })
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// A path as a reference: whatever is not plain in one is escaped.
fn uri(file: &str) -> String {
    let mut uri = String::new();
    if Path::new(file).is_absolute() {
        uri.push_str("file://");
    }
    for byte in file.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_references() {
        for (path, expected) in [
            ("flows/a b.yaml", "flows/a%20b.yaml"),
            ("/tmp/a:b.yaml", "file:///tmp/a%3Ab.yaml"),
            ("<stdin>", "%3Cstdin%3E"),
            ("é.yaml", "%C3%A9.yaml"),
        ] {
            assert_eq!(uri(path), expected);
        }
    }

    #[test]
    fn the_meaning_of_a_code_is_its_first_paragraph() {
        assert_eq!(meaning("# A: b\n\nOne.\nTwo.\n\nWrong:\n"), "One. Two.");
        assert!(CODES.iter().all(|code| !meaning(code.page).is_empty()));
    }
}
