//! What there is to ask about the language itself: codes and the schema.

use std::fs;
use std::path::Path;

use crate::support::{REPOSITORY, World};

#[test]
fn every_code_is_explained_however_it_is_written() {
    let world = World::new();
    let list = world.baton(&["explain", "-o", "json"]).exits(0).json();
    let codes = list["codes"].as_array().unwrap();
    assert!(codes.len() > 50, "{}", codes.len());
    for code in codes {
        let code = code["code"].as_str().unwrap();
        let page = world.baton(&["explain", code]).exits(0);
        page.stdout_says(&format!("# {code}: "));
        page.stdout_says("Right:");
    }
    for word in ["swdl-e0301", "e0301", "E0301"] {
        world
            .baton(&["explain", word])
            .exits(0)
            .stdout_says("# SWDL-E0301");
    }
    let shown = world
        .baton(&["explain", "SWDL-W0203", "-o", "json"])
        .exits(0)
        .json();
    assert_eq!(shown["severity"], "warning");
    assert_eq!(shown["category"], "schema");
    assert!(
        shown["page"]
            .as_str()
            .unwrap()
            .starts_with("# SWDL-W0203: ")
    );
}

#[test]
fn all_codes_are_listed_with_their_titles() {
    let world = World::new();
    let list = world.baton(&["explain"]).exits(0);
    list.stdout_says("SWDL-E0403  stages wait for each other in a circle\n");
}

#[test]
fn an_unknown_code_is_not_found_and_the_nearest_is_named() {
    let world = World::new();
    let answer = world.baton(&["explain", "SWDL-E0399"]).exits(4);
    answer.says(&["error[not_found]", "did you mean SWDL-E03"]);
    world
        .baton(&["explain", "%"])
        .exits(4)
        .says(&["baton explain lists all"]);
}

#[test]
fn the_schema_is_the_one_editors_are_pointed_to() {
    let world = World::new();
    let draft7 = world.baton(&["schema", "--draft", "7"]).exits(0);
    let file = Path::new(REPOSITORY).join("api/swdl.schema.json");
    if std::env::var_os("BATON_BLESS").is_some() {
        fs::write(&file, &draft7.stdout).unwrap();
    }
    let shipped = fs::read_to_string(&file).unwrap();
    assert!(
        shipped == draft7.stdout,
        "BATON_BLESS=1 writes {}",
        file.display()
    );
    assert_eq!(
        draft7.json()["$schema"],
        "http://json-schema.org/draft-07/schema#"
    );
}

#[test]
fn there_are_two_dialects_and_two_kinds_of_files() {
    let world = World::new();
    let newer = world.baton(&["schema"]).exits(0).json();
    assert_eq!(
        newer["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
    assert!(newer["properties"]["stages"].is_object());
    let over = world
        .baton(&["schema", "--overrides", "-o", "yaml"])
        .exits(0)
        .yaml();
    assert!(over["properties"]["overrides"].is_object());
}

#[test]
fn every_example_says_where_its_schema_is() {
    let examples = Path::new(REPOSITORY).join("examples");
    let mut n_examples = 0;
    for entry in fs::read_dir(&examples).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        n_examples += 1;
        let text = fs::read_to_string(&path).unwrap();
        let schema = text
            .lines()
            .find_map(|line| line.strip_prefix("# yaml-language-server: $schema="))
            .unwrap_or_else(|| panic!("{}", path.display()));
        assert!(examples.join(schema).is_file(), "{schema}");
    }
    assert!(n_examples >= 4);
}
