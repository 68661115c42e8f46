//! Log lines on their way from agents to the store.

use std::time::Duration;

use baton_model::{ExecutionStatus, Object, RunId};
use baton_store::faulty::{Method, Moment};
use baton_store::{LogFilter, RunQuery};

use crate::agents::{Act, End, Left};
use crate::laws::everything;
use crate::plans::{id, plan, stage};
use crate::world::{EPOCH, World, busy};

pub(crate) async fn texts(world: &World, run: RunId) -> Vec<String> {
    let lines = world.store.inner().logs(run, everything()).await.unwrap();
    let mut texts: Vec<String> = lines.into_iter().map(|line| line.text).collect();
    let n_lines = texts.len();
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), n_lines, "no line is stored twice");
    texts
}

#[tokio::test(start_paused = true)]
async fn lines_of_stages_side_by_side_are_numbered_without_gaps() {
    let world = World::new();
    for name in ["a", "b", "c"] {
        world.agents.script(name, [Act::complete().writing(3_000)]);
    }
    let stages = ["a", "b", "c"].map(|name| stage(name, &[]));
    let run = world.run(plan(stages.to_vec())).await;
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    assert_eq!(texts(&world, run).await.len(), 9_000);
    for name in ["a", "b", "c"] {
        let filter = LogFilter {
            stage: Some(id(name)),
            ..everything()
        };
        let lines = world.store.inner().logs(run, filter).await.unwrap();
        let written = (0..3_000).map(|number| format!("{name}.1 line {number}"));
        assert!(lines.into_iter().map(|line| line.text).eq(written));
    }
}

#[tokio::test(start_paused = true)]
async fn a_stage_settles_only_after_its_lines_are_stored() {
    let world = World::new();
    world.agents.script("a", [Act::complete().writing(300)]);
    world.break_down(Method::AppendLogs, 3);
    let run = world.run(plan(vec![stage("a", &[])])).await;
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    assert_eq!(texts(&world, run).await.len(), 300);
    let steps = world.store.inner().steps(run).await.unwrap();
    let ended = steps[0].progress.completed_at.unwrap();
    let waited = ended.since(EPOCH);
    assert!(waited >= Duration::from_millis(620), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn lines_that_were_stored_although_denied_are_not_stored_twice() {
    let world = World::new();
    world.agents.script("a", [Act::complete().writing(600)]);
    world.agents.script("b", [Act::complete().writing(600)]);
    for nth in [1, 2, 4, 5] {
        world.fault(Method::AppendLogs, nth, Moment::After, busy());
    }
    let run = world
        .run(plan(vec![stage("a", &[]), stage("b", &[])]))
        .await;
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    assert_eq!(texts(&world, run).await.len(), 1_200);
}

#[tokio::test(start_paused = true)]
async fn a_log_that_cannot_be_stored_does_not_hold_up_the_run_for_ever() {
    let world = World::new();
    world.agents.script("a", [Act::complete().writing(10)]);
    world.break_down(Method::AppendLogs, 1_000);
    let run = world.run(plan(vec![stage("a", &[])])).await;
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    assert!(world.elapsed() < Duration::from_secs(5));
}

#[tokio::test(start_paused = true)]
async fn lines_known_before_a_crash_are_not_sent_again() {
    let mut world = World::new();
    world.agents.script("a", [Act::hang().writing(300)]);
    let run = world.run(plan(vec![stage("a", &[])])).await;
    world.settle().await;
    world.stop().await;
    // The agent wrote on while nobody listened.
    world.agents.script("a", [Act::hang().writing(500)]);
    let done = Left::Ended(Duration::ZERO, End::Complete(Object::new()));
    world.agents.leave("a", done);
    world.restart().await;
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    assert_eq!(texts(&world, run).await.len(), 500);
    let known = world.agents.book().recovered[0].1;
    assert_eq!(known, 300);
}

#[tokio::test(start_paused = true)]
async fn watchers_hear_of_lines() {
    let world = World::new();
    world.agents.script("a", [Act::hang().writing(10)]);
    let spec = crate::world::spec(plan(vec![stage("a", &[])]));
    let mut progress = world.runtime.watch(spec.id);
    world.create(spec).await.unwrap().unwrap();
    let heard = progress.wait_for(|progress| progress.log_seq == 10);
    let heard = tokio::time::timeout(Duration::from_secs(1), heard).await;
    assert!(heard.is_ok());
}
