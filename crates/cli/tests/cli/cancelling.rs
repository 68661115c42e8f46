//! Runs that are ended, and runs that are left as they are.

use nix::sys::signal::Signal;

use crate::support::{Live, World, workflow};

/// A world with one stage, which blocks until it is told to go on.
fn world(script: &str) -> World {
    let world = World::new();
    world.file("w.yaml", workflow(&[("a", &[], ""), ("b", &["a"], "")]));
    world.pipe("go");
    world.agents(&[("a", script), ("b", "echo b")]);
    world
}

const BLOCKED: &str = "echo up >&2; read -r line <\"$TEST_ROOT/go\"; echo \"$line\"";
/// Ends only when it is killed.
const STUBBORN: &str = "trap '' TERM; echo up >&2; while :; do sleep 0.1; done";

fn working(world: &World) -> (Live, String) {
    let mut live = world.start(&["run", "w.yaml"]);
    let run = live.run();
    live.until("a | up");
    (live, run)
}

#[test]
fn ctrl_c_cancels_the_run_and_its_agents() {
    let world = world(BLOCKED);
    let (live, run) = working(&world);
    live.signal(Signal::SIGINT);
    let answer = live.end().exits(1).says(&["cancelling"]);
    assert!(answer.stdout.contains("cancelled"), "{}", answer.stdout);
    world.assert_nothing_lives();
    let execution = world.show(&run);
    assert_eq!(execution["status"], "cancelled");
    assert_eq!(execution["steps"][1]["status"], "cancelled");
}

#[test]
fn ctrl_c_twice_leaves_the_cancelled_run_behind() {
    let world = world(STUBBORN);
    let (mut live, run) = working(&world);
    live.signal(Signal::SIGINT);
    live.until("cancelling");
    live.signal(Signal::SIGINT);
    live.end().exits(75).says(&["baton resume", &run]);
    world.baton(&["resume", &run]).exits(1);
    assert_eq!(world.show(&run)["status"], "cancelled");
    world.assert_nothing_lives();
}

#[test]
fn a_parked_run_is_settled_from_what_its_agents_did_meanwhile() {
    let world = world(BLOCKED);
    let (live, run) = working(&world);
    live.signal(Signal::SIGTERM);
    live.end().exits(75);
    assert_eq!(world.agents_alive().len(), 1, "the agent goes on");
    world.tell("go");
    let answer = world.baton(&["resume", &run, "-o", "json"]).exits(0).json();
    assert_eq!(answer["steps"][0]["outputs"]["text"], "go");
    assert_eq!(answer["steps"][0]["attempt"], 1);
    world.assert_nothing_lives();
}

#[test]
fn a_run_is_cancelled_from_a_second_terminal() {
    let world = world(BLOCKED);
    let (live, run) = working(&world);
    world.baton(&["cancel", &run]).exits(2).says(&["--yes"]);
    let answer = world
        .baton(&["cancel", &run, "--yes", "--reason", "too late"])
        .exits(0);
    assert!(answer.stdout.contains("Cancelled"), "{}", answer.stdout);
    world.assert_nothing_lives();
    live.end().exits(1);
}

#[test]
fn a_run_is_cancelled_when_nobody_works_on_it() {
    let world = world(BLOCKED);
    let (live, run) = working(&world);
    live.signal(Signal::SIGTERM);
    live.end().exits(75);
    assert_eq!(world.agents_alive().len(), 1);
    world.baton(&["cancel", &run, "--yes"]).exits(0);
    world.assert_nothing_lives();
    assert_eq!(world.show(&run)["status"], "cancelled");
}

#[test]
fn a_run_whose_process_was_killed_is_cancelled() {
    let world = world(BLOCKED);
    let (live, run) = working(&world);
    live.kill();
    world.baton(&["cancel", &run, "--yes"]).exits(0);
    world.assert_nothing_lives();
    world.baton(&["resume", &run]).exits(1);
}

#[test]
fn what_has_ended_stays_as_it_is() {
    let world = world("echo a");
    let run = world
        .baton(&["run", "w.yaml", "-o", "json"])
        .exits(0)
        .json();
    let id = run["id"].as_str().unwrap();
    world
        .baton(&["cancel", id, "--yes"])
        .exits(5)
        .says(&["completed"]);
    assert_eq!(world.show(id), run);
}
