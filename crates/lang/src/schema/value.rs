//! The small values of the language: ids, durations, types, references,
//! expressions.

use serde_json::{Value, json};

use crate::duration::DAYS_MAX;

/// Parts that several blocks use, by name.
pub(super) fn shared() -> [(&'static str, Value); 8] {
    [
        ("id", id()),
        ("duration", duration()),
        ("version", version()),
        ("type", value_type()),
        ("artifact", artifact()),
        ("module", module()),
        ("template", template()),
        ("condition", condition()),
    ]
}

fn id() -> Value {
    json!({
        "description": "A letter, then letters, digits, `-` and `_`; at most 64.",
        "type": "string",
        "pattern": "^[A-Za-z][A-Za-z0-9_-]{0,63}$",
        "examples": ["review", "write-report"],
    })
}

fn duration() -> Value {
    json!({
        "description": "Days, hours, minutes and seconds, each at most once and in this order.",
        "type": "string",
        "pattern": duration_pattern(),
        "examples": ["30m", "1h30m", "90s", "2d"],
    })
}

/// Each unit alone is at most as long as a duration may be. Their sum no
/// pattern can tell.
fn duration_pattern() -> String {
    let units = [('d', 1), ('h', 24), ('m', 24 * 60), ('s', 24 * 60 * 60)];
    let units = units.map(|(unit, in_a_day)| {
        let digits = (DAYS_MAX * in_a_day).to_string();
        format!("(0*{}{unit})?", at_most(&digits))
    });
    format!(r"^\s*(?=\d){}\s*$", units.concat())
}

/// Numbers up to one that is given by its digits, as a pattern.
fn at_most(digits: &str) -> String {
    let mut ways = vec![digits.to_owned()];
    if digits.len() > 1 {
        ways.push(format!(r"\d{{1,{}}}", digits.len() - 1));
    }
    for (place, digit) in digits.char_indices() {
        let below = u32::from(digit).checked_sub(1).and_then(char::from_u32);
        if let (Some(below), true) = (below, digit > '0') {
            let same = digits.get(..place).unwrap_or_default();
            let after = digits.len() - place - 1;
            ways.push(format!(r"{same}[0-{below}]\d{{{after}}}"));
        }
    }
    format!("({})", ways.join("|"))
}

fn version() -> Value {
    json!({
        "description": "A semantic version.",
        "type": "string",
        "pattern": VERSION,
        "examples": ["1.0.0", "2.1.0-beta.1"],
    })
}

fn value_type() -> Value {
    json!({
        "description": "What a value is.",
        "type": "string",
        "anyOf": [
            { "enum": ["string", "number", "integer", "boolean", "object",
                "artifact_ref", "memory_item", "context_module"] },
            { "pattern": r"^\s*array\s*<.+>\s*$" },
        ],
        "examples": ["string", "array<string>", "array<array<number>>"],
    })
}

fn artifact() -> Value {
    json!({
        "description": "An agent, skill, tool server or command, by kind and name.",
        "type": "string",
        "pattern": r"^(agent|skill|mcp|command):\S+$",
        "examples": ["agent:reviewer", "skill:git-ops", "mcp:tracker", "command:lint"],
    })
}

fn module() -> Value {
    json!({
        "description": "A context module.",
        "type": "string",
        "pattern": r"^ctx:\S+$",
        "examples": ["ctx:house-rules"],
    })
}

fn template() -> Value {
    json!({
        "description": "A text; `${{ … }}` in it is replaced by the value of the expression.",
        "type": "string",
        "examples": ["Review ${{ parameters.service }}."],
    })
}

fn condition() -> Value {
    json!({
        "description": "One expression, bare or inside `${{ }}`.",
        "type": "string",
        "examples": ["${{ stages.review.outputs.verdict == 'ok' }}"],
    })
}

/// As semver.org has it.
const VERSION: &str = concat!(
    r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)",
    r"(-(0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*)?",
    r"(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$"
);
