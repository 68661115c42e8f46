//! Servers that come and go: whoever owns a run works on it, nobody else does,
//! and what a former owner still says changes nothing.

use std::sync::Arc;
use std::time::Duration;

use baton_engine::Outcome;
use baton_model::plan::GateTimeout;
use baton_model::{Command, Event, ExecutionStatus, Object, Plan, RunId};
use baton_runtime::Mode;
use baton_store::conformance::clock::TestClock;
use baton_store::faulty::Method;
use baton_store::{Lease, LeaseTerm, MemoryStore, RunQuery, RunStore, ServerId};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::agents::{Act, End, Left};
use crate::cluster::{Cluster, Island, LEASE, Server, events};
use crate::plans::{diamond, gate, gate_with, plan, slot_stage, stage};
use crate::world::{World, approve};

const SECOND: Duration = Duration::from_secs(1);

/// One stage, then another.
fn chain() -> Plan {
    plan(vec![slot_stage("a", &[]), stage("b", &["a"])])
}

/// A gate, then a stage.
fn gated() -> Plan {
    plan(vec![gate("ok", &[]), stage("after", &["ok"])])
}

/// A run of server 1 whose first stage works until it is ended.
async fn hanging(server: &Server) -> RunId {
    server.agents.script("a", [Act::hang()]);
    let run = server.run(chain()).await;
    sleep(SECOND).await;
    assert_eq!(server.agents.order(), ["a"]);
    run
}

fn n_completed(events: &[Event], name: &str) -> usize {
    let is_it = |event: &&Event| matches!(event, Event::StageCompleted { stage, .. } if stage.as_str() == name);
    events.iter().filter(is_it).count()
}

