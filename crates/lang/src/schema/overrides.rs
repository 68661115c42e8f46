//! A file of overrides: the same blocks, with nothing required and without
//! what names a workflow or places a stage.

use serde_json::{Map, Value, json};

use super::{block, object, or_null, part, stage, with};

/// The schema of a file; parts of it go to `parts`.
pub(super) fn file(parts: &mut Map<String, Value>) -> Value {
    let laid_over = |schema, taken: &[&str]| {
        let mut schema = schema;
        loosen(&mut schema);
        take_out(&mut schema, taken);
        schema
    };
    for part in parts.values_mut() {
        loosen(part);
    }
    let stage = laid_over(stage::stage(), &["id", "type", "depends_on"]);
    parts.insert("stage".to_owned(), stage);
    let block = object(
        "What is set for one workflow.",
        &[],
        [
            (
                "workflow",
                laid_over(block::workflow(), &["id", "name", "version"]),
            ),
            ("config", laid_over(block::config(), &[])),
            (
                "context",
                or_null(laid_over(block::context("global_modules"), &[])),
            ),
            (
                "error_policy",
                or_null(laid_over(block::root_error_policy(), &[])),
            ),
            (
                "stages",
                json!({
                    "description": "What is set for stages, by their ids.",
                    "type": "object",
                    "additionalProperties": part("stage"),
                }),
            ),
        ],
    );
    let file = object(
        "What a project lays over workflows.",
        &["overrides"],
        [(
            "overrides",
            or_null(super::named(
                "What is set, by the ids of workflows.",
                or_null(block),
            )),
        )],
    );
    with(file, "title", json!("SWDL overrides"))
}

/// Nothing is required of what is laid over something else.
fn loosen(schema: &mut Value) {
    match schema {
        Value::Object(entries) => {
            for key in ["required", "if", "then", "default"] {
                // A property may have the name of a keyword.
                if entries.get(key).is_some_and(|value| !is_property(value)) {
                    entries.remove(key);
                }
            }
            entries.values_mut().for_each(loosen);
        }
        Value::Array(items) => items.iter_mut().for_each(loosen),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Whether this is the schema of a property and not the value of a keyword.
fn is_property(value: &Value) -> bool {
    value.get("description").is_some()
}

fn take_out(schema: &mut Value, keys: &[&str]) {
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.retain(|key, _| !keys.contains(&key.as_str()));
    }
}
