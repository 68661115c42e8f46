//! The types of the language, and whether a value has one.
//!
//! Source: contract §1.16. `array<T>` nests; `artifact_ref`, `memory_item`
//! and `context_module` are strings or objects with rules of their own.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::depth::{self, TooDeep};

/// A type of the language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ValueType {
    /// Text.
    String,
    /// Any number.
    Number,
    /// A number without a fraction (`2.0` counts).
    Integer,
    /// `true` or `false`.
    Boolean,
    /// A map.
    Object,
    /// A list whose items all have the inner type.
    Array(Box<ValueType>),
    /// A text such as `agent:reviewer`.
    ArtifactRef,
    /// A fact worth keeping: a text or an object.
    MemoryItem,
    /// A context module: a text or an object.
    ContextModule,
}

/// A text that names no type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown type `{0}`")]
pub struct UnknownType(pub String);

impl ValueType {
    /// The names of all types, for "did you mean".
    pub const NAMES: [&'static str; 9] = [
        "string",
        "number",
        "integer",
        "boolean",
        "object",
        "array<string>",
        "artifact_ref",
        "memory_item",
        "context_module",
    ];

    /// Deepest nesting of `array<…>` that is read.
    const DEPTH_MAX: usize = 16;

    /// Whether `value` has this type; the error says where it does not.
    pub fn check(&self, value: &Value) -> Result<(), ContractViolation> {
        let fits = match self {
            Self::String => value.is_string(),
            Self::Number => value.is_number(),
            Self::Integer => is_integer(value),
            Self::Boolean => value.is_boolean(),
            Self::Object => value.is_object(),
            Self::Array(inner) => return check_items(self, inner, value),
            Self::ArtifactRef => value.as_str().is_some_and(is_artifact_ref),
            Self::MemoryItem | Self::ContextModule => value.is_string() || value.is_object(),
        };
        if fits {
            Ok(())
        } else {
            Err(ContractViolation::new(self, value))
        }
    }

    /// Reads a text given on a command line as this type: `true` for a
    /// boolean, JSON for lists and maps. A text that cannot be read so is an
    /// error, never a silent string.
    pub fn coerce(&self, text: &str) -> Result<Value, ContractViolation> {
        let value = match self {
            Self::String | Self::ArtifactRef => Value::String(text.to_owned()),
            Self::MemoryItem
            | Self::ContextModule
            | Self::Number
            | Self::Integer
            | Self::Boolean
            | Self::Object
            | Self::Array(_) => read_json(text).map_err(|too_deep| ContractViolation {
                expected: self.clone(),
                actual: format!("a value {too_deep}"),
                at: String::new(),
            })?,
        };
        self.check(&value).map(|()| value)
    }

    fn parse(text: &str, depth: usize) -> Option<Self> {
        let text = text.trim();
        Some(match text {
            "string" => Self::String,
            "number" => Self::Number,
            "integer" => Self::Integer,
            "boolean" => Self::Boolean,
            "object" => Self::Object,
            "artifact_ref" => Self::ArtifactRef,
            "memory_item" => Self::MemoryItem,
            "context_module" => Self::ContextModule,
            _ if depth < Self::DEPTH_MAX => {
                let inner = text.strip_prefix("array<")?.strip_suffix('>')?;
                Self::Array(Box::new(Self::parse(inner, depth + 1)?))
            }
            _ => return None,
        })
    }
}

/// The value a JSON text stands for; any other text stands for itself.
fn read_json(text: &str) -> Result<Value, TooDeep> {
    if let Ok(value) = serde_json::from_str(text) {
        depth::check(&value)?;
        return Ok(value);
    }
    depth::within(depth::of_text(text.as_bytes()).unwrap_or_default())?;
    Ok(Value::String(text.to_owned()))
}

/// Artifact kinds a reference may name (contract §1.16; `ctx:` is for context blocks).
fn is_artifact_ref(text: &str) -> bool {
    text.split_once(':').is_some_and(|(kind, name)| {
        matches!(kind, "agent" | "skill" | "mcp" | "command") && !name.is_empty()
    })
}

fn is_integer(value: &Value) -> bool {
    match value {
        Value::Number(number) => {
            number.is_i64()
                || number.is_u64()
                || number.as_f64().is_some_and(|float| float.fract() == 0.0)
        }
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            false
        }
    }
}

fn check_items(
    whole: &ValueType,
    inner: &ValueType,
    value: &Value,
) -> Result<(), ContractViolation> {
    let Value::Array(items) = value else {
        return Err(ContractViolation::new(whole, value));
    };
    for (index, item) in items.iter().enumerate() {
        inner.check(item).map_err(|violation| ContractViolation {
            at: format!("[{index}]{}", violation.at),
            ..violation
        })?;
    }
    Ok(())
}

