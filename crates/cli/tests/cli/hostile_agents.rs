//! Programs that do what they should not: the run fails with a clear reason,
//! and nothing of them is left.

use serde_json::Value;

use crate::support::{World, workflow};

/// More time than the slowest cleaning up takes.
const ONCE: &str = "error_policy: { timeout: 3s, retry: { max_attempts: 1 } }";

/// Runs one stage with this agent, and returns how its step ended.
#[track_caller]
fn step_of(world: &World, exit: i32) -> Value {
    world.file("w.yaml", workflow(&[("a", &[], ONCE)]));
    let answer = world.baton(&["run", "w.yaml", "-o", "json"]).exits(exit);
    world.assert_nothing_lives();
    answer.json()["steps"][0].clone()
}

#[track_caller]
fn failed(world: &World, label: &str, part: &str) {
    let step = step_of(world, 1);
    assert_eq!(step["error_label"], label, "{step:#}");
    let message = step["error_message"].as_str().unwrap();
    assert!(message.contains(part), "{message}");
}

fn world(script: &str) -> World {
    let world = World::new();
    world.agents(&[("a", script)]);
    world
}

#[test]
fn a_program_that_is_not_there() {
    let world = world("echo a");
    for (command, part) in [("./none.sh", "none.sh"), ("no-such-program", "PATH")] {
        let toml =
            format!("[agents.\"agent:a\"]\nadapter = \"command\"\ncommand = [\"{command}\"]\n");
        world.file("baton.toml", toml);
        failed(&world, "unreachable", part);
    }
}

#[test]
fn a_program_that_prints_garbage() {
    failed(&world("printf '\\377\\376\\000'"), "bad_output", "UTF-8");
}

#[test]
fn a_program_that_prints_without_end() {
    failed(&world("head -c 300M /dev/zero"), "cut_off", "8388608");
    failed(&world("head -c 100M /dev/zero >&2"), "empty_result", "");
}

#[test]
fn a_program_that_prints_nothing() {
    failed(&world(":"), "empty_result", "");
}

#[test]
fn a_program_that_does_not_end_when_asked_to() {
    failed(
        &world("trap '' TERM; while :; do sleep 0.1; done"),
        "timeout",
        "3s",
    );
}

#[test]
fn a_program_that_leaves_a_daemon_behind() {
    let world = world("setsid sh -c 'trap \"\" TERM; sleep 1000' >/dev/null 2>&1 & echo a");
    assert_eq!(step_of(&world, 0)["outputs"]["text"], "a");
}

#[test]
fn a_program_that_kills_whatever_it_reaches() {
    failed(&world("kill -9 0"), "crash", "");
    // Its own supervisor, too.
    failed(&world("kill -9 $PPID; sleep 1000"), "crash", "");
}
