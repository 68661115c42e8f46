//! Reading, filling in defaults, writing and reading again gives the same
//! definition, and what was written stays as it was.

use std::cell::Cell;
use std::fs;

use baton_lang::{Checked, Definition, check, compile, read_value};
use baton_model::{Plan, Value};
use proptest::prelude::*;

use super::{cases, examples_directory, tests_directory};

/// The definition, when it has no errors.
fn sound(text: &str) -> Option<Definition> {
    let checked = check(text);
    if checked.has_errors() {
        return None;
    }
    checked.definition
}

/// What runs of it do, apart from which text it was.
fn plan(definition: &Definition) -> Option<Plan> {
    let mut plan = compile(definition, "", &[]).ok()?;
    plan.workflow.definition_hash.clear();
    Some(plan)
}

fn read_again(document: &Value) -> Definition {
    let as_json = sound(&document.to_string()).unwrap_or_else(|| panic!("{document:#}"));
    let yaml = serde_saphyr::to_string(document).unwrap();
    let Checked {
        definition,
        diagnostics,
    } = check(&yaml);
    let as_yaml = definition.unwrap();
    assert_eq!(as_yaml.to_document(), *document, "{yaml}\n{diagnostics:?}");
    as_json
}

/// Everything that is in `part` is in `whole`, unchanged.
fn assert_kept(part: &Value, whole: &Value, path: &str) {
    match (part, whole) {
        (Value::Object(part), Value::Object(whole)) => {
            for (key, value) in part {
                let path = format!("{path}.{key}");
                let kept = whole.get(key).unwrap_or_else(|| panic!("{path} is gone"));
                assert_kept(value, kept, &path);
            }
        }
        (Value::Array(part), Value::Array(whole)) => {
            assert_eq!(part.len(), whole.len(), "{path}");
            for (place, (part, whole)) in part.iter().zip(whole).enumerate() {
                assert_kept(part, whole, &format!("{path}[{place}]"));
            }
        }
        _ => assert_eq!(part, whole, "{path}"),
    }
}

fn assert_laws(definition: &Definition) {
    let document = definition.to_document();
    let again = read_again(&document);
    assert_eq!(again.to_document(), document);
    assert_eq!(plan(&again), plan(definition));
    let filled = definition.with_defaults();
    let full = filled.to_document();
    assert_kept(&document, &full, "");
    let again = read_again(&full);
    assert_eq!(again.to_document(), full);
    assert_eq!(again.with_defaults().to_document(), full);
    assert_eq!(plan(&again), plan(definition));
}

#[test]
fn every_sound_file_is_written_and_read_again() {
    let golden = cases(&tests_directory().join("golden"));
    let corpus = cases(&tests_directory().join("corpus"));
    let folders = golden
        .into_iter()
        .chain(corpus)
        .chain([examples_directory()]);
    let mut n_written = 0;
    for path in folders.flat_map(|folder| cases(&folder)) {
        let is_file = path
            .extension()
            .is_some_and(|kind| kind == "yaml" || kind == "json");
        let text = if is_file {
            fs::read_to_string(&path).unwrap()
        } else {
            continue;
        };
        if let Some(definition) = sound(&text) {
            println!("{}", path.display());
            assert_laws(&definition);
            n_written += 1;
        }
    }
    assert!(n_written > 60, "{n_written}");
}

/// A document without the keys that the bits say, the last bit first.
fn thinned(value: &Value, bits: &mut impl Iterator<Item = bool>) -> Value {
    match value {
        Value::Object(entries) => {
            let kept = entries.iter().filter_map(|(key, value)| {
                let is_needed = [
                    "id", "name", "type", "workflow", "artifact", "primary", "stages",
                ]
                .contains(&key.as_str());
                let stays = is_needed || bits.next().unwrap_or(true);
                stays.then(|| (key.clone(), thinned(value, bits)))
            });
            Value::Object(kept.collect())
        }
        Value::Array(items) => items.iter().map(|item| thinned(item, bits)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

fn full_example() -> Value {
    let text = fs::read_to_string(examples_directory().join("full.yaml")).unwrap();
    read_value(&text).unwrap()
}

#[test]
fn any_part_of_the_full_example_is_written_and_read_again() {
    let full = full_example();
    let n_sound = Cell::new(0);
    proptest!(ProptestConfig::with_cases(400), |(bits in prop::collection::vec(prop::bool::weighted(0.93), 400))| {
        let part = thinned(&full, &mut bits.into_iter());
        if let Some(definition) = sound(&part.to_string()) {
            assert_laws(&definition);
            n_sound.set(n_sound.get() + 1);
        }
    });
    assert!(n_sound.get() > 10, "{}", n_sound.get());
}
