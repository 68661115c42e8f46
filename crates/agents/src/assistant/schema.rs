//! The form of an answer as JSON Schema, made from a stage's contract.
//!
//! Around the outputs stands an envelope in which the agent says how its turn
//! ended, so that it can ask instead of guessing.

use baton_model::plan::OutputSpec;
use baton_model::{Object, Value, ValueType};
use serde_json::json;

/// How strict the reader of a schema is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Keys may be left out, and objects may hold anything.
    Plain,
    /// Every key is named and required, null stands for what is left out, and
    /// objects that may hold anything are texts of JSON.
    Strict,
}

/// The answer to a stage with this contract.
pub(super) fn of_contract(contract: &[OutputSpec], dialect: Dialect) -> Value {
    let mut properties = Object::new();
    for output in contract {
        let mut schema = of_type(&output.value_type, dialect);
        if let (Some(schema), Some(words)) = (schema.as_object_mut(), &output.description) {
            schema.insert("description".to_owned(), words.as_str().into());
        }
        let is_due = output.required && output.default.is_null();
        if dialect == Dialect::Strict && !is_due {
            schema = nullable(schema);
        }
        properties.insert(output.name.clone(), schema);
    }
    let due = contract
        .iter()
        .filter(|output| output.required && output.default.is_null());
    let due: Vec<&str> = due.map(|output| output.name.as_str()).collect();
    let outputs = match dialect {
        Dialect::Plain => {
            json!({"type": "object", "properties": properties, "required": due})
        }
        Dialect::Strict => closed(&properties),
    };
    let mut envelope = Object::new();
    envelope.insert("status".to_owned(), status());
    envelope.insert("message".to_owned(), json!({"type": "string"}));
    envelope.insert("questions".to_owned(), questions(dialect));
    if !contract.is_empty() {
        envelope.insert("outputs".to_owned(), outputs);
    }
    match dialect {
        Dialect::Plain => {
            json!({"type": "object", "properties": envelope, "required": ["status"]})
        }
        Dialect::Strict => {
            for (name, schema) in &mut envelope {
                if name != "status" {
                    *schema = nullable(schema.take());
                }
            }
            closed(&envelope)
        }
    }
}

/// The answer of a skill that speaks for itself.
pub(super) fn of_skill(dialect: Dialect) -> Value {
    let text = || json!({"type": "string"});
    let mut envelope = Object::new();
    envelope.insert("status".to_owned(), status());
    envelope.insert("phase".to_owned(), text());
    envelope.insert("message".to_owned(), text());
    envelope.insert("questions".to_owned(), questions(dialect));
    let artifact = Object::from_iter(["path", "action"].map(|key| (key.to_owned(), text())));
    let artifact = match dialect {
        Dialect::Plain => json!({"type": "object", "properties": artifact}),
        Dialect::Strict => closed(&artifact),
    };
    let artifacts = json!({"type": "array", "items": artifact});
    envelope.insert("artifacts".to_owned(), artifacts);
    match dialect {
        Dialect::Plain => {
            json!({"type": "object", "properties": envelope, "required": ["status"]})
        }
        Dialect::Strict => {
            for (name, schema) in &mut envelope {
                if name != "status" {
                    *schema = nullable(schema.take());
                }
            }
            closed(&envelope)
        }
    }
}

/// Takes back what the strict form has changed: nulls that stand for nothing,
/// and texts that stand for objects.
pub(super) fn relax(mut answer: Value, contract: &[OutputSpec]) -> Value {
    without_nulls(&mut answer);
    let Some(outputs) = answer.get_mut("outputs").and_then(Value::as_object_mut) else {
        return answer;
    };
    for output in contract {
        if let Some(value) = outputs.get_mut(&output.name) {
            open(value, &output.value_type);
        }
    }
    answer
}

fn open(value: &mut Value, value_type: &ValueType) {
    match (value_type, value) {
        (ValueType::Array(inner), Value::Array(items)) => {
            for item in items {
                open(item, inner);
            }
        }
        (
            ValueType::Object | ValueType::MemoryItem | ValueType::ContextModule,
            value @ Value::String(_),
        ) => {
            let text = value.as_str().unwrap_or_default();
            if let Ok(object @ Value::Object(_)) = serde_json::from_str(text) {
                *value = object;
            }
        }
        _ => {}
    }
}

