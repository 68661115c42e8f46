//! A log that cannot be followed: its run is left alone, the others go on.

use std::borrow::Cow;
use std::time::Duration;

use baton_model::{Command, Event, ExecutionStatus, RunId};
use baton_runtime::RuntimeError;
use baton_store::{Commit, RunQuery, RunStore, StoredEvent};

use crate::agents::Act;
use crate::plans::{diamond, gate, id, plan, stage};
use crate::world::{EPOCH, World, approve};

/// Puts an event into a run's log that does not belong there.
async fn damage(world: &World, run: RunId, body: String) {
    let store = world.store.inner();
    let version = store.execution(run).await.unwrap().unwrap().version;
    let event = StoredEvent {
        seq: version + 1,
        at: EPOCH,
        kind: Cow::Borrowed("unheard_of"),
        body: body.into_boxed_str(),
    };
    let commit = Commit {
        run,
        fence: None,
        expected_version: version,
        at: EPOCH,
        events: vec![event],
        execution: None,
        removed_steps: Vec::new(),
        added_steps: Vec::new(),
        steps: Vec::new(),
    };
    store.commit(commit).await.unwrap();
}

fn nonsense() -> String {
    "{\"type\":\"unheard_of\"}".to_owned()
}

/// An event that is well written but cannot follow.
fn impossible() -> String {
    let event = Event::StageRestarted {
        stage: id("ok"),
        dispatch: 1,
        deadline: None,
    };
    serde_json::to_string(&event).unwrap()
}

fn assert_damaged<T: std::fmt::Debug>(answer: Result<T, RuntimeError>, run: RunId) {
    match answer {
        Err(RuntimeError::Damaged { run: named, reason }) => {
            assert_eq!(named, run);
            assert!(!reason.is_empty());
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn commands_to_a_damaged_run_say_so_and_others_go_on() {
    for body in [nonsense(), impossible()] {
        let world = World::new();
        let run = world.run(plan(vec![gate("ok", &[])])).await;
        world.settle().await;
        damage(&world, run, body).await;
        for command in [approve("ok"), Command::Advance] {
            assert_damaged(world.command(run, command).await, run);
        }
        let sound = world.run(diamond()).await;
        assert_eq!(world.end(sound).await, ExecutionStatus::Completed);
    }
}

#[tokio::test(start_paused = true)]
async fn damage_under_a_working_run_stops_that_run_only() {
    let world = World::new();
    let slow = Act::complete().taking(Duration::from_secs(10));
    world.agents.script("a", [slow]);
    let run = world
        .run(plan(vec![stage("a", &[]), gate("ok", &[])]))
        .await;
    let other = world.run(plan(vec![stage("a", &[])])).await;
    world.settle().await;
    damage(&world, run, impossible()).await;
    assert_eq!(world.end(other).await, ExecutionStatus::Completed);
    tokio::time::sleep(Duration::from_hours(1)).await;
    let loads = world.loads();
    assert!(loads <= 2, "{loads} loads: it is left alone");
    assert_damaged(world.command(run, approve("ok")).await, run);
}

#[tokio::test(start_paused = true)]
async fn taking_up_passes_over_a_damaged_run() {
    let mut world = World::new();
    world.agents.script("top", [Act::hang(), Act::complete()]);
    let damaged = world.run(plan(vec![gate("ok", &[])])).await;
    let sound = world.run(diamond()).await;
    world.settle().await;
    damage(&world, damaged, nonsense()).await;
    world.restart().await;
    assert_eq!(world.end(sound).await, ExecutionStatus::Completed);
}
