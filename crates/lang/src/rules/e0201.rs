//! SWDL-E0201: a value is of the wrong kind.

use crate::node::{Kind, Node};
use crate::report::{Finding, Place};

code!("SWDL-E0201", Error, Schema, "a value is of the wrong kind");

pub(crate) fn wrong_kind(at: Place, wanted: &str, given: &Node) -> Finding {
    let message = format!("expected {wanted}, got {}", given.describe());
    Finding::new(&CODE, at, message).help_if(mend(wanted, given))
}

fn mend(wanted: &str, given: &Node) -> Option<&'static str> {
    match (&given.kind, wanted) {
        (Kind::Number(_) | Kind::Bool(_), "a text") => Some("put it in quotes"),
        (Kind::String(text), "a boolean") if is_yes_or_no(text) => {
            Some("booleans are written `true` and `false`")
        }
        (Kind::String(_), "a number" | "a whole number" | "a boolean") => {
            Some("write it without quotes")
        }
        (Kind::String(_), "a list") => Some("a list is written [a, b]"),
        (Kind::Null, _) => Some("give it a value or remove the key"),
        _ => None,
    }
}

fn is_yes_or_no(text: &str) -> bool {
    ["yes", "no", "on", "off", "y", "n"].contains(&text.to_lowercase().as_str())
}