fn without_nulls(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.retain(|_, value| !value.is_null());
            for value in object.values_mut() {
                without_nulls(value);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(without_nulls),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn of_type(value_type: &ValueType, dialect: Dialect) -> Value {
    let open = |plain: Value| match dialect {
        Dialect::Plain => plain,
        Dialect::Strict => json!({"type": "string", "description": "a JSON object as a text"}),
    };
    match value_type {
        ValueType::String | ValueType::ArtifactRef => json!({"type": "string"}),
        ValueType::Number => json!({"type": "number"}),
        ValueType::Integer => json!({"type": "integer"}),
        ValueType::Boolean => json!({"type": "boolean"}),
        ValueType::Object => open(json!({"type": "object"})),
        ValueType::Array(inner) => json!({"type": "array", "items": of_type(inner, dialect)}),
        ValueType::MemoryItem | ValueType::ContextModule => {
            open(json!({"type": ["string", "object"]}))
        }
    }
}

fn status() -> Value {
    json!({"type": "string", "enum": ["completed", "needs_input", "error"]})
}

fn questions(dialect: Dialect) -> Value {
    let text = || json!({"type": "string"});
    let option = Object::from_iter(["label", "description"].map(|key| (key.to_owned(), text())));
    let mut question = Object::new();
    question.insert("question".to_owned(), text());
    question.insert("header".to_owned(), text());
    let option = match dialect {
        Dialect::Plain => json!({"type": "object", "properties": option}),
        Dialect::Strict => closed(&option),
    };
    question.insert(
        "options".to_owned(),
        json!({"type": "array", "items": option}),
    );
    question.insert("multiSelect".to_owned(), json!({"type": "boolean"}));
    let question = match dialect {
        Dialect::Plain => {
            json!({"type": "object", "properties": question, "required": ["question"]})
        }
        Dialect::Strict => {
            for (name, schema) in &mut question {
                if name != "question" {
                    *schema = nullable(schema.take());
                }
            }
            closed(&question)
        }
    };
    json!({"type": "array", "items": question})
}

/// An object with exactly these keys.
fn closed(properties: &Object) -> Value {
    let names: Vec<String> = properties.keys().cloned().collect();
    json!({
        "type": "object", "properties": properties, "required": names,
        "additionalProperties": false,
    })
}

fn nullable(mut schema: Value) -> Value {
    if let Some(kind) = schema.get_mut("type") {
        *kind = match kind.take() {
            Value::Array(mut kinds) => {
                kinds.push("null".into());
                Value::Array(kinds)
            }
            kind => json!([kind, "null"]),
        };
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contract(outputs: &[(&str, &str, bool)]) -> Vec<OutputSpec> {
        let spec = |(name, value_type, required): &(&str, &str, bool)| OutputSpec {
            name: (*name).to_owned(),
            value_type: value_type.parse().unwrap(),
            required: *required,
            default: Value::Null,
            description: None,
        };
        outputs.iter().map(spec).collect()
    }

    #[test]
    fn a_contract_becomes_a_schema_with_room_for_questions() {
        let contract = contract(&[("n", "integer", true), ("tags", "array<string>", false)]);
        let schema = of_contract(&contract, Dialect::Plain);
        assert_eq!(
            schema["properties"]["outputs"],
            json!({"type": "object", "required": ["n"], "properties": {
                "n": {"type": "integer"},
                "tags": {"type": "array", "items": {"type": "string"}},
            }})
        );
        assert_eq!(schema["required"], json!(["status"]));
        assert!(schema["properties"].get("questions").is_some());
        let without = of_contract(&[], Dialect::Plain);
        assert!(without["properties"].get("outputs").is_none());
    }

    /// Every object of it.
    fn objects<'s>(schema: &'s Value, found: &mut Vec<&'s Value>) {
        if schema.get("properties").is_some() {
            found.push(schema);
        }
        match schema {
            Value::Object(object) => object.values().for_each(|value| objects(value, found)),
            Value::Array(items) => items.iter().for_each(|item| objects(item, found)),
            _ => {}
        }
    }

    #[test]
    fn the_strict_form_names_every_key_and_forbids_others() {
        let contract = contract(&[("o", "object", true), ("l", "array<object>", false)]);
        for schema in [
            of_contract(&contract, Dialect::Strict),
            of_skill(Dialect::Strict),
        ] {
            let mut found = Vec::new();
            objects(&schema, &mut found);
            assert!(found.len() > 2);
            for object in found {
                assert_eq!(object["additionalProperties"], false, "{object}");
                let names: Vec<&String> =
                    object["properties"].as_object().unwrap().keys().collect();
                assert_eq!(object["required"], json!(names), "{object}");
            }
        }
    }

    #[test]
    fn what_the_strict_form_has_changed_is_taken_back() {
        let contract = contract(&[
            ("o", "object", true),
            ("l", "array<object>", false),
            ("s", "string", false),
        ]);
        let answer = json!({
            "status": "completed", "message": null, "questions": null,
            "outputs": {"o": "{\"a\": 1}", "l": ["{}", "no"], "s": "{}"},
        });
        assert_eq!(
            relax(answer, &contract),
            json!({"status": "completed", "outputs": {"o": {"a": 1}, "l": [{}, "no"], "s": "{}"}})
        );
    }

    #[test]
    fn the_schema_of_skills_is_the_one_they_were_written_for() {
        let schema = of_skill(Dialect::Plain);
        let keys: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
        let expected = ["status", "phase", "message", "questions", "artifacts"];
        assert_eq!(keys, expected);
        assert!(schema.to_string().len() < 700);
    }
}
