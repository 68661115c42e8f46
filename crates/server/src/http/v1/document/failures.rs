//! How operations can fail: one answer for each status of the table of error
//! codes, and which of them every operation has.

use baton_model::ErrorCode;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa::openapi::Components;

use crate::http::error::ProblemBody;

/// Statuses that any request may be answered with.
const OF_ALL: [u16; 7] = [401, 403, 404, 422, 429, 500, 503];

/// Those of a request with a body besides.
const OF_BODIES: [u16; 3] = [408, 413, 415];

/// The answers, by their names.
pub(super) fn responses() -> Value {
    let mut responses = Map::new();
    for code in ErrorCode::ALL {
        let status = code.http_status();
        responses
            .entry(name_of(status))
            .or_insert_with(|| response(status));
    }
    responses.into()
}

/// The answer with a status, and all codes it may have.
fn response(status: u16) -> Value {
    let codes = ErrorCode::ALL
        .iter()
        .filter(|code| code.http_status() == status);
    let described: Vec<String> = codes
        .clone()
        .map(|code| format!("`{code}`: {}.", code.title()))
        .collect();
    let examples: Map<String, Value> = codes
        .map(|code| {
            (
                code.to_string(),
                json!({ "value": ProblemBody::example(*code) }),
            )
        })
        .collect();
    json!({
        "description": described.join(" "),
        "content": { "application/problem+json": {
            "schema": { "$ref": "#/components/schemas/Problem" },
            "examples": examples,
        } },
    })
}

fn name_of(status: u16) -> String {
    format!("Problem{status}")
}

/// Gives an operation the failures that all have, and those it names their
/// bodies.
pub(super) fn complete(path: &str, operation: &mut Value) {
    let has_body = operation.get("requestBody").is_some();
    let of_bodies = OF_BODIES.into_iter().filter(|_| has_body);
    let Some(responses) = operation["responses"].as_object_mut() else {
        return;
    };
    for (_, response) in responses.iter_mut() {
        if response.get("description").is_none() {
            response["description"] = json!("It is done.");
        }
    }
    // A name or a part of an id may fit several.
    let is_found = ["{workflow_id}", "{execution_id}", "{project_id}"]
        .iter()
        .any(|place| path.contains(place));
    let of_finding = is_found.then_some(409);
    let of_all = OF_ALL.into_iter().chain(of_finding);
    let mut failures: Vec<u16> = of_all.chain(of_bodies).collect();
    let named = responses
        .keys()
        .filter_map(|status| status.parse::<u16>().ok());
    failures.extend(named.filter(|status| *status >= 400));
    failures.sort_unstable();
    failures.dedup();
    for status in failures {
        let reference = json!({ "$ref": format!("#/components/responses/{}", name_of(status)) });
        // Removed first, so that they stand in order.
        responses.shift_remove(&status.to_string());
        responses.insert(status.to_string(), reference);
    }
}

/// Gives an operation of another system's door the failures that all have. It
/// names its own with their bodies, and what keeps a request from reaching it is
/// told in the same words: `error` is the schema of those.
pub(super) fn complete_door(operation: &mut Value, error: &str) {
    let Some(responses) = operation["responses"].as_object_mut() else {
        return;
    };
    for (status, response) in responses.iter_mut() {
        if response["description"].as_str().is_none_or(str::is_empty) {
            let is_failure = status.starts_with(['4', '5']);
            let words = if is_failure {
                "It cannot be done."
            } else {
                "It is done."
            };
            response["description"] = json!(words);
        }
    }
    let body = json!({ "schema": { "$ref": format!("#/components/schemas/{error}") } });
    responses.insert(
        "default".to_owned(),
        json!({
            "description": "Nobody is let in, or it cannot be done; `error` says why.",
            "content": { "application/json": body },
        }),
    );
}

/// Adds the schema of the body of every error, and those in it.
pub(super) fn add_schemas<T: ToSchema>(components: &mut Components) {
    let mut schemas = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut schemas);
    components.schemas.extend(schemas);
}
