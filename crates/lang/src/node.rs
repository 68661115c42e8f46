//! A YAML document as a tree whose every value and key knows its place.

use std::ops::Range;

use baton_model::{Object, Value};
use serde_json::Number;

/// A value of the document.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    /// Where it stands, in bytes of the document.
    pub(crate) bytes: Range<usize>,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Null,
    Bool(bool),
    Number(Number),
    String(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key with its value. A map may hold a key twice; whoever reads the map
/// takes the last one, after the duplicate has been reported.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) key_bytes: Range<usize>,
    /// False for keys such as `1` or `true`, which JSON could not hold.
    pub(crate) key_is_text: bool,
    pub(crate) value: Node,
}

impl Node {
    /// The same for JSON that was never a text: places are counted from
    /// `place` on, value by value, which keeps the order of findings.
    pub(crate) fn from_value(value: &Value, place: &mut usize) -> Self {
        let bytes = next(place);
        let kind = match value {
            Value::Null => Kind::Null,
            Value::Bool(flag) => Kind::Bool(*flag),
            Value::Number(number) => Kind::Number(number.clone()),
            Value::String(text) => Kind::String(text.clone()),
            Value::Array(items) => {
                let items = items.iter().map(|item| Self::from_value(item, place));
                Kind::List(items.collect())
            }
            Value::Object(entries) => {
                let entries = entries.iter().map(|(key, value)| Entry {
                    key: key.clone(),
                    key_bytes: next(place),
                    key_is_text: true,
                    value: Self::from_value(value, place),
                });
                Kind::Map(entries.collect())
            }
        };
        Self { kind, bytes }
    }

    /// What a map holds under a key: the last, where it stands there twice.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        let Kind::Map(entries) = &self.kind else {
            return None;
        };
        let entry = entries.iter().rfind(|entry| entry.key == key)?;
        Some(&entry.value)
    }

    /// The same to change it.
    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        let Kind::Map(entries) = &mut self.kind else {
            return None;
        };
        let entry = entries.iter_mut().rfind(|entry| entry.key == key)?;
        Some(&mut entry.value)
    }

    /// The text it is, if it is one.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => Some(text),
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::List(_) | Kind::Map(_) => None,
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null)
    }

    /// Whether it is the merge key of YAML.
    pub(crate) fn is_merge(&self) -> bool {
        matches!(&self.kind, Kind::String(text) if text == "<<")
    }

    /// Whether it is what `{{ … }}` without quotes is for YAML.
    pub(crate) fn is_braced_twice(&self) -> bool {
        match &self.kind {
            Kind::Map(entries) => match entries.as_slice() {
                [only] => !only.key_is_text && only.key.starts_with('{'),
                _ => false,
            },
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::List(_) => false,
        }
    }

    /// What it is, for messages.
    pub(crate) const fn describe(&self) -> &'static str {
        match self.kind {
            Kind::Null => "nothing",
            Kind::Bool(_) => "a boolean",
            Kind::Number(_) => "a number",
            Kind::String(_) => "a text",
            Kind::List(_) => "a list",
            Kind::Map(_) => "a map",
        }
    }

    /// The same as JSON, without places.
    pub(crate) fn to_value(&self) -> Value {
        match &self.kind {
            Kind::Null => Value::Null,
            Kind::Bool(flag) => Value::Bool(*flag),
            Kind::Number(number) => Value::Number(number.clone()),
            Kind::String(text) => Value::String(text.clone()),
            Kind::List(items) => items.iter().map(Self::to_value).collect(),
            Kind::Map(entries) => {
                let entries = entries
                    .iter()
                    .map(|entry| (entry.key.clone(), entry.value.to_value()));
                Value::Object(entries.collect::<Object>())
            }
        }
    }
}

/// An empty place of its own.
fn next(place: &mut usize) -> Range<usize> {
    let here = *place;
    *place += 1;
    here..here
}