#[tokio::test(start_paused = true)]
async fn the_runs_of_a_server_that_died_are_taken_over_when_its_lease_ends() {
    let cluster = Cluster::new();
    let (first, second) = (cluster.server(1), cluster.server(2));
    let run = hanging(&first).await;
    let died_at = Instant::now();
    first.die().await;
    assert_eq!(cluster.end(run).await, ExecutionStatus::Completed);
    // It was renewed last within a third of its time before.
    assert!(died_at.elapsed() > 2 * LEASE / 3, "not while it held");
    assert!(died_at.elapsed() < 3 * LEASE / 2, "not much later");
    assert_eq!(second.agents.order(), ["a", "b"]);
    assert_eq!(first.agents.order(), ["a"]);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stops_in_order_leaves_its_runs_at_once() {
    let cluster = Cluster::new();
    let (first, second) = (cluster.server(1), cluster.server(2));
    let run = hanging(&first).await;
    first.runtime.stop(SECOND).await;
    sleep(SECOND).await;
    assert_eq!(second.agents.order(), ["a", "b"]);
    assert_eq!(cluster.end(run).await, ExecutionStatus::Completed);
}

#[tokio::test(start_paused = true)]
async fn nobody_touches_the_runs_of_a_server_that_lives() {
    let cluster = Cluster::new();
    let (first, second) = (cluster.server(1), cluster.server(2));
    let run = hanging(&first).await;
    let owner = cluster.owner(run).await;
    sleep(Duration::from_mins(10)).await;
    assert_eq!(cluster.owner(run).await, owner);
    assert!(second.agents.order().is_empty());
    assert_eq!(second.loads(), 0);
    assert!(first.agents.book().cancelled.is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_answer_of_a_former_owner_changes_nothing() {
    let cluster = Cluster::new();
    let (first, second) = (cluster.server(1), cluster.server(2));
    first.store.lose_news();
    let answers_late = Act::complete().taking(2 * SECOND);
    first.agents.script("a", [answers_late]);
    // The second server commits nothing before it knows what became of it.
    let in_a_minute = Duration::from_mins(1);
    let ended = Left::Ended(in_a_minute, End::Complete(Object::new()));
    second.agents.leave("a", ended);
    let run = first.run(chain()).await;
    sleep(SECOND).await;
    // The first server has not heard that its lease was ended.
    let lease = Lease {
        server: ServerId::new(Uuid::from_u128(1)),
        epoch: cluster.owner(run).await.unwrap(),
    };
    cluster.memory.release_lease(&lease).await.unwrap();
    sleep(2 * SECOND).await;
    assert_eq!(second.agents.book().recovered.len(), 1);
    assert_eq!(n_completed(&cluster.events(run).await, "a"), 0);
    assert_eq!(cluster.end(run).await, ExecutionStatus::Completed);
    assert_eq!(first.agents.order(), ["a"]);
    assert_eq!(second.agents.order(), ["b"]);
    assert_eq!(n_completed(&cluster.events(run).await, "a"), 1);
    assert_ne!(cluster.owner(run).await, Some(lease.epoch));
    // The former owner is a server like any other again.
    let next = first.run(diamond()).await;
    assert_eq!(cluster.end(next).await, ExecutionStatus::Completed);
    assert!(cluster.owner(next).await > Some(lease.epoch));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_cannot_renew_ends_its_attempts_in_time() {
    let cluster = Cluster::new();
    let first = cluster.server(1);
    let run = hanging(&first).await;
    let owner = cluster.owner(run).await;
    first.store.cut_off();
    // The lease was taken a second ago and never renewed.
    sleep(13 * SECOND).await;
    assert!(first.agents.book().cancelled.is_empty());
    sleep(2 * SECOND).await;
    assert_eq!(first.agents.book().cancelled.len(), 1);
    assert_eq!(first.agents.book().forgotten.len(), 1, "nobody settles it");
    sleep(Duration::from_mins(1)).await;
    first.agents.script("a", [Act::complete()]);
    first.store.reconnect();
    assert_eq!(cluster.end(run).await, ExecutionStatus::Completed);
    assert_eq!(first.agents.order(), ["a", "a", "b"]);
    assert!(cluster.owner(run).await > owner);
    assert_eq!(n_completed(&cluster.events(run).await, "a"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_away_for_less_than_a_lease_stops_nobody() {
    let cluster = Cluster::new();
    let (first, second) = (cluster.server(1), cluster.server(2));
    let answers = Act::complete().taking(Duration::from_mins(5));
    first.agents.script("a", [answers]);
    let run = first.run(chain()).await;
    for _ in 0..10 {
        sleep(Duration::from_secs(20)).await;
        first.store.cut_off();
        sleep(Duration::from_secs(9)).await;
        first.store.reconnect();
    }
    assert_eq!(cluster.end(run).await, ExecutionStatus::Completed);
    assert_eq!(first.agents.order(), ["a", "b"]);
    assert!(second.agents.order().is_empty());
}

/// Checks that what a person decides at a server that does not own the run is
/// done by the one that does, within `patience`.
async fn decide_at_the_wrong_server(news: Option<()>, patience: Duration) {
    let cluster = Cluster::new();
    let (first, second) = (cluster.server(1), cluster.server(2));
    if news.is_none() {
        first.store.lose_news();
    }
    let run = first.run(gated()).await;
    sleep(SECOND).await;
    let owner = cluster.owner(run).await;
    second.accepts(run, approve("ok")).await;
    let decided_at = Instant::now();
    assert_eq!(cluster.end(run).await, ExecutionStatus::Completed);
    assert!(decided_at.elapsed() <= patience);
    assert_eq!(first.agents.order(), ["after"]);
    assert!(second.agents.order().is_empty());
    assert_eq!(cluster.owner(run).await, owner);
}

#[tokio::test(start_paused = true)]
async fn what_a_person_decides_at_another_server_is_done_by_the_owner_at_once() {
    decide_at_the_wrong_server(Some(()), SECOND).await;
}

#[tokio::test(start_paused = true)]
async fn what_a_person_decides_is_found_although_the_news_of_it_got_lost() {
    decide_at_the_wrong_server(None, LEASE / 3 + SECOND).await;
}

fn pause() -> Command {
    Command::PauseRun {
        by: "ann".to_owned(),
        reason: None,
    }
}

fn resume() -> Command {
    Command::ResumeRun {
        by: "bob".to_owned(),
    }
}

/// What the owner has in memory is old, and nothing has to be committed that
/// would show it.
#[tokio::test(start_paused = true)]
async fn nobody_is_told_that_it_is_so_already_from_an_old_memory() {
    let cluster = Cluster::new();
    let (first, second) = (cluster.server(1), cluster.server(2));
    first.store.lose_news();
    first.agents.script("a", [Act::hang()]);
    let run = first
        .run(plan(vec![slot_stage("a", &[]), gate("ok", &[])]))
        .await;
    sleep(SECOND).await;
    // Paused at the one, resumed at the other before it has heard of that.
    second.accepts(run, pause()).await;
    let loads = first.loads();
    first.accepts(run, resume()).await;
    assert_eq!(first.loads(), loads + 1);
    let status = cluster.memory.execution(run).await.unwrap().unwrap().status;
    assert_ne!(status, ExecutionStatus::Paused);
    // The same is so for what is refused: the gate is closed here only.
    second.accepts(run, approve("ok")).await;
    let again = first.runtime.command(run, approve("ok")).await;
    assert_eq!(again, Ok(Outcome::AlreadyDone));
    assert_eq!(first.loads(), loads + 2);
    // It is asked once more, and not for ever.
    let again = first.runtime.command(run, resume()).await;
    assert_eq!(again, Ok(Outcome::AlreadyDone));
    assert_eq!(first.loads(), loads + 3);
    assert_eq!(first.agents.order(), ["a"], "the attempt goes on");
    assert!(first.agents.book().cancelled.is_empty());
}

/// Who holds the only key to the store has the newest state in memory.
#[tokio::test(start_paused = true)]
async fn with_an_exclusive_lease_nothing_is_read_again() {
    let world = World::new();
    world.agents.script("a", [Act::hang()]);
    let run = world.run(chain()).await;
    world.settle().await;
    let loads = world.loads();
    assert_eq!(world.command(run, resume()).await, Ok(Outcome::AlreadyDone));
    assert!(world.command(run, approve("a")).await.is_err());
    assert_eq!(world.loads(), loads);
}

#[tokio::test(start_paused = true)]
async fn a_command_for_a_run_that_nobody_owns_makes_its_server_the_owner() {
    let cluster = Cluster::new();
    let first = cluster.server(1);
    let run = first.run(gated()).await;
    sleep(SECOND).await;
    first.die().await;
    sleep(LEASE).await;
    let second = cluster.server(2);
    second.accepts(run, approve("ok")).await;
    assert_eq!(cluster.end(run).await, ExecutionStatus::Completed);
    assert_eq!(second.agents.order(), ["after"]);
}

/// Such a run is woken in time all the same.
#[tokio::test(start_paused = true)]
async fn a_run_that_only_waits_is_taken_over_without_being_loaded() {
    let cluster = Cluster::new();
    let first = cluster.server(1);
    let timeout = Some(Duration::from_mins(10));
    let ok = gate_with("ok", &[], timeout, GateTimeout::Halt);
    let run = first.run(plan(vec![ok, stage("after", &["ok"])])).await;
    sleep(SECOND).await;
    let owner = cluster.owner(run).await;
    first.die().await;
    let second = cluster.server(2);
    sleep(Duration::from_mins(2)).await;
    assert!(cluster.owner(run).await > owner);
    assert_eq!(second.loads(), 0);
    assert_eq!(cluster.end(run).await, ExecutionStatus::Failed);
    assert_eq!(second.loads(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_created_before_there_is_a_lease_starts_when_there_is_one() {
    let world = World::new();
    world.break_down(Method::AcquireLease, 3);
    let run = world.run(diamond()).await;
    assert!(world.agents.order().is_empty());
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
}

#[tokio::test(start_paused = true)]
async fn whoever_takes_the_only_key_ends_the_work_of_the_one_before() {
    let mut world = World::new();
    world.agents.script("top", [Act::hang(), Act::complete()]);
    let run = world.run(diamond()).await;
    world.settle().await;
    let next = world.another(Mode::Execute);
    let before = std::mem::replace(&mut world.runtime, next);
    assert_eq!(world.runtime.take_up_all().await, Ok(vec![run]));
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    assert_eq!(world.agents.n_dispatched("top"), 2);
    // The one before does not take it back, and records what people decide.
    world.agents.script("after", [Act::hang()]);
    let waiting = world.run(gated()).await;
    before.command(waiting, approve("ok")).await.unwrap();
    world.settle().await;
    world.agents.script("after", [Act::complete()]);
    let cut_off = world.another(Mode::Execute);
    assert_eq!(cut_off.take_up_all().await, Ok(vec![waiting]));
    world.runtime = cut_off;
    assert_eq!(world.end(waiting).await, ExecutionStatus::Completed);
    assert_eq!(world.agents.n_dispatched("after"), 2);
    assert!(before.take_up_all().await.is_err());
}

/// Time passes for the store while one of the servers stands still.
#[test]
fn a_server_that_was_stopped_for_a_while_finds_that_it_is_not_the_owner_any_more() {
    let clock = Arc::new(TestClock::default());
    let memory = MemoryStore::with_clock(Arc::clone(&clock) as _);
    let (first, second) = (
        Island::new(&memory, &clock, 1),
        Island::new(&memory, &clock, 2),
    );
    let answers = Act::complete().taking(Duration::from_secs(20));
    first.agents().script("a", [answers]);
    let run = first.drive(async |server| server.run(chain()).await);
    first.live(SECOND);
    for _ in 0..30 {
        clock.advance(1);
        second.live(SECOND);
    }
    assert_eq!(second.agents().order(), ["a", "b"]);
    let before = second.drive(async |_| events(&memory, run).await);
    // Its attempt ends in the same moment as it learns how late it is.
    first.wake_after(Duration::from_secs(30));
    first.live(SECOND);
    let after = second.drive(async |_| events(&memory, run).await);
    assert_eq!(after, before);
    assert_eq!(n_completed(&after, "a"), 1);
    assert_eq!(first.agents().n_dispatched("b"), 0);
    let next = first.drive(async |server| server.run(diamond()).await);
    first.live(SECOND);
    let ended = first.drive(async |_| events(&memory, next).await);
    assert!(matches!(ended.last(), Some(Event::RunEnded { .. })));
    let owner = first.drive(async |_| memory.load_run(next).await.unwrap().owner);
    assert_eq!(owner, Some(3), "the third lease on this store");
}

/// Here one that is held for longer than those of the servers.
#[tokio::test(start_paused = true)]
async fn a_lease_of_another_kind_of_server_is_respected() {
    let cluster = Cluster::new();
    let stranger = ServerId::new(Uuid::from_u128(99));
    let term = LeaseTerm::For(Duration::from_mins(5));
    let lease = cluster.memory.acquire_lease(stranger, term).await.unwrap();
    let first = cluster.server(1);
    let run = first.run(gated()).await;
    first.runtime.stop(SECOND).await;
    assert_eq!(cluster.memory.claim_run(&lease, run).await, Ok(true));
    let second = cluster.server(2);
    second.accepts(run, approve("ok")).await;
    sleep(Duration::from_mins(4)).await;
    assert!(second.agents.order().is_empty());
    let woken = cluster.memory.take_wakeups(&lease, 9).await;
    assert_eq!(woken, Ok(vec![run]));
    sleep(Duration::from_mins(2)).await;
    assert_eq!(second.agents.order(), ["after"]);
}
