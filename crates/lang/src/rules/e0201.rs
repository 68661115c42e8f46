//! SWDL-E0201: a value is of the wrong kind.

use baton_model::ValueType;
use serde_json::Number;

use crate::node::{Kind, Node};
use crate::report::{Finding, Place};
use crate::suggest;

code!("SWDL-E0201", Error, Schema, "a value is of the wrong kind");

pub(crate) fn wrong_kind(at: Place, wanted: &str, given: &Node) -> Finding {
    let message = format!("expected {wanted}, got {}", given.describe());
    let mend = mend(&at.path, wanted, given);
    Finding::new(&CODE, at, message).help_if(mend)
}

/// Where one of a few words stands, `known` being those that are offered.
pub(crate) fn no_word<'w>(
    at: Place,
    given: &Node,
    known: impl Iterator<Item = &'w str>,
) -> Finding {
    let message = format!("expected a word, got {}", given.describe());
    Finding::new(&CODE, at, message).help_if(suggest::listed(known))
}

/// A file with nothing in it, or with comments alone.
pub(crate) fn empty_file(at: Place) -> Finding {
    Finding::new(&CODE, at, "there is nothing in this file")
        .help("begin with `workflow: { id: first, name: First }` and `stages: []`")
}

/// What is accepted in the place of the value; the kinds that texts stand for
/// have mends of their own, since quotes alone would not do.
fn mend(path: &str, wanted: &str, given: &Node) -> Option<String> {
    let mend = match (&given.kind, wanted) {
        (Kind::Null, _) if path.ends_with(']') => "give it a value or remove the item",
        (Kind::Null, _) => "give it a value or remove the key",
        (_, "a map") => return Some(as_map(path, given)),
        (Kind::Number(number), "a duration") => return Some(with_unit(number)),
        (_, "a duration") => "write it with units, such as 1h30m or 90s",
        (Kind::Number(_), "a version") => "write three numbers, such as 1.0.0",
        (Kind::Number(_), "an id") => "begin with a letter, such as step-1",
        (Kind::List(_), "a reference") => "name one; what else the agent uses stands in `tools`",
        (_, "a reference") => "write `<kind>:<name>`",
        (Kind::List(_), "a type") => "a list of texts has the type array<string>",
        (_, "a type") => "name it, such as string",
        (Kind::Number(_) | Kind::Bool(_), "a text") | (Kind::Bool(_), "an id") => {
            "put it in quotes"
        }
        (Kind::List(_) | Kind::Map(_), "a text") if is_long(path) => {
            "write one text; several lines stand below a `|`"
        }
        (Kind::List(_) | Kind::Map(_), "a text") => "write one text",
        (Kind::String(text), "a number" | "a whole number" | "a boolean") => of_text(text, wanted),
        (_, "a boolean") => "booleans are written `true` and `false`",
        (Kind::Number(_), "a whole number") => "write it without a fraction, such as 3",
        (_, "a number" | "a whole number") => "write it in digits, such as 3",
        (Kind::Map(_), "a list") if path == "stages" => "begin each stage with `- id: NAME`",
        (Kind::String(text), "a list") => return Some(as_list(text)),
        (_, "a list") => "a list is written [a, b]",
        _ => return None,
    };
    Some(mend.to_owned())
}

/// Whether a text of several lines often stands here.
fn is_long(path: &str) -> bool {
    let key = path.rsplit('.').next().unwrap_or(path);
    ["description", "instructions", "message", "summary_prompt"].contains(&key)
}

/// How the map is written that belongs where something else stands.
fn as_map(path: &str, given: &Node) -> String {
    let (block, key) = path.rsplit_once('.').unwrap_or(("", path));
    let text = given.as_text();
    let is_type = text.is_some_and(|text| text.parse::<ValueType>().is_ok());
    let holds_types = ["parameters", "inputs", "outputs"]
        .iter()
        .any(|named| block.rsplit('.').next() == Some(named));
    let example = match (key, text) {
        ("", _) => "begin with `workflow:` at the top",
        _ if key.starts_with("stages[") => "a stage is written { id: one, name: One }",
        _ if holds_types && is_type => {
            return format!("write {{ type: {} }}", text.unwrap_or_default());
        }
        _ if holds_types => "write { type: string }",
        ("roles", _) => "write { primary: { artifact: \"agent:NAME\" } }",
        ("primary", _) => "write { artifact: \"agent:NAME\" }",
        ("retry" | "default_retry", _) => "write { max_attempts: 3 }",
        ("handoff", _) => "write { format: markdown }",
        ("on_start" | "on_complete" | "on_failure", _) => "write { run: \"program argument\" }",
        ("notify", _) => "write a target, such as \"slack:#releases\"",
        _ if matches!(given.kind, Kind::List(_)) => "a map has keys, and no `-` in front of them",
        _ => "a map is written { key: value }",
    };
    example.to_owned()
}

fn with_unit(number: &Number) -> String {
    number.as_u64().map_or_else(
        || "write it with units, such as 1h30m or 90s".to_owned(),
        |count| format!("say the unit, such as {count}s or {count}m"),
    )
}

/// What a text was meant to be that should have been something else.
fn of_text(text: &str, wanted: &str) -> &'static str {
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
    let fits = match wanted {
        "a boolean" => ["true", "false"].contains(&text),
        "a whole number" => number.is_some_and(|number| number.fract() == 0.0),
        _ => number.is_some(),
    };
    match wanted {
        _ if fits => "write it without quotes",
        _ if text.contains("${{") => "no expressions are computed here",
        "a boolean" => "booleans are written `true` and `false`",
        _ => "write it in digits, such as 3",
    }
}

fn as_list(text: &str) -> String {
    let is_plain = !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    if is_plain {
        format!("a list is written [{text}]")
    } else {
        "a list is written [a, b]".to_owned()
    }
}
