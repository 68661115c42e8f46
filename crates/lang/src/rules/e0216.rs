//! SWDL-E0216: a default does not have the declared type.

use baton_model::{ContractViolation, Value, ValueType};

use crate::definition::Spanned;
use crate::report::{Finding, Place};

code!(
    "SWDL-E0216",
    Error,
    Schema,
    "a default does not have the declared type"
);

pub(crate) fn bad_default(
    at: Place,
    violation: &ContractViolation,
    declared: &Spanned<ValueType>,
    given: &Value,
) -> Finding {
    Finding::new(&CODE, at, violation.to_string())
        .help(mend(&declared.value, given))
        .declared(Some(declared))
}

fn mend(declared: &ValueType, given: &Value) -> String {
    let mend = match (declared, given) {
        (ValueType::String, Value::Number(_) | Value::Bool(_)) => "put it in quotes",
        (ValueType::Integer | ValueType::Number | ValueType::Boolean, Value::String(text))
            if is_quoted(declared, text) =>
        {
            "write it without quotes"
        }
        (ValueType::Boolean, Value::String(_)) => "booleans are written `true` and `false`",
        (ValueType::Integer, Value::Number(_)) => {
            "write it without a fraction, or declare the type number"
        }
        (ValueType::Array(items), one) if items.check(one).is_ok() => {
            return format!("a list of one is written [{one}]");
        }
        (ValueType::ArtifactRef, Value::String(_)) => "write `<kind>:<name>`",
        _ => "change the default or its type",
    };
    mend.to_owned()
}

/// Whether a text would be of a type without its quotes.
fn is_quoted(declared: &ValueType, text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok_and(|value| declared.check(&value).is_ok())
}
