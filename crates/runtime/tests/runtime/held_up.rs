//! A lease ends, or a run changes hands, while a server waits for an answer of
//! the store about that run.

use std::time::Duration;

use baton_model::{Command, ExecutionStatus, Object, Plan, RunId};
use baton_store::faulty::Method;
use baton_store::{Lease, RunStore, ServerId};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::agents::{Act, End, Left};
use crate::cluster::{Cluster, LEASE, Server};
use crate::plans::{plan, slot_stage, stage};

const SECOND: Duration = Duration::from_secs(1);

/// One stage, then another.
fn chain() -> Plan {
    plan(vec![slot_stage("a", &[]), stage("b", &["a"])])
}

/// A run of server 1 that has begun, and whose first stage does this. No
/// server hears of anything by itself.
async fn begun(cluster: &Cluster, first: &Server, act: Act) -> (RunId, Lease) {
    first.store.lose_news();
    first.agents.script("a", [act]);
    let run = first.run(chain()).await;
    sleep(SECOND).await;
    (run, lease_of(cluster, run, 1).await)
}

/// The lease under which server `number` owns a run.
async fn lease_of(cluster: &Cluster, run: RunId, number: u32) -> Lease {
    Lease {
        server: ServerId::new(Uuid::from_u128(number.into())),
        epoch: cluster.owner(run).await.unwrap(),
    }
}

/// Waits until a server with this lease on the run has heard that it is over,
/// and has taken the next one.
async fn next_lease(cluster: &Cluster, run: RunId, before: &Lease) {
    while cluster.owner(run).await == Some(before.epoch) {
        sleep(SECOND).await;
    }
}

/// It has claimed the run under its first lease, and before it has read it,
/// under the next one: what it reads is fenced off, and nobody else will come.
#[tokio::test(start_paused = true)]
async fn a_run_that_is_loaded_across_two_leases_of_its_server_is_worked_on() {
    let cluster = Cluster::new();
    let first = cluster.server(1);
    let (run, lease) = begun(&cluster, &first, Act::hang()).await;
    let second = cluster.server(2);
    second.store.lose_news();
    sleep(SECOND).await;
    first.store.cut_off();
    cluster.memory.release_lease(&lease).await.unwrap();
    let reading = second.way.hold_up(Method::LoadRun, 2);
    second.runtime.take_up(run).await;
    reading.came().await;
    let claimed = lease_of(&cluster, run, 2).await;
    assert_ne!(claimed.epoch, lease.epoch, "the second server owns it");
    cluster.memory.release_lease(&claimed).await.unwrap();
    next_lease(&cluster, run, &claimed).await;
    assert!(cluster.owner(run).await > Some(claimed.epoch));
    reading.go_on();
    assert_eq!(cluster.end(run).await, ExecutionStatus::Completed);
    assert_eq!(second.agents.order(), ["a", "b"]);
}

/// The claim comes while it is loaded by one who may only record what people
/// decide, and nobody makes it a second time.
#[tokio::test(start_paused = true)]
async fn a_run_that_is_claimed_while_a_guest_loads_it_is_worked_on() {
    let cluster = Cluster::new();
    let first = cluster.server(1);
    let (run, lease) = begun(&cluster, &first, Act::hang()).await;
    let second = cluster.server(2);
    second.store.lose_news();
    sleep(SECOND).await;
    let reading = second.way.hold_up(Method::LoadRun, 2);
    second.runtime.take_up(run).await;
    reading.came().await;
    assert_eq!(cluster.owner(run).await, Some(lease.epoch), "it is a guest");
    first.store.cut_off();
    cluster.memory.release_lease(&lease).await.unwrap();
    next_lease(&cluster, run, &lease).await;
    reading.go_on();
    assert_eq!(cluster.end(run).await, ExecutionStatus::Completed);
    assert_eq!(second.agents.order(), ["a", "b"]);
}

/// The same when the guest has loaded it, and is still there because somebody
/// decides something.
#[tokio::test(start_paused = true)]
async fn a_run_that_is_claimed_while_a_guest_holds_it_is_worked_on() {
    let cluster = Cluster::new();
    let first = cluster.server(1);
    let (run, lease) = begun(&cluster, &first, Act::hang()).await;
    let second = cluster.server(2);
    second.store.lose_news();
    sleep(SECOND).await;
    let writing = second.way.hold_up(Method::Commit, 1);
    let pause = Command::PauseRun {
        by: "ann".to_owned(),
        reason: None,
    };
    let runtime = second.runtime.clone();
    let pausing = tokio::spawn(async move { runtime.command(run, pause).await });
    writing.came().await;
    first.store.cut_off();
    cluster.memory.release_lease(&lease).await.unwrap();
    next_lease(&cluster, run, &lease).await;
    writing.go_on();
    pausing.await.unwrap().unwrap();
    sleep(SECOND).await;
    assert_eq!(second.agents.order(), ["a"], "what had begun goes on");
}

