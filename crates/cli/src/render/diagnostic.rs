//! A finding with the line it is in.

use baton_model::{Diagnostic, Severity, Span};
use serde_json::Value;

use super::style::{Target, Tone, fit, harmless, paint};
use crate::input::Source;

/// Widest source line that is shown.
const WIDTH: usize = 72;

/// Code, message, place, source line with a caret, and help.
pub(crate) fn render(source: &Source, found: &Diagnostic) -> String {
    let tone = match found.severity {
        Severity::Error => Tone::Bad,
        Severity::Warning => Tone::Warn,
    };
    let head = format!("{}[{}]", found.severity, found.code);
    let mut text = format!(
        "{}: {}",
        paint(Target::Err, tone, &head),
        harmless(&found.message)
    );
    let margin = found
        .span
        .map_or(1, |span| span.start.line.to_string().len());
    match found.span {
        Some(span) => text.push_str(&excerpt(source, span, "-->", tone)),
        None => text.push_str(&format!("\n --> {}", source.name)),
    }
    for label in &found.labels {
        text.push_str(&format!(
            "\n{:margin$} = note: {}",
            "",
            harmless(&label.message)
        ));
        text.push_str(&excerpt(source, label.span, ":::", Tone::Dim));
    }
    if let Some(help) = &found.help {
        let indented = help.replace('\n', &format!("\n{:margin$}         ", ""));
        text.push_str(&format!("\n{:margin$} = help: {indented}", ""));
    }
    text.push('\n');
    text
}

fn excerpt(source: &Source, span: Span, arrow: &str, tone: Tone) -> String {
    let (line, column) = (span.start.line, span.start.column);
    let margin = line.to_string().len();
    let place = format!("\n{:margin$}{arrow} {}:{line}:{column}", "", source.name);
    let Some(code) = source.text.lines().nth(line as usize - 1) else {
        return place;
    };
    let start = column as usize - 1;
    // A long line is shown from a little before the place.
    let skipped = if start > WIDTH - 20 { start - 20 } else { 0 };
    let shown: String = code.chars().skip(skipped).collect();
    let shown = fit(&harmless(&shown.replace('\t', " ")), WIDTH);
    let end = if span.end.line == line {
        span.end.column as usize - 1
    } else {
        usize::MAX
    };
    let room = shown.chars().count().saturating_sub(start - skipped).max(1);
    let carets = "^".repeat(end.saturating_sub(start).clamp(1, room));
    let bar = paint(Target::Err, Tone::Dim, "|");
    format!(
        "{place}\n{:margin$} {bar}\n{line} {bar} {shown}\n{:margin$} {bar} {:indent$}{}",
        "",
        "",
        "",
        paint(Target::Err, tone, &carets),
        indent = start - skipped,
    )
}

/// A finding that came over the wire, on one line.
pub(crate) fn line_of_json(found: &Value) -> String {
    let text = |name: &str| found.get(name).and_then(Value::as_str).unwrap_or_default();
    let place = match found.pointer("/span/start") {
        Some(start) => {
            let number = |name: &str| start.get(name).and_then(Value::as_u64).unwrap_or_default();
            format!("{}:{}: ", number("line"), number("column"))
        }
        // Where there is no text, the path is all there is.
        None if text("path").is_empty() => String::new(),
        None => format!("{}: ", text("path")),
    };
    let help = found
        .get("help")
        .and_then(Value::as_str)
        .map(|help| format!(" ({help})"));
    let (severity, code) = (text("severity"), text("code"));
    format!(
        "  {place}{severity}[{code}]: {}{}",
        text("message"),
        help.unwrap_or_default()
    )
}
