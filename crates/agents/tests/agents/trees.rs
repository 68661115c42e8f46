//! Whatever a program starts ends with its attempt.

use std::time::{Duration, Instant};

use baton_agents::AgentStream::System;
use baton_agents::{AttemptRequest, StageDispatcher};
use baton_model::FailureLabel;

use crate::support::{Caller, World, completed, failed, hear, request, run};

/// Every way out of a process group, a session and a parent.
const DAEMONS: &str = "
    setsid sh -c 'sleep 1000' &
    nohup sleep 1000 >/dev/null 2>&1 &
    (sh -c 'sleep 1000 & sleep 1000' &)
    env -i ROOT=$ROOT PATH=$PATH setsid sleep 1000 &
";
/// Longest time until nothing is left (BLUEPRINT §3, \"Pause\").
const GONE_WITHIN: Duration = Duration::from_millis(5_500);

#[tokio::test]
async fn daemons_end_with_the_program_that_left_them() {
    let world = World::new();
    let started = Instant::now();
    let agent = world.script(&format!("{DAEMONS} echo '{{}}'"));
    let (report, lines) = run(&agent, request()).await;
    completed(report);
    world.assert_nothing_lives();
    assert!(started.elapsed() < GONE_WITHIN, "{:?}", started.elapsed());
    let (stream, note) = &lines[0];
    assert_eq!(*stream, System);
    assert!(
        note.starts_with("processes the program left running"),
        "{note}"
    );
}

#[tokio::test]
async fn a_helper_that_ends_a_blink_later_is_no_leftover() {
    let world = World::new();
    let agent =
        world.script("(read -r line; echo \"$line\" >&2) <\"$ROOT/x\" & echo hi >\"$ROOT/x\"");
    world.pipe("x");
    let (_, lines) = run(&agent, request()).await;
    assert!(
        lines.iter().all(|(stream, _)| *stream != System),
        "{lines:?}"
    );
}

async fn cancel(script: &str) -> (World, Duration, FailureLabel) {
    let world = World::new();
    let pipe = world.pipe("up");
    let agent = world.script(script);
    let caller = Caller::new();
    let control = caller.control();
    let working = tokio::spawn(async move { agent.run(request(), control).await });
    hear(&pipe).await;
    let cancelled = Instant::now();
    caller.cancel.cancel();
    let report = working.await.unwrap();
    (world, cancelled.elapsed(), failed(report).label)
}

#[tokio::test]
async fn cancelling_ends_the_whole_tree_at_once_if_it_lets_itself_be_asked() {
    let (world, took, label) =
        cancel(&format!("{DAEMONS} echo up >\"$ROOT/up\"; sleep 1000")).await;
    assert_eq!(label, FailureLabel::CANCELLED);
    world.assert_nothing_lives();
    assert!(took < Duration::from_secs(4), "{took:?}");
}

#[tokio::test]
async fn a_program_that_ignores_term_is_killed() {
    let script = "trap '' TERM; sh -c 'echo up >\"$ROOT/up\"; while :; do sleep 1; done'";
    let (world, took, label) = cancel(script).await;
    assert_eq!(label, FailureLabel::CANCELLED);
    world.assert_nothing_lives();
    assert!(took < GONE_WITHIN, "{took:?}");
}

#[tokio::test]
async fn a_program_that_keeps_forking_is_ended() {
    let script = "
        trap '' TERM
        fork() { while :; do sleep 1000 & sleep 0.01; done; }
        fork & fork & echo up >\"$ROOT/up\"; wait";
    let (world, took, _) = cancel(script).await;
    world.assert_nothing_lives();
    assert!(took < GONE_WITHIN, "{took:?}");
}

#[tokio::test]
async fn a_program_that_outlives_its_deadline_is_ended() {
    let world = World::new();
    let request = AttemptRequest {
        time_left: Some(Duration::from_millis(300)),
        ..request()
    };
    let started = Instant::now();
    let (report, _) = run(&world.script("sleep 1000 & sleep 1000"), request).await;
    assert_eq!(failed(report).label, FailureLabel::TIMEOUT);
    world.assert_nothing_lives();
    assert!(started.elapsed() >= Duration::from_millis(300));
}

/// Its shim, which was held up, finds both at once: that it has ended, and that
/// its time is over.
#[tokio::test]
async fn a_program_that_has_ended_is_not_out_of_time_afterwards() {
    let world = World::new();
    let request = AttemptRequest {
        time_left: Some(Duration::from_millis(300)),
        ..request()
    };
    let script = "(sleep 1; kill -CONT $PPID) & kill -STOP $PPID; echo '{}'";
    let (report, _) = run(&world.script(script), request).await;
    completed(report);
    world.assert_nothing_lives();
}

#[tokio::test]
async fn a_script_that_signals_its_group_does_not_reach_the_shim() {
    let world = World::new();
    let (report, _) = run(
        &world.script("trap 'exit 4' TERM; kill 0; sleep 1000"),
        request(),
    )
    .await;
    assert_eq!(
        failed(report).to_string(),
        "the program ended with code 4 (exit)"
    );
}

#[tokio::test]
async fn a_program_that_kills_its_shim_gains_nothing() {
    let world = World::new();
    let agent = world.script("setsid sleep 1000 & kill -9 $PPID; sleep 1000");
    let (report, _) = run(&agent, request()).await;
    assert_eq!(failed(report).label, FailureLabel::CRASH);
    world.assert_nothing_lives();
}

#[tokio::test]
async fn an_attempt_that_was_cancelled_before_it_began_starts_nothing() {
    let world = World::new();
    let caller = Caller::new();
    caller.cancel.cancel();
    let agent = world.script("echo x >\"$ROOT/started\"");
    let report = agent.run(request(), caller.control()).await;
    assert_eq!(failed(report).label, FailureLabel::CANCELLED);
    assert!(!world.root().join("started").exists());
}
