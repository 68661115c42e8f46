//! Wake-ups: how an owner learns of what others commit to its runs.

use super::clock::TestClock;
use super::leases::lease_of;
use super::sample::{commit, create_runs, run_id};
use crate::contract::{RunQuery, RunStore};
use crate::error::StoreError;
use crate::lease::Lease;
use crate::rows::Commit;

/// Commits without a fence, as a person's decision is.
async fn decide(store: &impl RunStore, number: u32, version: u64) {
    store.commit(commit(run_id(number), version)).await.unwrap();
}

async fn woken(store: &impl RunStore, lease: &Lease) -> Vec<baton_model::RunId> {
    store.take_wakeups(lease, 99).await.unwrap()
}

/// Once for several commits, and again for later ones; never for its own.
pub async fn an_owner_is_woken_once_for_what_others_commit(
    store: &(impl RunStore + RunQuery),
    _clock: &TestClock,
) {
    create_runs(store, [1]).await;
    let lease = lease_of(store, 1).await;
    store.claim_runs(&lease, 9).await.unwrap();
    let own = Commit {
        fence: Some(lease),
        ..commit(run_id(1), 1)
    };
    store.commit(own).await.unwrap();
    assert_eq!(woken(store, &lease).await, []);
    for version in [2, 4] {
        decide(store, 1, version).await;
        decide(store, 1, version + 1).await;
        assert_eq!(woken(store, &lease).await, [run_id(1)]);
        assert_eq!(woken(store, &lease).await, []);
    }
}

/// Whoever claims the run sees it as it is.
pub async fn nobody_is_woken_whose_lease_is_not_valid(
    store: &(impl RunStore + RunQuery),
    clock: &TestClock,
) {
    create_runs(store, [1]).await;
    decide(store, 1, 1).await;
    let first = lease_of(store, 1).await;
    store.claim_runs(&first, 9).await.unwrap();
    assert_eq!(woken(store, &first).await, []);

    // Once before the lease ends and once after: neither is for the next one.
    decide(store, 1, 2).await;
    clock.advance(10);
    decide(store, 1, 3).await;
    let second = lease_of(store, 2).await;
    store.claim_runs(&second, 9).await.unwrap();
    assert_eq!(woken(store, &second).await, []);
    decide(store, 1, 4).await;
    assert_eq!(woken(store, &second).await, [run_id(1)]);
}

/// By run, and nothing of another owner's.
pub async fn wakeups_are_taken_in_pages_by_their_owner_only(
    store: &(impl RunStore + RunQuery),
    _clock: &TestClock,
) {
    create_runs(store, 1..=5).await;
    let (first, second) = (lease_of(store, 1).await, lease_of(store, 2).await);
    for number in [1, 2, 4] {
        store.claim_run(&first, run_id(number)).await.unwrap();
    }
    store.claim_run(&second, run_id(3)).await.unwrap();
    for number in [4, 5, 3, 2, 1] {
        decide(store, number, 1).await;
    }
    assert_eq!(store.take_wakeups(&first, 0).await, Ok(Vec::new()));
    let page = store.take_wakeups(&first, 2).await;
    assert_eq!(page, Ok(vec![run_id(1), run_id(2)]));
    assert_eq!(woken(store, &second).await, [run_id(3)]);
    assert_eq!(woken(store, &first).await, [run_id(4)]);
}

/// It changed nothing.
pub async fn nobody_is_woken_for_what_was_refused(
    store: &(impl RunStore + RunQuery),
    _clock: &TestClock,
) {
    create_runs(store, [1]).await;
    let lease = lease_of(store, 1).await;
    store.claim_runs(&lease, 9).await.unwrap();
    let answer = store.commit(commit(run_id(1), 7)).await;
    assert_eq!(answer, Err(StoreError::Conflict { expected: 7 }));
    let unknown_step = Commit {
        removed_steps: vec![9],
        ..commit(run_id(1), 1)
    };
    let answer = store.commit(unknown_step).await;
    assert!(matches!(answer, Err(StoreError::Refused(_))), "{answer:?}");
    assert_eq!(woken(store, &lease).await, []);
}
