//! The store fails at every place there is, once without and once with the
//! effect it denies; the run must end as if nothing had happened.

use std::time::Duration;

use baton_engine::Outcome;
use baton_model::plan::{OnCrash, PlannedStage};
use baton_model::{Command, Event, ExecutionStatus, FailureLabel, Plan, RunId};
use baton_runtime::RuntimeError;
use baton_store::StoreError;
use baton_store::faulty::{Method, Moment};
use serde_json::json;

use crate::agents::{Act, End};
use crate::plans::{attempts, diamond, gate, given, plan, slot_stage, stage};
use crate::world::{World, approve, busy, cancel, claim, spec};

/// Something of everything. A stage that is taken for lost fails the run.
fn sample() -> Plan {
    let left = PlannedStage {
        retry: attempts(2),
        ..stage("left", &["top"])
    };
    let bottom = PlannedStage {
        inputs: vec![given("number", "${{ stages.top.outputs.n }}")],
        ..slot_stage("bottom", &["ok"])
    };
    let mut stages = vec![
        slot_stage("top", &[]),
        left,
        slot_stage("right", &["top"]),
        gate("ok", &["left", "right"]),
        bottom,
    ];
    for stage in &mut stages {
        stage.on_crash = OnCrash::Fail;
    }
    plan(stages)
}

/// Gives a command until the run has taken it, as people and clients do.
async fn insist(world: &World, run: RunId, command: Command) {
    loop {
        match world.command(run, command.clone()).await {
            Ok(Outcome::Accepted | Outcome::AlreadyDone) => return,
            Err(error) if error.is_retryable() => {
                tokio::time::sleep(Duration::from_millis(300)).await;
            }
            other => panic!("{other:?}"),
        }
    }
}

/// Creates a run until it is there, always with the same claim.
async fn insist_on_creating(world: &World, plan: &Plan) -> RunId {
    loop {
        let mut spec = spec(plan.clone());
        spec.claims = vec![claim("k")];
        match world.create(spec).await {
            Ok(Ok(run) | Err(run)) => return run,
            Err(error) if error.is_retryable() => {
                tokio::time::sleep(Duration::from_millis(300)).await;
            }
            Err(error) => panic!("{error}"),
        }
    }
}

/// What is left of the sample once it has ended, and who was asked to work.
async fn play(world: &World) -> (String, Vec<(String, u32)>) {
    let outputs = json!({ "n": 7 }).as_object().unwrap().clone();
    let agents = &world.agents;
    agents.script("top", [Act::end(End::Complete(outputs)).writing(3)]);
    agents.script("left", [Act::fail(FailureLabel::EXIT), Act::complete()]);
    let slow = Act::complete().taking(Duration::from_secs(3));
    agents.script("right", [slow.writing(300)]);
    let run = insist_on_creating(world, &sample()).await;
    world
        .until(run, |event| matches!(event, Event::GateOpened { .. }))
        .await;
    insist(world, run, approve("ok")).await;
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    let lines = crate::logs::texts(world, run).await;
    assert_eq!(lines.len(), 303, "every line once");
    let mut asked: Vec<(String, u32)> = {
        let book = world.agents.book();
        let keys = book.dispatched.iter();
        keys.map(|key| (key.stage.as_str().to_owned(), key.dispatch))
            .collect()
    };
    asked.sort();
    let summary = world.summary(run).await;
    world.stop().await;
    (summary, asked)
}

fn errors() -> [StoreError; 3] {
    [
        busy(),
        StoreError::Full("as planned".to_owned()),
        StoreError::Unavailable("as planned".to_owned()),
    ]
}