/// What is found of an attempt that completes after a while.
fn goes_on() -> Left {
    Left::Ended(2 * LEASE, End::Complete(Object::new()))
}

/// Checks that nothing is left of the attempts of a server when the lease that
/// they were begun under is over, though the store does not answer them.
async fn end_with_their_lease(cluster: &Cluster, run: RunId, lease: Lease) {
    cluster.memory.release_lease(&lease).await.unwrap();
    let over_at = Instant::now();
    next_lease(cluster, run, &lease).await;
    // The next renewal tells, and no attempt that takes long to end is waited for.
    assert!(over_at.elapsed() < LEASE / 2, "{:?}", over_at.elapsed());
}

#[tokio::test(start_paused = true)]
async fn an_attempt_whose_lines_wait_for_the_store_ends_with_its_lease() {
    let cluster = Cluster::new();
    let first = cluster.server(1);
    let writing = first.way.hold_up(Method::AppendLogs, 1);
    let (run, lease) = begun(&cluster, &first, Act::hang().writing(1)).await;
    writing.came().await;
    first.agents.leave("a", goes_on());
    end_with_their_lease(&cluster, run, lease).await;
    assert_eq!(first.agents.book().forgotten.len(), 1);
    assert_eq!(cluster.end(run).await, ExecutionStatus::Completed);
    writing.go_on();
    sleep(LEASE).await;
    assert_eq!(first.agents.book().forgotten.len(), 2, "each of them once");
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_is_looked_for_does_not_wait_for_the_store_after_its_lease() {
    let cluster = Cluster::new();
    let first = cluster.server(1);
    let (run, lease) = begun(&cluster, &first, Act::hang()).await;
    first.store.cut_off();
    cluster.memory.release_lease(&lease).await.unwrap();
    let second = cluster.server(2);
    second.store.lose_news();
    second.agents.leave("a", goes_on());
    let counting = second.way.hold_up(Method::Logs, 1);
    counting.came().await;
    let lease = lease_of(&cluster, run, 2).await;
    end_with_their_lease(&cluster, run, lease).await;
    assert_eq!(second.agents.book().forgotten.len(), 1);
    counting.go_on();
    assert_eq!(cluster.end(run).await, ExecutionStatus::Completed);
    assert_eq!(second.agents.book().recovered.len(), 2);
    assert_eq!(second.agents.order(), ["b"]);
}

/// A stage that hands its log to the next one.
fn with_log() -> Plan {
    let mut before = stage("a", &[]);
    before.handoff.include_run_log = true;
    plan(vec![before, slot_stage("b", &["a"])])
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_waits_for_an_earlier_log_is_not_begun_after_its_lease() {
    let cluster = Cluster::new();
    let first = cluster.server(1);
    first.store.lose_news();
    let reading = first.way.hold_up(Method::Logs, 1);
    let run = first.run(with_log()).await;
    reading.came().await;
    let lease = lease_of(&cluster, run, 1).await;
    end_with_their_lease(&cluster, run, lease).await;
    assert_eq!(cluster.end(run).await, ExecutionStatus::Completed);
    reading.go_on();
    sleep(LEASE).await;
    assert_eq!(first.agents.order(), ["a", "b"]);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_is_looked_for_does_not_wait_for_an_earlier_log_after_its_lease() {
    let cluster = Cluster::new();
    let first = cluster.server(1);
    first.store.lose_news();
    first.agents.script("b", [Act::hang()]);
    let run = first.run(with_log()).await;
    sleep(SECOND).await;
    let lease = lease_of(&cluster, run, 1).await;
    first.store.cut_off();
    cluster.memory.release_lease(&lease).await.unwrap();
    let second = cluster.server(2);
    second.store.lose_news();
    second.agents.leave("b", goes_on());
    // The first asks how many lines of the attempt are stored.
    let reading = second.way.hold_up(Method::Logs, 2);
    reading.came().await;
    let lease = lease_of(&cluster, run, 2).await;
    end_with_their_lease(&cluster, run, lease).await;
    reading.go_on();
    assert_eq!(cluster.end(run).await, ExecutionStatus::Completed);
    assert_eq!(second.agents.book().recovered.len(), 2);
}
