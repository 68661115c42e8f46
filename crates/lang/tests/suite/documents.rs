//! Reading, filling in defaults, writing and reading again gives the same
//! definition, and what was written stays as it was.

use std::cell::Cell;
use std::fs;

use baton_lang::{Definition, check, read_value};
use baton_model::Value;
use proptest::prelude::*;

use super::fuzz::definition::assert_written_and_read;
use super::{cases, examples_directory, tests_directory};

/// The definition, when it has no errors.
fn sound(text: &str) -> Option<Definition> {
    let checked = check(text);
    if checked.has_errors() {
        return None;
    }
    checked.definition
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
            assert_written_and_read(&definition);
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
            assert_written_and_read(&definition);
            n_sound.set(n_sound.get() + 1);
        }
    });
    assert!(n_sound.get() > 10, "{}", n_sound.get());
}
