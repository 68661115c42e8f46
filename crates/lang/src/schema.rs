//! The JSON Schema of the language, for editors and for whoever checks files
//! without this program.
//!
//! It says what can be said of a file by its shape: keys, kinds, words, ranges,
//! defaults. What needs the whole file, such as whether a stage exists, only
//! [`check`](crate::check) knows. Unknown keys, which are warnings of the
//! language, are refused by the schema, so that editors mark them.

mod block;
mod overrides;
mod stage;
mod value;

use serde_json::{Map, Value, json};

/// Which dialect of JSON Schema.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SchemaDraft {
    /// Draft 7, which most editors understand.
    Draft7,
    /// Draft 2020-12.
    #[default]
    Draft2020,
}

impl SchemaDraft {
    const fn uri(self) -> &'static str {
        match self {
            Self::Draft7 => "http://json-schema.org/draft-07/schema#",
            Self::Draft2020 => "https://json-schema.org/draft/2020-12/schema",
        }
    }

    /// Where shared parts stand.
    const fn definitions(self) -> &'static str {
        match self {
            Self::Draft7 => "definitions",
            Self::Draft2020 => "$defs",
        }
    }
}

/// What is described.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SchemaOf {
    /// A definition of a workflow.
    #[default]
    Workflow,
    /// A file of overrides.
    Overrides,
}

/// The schema of definitions, or of files of overrides.
pub fn schema(of: SchemaOf, draft: SchemaDraft) -> Value {
    let mut parts = Map::new();
    for (name, part) in value::shared().into_iter().chain(block::shared()) {
        parts.insert(name.to_owned(), part);
    }
    let schema = match of {
        SchemaOf::Workflow => {
            parts.insert("stage".to_owned(), stage::stage());
            workflow()
        }
        SchemaOf::Overrides => overrides::file(&mut parts),
    };
    let schema = with(schema, draft.definitions(), Value::Object(parts));
    let mut schema = with(schema, "$schema", json!(draft.uri()));
    point(&mut schema, draft);
    schema
}

fn workflow() -> Value {
    let schema = object(
        "A workflow: stages that agents and people work on.",
        &["workflow"],
        [
            ("workflow", block::workflow()),
            ("config", block::config()),
            ("context", or_null(block::context("global_modules"))),
            ("error_policy", or_null(block::root_error_policy())),
            ("hooks", or_null(block::hooks())),
            (
                "stages",
                json!({
                    "description": "The stages. One starts as soon as those it depends on have settled.",
                    "type": "array",
                    "items": part("stage"),
                    "default": [],
                    "maxItems": baton_model::plan::STAGES_MAX,
                }),
            ),
        ],
    );
    with(schema, "title", json!("SWDL workflow"))
}

/// A map with these keys, and any that begin with `x-`.
fn object<const N: usize>(
    description: &str,
    required: &[&str],
    properties: [(&str, Value); N],
) -> Value {
    let properties = properties.map(|(name, schema)| (name.to_owned(), schema));
    let schema = json!({
        "description": description,
        "type": "object",
        "patternProperties": { "^x-": {} },
        "additionalProperties": false,
    });
    let schema = with(
        schema,
        "properties",
        Value::Object(Map::from_iter(properties)),
    );
    if required.is_empty() {
        schema
    } else {
        with(schema, "required", json!(required))
    }
}

/// A map from names of the user's choice.
fn named(description: &str, of: Value) -> Value {
    let schema = json!({ "description": description, "type": "object", "default": {} });
    with(schema, "additionalProperties", of)
}

fn text(description: &str) -> Value {
    json!({ "description": description, "type": "string" })
}

fn flag(description: &str, default: bool) -> Value {
    json!({ "description": description, "type": "boolean", "default": default })
}

fn list(description: &str, of: Value) -> Value {
    let schema = json!({ "description": description, "type": "array", "default": [] });
    with(schema, "items", of)
}

/// One of the words that the reader knows.
fn word<T>(description: &str, words: &[(&'static str, T)], default: Option<&str>) -> Value {
    let words: Vec<_> = words.iter().map(|(word, _)| *word).collect();
    let schema = json!({ "description": description, "type": "string", "enum": words });
    match default {
        Some(default) => with(schema, "default", json!(default)),
        None => schema,
    }
}

/// A shared part with a description of its own.
fn described(description: &str, name: &str) -> Value {
    json!({ "description": description, "allOf": [part(name)] })
}

/// A shared part, by name; where it stands is filled in at the end.
fn part(name: &str) -> Value {
    json!({ "$ref": name })
}

/// The same, or null, which means that the key is not there.
fn or_null(schema: Value) -> Value {
    let description = schema.get("description").cloned().unwrap_or_default();
    let nullable = Value::Array(vec![schema, json!({ "type": "null" })]);
    with(
        with(json!({}), "description", description),
        "anyOf",
        nullable,
    )
}

/// A schema with one keyword more.
fn with(mut schema: Value, keyword: &str, value: Value) -> Value {
    if let Some(entries) = schema.as_object_mut() {
        entries.insert(keyword.to_owned(), value);
    }
    schema
}

/// Makes every reference to a shared part lead to where it stands.
fn point(schema: &mut Value, draft: SchemaDraft) {
    match schema {
        Value::Object(entries) => {
            if let Some(Value::String(name)) = entries.get_mut("$ref") {
                *name = format!("#/{}/{name}", draft.definitions());
            }
            for value in entries.values_mut() {
                point(value, draft);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| point(item, draft)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
