//! Which runs are kept in memory. A load shows that one was not.

use std::time::Duration;

use baton_model::plan::{GateTimeout, PlannedStage};
use baton_model::{Event, ExecutionStatus, FailureLabel};

use crate::agents::Act;
use crate::plans::{attempts, diamond, gate, gate_with, plan, stage};
use crate::world::{World, approve, cancel};

#[tokio::test(start_paused = true)]
async fn a_run_that_only_waits_for_people_leaves_memory_and_comes_back() {
    let world = World::new();
    let gated = plan(vec![gate("ok", &[]), stage("a", &["ok"])]);
    let run = world.run(gated).await;
    world.settle().await;
    assert_eq!(world.loads(), 0);
    world.command(run, approve("ok")).await.unwrap();
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    assert_eq!(world.loads(), 1, "it was read for the command");
}

#[tokio::test(start_paused = true)]
async fn a_run_that_waits_for_its_next_attempt_leaves_memory_and_is_woken() {
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
    assert_eq!((world.loads(), world.agents.n_dispatched("a")), (0, 1));
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    assert_eq!(world.loads(), 1, "it was read when its time had come");
}

#[tokio::test(start_paused = true)]
async fn a_gate_decides_by_itself_when_its_time_has_come() {
    let world = World::new();
    let hour = Duration::from_hours(1);
    let timed = gate_with("ok", &[], Some(hour), GateTimeout::AutoApprove);
    let run = world.run(plan(vec![timed, stage("a", &["ok"])])).await;
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    let late = world.elapsed().checked_sub(hour).unwrap();
    assert!(late < Duration::from_millis(10), "{late:?} late");
    assert_eq!(world.loads(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_works_stays_in_memory() {
    let world = World::new();
    world.agents.script("a", [Act::hang()]);
    let busy = plan(vec![stage("a", &[]), gate("ok", &[]), gate("too", &["ok"])]);
    let run = world.run(busy).await;
    world.settle().await;
    for open in ["ok", "too"] {
        world.command(run, approve(open)).await.unwrap();
        world.settle().await;
    }
    world.command(run, cancel()).await.unwrap();
    assert_eq!(world.end(run).await, ExecutionStatus::Cancelled);
    assert_eq!(world.loads(), 0);
}

#[tokio::test(start_paused = true)]
async fn commands_that_cross_a_leaving_run_are_all_answered() {
    let world = World::new();
    let run = world.run(plan(vec![gate("ok", &[])])).await;
    let asked = (0..200).map(|place| {
        let world = &world;
        async move {
            for _ in 0..place % 7 {
                tokio::task::yield_now().await;
            }
            world.command(run, approve("ok")).await
        }
    });
    for answer in futures_util::future::join_all(asked).await {
        answer.unwrap();
    }
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    let approvals = world.events(run).await.into_iter();
    let approvals = approvals.filter(|event| matches!(event, Event::GateApproved { .. }));
    assert_eq!(approvals.count(), 1);
}

/// On several threads, so that messages really cross actors that leave.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_message_is_lost_while_runs_come_and_go() {
    let world = World::new();
    let gates: Vec<String> = (0..20).map(|place| format!("g{place}")).collect();
    let mut runs = Vec::new();
    for _ in 0..20 {
        let open = gates.iter().map(|name| gate(name, &[])).collect();
        runs.push(world.run(plan(open)).await);
    }
    let mut asked = tokio::task::JoinSet::new();
    for run in &runs {
        for name in &gates {
            let (runtime, run, name) = (world.runtime.clone(), *run, name.clone());
            asked.spawn(async move { runtime.command(run, approve(&name)).await });
        }
    }
    while let Some(answer) = asked.join_next().await {
        answer.unwrap().unwrap();
    }
    for run in runs {
        assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    }
}

/// A run must not be taken for one that an earlier process left behind while
/// its own is still about to start its first stage.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_run_that_is_just_being_created_is_not_taken_up_twice() {
    let world = World::new();
    let created = tokio_util::sync::CancellationToken::new();
    let (runtime, is_created) = (world.runtime.clone(), created.clone());
    let looking = tokio::spawn(async move {
        while !is_created.is_cancelled() {
            runtime.take_up_all().await.unwrap();
            tokio::task::yield_now().await;
        }
    });
    let mut runs = Vec::new();
    for _ in 0..300 {
        runs.push(world.run(diamond()).await);
    }
    created.cancel();
    looking.await.unwrap();
    for run in runs {
        assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    }
    assert_eq!(world.agents.book().recovered.len(), 0);
}
