//! The four functions of the language.

use std::borrow::Cow;

use baton_model::{Value, depth};

use crate::value::{equal, kind};

/// Largest text a function may make, in bytes. Nested `toJSON` doubles its
/// escapes at every level, so the size must be bounded, not only the nesting.
pub(crate) const TEXT_BYTES_MAX: usize = 16 * 1024 * 1024;

/// A function of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// Characters of a text, items of a list, keys of a map.
    Length,
    /// Whether a text holds a text, a list an item, a map a key.
    Contains,
    /// Any value as compact JSON.
    ToJson,
    /// The value a JSON text stands for.
    FromJson,
}

impl Function {
    /// Every function, in the order messages list them.
    pub const ALL: [Self; 4] = [Self::Length, Self::Contains, Self::ToJson, Self::FromJson];

    /// The name in expressions.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::Contains => "contains",
            Self::ToJson => "toJSON",
            Self::FromJson => "fromJSON",
        }
    }

    /// How many arguments it takes.
    pub const fn arity(self) -> usize {
        match self {
            Self::Contains => 2,
            Self::Length | Self::ToJson | Self::FromJson => 1,
        }
    }

    /// The function a word names.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|function| function.as_str() == name)
    }

    /// Calls it; the error is a message.
    pub(crate) fn call(self, arguments: &[Cow<'_, Value>]) -> Result<Value, String> {
        match (self, arguments) {
            (Self::Length, [value]) => length(value),
            (Self::Contains, [whole, part]) => contains(whole, part),
            (Self::ToJson, [value]) => to_json(value),
            (Self::FromJson, [text]) => from_json(text),
            (function, _) => Err(function.arity_message(arguments.len())),
        }
    }

    pub(crate) fn arity_message(self, n_given: usize) -> String {
        let plural = if self.arity() == 1 { "" } else { "s" };
        format!(
            "{}() takes {} argument{plural}, got {n_given}",
            self.as_str(),
            self.arity()
        )
    }
}

fn length(value: &Value) -> Result<Value, String> {
    let length = match value {
        Value::String(text) => text.chars().count(),
        Value::Array(items) => items.len(),
        Value::Object(entries) => entries.len(),
        Value::Null | Value::Bool(_) | Value::Number(_) => {
            return Err(format!(
                "length() takes a string, a list or a map, got {}",
                kind(value)
            ));
        }
    };
    Ok(Value::from(length))
}

fn contains(whole: &Value, part: &Value) -> Result<Value, String> {
    let found = match (whole, part) {
        (Value::String(text), Value::String(part)) => text.contains(part.as_str()),
        (Value::String(_), _) => {
            return Err(format!(
                "contains() looks for a string in a string, got {}",
                kind(part)
            ));
        }
        (Value::Array(items), _) => items.iter().any(|item| equal(item, part)),
        (Value::Object(entries), _) => part.as_str().is_some_and(|key| entries.contains_key(key)),
        (Value::Null | Value::Bool(_) | Value::Number(_), _) => {
            return Err(format!(
                "contains() looks into a string, a list or a map, got {}",
                kind(whole)
            ));
        }
    };
    Ok(Value::Bool(found))
}

fn to_json(value: &Value) -> Result<Value, String> {
    let text = value.to_string();
    if text.len() > TEXT_BYTES_MAX {
        return Err(format!(
            "toJSON() made a text of more than {TEXT_BYTES_MAX} bytes"
        ));
    }
    Ok(Value::String(text))
}

fn from_json(text: &Value) -> Result<Value, String> {
    let Value::String(text) = text else {
        return Err(format!("fromJSON() takes a string, got {}", kind(text)));
    };
    let value =
        serde_json::from_str(text).map_err(|error| format!("fromJSON() got bad JSON: {error}"))?;
    // It may become an input, which is stored.
    depth::check(&value).map_err(|too_deep| format!("fromJSON() got a value {too_deep}"))?;
    Ok(value)
}
