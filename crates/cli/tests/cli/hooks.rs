//! What is done beside a run: it is waited for, shown, and changes nothing.

use crate::support::{World, eventually, workflow};

fn world(hooks: &str) -> World {
    let world = World::new();
    let text = workflow(&[("a", &[], "")]);
    world.file("w.yaml", format!("{text}hooks:\n{hooks}"));
    world.agents(&[("a", "echo a")]);
    world
}

#[test]
fn a_hook_that_fails_is_shown_and_the_run_is_not_changed() {
    let world =
        world("  on_start: { run: [no-such-program] }\n  on_complete: { run: [cat, nothing] }\n");
    let answer = world.baton(&["run", "w.yaml", "-o", "json"]).exits(0);
    let execution = answer.json();
    assert_eq!(execution["status"], "completed");
    assert_eq!(
        execution["hooks"].as_array().unwrap().len(),
        2,
        "{execution:#}"
    );
    let id = execution["id"].as_str().unwrap();
    let shown = world.baton(&["show", id]).exits(0).stdout;
    for part in [
        "Hook on_start, action 1 failed:",
        "no-such-program",
        "Hook on_complete, action 1 failed:",
    ] {
        assert!(shown.contains(part), "no {part:?} in\n{shown}");
    }
    let events = world.baton(&["events", id]).exits(0).stdout;
    assert!(
        events.contains("action 1 of on_complete failed"),
        "{events}"
    );
}

#[test]
fn a_run_that_has_ended_is_left_only_after_its_hooks() {
    let world = world("  on_complete: { run: [sh, -c, 'sleep 0.3; echo done >ended'] }\n");
    world.baton(&["run", "w.yaml", "--project", "."]).exits(0);
    let ended = std::fs::read_to_string(world.project().join("ended")).unwrap();
    assert_eq!(ended, "done\n");
}

#[test]
fn hooks_that_were_left_are_carried_out_by_the_next_resume() {
    let hook = "on_complete: { run: [sh, -c, 'echo begun >>../ledger; read x <../go; echo $x >>../ledger'] }";
    let world = world(&format!("  {hook}\n"));
    world.pipe("go");
    let mut live = world.start(&["run", "w.yaml", "--project", "."]);
    live.until("carrying out its hooks");
    let ledger = || std::fs::read_to_string(world.root().join("ledger")).unwrap_or_default();
    eventually("the hook begins", || ledger() == "begun\n");
    live.signal(nix::sys::signal::Signal::SIGINT);
    live.end().exits(0);
    let resume = world.start(&["resume"]);
    // The first is ended before the second begins.
    eventually("the hook begins again", || ledger() == "begun\nbegun\n");
    world.tell("go");
    resume.end().exits(0);
    assert_eq!(ledger(), "begun\nbegun\ngo\n");
}
