//! A paused run starts nothing until it is resumed by name.

use nix::sys::signal::Signal;

use crate::support::{World, workflow};

/// A stage that blocks, and one after it.
fn world() -> World {
    let world = World::new();
    let text = workflow(&[("a", &[], ""), ("b", &["a"], "")]);
    world.file("w.yaml", text);
    world.pipe("go");
    let blocked = "echo up >&2; read -r line <\"$TEST_ROOT/go\"; echo \"$line\"";
    world.agents(&[("a", blocked), ("b", "echo done")]);
    world
}

#[test]
fn a_paused_run_ends_what_it_has_begun_and_starts_nothing() {
    let world = world();
    let mut live = world.start(&["run", "w.yaml"]);
    let run = live.run();
    live.until("a | up");
    let paused = world
        .baton(&["pause", &run, "--reason", "lunch"])
        .exits(0)
        .stdout;
    assert!(paused.contains("still at work: a"), "{paused}");
    live.until("paused by local: lunch");
    world.baton(&["pause", &run]).exits(0);
    world.tell("go");
    live.until("a: completed");
    let execution = world.show(&run);
    assert_eq!(execution["status"], "paused");
    assert_eq!(execution["steps"][1]["status"], "pending");
    let shown = world.baton(&["show", &run]).exits(0).stdout;
    assert!(shown.contains("‖ paused"), "{shown}");
    assert!(shown.contains("Go on with: baton resume"), "{shown}");
    let resumed = world.baton(&["resume", &run]).exits(0);
    resumed.says(&["resumed by local", "b: completed"]);
    live.end().exits(0).says(&["resumed by local"]);
    world.baton(&["pause", &run]).exits(5).says(&[
        "error[illegal_state]",
        "ended already",
        "completed",
    ]);
}

#[test]
fn a_run_that_is_not_named_stays_paused() {
    let world = world();
    let mut live = world.start(&["run", "w.yaml"]);
    let run = live.run();
    live.until("a | up");
    world.baton(&["pause", &run]).exits(0);
    live.signal(Signal::SIGTERM);
    live.end().exits(75);
    let resumed = world.baton(&["resume"]).exits(0).stdout;
    assert_eq!(
        resumed,
        "No executions to resume; 1 is paused and goes on when it is named\n"
    );
    assert_eq!(world.show(&run)["status"], "paused");
    world.tell("go");
    world.baton(&["resume", &run]).exits(0);
    assert_eq!(world.show(&run)["status"], "completed");
}

#[test]
fn whoever_takes_over_leaves_a_paused_run_paused() {
    let world = world();
    let mut first = world.start(&["run", "w.yaml"]);
    let run = first.run();
    first.until("a | up");
    let mut second = world.start(&["resume", &run]);
    second.until("a | up");
    world.baton(&["pause", &run]).exits(0);
    second.until("paused by local");
    first.kill();
    world.tell("go");
    second.until("a: completed");
    let execution = world.show(&run);
    assert_eq!(execution["status"], "paused");
    assert_eq!(execution["steps"][1]["status"], "pending");
    world.baton(&["resume", &run]).exits(0);
    second.end().exits(0);
}
