//! Files that are no workflows, read by the rules of one.

use baton_lang::read_value;
use serde_json::json;

use super::render;

#[test]
fn a_text_is_read_as_yaml_1_2_and_as_json() {
    for (text, value) in [
        ("- { id: n, on: yes }", json!([{ "id": "n", "on": "yes" }])),
        (
            "\u{feff}a: 0x10\nb: 010\nc: 1.5",
            json!({ "a": 16, "b": 10, "c": 1.5 }),
        ),
        ("[{\"a\": [true, null]}]", json!([{ "a": [true, null] }])),
        (
            "a: &x { b: 1 }\nc: { <<: *x, d: 2 }",
            json!({ "a": { "b": 1 }, "c": { "b": 1, "d": 2 } }),
        ),
        ("", json!(null)),
    ] {
        assert_eq!(read_value(text).unwrap(), value, "{text}");
    }
}

#[test]
fn every_mistake_has_its_place() {
    for (text, expected) in [
        (
            "- a: 1\n  a: 2\n- { 1: x, b: { c: 1, c: 2 } }",
            "SWDL-E0102 2:3-2:4 error [0].a: the key `a` stands twice in this map | remove one of the two\n  \
             1:3 first here\n\
             SWDL-E0104 3:5-3:6 error [1].1: the key `1` is not a text | put it in quotes\n\
             SWDL-E0102 3:22-3:23 error [1].b.c: the key `c` stands twice in this map | remove one of the two\n  \
             3:16 first here\n",
        ),
        (
            "a: 1\n---\nb: 2",
            "SWDL-E0107 2:1-2:1 error .: a file is one YAML document, not several\n",
        ),
    ] {
        let found = render(&read_value(text).unwrap_err());
        assert_eq!(found, expected);
    }
    let syntax = render(&read_value("- {").unwrap_err());
    assert!(syntax.starts_with("SWDL-E0101 1:"), "{syntax}");
    let deep = render(&read_value(&("[".repeat(65) + &"]".repeat(65))).unwrap_err());
    assert!(deep.starts_with("SWDL-E0105 1:65"), "{deep}");
}
