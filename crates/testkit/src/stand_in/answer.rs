//! Answers that fit a schema, made without any thought.

use serde_json::{Map, Value, json};

use super::Mode;

/// What was answered before, by how the prompt looks.
pub(crate) fn is_answered(prompt: &str) -> bool {
    prompt.contains("questions were answered")
}

/// The answer in the form that was asked for.
pub(crate) fn structured(mode: &Mode, prompt: &str, schema: Option<&Value>) -> Value {
    let asks = mode.is("questions") && !is_answered(prompt);
    if asks {
        return questions();
    }
    match mode.word() {
        "asks-more" => more_questions(),
        "off-schema" => json!({"status": "completed", "outputs": {"unknown": [1, 2]}}),
        "bad-questions" => json!({"status": "needs_input", "questions": []}),
        "odd-status" => json!({"status": "perhaps"}),
        "error" | "denied" => json!({
            "status": "error", "phase": "looking", "message": "the work cannot be done",
        }),
        _ => schema.map_or_else(
            || json!({"status": "completed"}),
            |schema| fitting(schema, ""),
        ),
    }
}

fn questions() -> Value {
    json!({
        "status": "needs_input",
        "questions": [
            {"question": "Which colour?", "header": "Colour", "multiSelect": false, "options": [
                {"label": "red", "description": "warm"},
                {"label": "blue", "description": "cold"},
            ]},
            {"question": "How large?", "header": "Size"},
        ],
    })
}

/// Several choices, and a question without a header.
fn more_questions() -> Value {
    json!({
        "status": "needs_input",
        "questions": [
            {"question": "Which sizes?", "header": "Sizes", "multiSelect": true,
             "options": [{"label": "S"}, {"label": "M"}, {"label": "L"}]},
            {"question": "Which name?"},
        ],
    })
}

/// Some value of a schema.
fn fitting(schema: &Value, name: &str) -> Value {
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        return words.first().cloned().unwrap_or_default();
    }
    let kind = match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.first().and_then(Value::as_str),
        Some(kind) => kind.as_str(),
        None => None,
    };
    match kind {
        Some("object") => {
            let properties = schema.get("properties").and_then(Value::as_object);
            let object = properties
                .into_iter()
                .flatten()
                .filter_map(|(name, schema)| {
                    // What may be asked or complained of is left out where it can be.
                    let is_left_out = ["questions", "message", "phase"].contains(&name.as_str());
                    (!is_left_out).then(|| (name.clone(), fitting(schema, name)))
                });
            Value::Object(object.collect::<Map<_, _>>())
        }
        Some("array") => {
            let items = schema.get("items").unwrap_or(&Value::Null);
            json!([fitting(items, name)])
        }
        Some("string") => format!("{name} of the stand-in").into(),
        Some("integer") => 7.into(),
        Some("number") => json!(0.5),
        Some("boolean") => true.into(),
        _ => Value::Null,
    }
}
