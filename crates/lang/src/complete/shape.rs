//! What the schema of the language has at a place.

use std::sync::LazyLock;

use serde_json::Value;

use super::lines::Step;
use super::{Completion, CompletionKind, completion};
use crate::schema::{SchemaDraft, SchemaOf, schema};

/// Where shared parts stand in the draft that is looked into.
const PARTS: &str = "/definitions/";

static SCHEMA: LazyLock<Value> = LazyLock::new(|| schema(SchemaOf::Workflow, SchemaDraft::Draft7));

/// Keys of the map at a place, but those it has.
pub(super) fn keys(path: &[Step<'_>], siblings: &[&str]) -> Vec<Completion> {
    let mut keys = Vec::new();
    for node in at(path) {
        let properties = node.get("properties").and_then(Value::as_object);
        for (key, schema) in properties.into_iter().flatten() {
            if !siblings.contains(&key.as_str()) {
                let detail = schema.get("description").and_then(Value::as_str);
                keys.push(completion(key, CompletionKind::Key, detail));
            }
        }
    }
    keys
}

/// Words that can be the value at a place.
pub(super) fn values(path: &[Step<'_>]) -> Vec<Completion> {
    let mut values: Vec<Completion> = Vec::new();
    for node in at(path) {
        let detail = node.get("description").and_then(Value::as_str);
        let listed = ["enum", "examples"]
            .iter()
            .filter_map(|list| node.get(list)?.as_array());
        let words = listed.flatten().filter_map(Value::as_str);
        let is_flag = node.get("type").and_then(Value::as_str) == Some("boolean");
        let flags = ["true", "false"].into_iter().filter(|_| is_flag);
        for word in words.chain(flags) {
            if values.iter().all(|value| value.label != word) {
                values.push(completion(word, CompletionKind::Value, detail));
            }
        }
    }
    values
}

/// Whether a reference to an artifact stands at a place.
pub(super) fn is_artifact(path: &[Step<'_>]) -> bool {
    let artifact = part("artifact");
    artifact.is_some() && at(path).into_iter().any(|node| Some(node) == artifact)
}

/// The whole.
pub(crate) fn workflow() -> &'static Value {
    &SCHEMA
}

/// All that the schema says of a place: each alternative by itself.
fn at(path: &[Step<'_>]) -> Vec<&'static Value> {
    let mut nodes = alternatives(&SCHEMA);
    for step in path {
        let below = nodes.into_iter().filter_map(|node| match step {
            Step::Item => node.get("items"),
            Step::Key(key) => node
                .get("properties")
                .and_then(|properties| properties.get(key))
                .or_else(|| node.get("additionalProperties")),
        });
        nodes = below.flat_map(alternatives).collect();
    }
    nodes
}

/// A node with all that it refers to or is made of.
pub(crate) fn alternatives(node: &'static Value) -> Vec<&'static Value> {
    let mut found = vec![node];
    let target = node.get("$ref").and_then(Value::as_str);
    if let Some(target) = target.and_then(|target| part(target.rsplit('/').next()?)) {
        found.extend(alternatives(target));
    }
    for made_of in ["allOf", "anyOf", "oneOf"] {
        let parts = node.get(made_of).and_then(Value::as_array);
        found.extend(parts.into_iter().flatten().flat_map(alternatives));
    }
    found
}

fn part(name: &str) -> Option<&'static Value> {
    SCHEMA.pointer(&format!("{PARTS}{name}"))
}
