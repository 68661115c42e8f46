//! The log of a run, event by event, and what its agents wrote, by range.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use nix::sys::signal::Signal;
use serde_json::Value;

use crate::support::{World, eventually, workflow};

const GATE: &str = "type: gate\n    gate: { message: Go on? }";

fn world() -> World {
    let world = World::new();
    let stages: [(&str, &[&str], &str); 3] =
        [("a", &[], ""), ("check", &["a"], GATE), ("b", &["a"], "")];
    world.file("w.yaml", workflow(&stages));
    let twice = "error_policy: { retry: { max_attempts: 2, initial_interval: 0s } }";
    world.file(
        "retried.yaml",
        workflow(&[("c", &[], twice), ("a", &[], "")]),
    );
    let fails_once = "echo \"attempt $BATON_ATTEMPT\" >&2; [ \"$BATON_ATTEMPT\" = 2 ]; echo c";
    let says = "echo one >&2; echo two >&2; echo \"$BATON_STAGE_ID\"";
    world.agents(&[
        ("a", says),
        ("b", says),
        ("c", &format!("set -e; {fails_once}")),
    ]);
    world
}

/// The log as JSON, one event a line.
fn log(world: &World, arguments: &[&str]) -> Vec<Value> {
    let all = [&["events", "-o", "json"], arguments].concat();
    let text = world.baton(&all).exits(0).stdout;
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn names(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .map(|event| event["event"]["type"].as_str().unwrap())
        .collect()
}

#[test]
fn a_log_is_followed_until_the_run_has_ended() {
    let world = world();
    let mut live = world.start(&["run", "w.yaml"]);
    let run = live.run();
    live.until("baton approve");
    live.until("b: completed");
    let mut follower = world.command(&["events", &run, "--follow", "-o", "json"]);
    let follower = follower.stdout(Stdio::piped()).spawn().unwrap();
    world.baton(&["approve", &run, "--reason", "fine"]).exits(0);
    live.end().exits(0);
    let output = crate::support::Answer::from(follower.wait_with_output().unwrap()).exits(0);
    let whole = log(&world, &[&run]);
    let followed: Vec<Value> = output
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(followed, whole);
    let names = names(&whole);
    assert_eq!(
        (names[0], names[names.len() - 1]),
        ("run_created", "run_ended")
    );
    for (place, event) in whole.iter().enumerate() {
        assert_eq!(event["seq"], place + 1);
    }
    assert_eq!(log(&world, &[&run, "--after", "3"]), whole[3..]);
    assert_eq!(log(&world, &[&run, "--follow"]), whole);
    world.baton(&["events", "ffff"]).exits(4);
}

#[test]
fn for_people_an_event_is_a_line_with_words() {
    let world = world();
    let run = world
        .baton(&["run", "w.yaml", "--yes-gates", "-o", "json"])
        .exits(0)
        .json();
    let id = run["id"].as_str().unwrap();
    let lines = world.baton(&["events", id]).exits(0).stdout;
    assert_eq!(lines.lines().count(), log(&world, &[id]).len());
    for part in [
        "run_created       Test v1.0.0, 3 stages by local",
        "stage_started     a: attempt 1, start 1, until ",
        "stage_completed   a: text=a",
        "gate_opened       check: Go on?",
        "gate_approved     check: by local: --yes-gates",
        "run_ended         completed",
    ] {
        assert!(lines.contains(part), "no {part:?} in\n{lines}");
    }
}

#[test]
fn log_lines_are_read_by_range() {
    let world = world();
    let run = world
        .baton(&["run", "retried.yaml", "-o", "json"])
        .exits(0)
        .json();
    let id = run["id"].as_str().unwrap();
    let read = |arguments: &[&str]| {
        let all = [&["logs", id, "-o", "json"], arguments].concat();
        let lines = world.baton(&all).exits(0).json()["items"].clone();
        let lines = lines.as_array().unwrap().clone();
        lines
            .iter()
            .map(|line| line["message"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(read(&[]).len(), 4);
    assert_eq!(read(&["c"]), ["attempt 1", "attempt 2"]);
    assert_eq!(read(&["c", "--dispatch", "2"]), ["attempt 2"]);
    assert_eq!(read(&["--after", "4"]), Vec::<String>::new());
    assert_eq!(read(&["--after", "2"]).len(), 2);
    assert_eq!(read(&["a", "--tail", "1"]), ["two"]);
    assert_eq!(read(&["--tail", "0"]), [""; 0]);
    assert_eq!(read(&["--tail", "0", "--follow"]), [""; 0]);
    // There are some, though none was wanted.
    assert_eq!(
        world.baton(&["logs", id, "--tail", "0"]).exits(0).stdout,
        ""
    );
    world.baton(&["logs", id, "--dispatch", "1"]).exits(2);
    world.baton(&["logs", id, "--tail", "10001"]).exits(2);
    world
        .baton(&["logs", id, "d"])
        .exits(4)
        .says(&["no stage `d`"]);
}

#[test]
fn following_ends_with_its_reader() {
    let world = world();
    let mut serve = world.start(&["serve"]);
    serve.until("took up");
    let mut live = world.start(&["run", "w.yaml"]);
    let run = live.run();
    live.until("b: completed");
    for what in ["events", "logs"] {
        let mut command = world.command(&[what, &run, "--follow"]);
        let mut follower = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut first = String::new();
        let mut reader = BufReader::new(follower.stdout.take().unwrap());
        reader.read_line(&mut first).unwrap();
        assert_ne!(first, "");
        // Nothing more is written: the run waits for somebody.
        drop(reader);
        let mut ended = None;
        eventually("the follower ends", || {
            ended = follower.try_wait().unwrap();
            ended.is_some()
        });
        assert_eq!(ended.unwrap().code(), Some(0), "{what}");
    }
    live.signal(Signal::SIGTERM);
    live.end().exits(75);
    serve.signal(Signal::SIGTERM);
    serve.end().exits(0);
}
