//! Texts with a mark where somebody writes, and what is offered there.

use baton_model::Position;

use super::*;

const TEXT: &str = "
workflow:
  id: demo
  name: Demo
config:
  parameters:
    topic: { type: string, required: true }
    depth: { type: integer, default: 1 }
  env: { LEVEL: high }
stages:
  - id: write
    name: Write
    roles:
      primary:
        artifact: agent:writer
    outputs:
      text: { type: string }
      title: { type: string }
  - id: check
    name: Check
    depends_on: [write]
    roles: { primary: { artifact: agent:checker } }
    outputs: { ok: { type: boolean } }
  - id: publish
    name: Publish
    type: gate
    depends_on:
      - check
    gate:
      message: Good?
@
";

/// The labels where `@` stands after some lines take the place of `@`.
fn labels_at(lines: &str) -> Vec<String> {
    let text = TEXT.replace("@\n", lines);
    labels_in(&text)
}

fn labels_in(text: &str) -> Vec<String> {
    let found = complete(&text.replacen('@', "", 1), place_of_mark(text));
    found.items.into_iter().map(|item| item.label).collect()
}

fn place_of_mark(text: &str) -> Position {
    let before = text.split('@').next().unwrap();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
    Position {
        line: u32::try_from(line).unwrap(),
        column: u32::try_from(column).unwrap(),
    }
}

#[test]
fn keys_that_are_not_there_are_offered() {
    for (lines, expected) in [
        ("@\n", &["context", "error_policy", "hooks"][..]),
        ("h@\n", &["hooks"]),
        (
            "error_policy:\n  default_retry:\n    max@\n",
            &["max_attempts", "max_interval"],
        ),
        ("  - na@\n", &["name"]),
        ("  - id: x\n    de@\n", &["description", "depends_on"]),
        ("  - id: x\n    roles:\n      @\n", &["primary", "tools"]),
        (
            "  - id: x\n    roles:\n      primary:\n        @\n        model: opus\n",
            &["artifact", "instructions"],
        ),
        (
            "  - id: x\n    inputs:\n      topic:\n        so@\n",
            &["source"],
        ),
        ("  - id: x\n    inputs:\n      @\n", &[]),
        ("# @\n", &[]),
        ("nothing:\n  known: \n    @\n", &[]),
    ] {
        assert_eq!(labels_at(lines), expected, "{lines}");
    }
    let text = "workflow:\n  @\n  name: A\n";
    let labels = labels_in(text);
    assert!(labels.contains(&"id".to_owned()) && !labels.contains(&"name".to_owned()));
}

#[test]
fn values_are_words_flags_and_stages() {
    for (lines, expected) in [
        ("  - id: x\n    type: @\n", &["agent", "gate"][..]),
        ("  - id: x\n    type: g@\n", &["gate"]),
        ("config:\n  schedule: @\n", &["eager", "batches"]),
        (
            "  - id: x\n    outputs:\n      a:\n        required: @\n",
            &["true", "false"],
        ),
        (
            "  - id: x\n    name: X\n    depends_on: [write, @\n",
            &["write", "check", "publish"],
        ),
        (
            "  - id: x\n    name: X\n    depends_on:\n      - @\n",
            &["write", "check", "publish"],
        ),
        (
            "  - id: x\n    name: X\n    depends_on:\n    - p@\n",
            &["publish"],
        ),
        ("  - id: x\n    name: @\n", &[]),
    ] {
        assert_eq!(labels_at(lines), expected, "{lines}");
    }
}

