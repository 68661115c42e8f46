//! What fields and parameters of the document have in common and no handler
//! needs to say.

use serde_json::{Value, json};

/// What the places in paths are.
const PLACES: [(&str, &str); 5] = [
    (
        "workflow_id",
        "The workflow: its id, its name, or an end of its id that only one has.",
    ),
    (
        "execution_id",
        "The execution: its id, or a part of its id that only one has.",
    ),
    (
        "project_id",
        "The project: its id, its name, its path, or an end of its id that only one has.",
    ),
    ("stage_id", "The stage, by its id inside the definition."),
    ("name", "The token, by its name."),
];

/// Adds the parameters that stand in the path.
pub(super) fn name_places(path: &str, operation: &mut Value) {
    let places = PLACES
        .iter()
        .filter(|(name, _)| path.contains(&format!("{{{name}}}")));
    let places = places.map(|(name, description)| {
        json!({
            "name": name, "in": "path", "required": true, "description": description,
            "schema": { "type": "string", "minLength": 1 },
        })
    });
    let mut parameters: Vec<Value> = places.collect();
    if let Some(Value::Array(own)) = operation.get_mut("parameters") {
        parameters.append(own);
    }
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
}

/// Says how large whole numbers may be.
pub(super) fn bound(value: &mut Value) {
    let is_natural = value["type"] == "integer" || is_type_among(value, "integer");
    if is_natural && value["minimum"].is_number() && value.get("maximum").is_none() {
        let (format, maximum) = match value["format"].as_str() {
            Some("int32") => ("uint32", json!(u32::MAX)),
            _ => ("uint64", json!(u64::MAX)),
        };
        value["format"] = json!(format);
        value["maximum"] = maximum;
    }
    each_child(value, bound);
}

/// Says that exactly one of two fields is given.
pub(super) fn either(schema: &mut Value, [one, other]: [&str; 2]) {
    let only = |given: &str, left_out: &str| {
        json!({
            "required": [given],
            "properties": { given: { "type": "string" }, left_out: { "type": "null" } },
        })
    };
    schema["oneOf"] = json!([only(one, other), only(other, one)]);
}

/// Takes `null` from query parameters: what is left out is not there.
pub(super) fn without_null(operation: &mut Value) {
    let parameters = operation
        .get_mut("parameters")
        .and_then(Value::as_array_mut);
    for parameter in parameters.into_iter().flatten() {
        let schema = &mut parameter["schema"];
        if let Some(Value::Array(types)) = schema.get_mut("type") {
            types.retain(|name| name != "null");
            if let [only] = types.as_slice() {
                schema["type"] = only.clone();
            }
        }
        let variants = schema.get("oneOf").and_then(Value::as_array);
        let mut own = variants
            .into_iter()
            .flatten()
            .filter(|variant| variant["type"] != "null");
        if let Some(own) = own.next().cloned() {
            *schema = own;
        }
    }
}

fn is_type_among(value: &Value, name: &str) -> bool {
    let types = value["type"].as_array();
    types.is_some_and(|types| types.iter().any(|known| known == name))
}

fn each_child(value: &mut Value, change: fn(&mut Value)) {
    match value {
        Value::Object(fields) => fields.values_mut().for_each(change),
        Value::Array(items) => items.iter_mut().for_each(change),
        _ => {}
    }
}
