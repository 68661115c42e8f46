//! Two runtimes on one store, one of them passive: what it commits is seen at
//! once by news of the store, and without news when a commit of the other one
//! conflicts with it, when the run is loaded, and on `take_up`.

use std::time::Duration;

use baton_engine::Outcome;
use baton_model::plan::PlannedStage;
use baton_model::{AttemptReport, Command, ExecutionStatus, Failure, FailureLabel, Plan};
use baton_runtime::{Access, Mode, RunLog};
use baton_store::Store;

use crate::agents::{Act, End, Left};
use crate::plans::{attempts, diamond, gate, id, plan, slot_stage, stage};
use crate::world::{EPOCH, World, approve, cancel, spec};

/// A gate, and a stage that keeps the run in memory meanwhile.
fn gated() -> Plan {
    plan(vec![
        stage("beside", &[]),
        gate("ok", &[]),
        stage("after", &["ok"]),
    ])
}

#[tokio::test(start_paused = true)]
async fn what_another_process_approved_is_heard_of_at_once() {
    let world = World::new();
    world.agents.script("beside", [Act::hang()]);
    let run = world.run(gated()).await;
    let second = plan(vec![gate("ok", &[]), stage("after", &["ok"])]);
    let not_in_memory = world.run(second).await;
    world.settle().await;
    let other = world.another(Mode::Passive);
    for run in [run, not_in_memory] {
        other.command(run, approve("ok")).await.unwrap();
    }
    world.settle().await;
    assert_eq!(world.agents.order(), ["beside", "after", "after"]);
}

#[tokio::test(start_paused = true)]
async fn what_another_process_approved_is_found_by_the_next_commit() {
    let world = World::new();
    world.store.lose_news();
    let slow = Act::complete().taking(Duration::from_secs(10));
    world.agents.script("beside", [slow]);
    let run = world.run(gated()).await;
    world.settle().await;
    let other = world.another(Mode::Passive);
    let approved = other.command(run, approve("ok")).await;
    assert_eq!(approved, Ok(Outcome::Accepted));
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(world.agents.order(), ["beside"], "nothing has told it yet");
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    assert_eq!(world.agents.order(), ["beside", "after"]);
    assert_eq!(world.elapsed(), Duration::from_secs(10));
}

#[tokio::test(start_paused = true)]
async fn what_another_process_approved_is_found_when_the_run_is_taken_up() {
    let world = World::new();
    world.store.lose_news();
    world.agents.script("beside", [Act::hang()]);
    let run = world.run(gated()).await;
    world.settle().await;
    let other = world.another(Mode::Passive);
    other.command(run, approve("ok")).await.unwrap();
    world.runtime.take_up(run).await;
    world.settle().await;
    assert_eq!(world.agents.order(), ["beside", "after"]);
    world.command(run, cancel()).await.unwrap();
    assert_eq!(world.end(run).await, ExecutionStatus::Cancelled);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_not_in_memory_goes_on_when_it_is_taken_up() {
    let world = World::new();
    world.store.lose_news();
    let run = world
        .run(plan(vec![gate("ok", &[]), stage("after", &["ok"])]))
        .await;
    world.settle().await;
    let other = world.another(Mode::Passive);
    other.command(run, approve("ok")).await.unwrap();
    tokio::time::sleep(Duration::from_hours(1)).await;
    assert!(world.agents.order().is_empty());
    world.runtime.take_up(run).await;
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
}

#[tokio::test(start_paused = true)]
async fn a_passive_runtime_creates_runs_and_dispatches_nothing() {
    let world = World::new();
    let other = world.another(Mode::Passive);
    let created = other.create_run(spec(diamond())).await.unwrap();
    let run = created.unwrap().execution.id;
    tokio::time::sleep(Duration::from_hours(1)).await;
    assert!(world.agents.order().is_empty());
    assert_eq!(world.runtime.take_up_all().await, Ok(vec![run]));
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
}

#[tokio::test(start_paused = true)]
async fn what_another_process_cancels_ends_in_both() {
    let world = World::new();
    world.store.lose_news();
    world.agents.script("beside", [Act::hang()]);
    let still_there = Left::Ended(Duration::ZERO, End::Hang);
    world.agents.leave("beside", still_there);
    let run = world.run(gated()).await;
    world.settle().await;
    let other = world.another(Mode::Passive);
    other.command(run, cancel()).await.unwrap();
    assert_eq!(world.end(run).await, ExecutionStatus::Cancelled);
    world.runtime.take_up(run).await;
    world.settle().await;
    let cancelled = world.agents.book().cancelled.len();
    assert_eq!(cancelled, 2, "by the one, and by the one that worked on it");
    assert_eq!(world.agents.order(), ["beside"]);
}

#[tokio::test(start_paused = true)]
async fn a_late_answer_does_not_hide_the_attempt_that_followed() {
    let world = World::new();
    world.store.lose_news();
    let lingers = Act::end(End::Linger(Duration::from_mins(1)));
    let slow = Act::complete().taking(Duration::from_mins(5));
    world.agents.script("a", [lingers, slow]);
    let twice = PlannedStage {
        retry: attempts(2),
        ..slot_stage("a", &[])
    };
    let run = world.run(plan(vec![twice])).await;
    world.settle().await;
    let settled = Command::SettleAttempt {
        stage: id("a"),
        dispatch: 1,
        report: AttemptReport::Failed(Failure::new(FailureLabel::EXIT, "seen elsewhere")),
    };
    let other = world.another(Mode::Passive);
    other.command(run, settled).await.unwrap();
    world.runtime.take_up(run).await;
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    assert_eq!(world.agents.n_dispatched("a"), 2);
    assert_eq!(world.agents.book().recovered.len(), 0);
    assert_eq!(world.loads(), 2, "by the other one, and to be taken up");
}

/// What proposes edits is decided on a state that is read for it; what else
/// was found there is told all the same, and once.
#[tokio::test(start_paused = true)]
async fn a_state_that_was_read_ahead_of_a_transaction_counts_as_read_in_it() {
    let world = World::new();
    let store = world.store.inner();
    let run = world.run(plan(vec![gate("ok", &[])])).await;
    let mut log = RunLog::load(store, run).await.unwrap();
    let mut other = RunLog::load(store, run).await.unwrap();
    let reads = async |log: &mut RunLog, commands: &[Command]| {
        let to_store = (store as &dyn Store, Access::Exclusive);
        let now = EPOCH.after(world.elapsed());
        let done = log
            .transact(to_store, commands, &mut |_| Vec::new(), now)
            .await;
        done.unwrap().reloaded
    };
    assert!(!reads(&mut log, &[Command::Advance]).await);
    assert!(!reads(&mut other, &[cancel()]).await);
    log.forget_state();
    let state = log.load_state(store).await.unwrap();
    assert_eq!(state.status(), ExecutionStatus::Cancelled);
    assert!(reads(&mut log, &[Command::Advance]).await);
    assert!(!reads(&mut log, &[Command::Advance]).await);
}
