//! What was recorded of each operation, as examples in the document.

use std::fs;
use std::path::Path;

use serde_json::Value;

/// Adds the recorded examples to the operations they are of.
pub(crate) fn add(document: &mut Value, directory: &Path) {
    let paths = document["paths"].as_object_mut().unwrap();
    let items = paths.values_mut().map(|item| item.as_object_mut().unwrap());
    for operation in items.flat_map(serde_json::Map::values_mut) {
        let id = operation["operationId"].as_str().unwrap();
        let file = directory.join(format!("{id}.json"));
        if let Ok(text) = fs::read_to_string(file) {
            let example = serde_json::from_str(&text).unwrap();
            add_one(operation, &example);
        }
    }
}

fn add_one(operation: &mut Value, example: &Value) {
    let request = &example["request"];
    let parameters = operation
        .get_mut("parameters")
        .and_then(Value::as_array_mut);
    for parameter in parameters.into_iter().flatten() {
        let place = parameter["in"].as_str().unwrap();
        let value = &request[place][parameter["name"].as_str().unwrap()];
        if !value.is_null() {
            parameter["example"] = value.clone();
        }
    }
    if !request["body"].is_null() {
        operation["requestBody"]["content"]["application/json"]["example"] =
            request["body"].clone();
    }
    let answer = &example["answer"];
    let response = &mut operation["responses"][answer["status"].to_string()];
    let content = response.get_mut("content").and_then(Value::as_object_mut);
    for body in content.into_iter().flat_map(serde_json::Map::values_mut) {
        body["example"] = answer["body"].clone();
    }
}

/// Whether there is an example of the answer, and of the body where there is
/// one.
pub(crate) fn are_complete(operation: &Value) -> bool {
    let has = |content: &Value| {
        let bodies = content
            .as_object()
            .into_iter()
            .flat_map(serde_json::Map::values);
        bodies.into_iter().all(|body| body.get("example").is_some())
    };
    let required = operation["requestBody"]["required"] == true;
    let responses = operation["responses"].as_object().unwrap().iter();
    let mut good = responses.filter(|(status, _)| status.starts_with('2'));
    (!required || has(&operation["requestBody"]["content"]))
        && good.any(|(_, response)| has(&response["content"]))
}
