//! The JSON Schema of the language, judged by a validator that knows nothing
//! of the language itself.

use std::collections::BTreeSet;
use std::fs;

use baton_lang::{SchemaDraft, SchemaOf, check, schema};
use baton_model::{Category, Diagnostic, Severity};
use jsonschema::Validator;
use serde_json::Value;

use super::{cases, examples_directory, tests_directory};

const DRAFTS: [SchemaDraft; 2] = [SchemaDraft::Draft7, SchemaDraft::Draft2020];

fn validator(of: SchemaOf, draft: SchemaDraft) -> Validator {
    let schema = schema(of, draft);
    jsonschema::meta::validate(&schema).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

/// Whether a finding is about the shape of a file, as far as a schema can tell.
fn is_about_shape(found: &Diagnostic) -> bool {
    const BEYOND_SCHEMAS: [&str; 8] = [
        // Several stages, several documents, several keys of one name.
        "SWDL-E0206",
        "SWDL-E0102",
        "SWDL-E0220",
        "SWDL-E0104",
        // A default against the declared type; the inside of `array<…>`.
        "SWDL-E0216",
        "SWDL-E0209",
        // How a command is split, and whether there are two targets.
        "SWDL-E0217",
        "SWDL-E0218",
    ];
    let is_shape = match found.category {
        Category::Schema => found.severity == Severity::Error || found.code == "SWDL-W0203",
        Category::Artifact => true,
        Category::Yaml | Category::Expression | Category::Dag => false,
    };
    is_shape && !BEYOND_SCHEMAS.contains(&found.code)
}

/// Every golden file, file of the corpus and example that is one YAML document, with its findings.
fn files() -> Vec<(String, Value, Vec<Diagnostic>)> {
    let golden = cases(&tests_directory().join("golden"));
    let corpus = cases(&tests_directory().join("corpus"));
    let folders = golden.into_iter().chain(corpus);
    let folders = folders.chain([examples_directory()]);
    let mut files = Vec::new();
    for path in folders.flat_map(|folder| cases(&folder)) {
        let name = path.to_string_lossy().into_owned();
        if path.extension().is_none_or(|kind| kind != "yaml") || name.ends_with(".over.yaml") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let found = check(&text).diagnostics;
        if let Ok(value) = baton_lang::read_value(&text) {
            files.push((name, value, found));
        }
    }
    assert!(files.len() > 250, "{}", files.len());
    files
}

#[test]
fn what_is_well_formed_for_the_language_is_valid() {
    for draft in DRAFTS {
        let validator = validator(SchemaOf::Workflow, draft);
        for (name, value, found) in files() {
            let is_sound = found
                .iter()
                .all(|found| found.severity == Severity::Warning && found.code != "SWDL-W0203");
            if is_sound {
                let errors: Vec<_> = validator.iter_errors(&value).collect();
                assert!(errors.is_empty(), "{name}: {errors:?}");
            }
        }
    }
}

#[test]
fn what_is_of_the_wrong_shape_is_refused() {
    for draft in DRAFTS {
        let validator = validator(SchemaOf::Workflow, draft);
        let mut n_refused = 0;
        for (name, value, found) in files() {
            if let Some(found) = found.iter().find(|found| is_about_shape(found)) {
                assert!(!validator.is_valid(&value), "{name}: {found:?}");
                n_refused += 1;
            }
        }
        assert!(n_refused > 120, "{n_refused}");
    }
}

#[test]
fn bounds_of_numbers_and_durations_are_those_of_the_language() {
    let with = |key: &str, value: &str| {
        format!("workflow: {{ id: a, name: A }}\nconfig: {{ {key}: {value} }}\nstages: []\n")
    };
    for draft in DRAFTS {
        let validator = validator(SchemaOf::Workflow, draft);
        for (key, value) in [
            ("timeout", "366000d"),
            ("timeout", "0366000d"),
            ("timeout", "8784000h"),
            ("timeout", "31622400000s"),
            ("timeout", "99999d23h59m59s"),
            ("timeout", "366001d"),
            ("timeout", "1000000d"),
            ("timeout", "8784001h"),
            ("timeout", "9784000h"),
            ("timeout", "31622400001s"),
            ("timeout", "1h1d"),
            ("timeout", "h"),
            ("max_concurrent_stages", "4294967295"),
            ("max_concurrent_stages", "4294967296"),
            ("max_concurrent_stages", "0"),
        ] {
            let text = with(key, value);
            let is_sound = check(&text).diagnostics.is_empty();
            let is_valid = validator.is_valid(&baton_lang::read_value(&text).unwrap());
            assert_eq!(is_valid, is_sound, "{key}: {value}");
        }
    }
}

#[test]
fn a_wrong_type_of_a_stage_is_marked_once() {
    let validator = validator(SchemaOf::Workflow, SchemaDraft::Draft7);
    for word in ["agnt", "fan_out", "1"] {
        let stage = format!(
            "{{ id: a, name: A, type: {word}, roles: {{ primary: {{ artifact: 'agent:a' }} }} }}"
        );
        let text = format!("workflow: {{ id: a, name: A }}\nstages: [{stage}]\n");
        let value = baton_lang::read_value(&text).unwrap();
        let about: BTreeSet<_> = validator
            .iter_errors(&value)
            .map(|error| error.instance_path().to_string() + " " + error.kind().keyword())
            .collect();
        assert!(
            about
                .iter()
                .all(|error| error.starts_with("/stages/0/type ")),
            "{about:?}"
        );
        assert!(about.len() <= 2 && !about.is_empty(), "{about:?}");
    }
}

#[test]
fn files_of_overrides_have_a_schema_of_their_own() {
    let good = [
        "overrides: {}",
        "overrides:",
        "overrides: { a: { config: { timeout: 3h, parameters: { p: { default: 1 } } } } }",
        "overrides: { a: { stages: { s: { roles: { primary: { model: haiku } }, condition: null } } } }",
        "overrides: { a: { workflow: { author: us }, context: { global_modules: ['ctx:x'] } } }",
    ];
    let bad = [
        "{}",
        "a: 1",
        "overrides: []",
        "overrides: { a: { hooks: {} } }",
        "overrides: { a: { stages: [] } }",
        "overrides: { a: { stages: { s: { type: gate } } } }",
        "overrides: { a: { stages: { s: { depends_on: [] } } } }",
        "overrides: { a: { workflow: { name: x } } }",
        "overrides: { a: { config: { timeout: soon } } }",
    ];
    for draft in DRAFTS {
        let validator = validator(SchemaOf::Overrides, draft);
        for text in good {
            let value = baton_lang::read_value(text).unwrap();
            let errors: Vec<_> = validator.iter_errors(&value).collect();
            assert!(errors.is_empty(), "{text}: {errors:?}");
        }
        for text in bad {
            let value = baton_lang::read_value(text).unwrap();
            assert!(!validator.is_valid(&value), "{text}");
        }
    }
}

/// Every map that lists keys says what each is for.
fn assert_described(schema: &Value, path: &str) {
    let Some(entries) = schema.as_object() else {
        return;
    };
    if let Some(Value::Object(properties)) = entries.get("properties") {
        for (key, property) in properties {
            let is_part = property.get("$ref").is_some();
            let is_condition = property.get("const").or(property.get("enum")).is_some();
            assert!(
                is_part
                    || is_condition
                    || property.get("description").is_some()
                    || path.ends_with("/then"),
                "{path}/{key} is not described"
            );
        }
    }
    for (key, value) in entries {
        assert_described(value, &format!("{path}/{key}"));
    }
}

#[test]
fn every_key_is_described() {
    for of in [SchemaOf::Workflow, SchemaOf::Overrides] {
        assert_described(&schema(of, SchemaDraft::Draft2020), "");
    }
}
