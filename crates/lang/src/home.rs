//! Where a key of the language belongs that stands elsewhere.

use std::sync::LazyLock;

use serde_json::Value;

use crate::complete::shape;

/// What stands for a name of the user's choice, and for items of a list.
const NAME: &str = "NAME";
const ITEM: &str = "[]";

/// Where stages are.
const STAGE: [&str; 2] = ["stages", ITEM];

/// How many blocks are named; of more, none helps.
const BLOCKS_MAX: usize = 2;

/// A key and the block that has it, such as `stages[].gate`.
struct Home {
    key: &'static str,
    block: Vec<&'static str>,
}

static HOMES: LazyLock<Vec<Home>> = LazyLock::new(|| {
    let mut homes = Vec::new();
    collect(shape::workflow(), &mut Vec::new(), &mut homes);
    homes
});

/// Words of other languages for keys of this one.
const HABITS: [(&str, &str); 22] = [
    ("after", "depends_on"),
    ("agent", "artifact"),
    ("approval", "gate"),
    ("attempts", "max_attempts"),
    ("concurrency", "max_concurrent_stages"),
    ("dependencies", "depends_on"),
    ("depends", "depends_on"),
    ("environment", "env"),
    ("if", "condition"),
    ("jobs", "stages"),
    ("label", "name"),
    ("needs", "depends_on"),
    ("on_error", "on_failure"),
    ("params", "parameters"),
    ("prompt", "instructions"),
    ("requires", "depends_on"),
    ("retries", "max_attempts"),
    ("steps", "stages"),
    ("tasks", "stages"),
    ("title", "name"),
    ("when", "condition"),
    ("with", "inputs"),
];

/// The key that another language calls so.
pub(crate) fn known_as(key: &str) -> Option<&'static str> {
    let habit = HABITS.iter().find(|(word, _)| *word == key);
    habit.map(|(_, key)| *key)
}

/// The blocks that have a key, nearest first, in words; `path` is where it
/// stands instead.
pub(crate) fn of(key: &str, path: &str) -> Option<String> {
    let here = block_of(path);
    let mut nearest = (0, usize::MAX);
    let mut blocks: Vec<&[&str]> = Vec::new();
    for home in HOMES.iter().filter(|home| home.key == key) {
        let shared = shared(&here, &home.block);
        // Maps of named things are led to only from around them.
        if home.block.contains(&NAME) && shared < here.len() {
            continue;
        }
        let distance = (shared, home.block.len());
        // What more is shared with the place is nearer, then what is less deep.
        if distance.0 > nearest.0 || distance.0 == nearest.0 && distance.1 < nearest.1 {
            nearest = distance;
            blocks.clear();
        }
        if distance == nearest && !blocks.contains(&home.block.as_slice()) {
            blocks.push(&home.block);
        }
    }
    if blocks.is_empty() || blocks.len() > BLOCKS_MAX {
        return None;
    }
    let names: Vec<_> = blocks.iter().map(|block| name(block, &here)).collect();
    Some(names.join(" or "))
}

/// How a block is called from another place.
fn name(block: &[&str], here: &[String]) -> String {
    let is_stage_here = here.iter().take(STAGE.len()).eq(STAGE);
    match block.strip_prefix(STAGE.as_slice()) {
        _ if block.is_empty() => "at the top level".to_owned(),
        Some([]) if is_stage_here => "in the stage itself".to_owned(),
        Some(inside) if is_stage_here => format!("under `{}` of the stage", written(inside)),
        None if !here.is_empty() => format!("under `{}` at the top level", written(block)),
        Some(_) | None => format!("under `{}`", written(block)),
    }
}

fn written(block: &[&str]) -> String {
    block.join(".").replace(&format!(".{ITEM}"), ITEM)
}

/// The block in which a path ends, with its items and names as they are.
fn block_of(path: &str) -> Vec<String> {
    let mut block = Vec::new();
    let (above, _) = path.rsplit_once('.').unwrap_or(("", path));
    for part in above.split('.').filter(|part| !part.is_empty()) {
        match part.split_once('[') {
            Some((key, _)) => block.extend([key.to_owned(), ITEM.to_owned()]),
            None => block.push(part.to_owned()),
        }
    }
    block
}

/// How many steps two ways have in common from the top.
fn shared(here: &[String], block: &[&str]) -> usize {
    let steps = here.iter().zip(block);
    let same = steps.take_while(|(here, step)| **step == NAME || here.as_str() == **step);
    same.count()
}

fn collect(node: &'static Value, block: &mut Vec<&'static str>, homes: &mut Vec<Home>) {
    for node in shape::alternatives(node) {
        let properties = node.get("properties").and_then(Value::as_object);
        for (key, schema) in properties.into_iter().flatten() {
            homes.push(Home {
                key,
                block: block.clone(),
            });
            below(schema, key, block, homes);
        }
        if let Some(items) = node.get("items") {
            below(items, ITEM, block, homes);
        }
        if let Some(named) = node.get("additionalProperties").filter(|of| of.is_object()) {
            below(named, NAME, block, homes);
        }
    }
}

fn below(
    node: &'static Value,
    step: &'static str,
    block: &mut Vec<&'static str>,
    homes: &mut Vec<Home>,
) {
    block.push(step);
    collect(node, block, homes);
    block.pop();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_led_to_the_nearest_block_that_has_it() {
        for (key, path, expected) in [
            (
                "timeout",
                "stages[3].timeout",
                "under `error_policy` of the stage or under `gate` of the stage",
            ),
            ("timeout", "timeout", "under `config`"),
            (
                "timeout",
                "workflow.timeout",
                "under `config` at the top level",
            ),
            (
                "model",
                "stages[0].model",
                "under `roles.primary` of the stage",
            ),
            (
                "model",
                "stages[0].roles.model",
                "under `roles.primary` of the stage",
            ),
            ("model", "model", "under `stages[].roles.primary`"),
            (
                "tools",
                "stages[0].roles.primary.tools",
                "under `roles` of the stage",
            ),
            (
                "condition",
                "stages[0].gate.condition",
                "in the stage itself",
            ),
            ("env", "stages[0].env", "under `config` at the top level"),
            ("stages", "config.stages", "at the top level"),
            (
                "type",
                "config.type",
                "under `config.parameters.NAME` at the top level",
            ),
        ] {
            assert_eq!(of(key, path).as_deref(), Some(expected), "{path}");
        }
        for (key, path) in [
            ("nowhere", "nowhere"),
            ("default", "stages[0].inputs.a.default"),
            ("source", "stages[0].outputs.a.source"),
        ] {
            assert_eq!(of(key, path), None, "{path}");
        }
    }

    #[test]
    fn words_of_other_languages_lead_to_keys_of_this_one() {
        assert!(HABITS.is_sorted());
        for (word, key) in HABITS {
            assert!(HOMES.iter().all(|home| home.key != word), "{word}");
            assert!(HOMES.iter().any(|home| home.key == key), "{key}");
        }
    }
}
