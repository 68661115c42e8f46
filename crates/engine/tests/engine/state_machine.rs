//! `docs/state-machine.md` is written from the table of transitions.

#![expect(clippy::disallowed_methods, reason = "the page is a file")]

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use baton_engine::table::{RUN_MOVES, RunPhase, STAGE_MOVES};
use baton_model::StepStatus;

const HEAD: &str = "# State machine

What can happen to a run and to its stages, and what cannot.
This page is written from the table in [crates/engine/src/table.rs](../crates/engine/src/table.rs), which the engine itself refuses events by; `BATON_BLESS=1 cargo test -p baton-engine state_machine` writes it anew.
Random histories prove that every transition that happens is in the table, and that every transition in the table happens ([laws.rs](../crates/engine/tests/engine/laws.rs)).
";

const STAGES: &str = "
## Stages

A stage has ended when it is completed, failed, skipped, timed out or cancelled.
It leaves these only by rework, and its iteration is one higher then; a stage that had never started keeps its iteration.
A stage that nothing was done for yet may also be taken out of the run by an edit.
";

const RUNS: &str = "
## Runs

Four words say what may happen to a run.
";

const STATUS: &str = "
What people read as the status of an execution follows from them and from its stages:

| Status | The run is | and |
|---|---|---|
| `pending` | active | no stage has started and no gate has opened |
| `running` | active or stopping | anything else |
| `waiting_for_approval` | active | a gate is open, and nothing runs or can run |
| `waiting_for_input` | active | a question is open, no gate is, and nothing runs or can run |
| `paused` | paused | |
| `completed`, `failed`, `cancelled` | ended | as the event `run_ended` says |
";

fn page() -> String {
    let mut page = String::from(HEAD);
    page.push_str(STAGES);
    page.push_str("\n| Event | From | To | When |\n|---|---|---|---|\n");
    for row in STAGE_MOVES {
        let from = listed(row.from.iter().map(|from| from.as_str()));
        let line = format!(
            "| `{}` | {from} | `{}` | {} |\n",
            row.event, row.to, row.when
        );
        page.push_str(&line);
    }
    page.push_str(&stage_diagram());
    page.push_str(RUNS);
    page.push_str("\n| Event | From | To | When |\n|---|---|---|---|\n");
    for row in RUN_MOVES {
        let from = listed(row.from.iter().map(|from| from.as_str()));
        let to = row
            .to
            .map_or("as it was".to_owned(), |to| format!("`{to}`"));
        let line = format!("| `{}` | {from} | {to} | {} |\n", row.event, row.when);
        page.push_str(&line);
    }
    page.push_str(&run_diagram());
    page.push_str(STATUS);
    page
}

fn listed<'w>(words: impl Iterator<Item = &'w str>) -> String {
    let words: Vec<String> = words.map(|word| format!("`{word}`")).collect();
    if words.is_empty() {
        "–".to_owned()
    } else {
        words.join(", ")
    }
}

/// One arrow for each way, with all events that go it.
fn diagram(arrows: &[(&str, &str, &str)]) -> String {
    let mut ways: Vec<(&str, &str, Vec<&str>)> = Vec::new();
    for (from, to, event) in arrows {
        let same = |way: &&mut (&str, &str, Vec<&str>)| (way.0, way.1) == (*from, *to);
        match ways.iter_mut().find(same) {
            Some((.., events)) => events.push(event),
            None => ways.push((from, to, vec![event])),
        }
    }
    let mut diagram = String::from("\n```mermaid\nstateDiagram-v2\n");
    for (from, to, events) in ways {
        writeln!(diagram, "    {from} --> {to}: {}", events.join(", ")).unwrap();
    }
    diagram.push_str("```\n");
    diagram
}

fn stage_diagram() -> String {
    let mut arrows = vec![("[*]", StepStatus::Pending.as_str(), "run_created")];
    for row in STAGE_MOVES {
        let from = row.from.iter().map(|from| from.as_str());
        arrows.extend(from.map(|from| (from, row.to.as_str(), row.event)));
    }
    diagram(&arrows)
}

fn run_diagram() -> String {
    let mut arrows = Vec::new();
    for row in RUN_MOVES {
        let from = row.from.iter().map(|from| from.as_str());
        let begins = row.from.is_empty().then_some("[*]");
        arrows.extend(from.chain(begins).map(|from| {
            let to = row.to.map_or(from, RunPhase::as_str);
            (from, to, row.event)
        }));
    }
    diagram(&arrows)
}

#[test]
fn the_page_is_what_the_table_says() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/state-machine.md");
    if std::env::var_os("BATON_BLESS").is_some() {
        fs::write(&path, page()).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(page(), written, "bless it: BATON_BLESS=1");
}
