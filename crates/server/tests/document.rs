//! The document of the API as it is checked in: it is what the code says, with
//! the examples that were recorded, and so are the pages in `docs/api`.
//!
//! `cargo xtask api` writes them anew, with `BATON_BLESS=1`.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

#[path = "document/examples.rs"]
mod examples;
#[path = "document/pages.rs"]
mod pages;

use std::fs;
use std::path::{Path, PathBuf};

use baton_server::v1::document::document;
use serde_json::Value;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Compares a text with a file, or writes the file when asked to.
fn compare(path: &Path, text: &str) {
    if std::env::var_os("BATON_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        return;
    }
    let stands = fs::read_to_string(path).unwrap_or_default();
    let first = text.lines().zip(stands.lines()).find(|(is, was)| is != was);
    assert!(
        stands == text,
        "{} is not what the code says; run `cargo xtask api`\nfirst difference: {first:#?}",
        path.display()
    );
}

/// The document as it is to be checked in.
fn whole() -> Value {
    let mut document = document();
    examples::add(&mut document, &repository().join("api/examples"));
    document
}

/// Method, path and operation of each operation.
fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().iter();
        methods.map(|(method, operation)| (method.as_str(), path.as_str(), operation))
    })
}

#[test]
fn the_document_is_what_the_code_says() {
    let text = format!("{:#}\n", whole());
    compare(&repository().join("api/openapi.json"), &text);
}

#[test]
fn the_pages_are_what_the_document_says() {
    let directory = repository().join("docs/api");
    for (name, text) in pages::of(&whole()) {
        compare(&directory.join(name), &text);
    }
}

/// What each operation answers besides what it names.
#[test]
fn refusals_are_said_to_be_in_the_words_of_their_door() {
    let document = whole();
    let mut n_of_specflow = 0;
    for (_, path, operation) in operations(&document) {
        let Some(default) = operation["responses"].get("default") else {
            continue;
        };
        assert!(path.starts_with("/api/workflow/"), "{path}");
        let content = default["content"].as_object().unwrap();
        assert_eq!(
            content.keys().collect::<Vec<_>>(),
            ["application/json"],
            "{path}"
        );
        let schema = &content["application/json"]["schema"];
        assert_eq!(
            schema["$ref"], "#/components/schemas/SpecflowError",
            "{path}"
        );
        n_of_specflow += 1;
    }
    assert_eq!(n_of_specflow, 8);
}

/// A header that may be sent, and how it is refused.
#[test]
fn whoever_may_send_a_key_finds_it_and_its_refusal() {
    let document = whole();
    let with_a_key = operations(&document).filter(|(_, _, operation)| {
        let mut parameters = operation["parameters"].as_array().into_iter().flatten();
        parameters.any(|parameter| parameter["name"] == "Idempotency-Key")
    });
    let mut ids = Vec::new();
    for (_, _, operation) in with_a_key {
        assert!(operation["responses"].get("422").is_some(), "{operation}");
        ids.push(operation["operationId"].as_str().unwrap());
    }
    assert!(ids.contains(&"specflowStart"), "{ids:?}");
    let agents = operations(&document).find(|(_, path, _)| *path == "/api/v1/agents");
    assert!(agents.unwrap().2["responses"].get("400").is_some());
}

#[test]
fn each_operation_has_all_that_readers_need() {
    let document = whole();
    let mut ids = Vec::new();
    for (method, path, operation) in operations(&document) {
        let id = operation["operationId"].as_str().unwrap();
        assert!(!ids.contains(&id), "{id} is there twice");
        ids.push(id);
        assert!(operation["summary"].is_string(), "{id} has no summary");
        assert!(
            operation["x-scope"].is_string(),
            "{id}: nobody may ask for it"
        );
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert!(parameter["description"].is_string(), "{id}: {parameter}");
        }
        let n_places = path.matches('{').count();
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let n_named = parameters
            .filter(|parameter| parameter["in"] == "path")
            .count();
        assert_eq!(n_named, n_places, "{method} {path}");
        assert!(examples::are_complete(operation), "{id} has no example");
    }
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        for (field, what) in schema["properties"].as_object().into_iter().flatten() {
            let variants = what["oneOf"].as_array().into_iter().flatten();
            let mut all = std::iter::once(what).chain(variants);
            let is_described =
                all.any(|what| what["description"].is_string() || what["$ref"].is_string());
            assert!(is_described, "{name}.{field} has no description");
        }
    }
}
