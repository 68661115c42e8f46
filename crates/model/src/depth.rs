//! How deep lists and maps may be nested in a value.
//!
//! A value is stored inside an event and shown inside an answer, each of which
//! puts a few levels around it, and `serde_json` reads 127 levels at most: one
//! that is as deep as could be read is written once and never read again. So
//! whoever lets a value in checks it here.

use serde::de::IgnoredAny;
use serde_json::Value;

/// Deepest nesting of a value: an output, a parameter, an edit.
pub const DEPTH_MAX: usize = 64;

/// How deep a value is that is nested deeper than [`DEPTH_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nested {0} deep, and {DEPTH_MAX} is the most")]
pub struct TooDeep(pub usize);

/// Whether so many levels are few enough.
pub const fn within(depth: usize) -> Result<(), TooDeep> {
    if depth > DEPTH_MAX {
        Err(TooDeep(depth))
    } else {
        Ok(())
    }
}

/// Whether a value may be let in.
pub fn check(value: &Value) -> Result<(), TooDeep> {
    within(of(value))
}

/// Levels of lists and maps in a value; 0 for a text or a number.
pub fn of(value: &Value) -> usize {
    let mut deepest = 0;
    let mut open = vec![(value, 0)];
    while let Some((value, around)) = open.pop() {
        let depth = around + 1;
        // What is neither a list nor a map is never put on the stack.
        match value {
            Value::Array(items) => open.extend(items.iter().filter_map(nested(depth))),
            Value::Object(entries) => open.extend(entries.values().filter_map(nested(depth))),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => continue,
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// Puts the number of levels around it beside a list or a map.
fn nested(around: usize) -> impl Fn(&Value) -> Option<(&Value, usize)> {
    move |value| (value.is_array() || value.is_object()).then_some((value, around))
}

/// Levels of lists and maps in a JSON text, be they more than can be read;
/// none for what is no JSON.
pub fn of_text(text: &[u8]) -> Option<usize> {
    // What is passed over is not limited in depth.
    serde_json::from_slice::<IgnoredAny>(text).ok()?;
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut is_in_string, mut is_escaped) = (false, false);
    for byte in text {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = is_in_string,
            b'"' => is_in_string = !is_in_string,
            b'[' | b'{' if !is_in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !is_in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Some(deepest)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn lists(depth: usize) -> String {
        "[".repeat(depth) + &"]".repeat(depth)
    }

    #[test]
    fn levels_are_counted_alike_in_values_and_texts() {
        for (text, depth) in [
            ("null", 0),
            ("\"[[\\\"[[\"", 0),
            ("[]", 1),
            ("[1, {\"]\": []}, 2]", 3),
            ("{\"a\": {}, \"b\": [[]], \"c\": 1}", 3),
            (&lists(127), 127),
        ] {
            assert_eq!(of_text(text.as_bytes()), Some(depth), "{text}");
            let value = serde_json::from_str(text).unwrap();
            assert_eq!(of(&value), depth, "{text}");
        }
    }

    #[test]
    fn texts_deeper_than_can_be_read_are_measured_and_other_texts_are_not() {
        let deep = lists(100_000);
        assert!(serde_json::from_str::<Value>(&deep).is_err());
        assert_eq!(of_text(deep.as_bytes()), Some(100_000));
        assert_eq!(of_text(&deep.as_bytes()[..150_000]), None);
        assert_eq!(of_text(b"{{{ not json"), None);
    }

    #[test]
    fn sixty_four_levels_are_let_in_and_not_one_more() {
        let value = |depth| serde_json::from_str::<Value>(&lists(depth)).unwrap();
        assert_eq!(check(&json!("[")), Ok(()));
        assert_eq!(check(&value(64)), Ok(()));
        let refused = check(&value(65)).unwrap_err();
        assert_eq!(refused.to_string(), "nested 65 deep, and 64 is the most");
    }
}
