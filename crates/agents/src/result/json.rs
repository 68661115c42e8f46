//! Reads an agent's JSON without letting it cost more than it is worth.
//!
//! The text is bounded by the capture. The number of values is bounded here: a
//! few megabytes of `[[],[],…]` would otherwise become hundreds of megabytes of
//! memory; and so is their depth, since all of them are stored.

use baton_model::depth::{self, TooDeep};
use baton_model::{Object, Value};

/// Most values one result may hold.
const VALUES_MAX: usize = 500_000;

/// Why a text is no result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JsonError {
    /// It may be plain text.
    #[error("it is not JSON")]
    NotJson,
    /// It starts like an object, but has a mistake.
    #[error("it is not valid JSON ({0})")]
    Invalid(serde_json::Error),
    /// It is a list, a number, …
    #[error("it is another JSON value")]
    NotAnObject,
    /// It could not be read again once it is stored.
    #[error("it holds a value {0}")]
    TooDeep(TooDeep),
    /// It would take too much memory.
    #[error("it holds more than {VALUES_MAX} values")]
    TooManyValues,
}

/// Reads a text that is one JSON object and nothing else.
pub(crate) fn parse_object(text: &[u8]) -> Result<Object, JsonError> {
    let first = text.trim_ascii_start().first();
    let looks_like_object = first == Some(&b'{');
    if (looks_like_object || first == Some(&b'[')) && count_values(text) > VALUES_MAX {
        return Err(JsonError::TooManyValues);
    }
    match serde_json::from_slice(text) {
        Ok(Value::Object(object)) => match object.values().try_for_each(depth::check) {
            Ok(()) => Ok(object),
            Err(too_deep) => Err(JsonError::TooDeep(too_deep)),
        },
        Ok(_) => Err(JsonError::NotAnObject),
        Err(error) if looks_like_object => match check_unread(text) {
            Ok(()) => Err(JsonError::Invalid(error)),
            Err(too_deep) => Err(JsonError::TooDeep(too_deep)),
        },
        Err(_) => Err(JsonError::NotJson),
    }
}

/// The object that a text is, or that it ends with: whole, or between the marks
/// of a code block. What has other words around it is read as kindly as that.
pub(crate) fn parse_answer(text: &str) -> Option<Object> {
    let text = text.trim();
    if let Ok(object) = parse_object(text.as_bytes()) {
        return Some(object);
    }
    let (_, block) = text.strip_suffix("```")?.rsplit_once("```")?;
    let block = block.strip_prefix("json").unwrap_or(block);
    parse_object(block.as_bytes()).ok()
}

/// Whether an object that could not be read is too deep for that. Its values
/// lie one level below itself.
fn check_unread(text: &[u8]) -> Result<(), TooDeep> {
    let depth = depth::of_text(text).unwrap_or_default();
    depth::within(depth.saturating_sub(1))
}

/// At least the number of values in a JSON text: each but the first follows
/// an opening bracket or a comma outside of strings.
fn count_values(text: &[u8]) -> usize {
    let mut count = 1;
    let mut is_in_string = false;
    let mut is_escaped = false;
    for byte in text {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = is_in_string,
            b'"' => is_in_string = !is_in_string,
            b'[' | b'{' | b',' if !is_in_string => count += 1,
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_outside_of_strings() {
        assert_eq!(count_values(br#"{"a": "x,[{\",", "b": [1, 2]}"#), 5);
    }

    #[test]
    fn a_flood_of_values_is_refused_before_it_is_built() {
        let flood = format!("{{\"a\":[{}0]}}", "[],".repeat(VALUES_MAX));
        let error = parse_object(flood.as_bytes()).unwrap_err();
        assert!(matches!(error, JsonError::TooManyValues));
    }

    #[test]
    fn deep_nesting_is_an_error_and_no_stack_overflow() {
        let cut = format!("{{\"a\":{}", "[".repeat(100_000));
        let error = parse_object(cut.as_bytes()).unwrap_err();
        assert!(matches!(error, JsonError::Invalid(_)), "{error}");
        for (depth, is_read) in [(64, true), (65, false), (126, false), (127, false)] {
            let text = format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
            match parse_object(text.as_bytes()) {
                Ok(_) => assert!(is_read, "{depth}"),
                Err(JsonError::TooDeep(TooDeep(told))) => {
                    assert!(!is_read && told == depth, "{depth}: {told}");
                }
                Err(error) => panic!("{depth}: {error}"),
            }
        }
    }
}
