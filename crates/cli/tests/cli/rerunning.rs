//! A run that has ended is repeated by a new one, which reuses what need not
//! run again.

use std::fs;

use serde_json::Value;

use crate::support::{World, workflow};

/// A run whose second stage has failed, and the file that mends it.
fn failed() -> (World, String) {
    let world = World::new();
    let once = "error_policy: { retry: { max_attempts: 1 } }";
    let text = workflow(&[
        ("a", &[], ""),
        ("b", &["a", "beside"], once),
        ("beside", &[], ""),
    ]);
    world.file("w.yaml", text);
    let notes = "echo \"$BATON_STAGE_ID\" >>\"$TEST_ROOT/ledger\"; echo \"$BATON_STAGE_ID\"";
    let fails = format!("{notes}; [ -e \"$TEST_ROOT/mended\" ]");
    world.agents(&[("a", notes), ("b", &fails), ("beside", notes)]);
    let answer = world.baton(&["run", "w.yaml", "-o", "json"]).exits(1);
    let run = answer.json()["id"].as_str().unwrap().to_owned();
    fs::write(world.root().join("mended"), "").unwrap();
    fs::remove_file(world.root().join("ledger")).unwrap();
    (world, run)
}

fn started(world: &World) -> Vec<String> {
    let ledger = fs::read_to_string(world.root().join("ledger")).unwrap();
    let mut stages: Vec<String> = ledger.lines().map(str::to_owned).collect();
    stages.sort();
    stages
}

#[test]
fn a_rerun_from_a_stage_reuses_what_came_before() {
    let (world, run) = failed();
    let answer = world.baton(&["rerun", &run, "--from", "b"]).exits(0);
    assert!(answer.stdout.contains("completed"), "{}", answer.stdout);
    assert!(
        answer.stdout.contains("3/3 completed, 2 reused"),
        "{}",
        answer.stdout
    );
    answer.says(&[&format!("repeats {run}; reuses a, beside"), "b: completed"]);
    assert_eq!(started(&world), ["b"]);
    let list = world.baton(&["runs", "-o", "json"]).exits(0).json();
    let second = world.show(list["items"][0]["id"].as_str().unwrap());
    assert_eq!(second["rerun_of"], run.as_str());
    assert_eq!(second["steps"][1]["inputs"]["from"], "abeside");
    let reused: Vec<&Value> = second["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| &step["reused"])
        .collect();
    assert_eq!(reused, [true, false, true]);
    let shown = world
        .baton(&["show", second["id"].as_str().unwrap()])
        .exits(0)
        .stdout;
    assert!(shown.contains(&format!("Repeats    {run}")), "{shown}");
    assert!(shown.contains("reused"), "{shown}");
}

#[test]
fn a_rerun_of_everything_reuses_nothing_and_is_a_document() {
    let (world, run) = failed();
    let second = world.baton(&["rerun", &run, "-o", "json"]).exits(0).json();
    assert_eq!(second["status"], "completed");
    assert_eq!(second["rerun_of"], run.as_str());
    assert_eq!(second["trigger"], "manual");
    assert_eq!(started(&world), ["a", "b", "beside"]);
}

#[test]
fn only_what_has_ended_is_repeated() {
    let (world, run) = failed();
    world
        .baton(&["rerun", &run, "--from", "besides"])
        .exits(4)
        .says(&["did you mean `beside`?"]);
    world.baton(&["rerun", "ffff"]).exits(4);
    let gate = "type: gate\n    gate: { message: Go on? }";
    world.file("gated.yaml", workflow(&[("check", &[], gate)]));
    let mut live = world.start(&["run", "gated.yaml"]);
    let waiting = live.run();
    live.until("baton approve");
    world
        .baton(&["rerun", &waiting])
        .exits(5)
        .says(&["not ended yet", "waiting_for_approval"]);
    world.baton(&["approve", &waiting]).exits(0);
    live.end().exits(0);
    assert_eq!(world.n_runs(), 2);
}
