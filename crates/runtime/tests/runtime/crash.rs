//! A process ends in the middle of its work, and another one goes on.

use std::time::Duration;

use baton_model::plan::{OnCrash, PlannedStage};
use baton_model::{Event, ExecutionStatus, FailureLabel, Object, RunId};

use crate::agents::{Act, Configuration, End, Left};
use crate::plans::{attempts, diamond, gate, given, plan, slot_stage, stage};
use crate::world::{World, approve, cancel};

fn done() -> End {
    End::Complete(Object::new())
}

/// A run whose first stage has completed and whose second is at work.
async fn at_work(world: &World, on_crash: OnCrash) -> RunId {
    world.agents.script("b", [Act::hang(), Act::complete()]);
    let b = PlannedStage {
        on_crash,
        retry: attempts(2),
        ..slot_stage("b", &["a"])
    };
    let stages = vec![stage("a", &[]), b, stage("c", &["b"])];
    let run = world.run(plan(stages)).await;
    world.settle().await;
    assert_eq!(world.agents.order(), ["a", "b"]);
    run
}

/// The same, cut off.
async fn cut_off(world: &mut World, on_crash: OnCrash) -> RunId {
    let run = at_work(world, on_crash).await;
    world.restart().await;
    run
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_ended_meanwhile_is_settled_and_not_repeated() {
    let mut world = World::new();
    world.agents.leave("b", Left::Ended(Duration::ZERO, done()));
    let run = cut_off(&mut world, OnCrash::Resume).await;
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    assert_eq!(world.agents.order(), ["a", "b", "c"]);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_still_works_is_waited_for() {
    let mut world = World::new();
    let minute = Duration::from_mins(1);
    world.agents.leave("b", Left::Ended(minute, done()));
    let run = cut_off(&mut world, OnCrash::Resume).await;
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    assert!(world.elapsed() >= minute);
    assert_eq!(world.agents.order(), ["a", "b", "c"]);
}

/// The same, while the configuration is not what it was.
async fn cut_off_and_reconfigured(
    world: &mut World,
    on_crash: OnCrash,
    configuration: Configuration,
) -> RunId {
    let run = at_work(world, on_crash).await;
    world.agents.book().configuration = configuration;
    world.restart().await;
    tokio::time::sleep(Duration::from_mins(5)).await;
    run
}

#[tokio::test(start_paused = true)]
async fn an_attempt_is_found_whatever_the_configuration_says_now() {
    for configuration in [Configuration::Empty, Configuration::Unreadable] {
        let mut world = World::new();
        let hour = Duration::from_hours(1);
        world.agents.leave("b", Left::Ended(hour, done()));
        let run = cut_off_and_reconfigured(&mut world, OnCrash::Fail, configuration).await;
        assert_eq!(world.agents.order(), ["a", "b"], "{configuration:?}");
        world.agents.book().configuration = Configuration::Sound;
        assert_eq!(world.end(run).await, ExecutionStatus::Completed);
        assert_eq!(world.agents.order(), ["a", "b", "c"]);
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_is_given_up_while_the_configuration_cannot_be_read() {
    let mut world = World::new();
    let unreadable = Configuration::Unreadable;
    let run = cut_off_and_reconfigured(&mut world, OnCrash::Resume, unreadable).await;
    assert!(world.agents.book().recovered.is_empty());
    world.agents.book().configuration = Configuration::Sound;
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    assert_eq!(world.agents.order(), ["a", "b", "b", "c"]);
    let is_failure = |event: &Event| matches!(event, Event::StageRetrying { .. });
    assert!(!world.events(run).await.iter().any(is_failure));
}

#[tokio::test(start_paused = true)]
async fn what_nobody_can_look_for_can_be_cancelled() {
    let mut world = World::new();
    let unreadable = Configuration::Unreadable;
    let run = cut_off_and_reconfigured(&mut world, OnCrash::Resume, unreadable).await;
    world.command(run, cancel()).await.unwrap();
    assert_eq!(world.end(run).await, ExecutionStatus::Cancelled);
    assert_eq!(world.agents.order(), ["a", "b"]);
}

#[tokio::test(start_paused = true)]
async fn without_a_trace_and_without_an_agent_it_is_lost() {
    let mut world = World::new();
    let run = cut_off_and_reconfigured(&mut world, OnCrash::Fail, Configuration::Empty).await;
    assert_eq!(world.end(run).await, ExecutionStatus::Failed);
    assert_eq!(world.label(run, "b").await.as_deref(), Some("crash"));
}

#[tokio::test(start_paused = true)]
async fn the_files_of_what_was_lost_go_before_its_run_has_ended() {
    let mut world = World::new();
    world.agents.script("c", [Act::hang()]);
    let run = cut_off(&mut world, OnCrash::Resume).await;
    world.settle().await;
    assert_eq!(world.agents.order(), ["a", "b", "b", "c"]);
    let forgotten: Vec<u32> = {
        let book = world.agents.book();
        let keys = book.forgotten.iter();
        keys.map(|key| key.dispatch).collect()
    };
    assert_eq!(forgotten, [1, 2]);
    world.command(run, cancel()).await.unwrap();
    assert_eq!(world.end(run).await, ExecutionStatus::Cancelled);
}

#[tokio::test(start_paused = true)]
async fn an_adopted_attempt_can_be_cancelled() {
    let mut world = World::new();
    world
        .agents
        .leave("b", Left::Ended(Duration::ZERO, End::Hang));
    let run = cut_off(&mut world, OnCrash::Resume).await;
    world.settle().await;
    world.command(run, cancel()).await.unwrap();
    assert_eq!(world.end(run).await, ExecutionStatus::Cancelled);
    assert_eq!(world.agents.book().cancelled.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_was_lost_is_run_again_as_the_same_attempt() {
    let mut world = World::new();
    let run = cut_off(&mut world, OnCrash::Resume).await;
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    let keys: Vec<(u32, u32)> = {
        let book = world.agents.book();
        let of_b = book
            .dispatched
            .iter()
            .filter(|key| key.stage.as_str() == "b");
        of_b.map(|key| (key.attempt, key.dispatch)).collect()
    };
    assert_eq!(keys, [(1, 1), (1, 2)]);
    assert_eq!(world.agents.order(), ["a", "b", "b", "c"]);
}

#[tokio::test(start_paused = true)]
async fn what_was_lost_may_count_as_a_failed_attempt() {
    let mut world = World::new();
    let run = cut_off(&mut world, OnCrash::Retry).await;
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    assert!(world.elapsed() >= Duration::from_secs(9), "it was retried");
    assert_eq!(world.agents.order(), ["a", "b", "b", "c"]);
}

#[tokio::test(start_paused = true)]
async fn what_was_lost_may_fail_the_stage() {
    let mut world = World::new();
    let run = cut_off(&mut world, OnCrash::Fail).await;
    assert_eq!(world.end(run).await, ExecutionStatus::Failed);
    assert_eq!(world.label(run, "b").await.as_deref(), Some("crash"));
    assert_eq!(world.agents.order(), ["a", "b"]);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_is_run_again_after_three_crashes_and_fails_after_the_fourth() {
    let mut world = World::new();
    world.agents.script("a", [Act::hang()]);
    let run = world.run(plan(vec![stage("a", &[])])).await;
    for _ in 0..4 {
        world.settle().await;
        world.restart().await;
    }
    assert_eq!(world.end(run).await, ExecutionStatus::Failed);
    assert_eq!(world.label(run, "a").await.as_deref(), Some("crash"));
    assert_eq!(world.agents.n_dispatched("a"), 4);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_was_being_cancelled_is_ended_by_the_next_process() {
    let mut world = World::with_processes(1);
    world.agents.script("a", [Act::hang()]);
    world
        .agents
        .leave("a", Left::Ended(Duration::ZERO, End::Hang));
    let run = world.run(plan(vec![slot_stage("a", &[])])).await;
    world.settle().await;
    let (cancelled, ()) = tokio::join!(world.command(run, cancel()), world.stop());
    world.restart().await;
    if cancelled.is_err() {
        world.command(run, cancel()).await.unwrap();
    }
    assert_eq!(world.end(run).await, ExecutionStatus::Cancelled);
}

#[tokio::test(start_paused = true)]
async fn ending_an_adopted_attempt_does_not_wait_for_a_slot() {
    let mut world = World::with_processes(2);
    world.agents.script("a", [Act::hang()]);
    world.agents.script("b", [Act::hang()]);
    world
        .agents
        .leave("a", Left::Ended(Duration::ZERO, End::Hang));
    world
        .agents
        .leave("b", Left::Ended(Duration::ZERO, End::Hang));
    let first = world.run(plan(vec![slot_stage("a", &[])])).await;
    let second = world.run(plan(vec![slot_stage("b", &[])])).await;
    world.settle().await;
    world.stop().await;
    // The next process has less room than the one that has ended.
    world.shrink(1);
    world.runtime.take_up_all().await.unwrap();
    world.settle().await;
    let n_recovered = world.agents.book().recovered.len();
    assert_eq!(n_recovered, 1, "the second waits for a slot");
    world.command(second, cancel()).await.unwrap();
    assert_eq!(world.end(second).await, ExecutionStatus::Cancelled);
    world.command(first, cancel()).await.unwrap();
    assert_eq!(world.end(first).await, ExecutionStatus::Cancelled);
    assert_eq!(world.agents.book().slots_taken_max, 2);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_that_passed_while_nobody_was_there_still_counts() {
    let mut world = World::new();
    world.agents.script("a", [Act::hang()]);
    world
        .agents
        .leave("a", Left::Ended(Duration::ZERO, End::Hang));
    let timed = PlannedStage {
        timeout: Some(Duration::from_mins(1)),
        ..stage("a", &[])
    };
    let run = world.run(plan(vec![timed])).await;
    world.settle().await;
    world.stop().await;
    tokio::time::sleep(Duration::from_hours(1)).await;
    world.restart().await;
    assert_eq!(world.end(run).await, ExecutionStatus::Failed);
    assert_eq!(world.label(run, "a").await.as_deref(), Some("timeout"));
}

#[tokio::test(start_paused = true)]
async fn a_run_that_waits_keeps_its_timers_and_rows_across_a_restart() {
    let mut world = World::new();
    world.agents.script("a", [Act::fail(FailureLabel::EXIT)]);
    let thrice = PlannedStage {
        inputs: vec![given("number", "${{ 1 }}")],
        retry: attempts(3),
        ..stage("a", &[])
    };
    let run = world.run(plan(vec![thrice])).await;
    world
        .until(run, |event| matches!(event, Event::StageRetrying { .. }))
        .await;
    world.restart().await;
    world.settle().await;
    crate::laws::check(&world, run).await;
    world.command(run, cancel()).await.unwrap();
    assert_eq!(world.end(run).await, ExecutionStatus::Cancelled);
}

#[tokio::test(start_paused = true)]
async fn every_run_is_taken_up_and_nothing_completed_runs_again() {
    let mut world = World::with_processes(3);
    let mut runs = Vec::new();
    for name in ["left", "right"] {
        let slow = Act::complete().taking(Duration::from_secs(5));
        world.agents.script(name, [slow]);
    }
    for _ in 0..50 {
        runs.push(world.run(diamond()).await);
    }
    let gated = world
        .run(plan(vec![gate("ok", &[]), stage("after", &["ok"])]))
        .await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    world.restart().await;
    for run in runs {
        assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    }
    assert_eq!(world.agents.n_dispatched("top"), 50);
    assert_eq!(world.agents.n_dispatched("bottom"), 50);
    world.command(gated, approve("ok")).await.unwrap();
    assert_eq!(world.end(gated).await, ExecutionStatus::Completed);
}