impl fmt::Display for ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::String => "string",
            Self::Number => "number",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::Object => "object",
            Self::Array(inner) => return write!(f, "array<{inner}>"),
            Self::ArtifactRef => "artifact_ref",
            Self::MemoryItem => "memory_item",
            Self::ContextModule => "context_module",
        })
    }
}

impl FromStr for ValueType {
    type Err = UnknownType;

    fn from_str(text: &str) -> Result<Self, UnknownType> {
        Self::parse(text, 0).ok_or_else(|| UnknownType(text.to_owned()))
    }
}

impl TryFrom<String> for ValueType {
    type Error = UnknownType;

    fn try_from(text: String) -> Result<Self, UnknownType> {
        text.parse()
    }
}

impl From<ValueType> for String {
    fn from(value_type: ValueType) -> Self {
        value_type.to_string()
    }
}

/// A value that does not have the type it should have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, got {actual}{}", self.place())]
pub struct ContractViolation {
    /// The type that was asked for.
    pub expected: ValueType,
    /// What came instead, in words.
    pub actual: String,
    /// Where inside the value, such as `[2]`; empty at its root.
    pub at: String,
}

impl ContractViolation {
    fn new(expected: &ValueType, value: &Value) -> Self {
        Self {
            expected: expected.clone(),
            actual: describe(value),
            at: String::new(),
        }
    }

    fn place(&self) -> String {
        if self.at.is_empty() {
            String::new()
        } else {
            format!(" at {}", self.at)
        }
    }
}

/// Names the kind of a value and shows it when it is short.
pub fn describe(value: &Value) -> String {
    const SHOWN_CHARS_MAX: usize = 40;
    let kind = match value {
        Value::Null => return "null".to_owned(),
        Value::Bool(flag) => return format!("boolean {flag}"),
        Value::Number(number) => return format!("number {number}"),
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let text = value.to_string();
    if text.chars().count() <= SHOWN_CHARS_MAX {
        format!("{kind} {text}")
    } else {
        kind.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(text: &str) -> ValueType {
        text.parse().unwrap()
    }

    #[test]
    fn types_print_as_they_are_written() {
        for text in ValueType::NAMES
            .into_iter()
            .chain(["array<array<integer>>"])
        {
            assert_eq!(parse(text).to_string(), text);
        }
        for text in ["str", "array", "array<>", "array<str>", ""] {
            assert!(text.parse::<ValueType>().is_err(), "{text}");
        }
        let deep = "array<".repeat(5_000) + "string" + &">".repeat(5_000);
        assert!(deep.parse::<ValueType>().is_err());
    }

    #[test]
    fn values_are_checked_with_the_place_of_the_mistake() {
        assert!(parse("integer").check(&json!(2.0)).is_ok());
        assert!(parse("integer").check(&json!(2.5)).is_err());
        assert!(parse("artifact_ref").check(&json!("agent:x")).is_ok());
        assert!(parse("artifact_ref").check(&json!("ctx:x")).is_err());
        let violation = parse("array<array<string>>")
            .check(&json!([["a"], ["b", 3]]))
            .unwrap_err();
        assert_eq!(
            violation.to_string(),
            "expected string, got number 3 at [1][1]"
        );
    }

    #[test]
    fn command_line_texts_are_read_by_type() {
        assert_eq!(parse("boolean").coerce("true"), Ok(json!(true)));
        assert_eq!(parse("string").coerce("true"), Ok(json!("true")));
        assert_eq!(parse("array<integer>").coerce("[1,2]"), Ok(json!([1, 2])));
        assert!(parse("boolean").coerce("yes").is_err());
        assert!(parse("integer").coerce("1.5").is_err());
        assert!(parse("number").coerce("1e400").is_err());
    }

    #[test]
    fn command_line_texts_are_bounded_in_depth_where_they_are_read() {
        let lists = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        for name in ["object", "integer", "array<object>", "memory_item"] {
            for depth in [65, 127, 128, 1_000] {
                let refused = parse(name).coerce(&lists(depth)).unwrap_err();
                let expected =
                    format!("expected {name}, got a value nested {depth} deep, and 64 is the most");
                assert_eq!(refused.to_string(), expected);
            }
        }
        let deep = format!("{{\"a\":{}}}", lists(63));
        assert!(parse("object").coerce(&deep).is_ok());
        let text = lists(1_000);
        assert_eq!(parse("string").coerce(&text), Ok(json!(text)));
    }
}
