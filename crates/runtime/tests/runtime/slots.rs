//! How many work at once: in the process, and in one run.

use std::time::Duration;

use baton_model::ExecutionStatus;

use crate::agents::Act;
use crate::plans::{plan, slot_stage, stage};
use crate::world::{World, cancel};

const WORK: Duration = Duration::from_secs(10);

#[tokio::test(start_paused = true)]
async fn two_slots_serve_five_runs_in_the_order_they_came() {
    let world = World::with_processes(2);
    world.agents.script("a", [Act::complete().taking(WORK)]);
    let mut runs = Vec::new();
    for _ in 0..5 {
        runs.push(world.run(plan(vec![slot_stage("a", &[])])).await);
    }
    for run in &runs {
        assert_eq!(world.end(*run).await, ExecutionStatus::Completed);
    }
    assert_eq!(world.agents.book().slots_taken_max, 2);
    let served: Vec<_> = {
        let book = world.agents.book();
        book.dispatched.iter().map(|key| key.run).collect()
    };
    assert_eq!(served, runs);
    assert_eq!(world.elapsed(), 3 * WORK);
}

#[tokio::test(start_paused = true)]
async fn a_big_run_does_not_starve_a_small_one() {
    let world = World::with_processes(2);
    for name in (0..40).map(|place| format!("s{place}")) {
        world.agents.script(&name, [Act::complete().taking(WORK)]);
    }
    world.agents.script("small", [Act::complete().taking(WORK)]);
    let stages = (0..40).map(|place| slot_stage(&format!("s{place}"), &[]));
    let big = world.run(plan(stages.collect())).await;
    world.settle().await;
    let small = world.run(plan(vec![slot_stage("small", &[])])).await;
    assert_eq!(world.end(small).await, ExecutionStatus::Completed);
    let place = world.agents.order().iter().position(|name| name == "small");
    assert_eq!(
        place,
        Some(3),
        "it comes after the three stages that a run may have working or waiting"
    );
    assert_eq!(world.end(big).await, ExecutionStatus::Completed);
    assert_eq!(world.agents.book().slots_taken_max, 2);
}

#[tokio::test(start_paused = true)]
async fn a_run_works_on_no_more_stages_at_once_than_it_may() {
    let world = World::new();
    let names: Vec<String> = (0..10).map(|place| format!("s{place}")).collect();
    for name in &names {
        world.agents.script(name, [Act::complete().taking(WORK)]);
    }
    let mut wide = plan(
        names
            .iter()
            .enumerate()
            .map(|(place, name)| match place % 2 {
                0 => stage(name, &[]),
                _ => slot_stage(name, &[]),
            })
            .collect(),
    );
    wide.settings.stages_at_once_max = 4;
    let run = world.run(wide).await;
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    assert_eq!(world.agents.book().at_once_max[&run], 4);
    assert_eq!(world.elapsed(), 3 * WORK);
}

#[tokio::test(start_paused = true)]
async fn stages_without_a_process_do_not_wait_for_slots() {
    let world = World::with_processes(1);
    world.agents.script("process", [Act::hang()]);
    let busy = world.run(plan(vec![slot_stage("process", &[])])).await;
    let run = world.run(plan(vec![stage("a", &[])])).await;
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    world.command(busy, cancel()).await.unwrap();
    assert_eq!(world.end(busy).await, ExecutionStatus::Cancelled);
}

#[tokio::test(start_paused = true)]
async fn cancelling_a_run_that_waits_for_a_slot_ends_it_at_once() {
    let world = World::with_processes(1);
    world.agents.script("a", [Act::hang()]);
    let works = world.run(plan(vec![slot_stage("a", &[])])).await;
    let waits = world.run(plan(vec![slot_stage("b", &[])])).await;
    world.settle().await;
    world.command(waits, cancel()).await.unwrap();
    assert_eq!(world.end(waits).await, ExecutionStatus::Cancelled);
    let third = world.run(plan(vec![slot_stage("c", &[])])).await;
    world.command(works, cancel()).await.unwrap();
    assert_eq!(world.end(works).await, ExecutionStatus::Cancelled);
    assert_eq!(world.end(third).await, ExecutionStatus::Completed);
    assert_eq!(world.agents.n_dispatched("b"), 0);
}

#[tokio::test(start_paused = true)]
async fn slots_are_given_back_however_an_attempt_ends() {
    let world = World::with_processes(1);
    let acts = [
        Act::fail(baton_model::FailureLabel::EXIT),
        Act::end(crate::agents::End::Panic),
        Act::hang(),
        Act::complete(),
    ];
    world.agents.script("a", acts);
    let often = baton_model::plan::PlannedStage {
        timeout: Some(WORK),
        retry: crate::plans::attempts(4),
        ..slot_stage("a", &[])
    };
    let first = world.run(plan(vec![often])).await;
    assert_eq!(world.end(first).await, ExecutionStatus::Completed);
    let second = world.run(plan(vec![slot_stage("b", &[])])).await;
    assert_eq!(world.end(second).await, ExecutionStatus::Completed);
    world.settle().await;
    let forgotten = world.agents.book().forgotten.len();
    assert_eq!(forgotten, 5, "what was kept to recover an attempt may go");
}
