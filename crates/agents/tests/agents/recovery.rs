//! A server is killed; what the next one finds.

use std::fs;

use baton_agents::AgentStream::Stderr;
use baton_agents::attempt_files::{AttemptDirInfo, AttemptState, discard};
use baton_agents::{CommandDispatcher, Recovery, StageDispatcher, runs_with_files, sweep};
use baton_model::FailureLabel;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::{
    Caller, World, completed, failed, hear, key, recover, request, request_for, run, settled, tell,
};

const LONG_MS: u32 = 120_000;

#[tokio::test]
async fn an_agent_that_finishes_without_a_server_is_settled_by_the_next_one() {
    let world = World::new();
    let (up, go) = (world.pipe("up"), world.pipe("go"));
    let script = r#"echo up >"$ROOT/up"; read -r _ <"$ROOT/go"; echo one >&2; echo '{"n": 1}'"#;
    let server = world.serve(script, "finish", LONG_MS);
    hear(&up).await;
    server.kill();
    tell(&go).await;
    // The first recovery may still meet it alive; the second reads files only.
    for lines_known in [0, 1] {
        let agent = world.script(script);
        let request = request_for(&[("n", "integer")]);
        let (recovery, lines) = recover(&agent, request, lines_known).await;
        assert_eq!(completed(settled(recovery)).outputs["n"], 1);
        let expected = [(Stderr, "one".to_owned())];
        let skipped = usize::try_from(lines_known).unwrap();
        assert_eq!(lines, expected[skipped..]);
    }
    world.assert_nothing_lives();
}

#[tokio::test]
async fn a_working_agent_is_adopted_and_its_known_lines_are_not_repeated() {
    let world = World::new();
    let (up, go) = (world.pipe("up"), world.pipe("go"));
    let script =
        r#"echo a >&2; echo b >&2; echo up >"$ROOT/up"; read -r _ <"$ROOT/go"; echo c >&2"#;
    let server = world.serve(script, "finish", LONG_MS);
    hear(&up).await;
    server.kill();
    let agent = world.script(script);
    let mut caller = Caller::new();
    let control = caller.control();
    let adopted = tokio::spawn(async move { agent.recover(request(), control, 1).await });
    // The agent waits to be told, so it was adopted while it worked.
    assert_eq!(caller.lines.recv().await.unwrap().text, "b");
    assert!(!world.living().is_empty());
    tell(&go).await;
    completed(settled(adopted.await.unwrap()));
    assert_eq!(caller.lines(), [(Stderr, "c".to_owned())]);
}

#[tokio::test]
async fn an_adopted_agent_can_be_cancelled() {
    let world = World::new();
    let up = world.pipe("up");
    let server = world.serve("echo up >\"$ROOT/up\"; sleep 1000", "finish", LONG_MS);
    hear(&up).await;
    server.kill();
    let caller = Caller::new();
    caller.cancel.cancel();
    let agent = world.script("");
    let recovery = agent.recover(request(), caller.control(), 0).await;
    assert_eq!(failed(settled(recovery)).label, FailureLabel::CANCELLED);
    world.assert_nothing_lives();
}

#[tokio::test]
async fn a_deadline_holds_while_no_server_lives() {
    let world = World::new();
    let up = world.pipe("up");
    let server = world.serve("echo up >\"$ROOT/up\"; sleep 1000", "finish", 1_000);
    hear(&up).await;
    server.kill();
    let (recovery, _) = recover(&world.script(""), request(), 0).await;
    assert_eq!(failed(settled(recovery)).label, FailureLabel::TIMEOUT);
    world.assert_nothing_lives();
}

#[tokio::test]
async fn an_agent_that_may_not_outlive_its_server_is_ended_with_its_tree() {
    let world = World::new();
    let up = world.pipe("up");
    let script = "setsid sh -c 'sleep 1000' & echo up >\"$ROOT/up\"; sleep 1000";
    let server = world.serve(script, "kill", LONG_MS);
    hear(&up).await;
    server.kill();
    let (recovery, _) = recover(&world.script(""), request(), 0).await;
    assert_eq!(failed(settled(recovery)).label, FailureLabel::CRASH);
    world.assert_nothing_lives();
}

