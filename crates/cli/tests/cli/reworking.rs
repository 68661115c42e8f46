//! A stage that has ended runs again with what somebody has to say about it,
//! and what depends on it starts over.

use std::fs;

use serde_json::Value;

use crate::support::{Live, World, workflow};

const GATE: &str = "type: gate\n    gate: { message: Go on? }";
const KEEPS_INPUT: &str = "cat >\"$TEST_ROOT/input\"; echo \"text of $BATON_STAGE_ID\"";

/// A draft, a gate, and a stage after it.
fn waiting() -> (World, Live, String) {
    let world = World::new();
    let text = workflow(&[
        ("draft", &[], ""),
        ("check", &["draft"], GATE),
        ("send", &["check"], ""),
    ]);
    world.file(
        "w.yaml",
        text.replace("${{ stages.check.outputs.text }}", ""),
    );
    world.agents(&[("draft", KEEPS_INPUT), ("send", "echo sent")]);
    let mut live = world.start(&["run", "w.yaml"]);
    let run = live.run();
    live.until("baton approve");
    (world, live, run)
}

#[test]
fn a_reopened_stage_gets_the_feedback_and_its_gate_opens_again() {
    let (world, mut live, run) = waiting();
    let answer = world
        .baton(&["reopen", &run, "draft", "--feedback", "half as long"])
        .exits(0);
    assert_eq!(answer.stdout, "Opened again: draft #2\n");
    live.until("draft: opened again by local");
    live.until("check: starts over");
    live.until("draft #2: started");
    live.until("baton approve");
    let input = fs::read_to_string(world.root().join("input")).unwrap();
    let input: Value = serde_json::from_str(&input).unwrap();
    assert_eq!(input["feedback"]["text"], "half as long");
    assert_eq!(input["feedback"]["outputs"]["text"], "text of draft");
    let shown = world.baton(&["show", &run]).exits(0).stdout;
    assert!(shown.contains("draft #2"), "{shown}");
    assert!(
        shown.contains("draft: opened again by local: half as long"),
        "{shown}"
    );
    world.baton(&["approve", &run]).exits(0);
    live.end().exits(0);
    let execution = world.show(&run);
    let iterations: Vec<&Value> = execution["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| &step["iteration"])
        .collect();
    assert_eq!(iterations, [2, 2, 1]);
    assert_eq!(execution["steps"][0]["feedback"]["by"], "local");
}

#[test]
fn only_a_stage_of_a_live_run_that_has_ended_is_reopened() {
    let (world, live, run) = waiting();
    world
        .baton(&["reopen", &run, "drafts"])
        .exits(4)
        .says(&["error[not_found]", "did you mean `draft`?"]);
    world.baton(&["reopen", &run, "send"]).exits(5).says(&[
        "error[illegal_state]",
        "`send`",
        "pending",
    ]);
    world.baton(&["approve", &run]).exits(0);
    live.end().exits(0);
    world
        .baton(&["reopen", &run, "draft"])
        .exits(5)
        .says(&["ended already"]);
}
