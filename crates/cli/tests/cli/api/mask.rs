//! Puts what always is the same in place of what is different each time: ids,
//! times, secrets and directories.

use std::path::Path;

use serde_json::{Value, json};

/// Length of an id.
const ID_LENGTH: usize = 36;
/// Length of a time such as `2026-01-05T09:00:00`.
const TIME_LENGTH: usize = 19;

/// What was put in place of what.
pub(crate) struct Mask {
    root: String,
    ids: Vec<String>,
}

impl Mask {
    /// `root` is the directory of the test.
    pub(crate) fn new(root: &Path) -> Self {
        Self {
            root: root.display().to_string(),
            ids: Vec::new(),
        }
    }

    pub(crate) fn hide(&mut self, value: &mut Value) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    self.hide_field(name, value);
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.hide(item)),
            Value::String(text) => *text = self.hidden(text),
            _ => {}
        }
    }

    fn hide_field(&mut self, name: &str, value: &mut Value) {
        match (name, &value) {
            ("next_cursor" | "prev_cursor" | "cursor", Value::String(_)) => {
                *value = json!("MDE5OTNlNmM6MTc4OTkwMDAwMDAwMDAwMA==");
            }
            ("token", Value::String(_)) => *value = json!("baton_0123456789abcdef"),
            ("duration_seconds", Value::Number(_)) => *value = json!(0.25),
            _ => self.hide(value),
        }
    }

    fn hidden(&mut self, text: &str) -> String {
        let text = text.replace(&self.root, "/home/me");
        let mut hidden = String::new();
        let mut rest = text.as_str();
        while !rest.is_empty() {
            if let Some(id) = rest.get(..ID_LENGTH).filter(|id| is_id(id)) {
                hidden.push_str(&self.stand_in(id));
                rest = &rest[ID_LENGTH..];
            } else if rest.get(..TIME_LENGTH).is_some_and(is_time) {
                hidden.push_str("2026-01-05T09:00:00");
                let after = &rest[TIME_LENGTH..];
                rest = after.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
            } else {
                let first = rest.chars().next().unwrap();
                hidden.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
        hidden
    }

    fn stand_in(&mut self, id: &str) -> String {
        let place = self.ids.iter().position(|known| known == id);
        let place = place.unwrap_or_else(|| {
            self.ids.push(id.to_owned());
            self.ids.len() - 1
        });
        format!("01993e6c-2d9a-7cc0-a0b1-{:012x}", place + 1)
    }
}

fn is_id(text: &str) -> bool {
    text.char_indices().all(|(place, c)| match place {
        8 | 13 | 18 | 23 => c == '-',
        _ => c.is_ascii_hexdigit(),
    })
}

fn is_time(text: &str) -> bool {
    text.char_indices().all(|(place, c)| match place {
        4 | 7 => c == '-',
        10 => c == 'T',
        13 | 16 => c == ':',
        _ => c.is_ascii_digit(),
    })
}
