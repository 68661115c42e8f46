//! Leases: taken, renewed, released, expired.

use std::time::Duration;

use super::clock::TestClock;
use super::sample::{create_runs, run_id, server};
use crate::contract::{RunQuery, RunStore};
use crate::error::StoreError;
use crate::lease::{Lease, LeaseTerm, ServerId};

/// So many seconds.
const fn seconds(number: u64) -> Duration {
    Duration::from_secs(number)
}

async fn acquire(store: &impl RunStore, server: ServerId, term: LeaseTerm) -> Lease {
    store.acquire_lease(server, term).await.unwrap()
}

/// A lease of ten seconds.
pub(super) async fn lease_of(store: &impl RunStore, number: u32) -> Lease {
    acquire(store, server(number), LeaseTerm::For(seconds(10))).await
}

/// Whether a lease is valid, found out without changing anything.
async fn is_valid(store: &impl RunStore, lease: &Lease) -> bool {
    match store.take_wakeups(lease, 0).await {
        Ok(_) => true,
        Err(error) => {
            assert_eq!(error, StoreError::Fenced);
            false
        }
    }
}

/// Also over those that expired, were released, or ended by another.
pub async fn epochs_grow_over_all_leases(store: &(impl RunStore + RunQuery), clock: &TestClock) {
    let mut last = 0;
    for round in 0..3 {
        let first = lease_of(store, 1).await;
        let second = lease_of(store, 2).await;
        store.release_lease(&second).await.unwrap();
        let third = lease_of(store, 2).await;
        clock.advance(60);
        let fourth = acquire(store, server(1), LeaseTerm::Exclusive).await;
        store.release_lease(&fourth).await.unwrap();
        for lease in [first, second, third, fourth] {
            assert!(lease.epoch > last, "{} after {last}", lease.epoch);
            last = lease.epoch;
        }
        assert_eq!(fourth.server, server(1), "round {round}");
    }
}

/// At the very moment it is over, and for ever.
pub async fn a_lease_ends_by_the_clock_of_the_store(
    store: &(impl RunStore + RunQuery),
    clock: &TestClock,
) {
    let lease = lease_of(store, 1).await;
    clock.advance(9);
    assert!(is_valid(store, &lease).await);
    clock.advance(1);
    assert!(!is_valid(store, &lease).await);
    let renewed = store.renew_lease(&lease, seconds(10)).await;
    assert_eq!(renewed, Err(StoreError::Fenced));
    assert!(!is_valid(store, &lease).await);
}

/// Not from the end of what it renews.
pub async fn a_renewal_counts_from_itself(store: &(impl RunStore + RunQuery), clock: &TestClock) {
    let lease = lease_of(store, 1).await;
    for _ in 0..3 {
        clock.advance(9);
        store.renew_lease(&lease, seconds(10)).await.unwrap();
    }
    clock.advance(9);
    assert!(is_valid(store, &lease).await);
    clock.advance(1);
    assert!(!is_valid(store, &lease).await);
}

/// Whoever holds it holds the only key to the store.
pub async fn an_exclusive_lease_ends_all_others_and_never_expires(
    store: &(impl RunStore + RunQuery),
    clock: &TestClock,
) {
    let shared = lease_of(store, 1).await;
    let first = acquire(store, server(2), LeaseTerm::Exclusive).await;
    let second = acquire(store, server(3), LeaseTerm::Exclusive).await;
    for ended in [shared, first] {
        assert!(!is_valid(store, &ended).await);
    }
    store.renew_lease(&second, seconds(1)).await.unwrap();
    clock.advance(1_000_000_000);
    assert!(is_valid(store, &second).await);
    let beside = lease_of(store, 4).await;
    assert!(is_valid(store, &second).await && is_valid(store, &beside).await);
}

/// Its new one ends its old one; those of others stay.
pub async fn a_server_has_one_lease(store: &(impl RunStore + RunQuery), _clock: &TestClock) {
    let old = lease_of(store, 1).await;
    let other = lease_of(store, 2).await;
    let new = lease_of(store, 1).await;
    assert!(!is_valid(store, &old).await);
    assert!(is_valid(store, &new).await && is_valid(store, &other).await);
}

/// Others stay as they are.
pub async fn a_released_lease_is_gone_and_may_be_released_again(
    store: &(impl RunStore + RunQuery),
    clock: &TestClock,
) {
    let (lease, other) = (lease_of(store, 1).await, lease_of(store, 2).await);
    for _ in 0..2 {
        assert_eq!(store.release_lease(&lease).await, Ok(()));
        assert!(!is_valid(store, &lease).await);
        assert!(is_valid(store, &other).await);
    }
    clock.advance(10);
    assert_eq!(store.release_lease(&other).await, Ok(()));
}

/// It neither claims nor reads what is for its holder.
pub async fn a_lease_that_is_not_valid_is_good_for_nothing(
    store: &(impl RunStore + RunQuery),
    clock: &TestClock,
) {
    create_runs(store, [1]).await;
    let expired = lease_of(store, 1).await;
    clock.advance(10);
    let released = lease_of(store, 2).await;
    store.release_lease(&released).await.unwrap();
    let never_taken = Lease {
        server: server(3),
        epoch: 99,
    };
    for lease in [expired, released, never_taken] {
        let answers = [
            store.renew_lease(&lease, seconds(10)).await,
            store.claim_runs(&lease, 9).await.map(drop),
            store.claim_run(&lease, run_id(1)).await.map(drop),
            store.take_wakeups(&lease, 9).await.map(drop),
        ];
        assert_eq!(answers, [const { Err(StoreError::Fenced) }; 4], "{lease:?}");
    }
    assert_eq!(store.load_run(run_id(1)).await.unwrap().owner, None);
}
