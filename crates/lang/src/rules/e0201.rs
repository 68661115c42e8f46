//! SWDL-E0201: a value is of the wrong kind.

use serde_json::Number;

use crate::node::{Kind, Node};
use crate::report::{Finding, Place};
use crate::suggest;

code!("SWDL-E0201", Error, Schema, "a value is of the wrong kind");

pub(crate) fn wrong_kind(at: Place, wanted: &str, given: &Node) -> Finding {
    let message = format!("expected {wanted}, got {}", given.describe());
    Finding::new(&CODE, at, message).help_if(mend(wanted, given))
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

/// What is accepted in the place of the value; the kinds that texts stand for
/// have mends of their own, since quotes alone would not do.
fn mend(wanted: &str, given: &Node) -> Option<String> {
    let mend = match (&given.kind, wanted) {
        (Kind::Number(number), "a duration") => return Some(with_unit(number)),
        (Kind::Number(_), "a version") => "write three numbers, such as 1.0.0",
        (Kind::Number(_), "an id") => "begin with a letter, such as step-1",
        (Kind::Number(_) | Kind::Bool(_), "a reference") => "write `<kind>:<name>`",
        (Kind::Number(_) | Kind::Bool(_), "a text") | (Kind::Bool(_), "an id") => {
            "put it in quotes"
        }
        (Kind::String(text), "a number" | "a whole number" | "a boolean") => of_text(text, wanted),
        (Kind::String(text), "a list") => return Some(as_list(text)),
        (Kind::Null, _) => "give it a value or remove the key",
        _ => return None,
    };
    Some(mend.to_owned())
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
