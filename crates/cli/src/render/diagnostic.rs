//! A finding with the line it is in.

use std::ops::Range;

use baton_model::{Diagnostic, Position, Severity, Span};
use serde_json::Value;

use super::style::{Target, Tone, fit, harmless, paint};
use crate::input::Source;

/// Widest source line that is shown.
const WIDTH: usize = 72;

/// The texts that a finding may be about: its own, and others that it names.
#[derive(Clone, Copy)]
pub(crate) struct Texts<'s> {
    pub(crate) own: &'s Source,
    pub(crate) others: &'s [&'s Source],
}

impl<'s> Texts<'s> {
    /// A text on its own.
    pub(crate) fn only(own: &'s Source) -> Self {
        Self { own, others: &[] }
    }

    /// Name and content of the text a finding names; its own when it names
    /// none. One that nobody has at hand has no content.
    fn named<'n>(self, name: Option<&'n str>) -> (&'n str, &'s str)
    where
        's: 'n,
    {
        let Some(name) = name else {
            return (&self.own.name, &self.own.text);
        };
        let found = self.others.iter().find(|text| text.name == name);
        (name, found.map_or("", |text| &text.text))
    }
}

/// Code, message, place, source line with a caret, and help.
pub(crate) fn render(texts: Texts<'_>, found: &Diagnostic) -> String {
    let head = format!("{}[{}]", found.severity, found.code);
    let tone = tone(found.severity);
    let source = texts.named(found.file.as_deref());
    let mut text = headed(&head, tone, &found.message);
    let margin = margin(found.span);
    match found.span {
        Some(span) => text.push_str(&excerpt(source, span, "-->", tone)),
        None => text.push_str(&format!("\n --> {}", source.0)),
    }
    for label in &found.labels {
        let source = texts.named(label.file.as_deref());
        text.push_str(&format!(
            "\n{:margin$} = note: {}",
            "",
            harmless(&label.message)
        ));
        text.push_str(&excerpt(source, label.span, ":::", Tone::Dim));
    }
    push_help(&mut text, found.help.as_deref(), margin);
    text
}

/// What is wrong with a part of a text that is no file, given by its bytes.
pub(crate) fn mistake(
    source: &Source,
    bytes: &Range<usize>,
    message: &str,
    help: Option<&str>,
) -> String {
    let span = Span {
        start: position(&source.text, bytes.start),
        end: position(&source.text, bytes.end),
    };
    let mut text = headed("error", Tone::Bad, message);
    let shown = (source.name.as_str(), source.text.as_str());
    text.push_str(&excerpt(shown, span, "-->", Tone::Bad));
    push_help(&mut text, help, margin(Some(span)));
    text
}

fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Error => Tone::Bad,
        Severity::Warning => Tone::Warn,
    }
}

fn headed(head: &str, tone: Tone, message: &str) -> String {
    format!("{}: {}", paint(Target::Err, tone, head), harmless(message))
}

/// Columns of the line numbers.
fn margin(span: Option<Span>) -> usize {
    span.map_or(1, |span| span.start.line.to_string().len())
}

fn push_help(text: &mut String, help: Option<&str>, margin: usize) {
    if let Some(help) = help {
        let lines: Vec<String> = help.lines().map(harmless).collect();
        let indented = lines.join(&format!("\n{:margin$}         ", ""));
        text.push_str(&format!("\n{:margin$} = help: {indented}", ""));
    }
    text.push('\n');
}

/// Line and column, from 1, of a byte of a text.
fn position(text: &str, offset: usize) -> Position {
    let before = text.get(..offset).unwrap_or(text);
    let (_, last) = before.rsplit_once('\n').unwrap_or(("", before));
    let count = |n: usize| u32::try_from(n + 1).unwrap_or(u32::MAX);
    Position {
        line: count(before.matches('\n').count()),
        column: count(last.chars().count()),
    }
}

fn excerpt((name, text): (&str, &str), span: Span, arrow: &str, tone: Tone) -> String {
    let (line, column) = (span.start.line, span.start.column);
    let margin = line.to_string().len();
    let place = format!("\n{:margin$}{arrow} {}:{line}:{column}", "", name);
    let Some(code) = text.lines().nth(line as usize - 1) else {
        return place;
    };
    let start = column as usize - 1;
    // A long line is shown from a little before the place.
    let skipped = if start > WIDTH - 20 { start - 20 } else { 0 };
    let mut shown: String = code.chars().skip(skipped).collect();
    if let Some(first) = shown.chars().next().filter(|_| skipped > 0) {
        shown.replace_range(..first.len_utf8(), "…");
    }
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

#[cfg(test)]
mod tests {
    use baton_model::{Category, Label};

    use super::*;

    fn source(name: &str, text: &str) -> Source {
        Source {
            name: name.to_owned(),
            text: text.to_owned(),
            path: None,
        }
    }

    #[test]
    fn every_place_is_shown_in_the_text_it_is_in() {
        let (own, over) = (source("w.yaml", "a: 1"), source("over.yaml", "b: 2"));
        let label = |file: &str| Label {
            file: Some(file.to_owned()),
            span: Span::new((1, 4), (1, 5)),
            message: "here".to_owned(),
        };
        let found = Diagnostic {
            code: "SWDL-E0201",
            severity: Severity::Error,
            category: Category::Schema,
            message: "wrong".to_owned(),
            help: Some("one\ntwo".to_owned()),
            path: "a".to_owned(),
            file: None,
            span: Some(Span::new((1, 1), (1, 2))),
            labels: vec![label("over.yaml"), label("elsewhere.yaml")],
        };
        let others = [&over];
        let texts = Texts {
            own: &own,
            others: &others,
        };
        let expected = "\
error[SWDL-E0201]: wrong
 --> w.yaml:1:1
  |
1 | a: 1
  | ^
  = note: here
 ::: over.yaml:1:4
  |
1 | b: 2
  |    ^
  = note: here
 ::: elsewhere.yaml:1:4
  = help: one
          two
";
        assert_eq!(render(texts, &found), expected);
    }

    #[test]
    fn mistakes_in_a_text_are_counted_in_letters() {
        let text = source("expression", "é &&\nöa b");
        let shown = mistake(&text, &(10..11), "wrong", None);
        assert!(shown.contains("--> expression:2:4"), "{shown}");
    }
}