/// The agent may have another adapter by now, or none.
#[tokio::test]
async fn what_was_started_is_found_by_who_does_not_know_the_program() {
    let world = World::new();
    let finder = CommandDispatcher::without_program(world.host());
    assert!(!finder.has_files_of(&key()));
    let (up, go) = (world.pipe("up"), world.pipe("go"));
    let script = r#"echo up >"$ROOT/up"; read -r _ <"$ROOT/go"; echo '{"n": 1}'"#;
    let server = world.serve(script, "finish", LONG_MS);
    hear(&up).await;
    server.kill();
    assert!(finder.has_files_of(&key()));
    tell(&go).await;
    let (recovery, _) = recover(&finder, request_for(&[("n", "integer")]), 0).await;
    assert_eq!(completed(settled(recovery)).outputs["n"], 1);
    world.assert_nothing_lives();
    finder.forget(&key()).await;
    assert!(!finder.has_files_of(&key()));
}

#[tokio::test]
async fn an_attempt_without_a_trace_is_lost() {
    let world = World::new();
    let (recovery, _) = recover(&world.script(""), request(), 0).await;
    assert!(matches!(recovery, Recovery::Lost));
}

#[tokio::test]
async fn what_a_killed_shim_left_running_is_ended_before_the_attempt_counts_as_lost() {
    let world = World::new();
    let up = world.pipe("up");
    let script = "setsid sleep 1000 & echo $PPID >\"$ROOT/up\"; sleep 1000";
    let server = world.serve(script, "finish", LONG_MS);
    let shim = hear(&up).await.parse().unwrap();
    server.kill();
    kill(Pid::from_raw(shim), Signal::SIGKILL).unwrap();
    let (recovery, _) = recover(&world.script(""), request(), 0).await;
    // Adopted if its death was not noticed yet; either way nothing is left.
    match recovery {
        Recovery::Lost => {}
        Recovery::Settled(report) => assert_eq!(failed(report).label, FailureLabel::CRASH),
    }
    world.assert_nothing_lives();
}

#[tokio::test]
async fn a_living_attempt_is_not_started_twice() {
    let world = World::new();
    let (up, go) = (world.pipe("up"), world.pipe("go"));
    let script = r#"echo up >"$ROOT/up"; read -r _ <"$ROOT/go""#;
    let server = world.serve(script, "finish", LONG_MS);
    hear(&up).await;
    server.kill();
    let (report, _) = run(&world.script(script), request()).await;
    assert_eq!(
        failed(report).message,
        "this attempt is being worked on already"
    );
    tell(&go).await;
    let (recovery, _) = recover(&world.script(script), request(), 0).await;
    completed(settled(recovery));
}

#[tokio::test]
async fn sweeping_ends_and_removes_what_no_run_knows_of() {
    let world = World::new();
    let up = world.pipe("up");
    let server = world.serve("echo up >\"$ROOT/up\"; sleep 1000", "finish", LONG_MS);
    hear(&up).await;
    server.kill();
    let is_known = |info: &AttemptDirInfo| {
        assert_eq!(info.state, AttemptState::Running);
        info.key == Some(key())
    };
    assert_eq!(sweep(&world.attempts(), is_known).await.unwrap(), 0);
    assert!(!world.living().is_empty());
    let left = runs_with_files(&world.attempts()).unwrap();
    assert_eq!(Vec::from_iter(left), [key().run]);
    assert_eq!(sweep(&world.attempts(), |_| false).await.unwrap(), 1);
    world.assert_nothing_lives();
    assert!(runs_with_files(&world.attempts()).unwrap().is_empty());
    assert_eq!(fs::read_dir(world.attempts()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_discarded_attempt_leaves_no_files() {
    let world = World::new();
    let mut request = request();
    request.time_left = None;
    run(&world.script(":"), request).await;
    discard(&world.attempts(), &key()).unwrap();
    assert_eq!(fs::read_dir(world.attempts()).unwrap().count(), 0);
}
