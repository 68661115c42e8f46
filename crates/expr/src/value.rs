//! What values mean to the language: truth, equality, order, text.

use std::cmp::Ordering;
use std::fmt::Write as _;

use baton_model::Value;
use serde_json::Number;

/// Whether a value counts as true: all do but null, false, zero and whatever
/// is empty.
pub fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(entries) => !entries.is_empty(),
    }
}

/// Whether two values are the same. Numbers compare by value (`1 == 1.0`);
/// otherwise different types are never equal (`true == 1` is false).
pub fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            order_numbers(left, right) == Some(Ordering::Equal)
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(l, r)| equal(l, r))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .all(|(key, value)| right.get(key).is_some_and(|other| equal(value, other)))
        }
        _ => left == right,
    }
}

/// The order of two values of one type; none where there is none.
pub(crate) fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => order_numbers(left, right),
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        (Value::Array(left), Value::Array(right)) => order_lists(left, right),
        _ => None,
    }
}

fn order_lists(left: &[Value], right: &[Value]) -> Option<Ordering> {
    for (left, right) in left.iter().zip(right) {
        if !equal(left, right) {
            return order(left, right);
        }
    }
    Some(left.len().cmp(&right.len()))
}

/// Integers compare exactly; only a fraction brings in floating point.
fn order_numbers(left: &Number, right: &Number) -> Option<Ordering> {
    match (left.as_i128(), right.as_i128()) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
    }
}

/// What a value is, in one word for messages.
pub(crate) const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "a map",
    }
}

/// Appends a value as it reads inside a text: null as nothing, lists and maps
/// as compact JSON.
pub(crate) fn push_text(text: &mut String, value: &Value) {
    match value {
        Value::Null => {}
        Value::Bool(flag) => text.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => push_number(text, number),
        Value::String(string) => text.push_str(string),
        Value::Array(_) | Value::Object(_) => {
            write!(text, "{value}").expect("writing into a String cannot fail");
        }
    }
}

/// Appends a number in decimal digits. JSON would write `1e20`, which people
/// do not expect in a text and the grammar does not read.
pub(crate) fn push_number(text: &mut String, number: &Number) {
    let start = text.len();
    let written = match number.as_f64() {
        Some(float) if number.is_f64() => write!(text, "{float}"),
        _ => write!(text, "{number}"),
    };
    written.expect("writing into a String cannot fail");
    if number.is_f64() && !text.get(start..).is_some_and(|digits| digits.contains('.')) {
        text.push_str(".0");
    }
}
