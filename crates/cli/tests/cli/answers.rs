//! Answers for programs: one document on standard output and nothing else,
//! the same in JSON and in YAML.

use serde_json::Value;

use crate::support::{Live, World, workflow};

const GATE: &str = "type: gate\n    gate: { message: Go on? }";

/// A world with a workflow of a stage, a gate and another stage.
fn world() -> World {
    let world = World::new();
    let stages: [(&str, &[&str], &str); 3] = [
        ("a", &[], ""),
        ("check", &["a"], GATE),
        ("b", &["a", "check"], ""),
    ];
    let text = workflow(&stages).replace("${{ stages.check.outputs.text }}", "");
    world.file("w.yaml", text);
    let script = "echo \"log of $BATON_STAGE_ID\" >&2; echo \"$BATON_STAGE_ID\"";
    world.agents(&[("a", script), ("b", script)]);
    world
}

/// The document in both forms.
#[track_caller]
fn both(world: &World, arguments: &[&str]) -> Value {
    let json = world
        .baton(&[arguments, &["-o", "json"]].concat())
        .exits(0)
        .json();
    let yaml = world
        .baton(&[arguments, &["-o", "yaml"]].concat())
        .exits(0)
        .yaml();
    assert_eq!(json, yaml, "{arguments:?}");
    json
}

#[test]
fn definitions_are_documents() {
    let world = world();
    let validated = both(&world, &["validate", "w.yaml"]);
    assert_eq!(
        validated["files"][0]["diagnostics"],
        Value::Array(Vec::new())
    );
    let plan = both(&world, &["plan", "w.yaml"]);
    assert_eq!(plan["batches"].as_array().unwrap().len(), 3, "{plan:#}");
    assert_eq!(both(&world, &["run", "w.yaml", "--dry-run"]), plan);
    assert!(both(&world, &["show", "w.yaml"]).is_object());
    assert_eq!(world.n_runs(), 0);
}

#[test]
fn an_invalid_definition_is_a_document_too() {
    let world = World::new();
    world.file("bad.yaml", "workflow: {}\n");
    let answer = world
        .baton(&["validate", "bad.yaml", "-o", "json"])
        .exits(1);
    let found = answer.json()["files"][0]["diagnostics"].clone();
    assert!(!found.as_array().unwrap().is_empty());
}

#[test]
fn a_run_is_a_document_however_it_is_looked_at() {
    let world = world();
    let run = world
        .baton(&["run", "w.yaml", "--yes-gates", "-o", "json"])
        .exits(0)
        .json();
    let id = run["id"].as_str().unwrap();
    assert_eq!(both(&world, &["show", id]), run);
    assert_eq!(both(&world, &["runs", id]), run);
    assert_eq!(both(&world, &["resume", id]), run);
    let list = both(&world, &["runs"]);
    assert_eq!(list["items"][0]["id"], run["id"]);
    assert_eq!(both(&world, &["workflow", "runs"]), list);
    let logs = both(&world, &["logs", id]);
    let messages: Vec<&Value> = logs["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| &line["message"])
        .collect();
    assert_eq!(messages, ["log of a", "log of b"]);
    assert_eq!(both(&world, &["logs", id, "--follow"]), logs);
    assert_eq!(
        both(&world, &["logs", id, "b"])["items"][0]["message"],
        "log of b"
    );
    assert_eq!(
        both(&world, &["logs", id, "--tail", "1"])["items"][0]["message"],
        "log of b"
    );
    let whole = both(&world, &["runs", id, "--logs"]);
    assert_eq!(
        (&whole["execution"], &whole["logs"]),
        (&run, &logs["items"])
    );
    assert_eq!(both(&world, &["resume"])["items"], Value::Array(Vec::new()));
}

/// A run that waits at its gate, and its id.
fn waiting(world: &World) -> (Live, String) {
    let mut live = world.start(&["run", "w.yaml", "-o", "json"]);
    let run = live.run();
    live.until("check: waiting for approval");
    (live, run)
}

#[test]
fn decisions_are_documents() {
    let world = world();
    let (live, run) = waiting(&world);
    let step = world
        .baton(&["approve", &run, "-o", "json"])
        .exits(0)
        .json();
    assert_eq!(
        (&step["stage_id"], &step["execution_id"]),
        (&"check".into(), &run.as_str().into())
    );
    assert_eq!(live.end().exits(0).json()["status"], "completed");

    let (live, run) = waiting(&world);
    let step = world.baton(&["reject", &run, "-o", "yaml"]).exits(0).yaml();
    assert_eq!(step["status"], "failed");
    assert_eq!(live.end().exits(1).json()["status"], "failed");

    let (live, run) = waiting(&world);
    let ended = world
        .baton(&["cancel", &run, "--yes", "-o", "json"])
        .exits(0)
        .json();
    assert_eq!(ended["status"], "cancelled");
    assert_eq!(live.end().exits(1).json(), ended);
}

#[test]
fn a_parked_run_is_a_document_too() {
    let world = world();
    let (live, run) = waiting(&world);
    live.signal(nix::sys::signal::Signal::SIGTERM);
    let parked = live.end().exits(75).json();
    assert_eq!(parked["id"], run.as_str());
    assert_eq!(parked["status"], "waiting_for_approval");
    let text = world
        .baton(&["runs", "--status", "waiting_for_approval"])
        .exits(0)
        .stdout;
    assert!(text.contains("waiting_for_approval"), "{text}");
}

#[test]
fn a_complaint_leaves_standard_output_empty() {
    let world = world();
    for arguments in [
        ["run", "missing.yaml"],
        ["show", "abcd1234"],
        ["logs", "abcd1234"],
    ] {
        let answer = world
            .baton(&[&arguments[..], &["-o", "json"]].concat())
            .exits(4);
        assert_eq!(answer.stdout, "");
        answer.says(&["error[not_found]"]);
    }
}
