//! Texts that are made to hurt: refused at a place, without a panic.

use std::fmt::Write as _;
use std::fs;

use baton_lang::{Checked, check};
use proptest::prelude::*;

use super::examples_directory;

/// Ten levels, each naming the one before nine times.
fn alias_bomb() -> String {
    let mut text = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n".to_owned();
    for level in 1..10 {
        let alias = format!("*a{}", level - 1);
        let items = vec![alias; 9].join(",");
        writeln!(text, "a{level}: &a{level} [{items}]").unwrap();
    }
    text
}

fn deep_map() -> String {
    (0..3_000).fold(String::new(), |mut text, depth| {
        writeln!(text, "{}a:", " ".repeat(depth % 1_000)).unwrap();
        text
    })
}

#[track_caller]
fn first_finding(text: &str) -> String {
    let Checked { diagnostics, .. } = check(text);
    let found = diagnostics.first().unwrap();
    let start = found.span.unwrap().start;
    format!(
        "{} {}:{} {}",
        found.code, start.line, start.column, found.message
    )
}

#[test]
fn hostile_texts_are_refused_at_a_place() {
    let nested = (0..80).fold(String::new(), |mut text, depth| {
        writeln!(text, "{}a:", " ".repeat(depth)).unwrap();
        text
    });
    let large = format!("a: {}", "x".repeat(4 * 1024 * 1024));
    for (text, expected) in [
        (alias_bomb(), "SWDL-E0106 "),
        ("[".repeat(100_000), "SWDL-E01"),
        (deep_map(), "SWDL-E01"),
        (nested, "SWDL-E0105 "),
        (
            large,
            "SWDL-E0103 1:1 a file may be at most 4194304 bytes long",
        ),
        ("workflow:\n\tid: x".to_owned(), "SWDL-E0101 2:2 a tab"),
        ("a: \0".to_owned(), "SWDL-E0101 1:4 "),
        ("a: b\u{feff}\u{0}".to_owned(), "SWDL-E0101 1:"),
        (
            "- a\n- b\n".to_owned(),
            "SWDL-E0201 1:1 expected a map, got a list",
        ),
        (
            String::new(),
            "SWDL-E0201 1:1 there is nothing in this file",
        ),
        (
            "a: 1\n---\nb: 2\n".to_owned(),
            "SWDL-E0107 2:1 a file is one YAML document",
        ),
        ("a: *nowhere".to_owned(), "SWDL-E0101 1:4 "),
        ("a: .inf".to_owned(), "SWDL-E0101 1:4 "),
        ("a: 1\na: 2\n".to_owned(), "SWDL-E0202 "),
    ] {
        let found = first_finding(&text);
        assert!(found.starts_with(expected), "{found}");
    }
}

#[test]
fn a_byte_order_mark_and_windows_lines_are_no_mistake() {
    let text = "\u{feff}workflow:\r\n  id: w\r\n  name: W\r\n  vresion: x\r\n";
    let checked = check(text);
    assert!(!checked.has_errors());
    let found = &checked.diagnostics[0];
    assert_eq!(found.span.unwrap().start.line, 4);
}

#[test]
fn a_chain_of_thousands_of_stages_is_read() {
    let mut text = "workflow: { id: w, name: W }\nstages:\n".to_owned();
    for index in 0..5_000 {
        let dependency = match index {
            0 => "s4999".to_owned(),
            _ => format!("s{}", index - 1),
        };
        writeln!(
            text,
            "- {{ id: s{index}, name: S, type: gate, depends_on: [{dependency}] }}"
        )
        .unwrap();
    }
    let checked = check(&text);
    assert_eq!(checked.diagnostics.len(), 1);
    assert!(
        checked.diagnostics[0]
            .message
            .contains("s4998 -> s4999 -> s0")
    );
}

