//! The language as its users see it: tables of texts and values, and laws
//! that hold for random ones.

#![expect(clippy::panic, reason = "a test that cannot go on must stop")]

#[path = "language/laws.rs"]
mod laws;
#[path = "language/mistakes.rs"]
mod mistakes;
#[path = "language/templates.rs"]
mod templates;
#[path = "language/values.rs"]
mod values;

use baton_expr::{EvalError, Expr, JsonScope};
use baton_model::Value;

/// A scope over a JSON object.
fn scope(value: Value) -> JsonScope {
    match value {
        Value::Object(entries) => JsonScope(entries),
        other => panic!("a scope is a map, not {other}"),
    }
}

/// The value of a text, or the message of its error, whatever its kind.
fn evaluate(text: &str, scope: &JsonScope) -> Result<Value, String> {
    Expr::parse(text)
        .map_err(EvalError::from)
        .and_then(|expr| expr.evaluate(scope))
        .map_err(|error| error.message)
}