#[test]
fn expressions_see_what_is_declared() {
    let stage = "  - id: x\n    name: X\n    depends_on: [check]\n    condition: ";
    for (expression, expected) in [
        (
            "\"${{ @ }}\"",
            &[
                "parameters",
                "stages",
                "context",
                "env",
                "run",
                "workflow",
                "length",
                "contains",
                "toJSON",
                "fromJSON",
            ][..],
        ),
        ("\"${{ to@", &["toJSON"]),
        ("\"${{ parameters.@ }}\"", &["topic", "depth"]),
        ("\"${{ length(parameters.t@) }}\"", &["topic"]),
        ("\"${{ env.@", &["LEVEL"]),
        ("\"${{ workflow.@ }}\"", &["id", "name", "version"]),
        ("\"${{ stages.@ }}\"", &["write", "check", "publish"]),
        (
            "\"${{ stages.check.@ }}\"",
            &["outputs", "status", "handoff"],
        ),
        (
            "\"${{ parameters.depth > 1 && stages.write.outputs.@ }}\"",
            &["text", "title"],
        ),
        ("\"${{ stages.none.outputs.@ }}\"", &[]),
        ("\"${{ parameters.topic == 'sta@' }}\"", &[]),
        ("\"${{ parameters.topic }} and @\"", &[]),
    ] {
        let lines = format!("{stage}{expression}\n");
        assert_eq!(labels_at(&lines), expected, "{expression}");
    }
}

#[test]
fn stages_that_cannot_be_read_come_last_and_say_so() {
    let text = TEXT.replace("@\n", "")
        + "  - id: x\n    name: X\n    depends_on: [check]\n    condition: ${{ stages.";
    let found = complete(
        &text,
        Position {
            line: 99,
            column: 99,
        },
    );
    let at_end = complete(&text, {
        let line = text.matches('\n').count() + 1;
        Position {
            line: u32::try_from(line).unwrap(),
            column: 99,
        }
    });
    assert_eq!(found, at_end);
    let says = |label: &str| {
        let item = at_end.items.iter().find(|item| item.label == label);
        item.unwrap().detail.clone().unwrap()
    };
    assert_eq!(says("write"), "Write");
    assert!(says("publish").contains("waits for"));
}

#[test]
fn all_of_a_long_chain_comes_before_its_end() {
    const STAGES: usize = 3_000;
    let mut text = "workflow: { id: long, name: Long }\nstages:\n".to_owned();
    for number in 0..STAGES {
        let before = number.checked_sub(1);
        let before = before
            .map(|before| format!("s{before}"))
            .unwrap_or_default();
        text += &format!("  - {{ id: s{number}, name: S, type: gate, depends_on: [{before}] }}\n");
    }
    text += "  - id: last\n    depends_on: [s2999]\n    condition: ${{ stages.s@\n";
    let at = place_of_mark(&text);
    let found = complete(&text.replacen('@', "", 1), at);
    assert_eq!(found.items.len(), STAGES);
    for item in &found.items {
        assert_eq!(item.detail.as_deref(), Some("S"), "{}", item.label);
    }
}

#[test]
fn artifacts_are_asked_of_others() {
    for (lines, expected) in [
        (
            "  - id: x\n    roles:\n      primary:\n        artifact: ag@\n",
            true,
        ),
        ("  - id: x\n    roles:\n      tools: [@\n", true),
        (
            "  - id: x\n    roles:\n      tools:\n        - skill:s@\n",
            true,
        ),
        ("  - id: x\n    name: ag@\n", false),
    ] {
        let text = TEXT.replace("@\n", lines);
        let found = complete(&text.replacen('@', "", 1), place_of_mark(&text));
        assert_eq!(found.wants_artifact, expected, "{lines}");
    }
}

#[test]
fn every_place_of_every_text_can_be_asked() {
    let texts = [
        TEXT.to_owned(),
        TEXT.replace("  ", "\t"),
        "- - - é: ${{ '😀\n\r\n\u{0} [ { : - ".to_owned(),
        String::new(),
    ];
    for text in &texts {
        for line in 0..40 {
            for column in (0..60).step_by(4) {
                complete(text, Position { line, column });
            }
        }
        complete(
            text,
            Position {
                line: u32::MAX,
                column: u32::MAX,
            },
        );
    }
}
