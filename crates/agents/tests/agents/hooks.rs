//! Programs of hooks: how they are told, how they fail, and that nothing of
//! them outlives what waits for them.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use baton_agents::{Config, HookCall, HookError, HookRunner, sweep};
use baton_model::plan::{HookAction, HookPoint};
use baton_model::{ExecutionStatus, HookKey, RunId};
use uuid::Uuid;

use crate::support::{World, hear, tell};

/// The hooks of a world without a `baton.toml`.
fn runner(world: &World) -> HookRunner {
    HookRunner::new(Config::default().notify, world.host())
}

pub(crate) fn call() -> HookCall {
    HookCall {
        run: RunId::new(Uuid::from_u128(7)),
        workflow: "nightly".to_owned(),
        status: ExecutionStatus::Failed,
        error: Some("stage `build` failed".to_owned()),
        key: HookKey {
            end: 1,
            point: HookPoint::OnFailure,
            place: 1,
        },
        directory: None,
    }
}

/// A script; hooks do not inherit `ROOT`, so it is set in front.
fn script(world: &World, script: &str) -> HookAction {
    let root = world.root().display();
    let words = ["env", &format!("ROOT={root}"), "sh", "-c", script];
    HookAction::Run {
        argv: words.map(str::to_owned).to_vec(),
    }
}

async fn run(world: &World, text: &str) -> Result<(), String> {
    let done = runner(world).run(&script(world, text), &call()).await;
    world.assert_nothing_lives();
    assert_eq!(files_below(&world.attempts()), 0, "{text}");
    done.map_err(|error| error.to_string())
}

fn files_below(dir: &Path) -> usize {
    fs::read_dir(dir).map_or(0, Iterator::count)
}

#[tokio::test]
async fn a_program_is_told_which_run_it_is_about_and_reads_nothing() {
    let world = World::new();
    let text = r#"printf '%s|' "$BATON_RUN_ID" "$BATON_WORKFLOW" "$BATON_STATUS" "$BATON_HOOK" \
        "$CARGO" "$(cat)" "$PWD" >"$ROOT/told""#;
    run(&world, text).await.unwrap();
    let told = fs::read_to_string(world.root().join("told")).unwrap();
    let id = call().run;
    let scratch = world.root().join("scratch").join(id.to_string());
    assert_eq!(
        told,
        format!("{id}|nightly|failed|on_failure|||{}|", scratch.display())
    );
    let at_home = HookCall {
        directory: Some(world.root().to_owned()),
        ..call()
    };
    let action = script(&world, "pwd >where");
    runner(&world).run(&action, &at_home).await.unwrap();
    let place = fs::read_to_string(world.root().join("where")).unwrap();
    assert_eq!(Path::new(place.trim_end()), world.root());
}

#[tokio::test]
async fn a_program_that_fails_is_quoted() {
    let world = World::new();
    for (text, expected) in [
        (
            "echo no key >&2; exit 3",
            "the program ended with code 3: no key",
        ),
        ("echo sorry; exit 1", "the program ended with code 1: sorry"),
        ("kill -SEGV $$", "the program was killed by signal SIGSEGV"),
    ] {
        assert_eq!(run(&world, text).await.unwrap_err(), expected);
    }
    // What agents say to Baton means nothing here.
    let words = r#"echo '{"$baton": {"status": "error"}}'"#;
    run(&world, words).await.unwrap();
}

#[tokio::test]
async fn a_program_that_cannot_start_says_why() {
    let world = World::new();
    for (argv, expected) in [
        (vec!["./missing"], "program `./missing` does not exist"),
        (vec![], "the command is empty"),
    ] {
        let argv = argv.into_iter().map(str::to_owned).collect();
        let action = HookAction::Run { argv };
        let error = runner(&world).run(&action, &call()).await.unwrap_err();
        assert!(matches!(error, HookError::Program(_)), "{error:?}");
        assert_eq!(error.to_string(), expected);
    }
}

#[tokio::test]
async fn a_chatty_program_fills_nothing_and_is_not_blocked() {
    let world = World::new();
    let text = "yes | head -c 300000000; yes | head -c 100000000 >&2; exit 4";
    let error = run(&world, text).await.unwrap_err();
    assert!(
        error.starts_with("the program ended with code 4: y\ny\n"),
        "{error}"
    );
    assert!(error.len() < 3_000);
}

#[tokio::test]
async fn a_program_that_takes_too_long_is_ended_with_all_it_started() {
    let world = World::new();
    let action = script(&world, "setsid sleep 1000 & sleep 1000 & sleep 1000");
    let runner = runner(&world).with_program_time_max(Duration::from_millis(300));
    let started = Instant::now();
    let error = runner.run(&action, &call()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the program ran out of time and was ended"
    );
    assert!(started.elapsed() < Duration::from_millis(5_800));
    world.assert_nothing_lives();
}

#[tokio::test]
async fn what_a_program_leaves_running_is_ended() {
    let world = World::new();
    run(&world, "setsid sleep 1000 & (sleep 1000 &) ; exit 0")
        .await
        .unwrap();
}

#[tokio::test]
async fn a_hook_that_is_given_up_leaves_nothing_and_can_be_called_again() {
    let world = World::new();
    let up = world.pipe("up");
    let runner = runner(&world);
    let (action, call) = (
        script(
            &world,
            r#"setsid sleep 1000 & echo up >"$ROOT/up"; sleep 1000"#,
        ),
        call(),
    );
    tokio::select! {
        done = runner.run(&action, &call) => panic!("{done:?}"),
        text = hear(&up) => assert_eq!(text, "up"),
    }
    // The second call waits for the end of what the first one started.
    let again = script(&world, "echo again >\"$ROOT/again\"");
    runner.run(&again, &call).await.unwrap();
    assert!(world.root().join("again").exists());
    world.assert_nothing_lives();
}

/// A run that is reopened may end again while the hook of its first end is at
/// work.
#[tokio::test]
async fn the_same_action_after_another_end_of_the_run_waits_for_nobody() {
    let world = World::new();
    let (up, go) = (world.pipe("up"), world.pipe("go"));
    let runner = runner(&world);
    let first = script(
        &world,
        r#"echo up >"$ROOT/up"; cat "$ROOT/go" >"$ROOT/first""#,
    );
    let second = script(&world, r#"echo done >"$ROOT/second""#);
    let (call, mut again) = (call(), call());
    again.key.end += 1;
    let beside = async {
        hear(&up).await;
        runner.run(&second, &again).await.unwrap();
        tell(&go).await;
    };
    let (ended, ()) = tokio::join!(runner.run(&first, &call), beside);
    ended.unwrap();
    for name in ["first", "second"] {
        assert!(world.root().join(name).exists(), "{name}");
    }
    world.assert_nothing_lives();
    assert_eq!(files_below(&world.attempts()), 0);
}

#[tokio::test]
async fn a_program_does_not_outlive_its_server() {
    let world = World::new();
    let up = world.pipe("up");
    let server = world.serve_hook(r#"setsid sleep 1000 & echo up >"$ROOT/up"; sleep 1000"#);
    hear(&up).await;
    server.kill();
    // Whatever a server that died has left is cleared away by the next one.
    assert_eq!(sweep(&world.attempts(), |_| false).await.unwrap(), 1);
    world.assert_nothing_lives();
    assert_eq!(files_below(&world.attempts()), 0);
}