#[tokio::test(start_paused = true)]
async fn wherever_the_store_fails_once_the_run_ends_the_same() {
    let sound = World::new();
    let expected = play(&sound).await;
    let methods = [
        Method::CreateRun,
        Method::Commit,
        Method::LoadRun,
        Method::AppendLogs,
        Method::LastLogSeq,
    ];
    for method in methods {
        let n_calls = sound.store.calls(method);
        assert!(n_calls > 0, "{method:?} is part of it");
        for nth in 1..=n_calls {
            for error in errors() {
                for moment in [Moment::Before, Moment::After] {
                    println!("call {nth} of {method:?} fails {moment:?} it: {error}");
                    let world = World::new();
                    world.fault(method, nth, moment, error.clone());
                    assert_eq!(play(&world).await, expected);
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn two_faults_in_a_row_change_nothing_either() {
    let sound = World::new();
    let expected = play(&sound).await;
    let moments = [Moment::Before, Moment::After];
    for nth in 1..=sound.store.calls(Method::Commit) {
        for (first, second) in moments.map(|one| moments.map(|two| (one, two))).concat() {
            println!("commits {nth} and the next fail {first:?} and {second:?} it");
            let world = World::new();
            world.fault(Method::Commit, nth, first, busy());
            world.fault(Method::Commit, nth + 1, second, busy());
            assert_eq!(play(&world).await, expected);
        }
        println!("commit {nth} takes effect, fails, and cannot be read back");
        let world = World::new();
        world.fault(Method::Commit, nth, Moment::After, busy());
        for load in 1..=4 {
            world.fault(Method::LoadRun, load, Moment::Before, busy());
        }
        assert_eq!(play(&world).await, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_long_outage_only_takes_time() {
    let expected = play(&World::new()).await;
    let world = World::new();
    for nth in 2..200 {
        world.fault(Method::Commit, nth, Moment::Before, busy());
    }
    assert_eq!(play(&world).await, expected);
    assert!(world.elapsed() > Duration::from_mins(3));
}

#[tokio::test(start_paused = true)]
async fn people_are_answered_at_once_while_the_store_is_down() {
    let world = World::new();
    let stages = vec![stage("a", &[]), gate("ok", &[]), gate("too", &[])];
    world.agents.script("a", [Act::hang()]);
    let run = world.run(plan(stages)).await;
    world.settle().await;
    world.break_down(Method::Commit, 3);
    let begun = world.elapsed();
    for _ in 0..3 {
        let answer = world.command(run, approve("ok")).await;
        assert_eq!(answer, Err(RuntimeError::Store(busy())));
    }
    assert_eq!(world.elapsed(), begun);
    assert_eq!(
        world.command(run, approve("too")).await,
        Ok(Outcome::Accepted)
    );
    world.command(run, cancel()).await.unwrap();
    assert_eq!(world.end(run).await, ExecutionStatus::Cancelled);
    let approvals = world.events(run).await.into_iter();
    let approvals = approvals.filter(|event| matches!(event, Event::GateApproved { .. }));
    assert_eq!(approvals.count(), 1, "what was refused is not done later");
}

#[tokio::test(start_paused = true)]
async fn a_timer_that_fires_while_the_store_is_down_is_not_forgotten() {
    let world = World::new();
    world
        .agents
        .script("a", [Act::fail(FailureLabel::EXIT), Act::complete()]);
    let twice = PlannedStage {
        retry: attempts(2),
        ..stage("a", &[])
    };
    let run = world.run(plan(vec![twice])).await;
    world.settle().await;
    world.break_down(Method::LoadRun, 5);
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    assert_eq!(world.loads(), 6);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_cannot_be_read_at_the_start_is_taken_up_later() {
    let mut world = World::new();
    world.agents.script("top", [Act::hang(), Act::complete()]);
    let run = world.run(diamond()).await;
    world.settle().await;
    world.break_down(Method::LoadRun, 5);
    world.restart().await;
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
}

#[tokio::test(start_paused = true)]
async fn a_run_whose_creation_was_denied_but_stored_goes_on() {
    let world = World::new();
    world.fault(Method::CreateRun, 1, Moment::After, busy());
    for load in 1..=3 {
        world.fault(Method::LoadRun, load, Moment::Before, busy());
    }
    let run = insist_on_creating(&world, &diamond()).await;
    assert_eq!(world.store.calls(Method::CreateRun), 2);
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_cannot_be_written_leaves_the_run_to_be_taken_up() {
    let world = World::new();
    let done = crate::agents::Left::Ended(Duration::ZERO, End::Complete(Default::default()));
    world.agents.leave("top", done);
    let read_only = StoreError::ReadOnly("as planned".to_owned());
    world.fault(Method::Commit, 1, Moment::Before, read_only);
    let run = world.run(diamond()).await;
    tokio::time::sleep(Duration::from_hours(1)).await;
    assert_eq!(world.store.calls(Method::Commit), 1, "it was left alone");
    world.runtime.take_up(run).await;
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    assert_eq!(world.agents.n_dispatched("top"), 1);
}