#[test]
fn anchors_and_merge_keys_save_repetition() {
    let text = "workflow: { id: w, name: W }\n\
        x-roles: &roles { primary: { artifact: \"agent:x\" } }\n\
        x-base: &base { name: Base, roles: *roles, type: agent }\n\
        stages:\n- { <<: *base, id: a, name: Own }\n- { id: b, <<: [*base, { name: Never }] }\n";
    let checked = check(text);
    assert!(checked.diagnostics.is_empty(), "{:?}", checked.diagnostics);
    let stages = checked.definition.unwrap().stages;
    let names: Vec<_> = stages.iter().map(|stage| stage.name.as_str()).collect();
    assert_eq!(names, ["Own", "Base"]);
    for (text, message) in [
        ("a: { <<: 1 }", "`<<` takes a map"),
        ("a: &a { b: *a }", "inside the value it names"),
        ("a: &a {}\nb: { <<: *a, <<: *a }", "stands twice"),
    ] {
        let found = first_finding(text);
        assert!(found.contains(message), "{found}");
    }
}

#[test]
fn findings_and_stages_are_bounded() {
    let broken = "${{ 1 + }} ".repeat(20_000);
    let text = format!("workflow: {{ id: w, name: W }}\nconfig: {{ env: {{ A: '{broken}' }} }}\n");
    let found = check(&text).diagnostics;
    assert_eq!(found.len(), 1_001);
    assert!(
        found
            .iter()
            .any(|found| found.message.contains("the rest is left out"))
    );
    let stages = "- { id: a, name: A, type: gate }\n".repeat(10_001);
    let text = format!("workflow: {{ id: w, name: W }}\nstages:\n{stages}");
    let found = first_finding(&text);
    assert!(found.starts_with("SWDL-E0206 4:9"), "{found}");
    let found = check(&text).diagnostics;
    assert!(
        found
            .iter()
            .any(|found| found.message.contains("at most 10000 stages"))
    );
}

#[test]
fn places_in_long_lines_and_wide_characters_are_counted_in_characters() {
    let padding = "é".repeat(10_000);
    let text = format!(
        "workflow: {{ id: w, name: W }}\nconfig: {{ env: {{ A: '{padding}${{{{ x }}}}' }} }}\n"
    );
    let start = check(&text).diagnostics[0].span.unwrap().start;
    assert_eq!((start.line, start.column), (2, 22 + 10_000 + 4));
}

fn examples() -> Vec<String> {
    ["minimal.yaml", "full.yaml"]
        .map(|name| fs::read_to_string(examples_directory().join(name)).unwrap())
        .to_vec()
}

/// Places stay inside the text they were found in.
fn survive(text: &str) {
    let lines: Vec<_> = text.split('\n').collect();
    for found in check(text).diagnostics {
        let span = found.span.unwrap();
        assert!(span.start <= span.end, "{found:?}");
        assert!(
            usize::try_from(span.start.line).unwrap() <= lines.len() + 1,
            "{found:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        survive(&text);
    }

    #[test]
    fn no_mutation_of_an_example_makes_it_panic(
        example in proptest::sample::select(examples()),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0..40_usize, ".{0,6}|: |- |\\$\\{\\{|\\}\\}|'|\n  |\\*x|&x |\\[|\\{"), 1..6),
    ) {
        let mut text: Vec<char> = example.chars().collect();
        for (place, length, with) in cuts {
            let start = place.index(text.len() + 1);
            let end = (start + length).min(text.len());
            text.splice(start..end, with.chars());
        }
        survive(&text.into_iter().collect::<String>());
    }
}

#[test]
fn thousands_of_unknown_names_cost_no_more_than_a_few() {
    let mut text = "workflow: { id: w, name: W }\nstages:\n".to_owned();
    for index in 0..1_000 {
        let unknown = (0..100).fold(String::new(), |mut unknown, other| {
            write!(unknown, "n{index}-{other}, ").unwrap();
            unknown
        });
        writeln!(
            text,
            "- {{ id: stage-{index}, name: S, type: gate, depends_on: [{unknown}] }}"
        )
        .unwrap();
    }
    assert_eq!(check(&text).diagnostics.len(), 1_001);
}
