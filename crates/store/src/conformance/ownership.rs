//! Who owns which run: claims, and what a lease's end does to them.

use baton_model::RunId;
use futures_util::future::join_all;

use super::clock::TestClock;
use super::leases::lease_of;
use super::sample::{commit, create_runs, needing, new_run, run_id, server, standing, time};
use crate::attention::{Attention, OpenRun};
use crate::contract::{RunQuery, RunStore};
use crate::error::StoreError;
use crate::lease::{Lease, LeaseTerm};
use crate::rows::{Commit, NewRun};

/// Claims at most so many runs and says which.
async fn claim(store: &impl RunStore, lease: &Lease, limit: u32) -> Vec<RunId> {
    let claimed = store.claim_runs(lease, limit).await.unwrap();
    claimed.iter().map(|open| open.run).collect()
}

async fn owner(store: &impl RunStore, number: u32) -> Option<u64> {
    store.load_run(run_id(number)).await.unwrap().owner
}

fn runs<const N: usize>(numbers: [u32; N]) -> Vec<RunId> {
    numbers.map(run_id).to_vec()
}

/// Page by page until nothing comes back; done runs never do.
pub async fn open_runs_are_claimed_once_and_in_order(
    store: &(impl RunStore + RunQuery),
    _clock: &TestClock,
) {
    create_runs(store, [5, 3, 1, 4, 2]).await;
    let ended = Commit {
        execution: Some(standing(baton_model::ExecutionStatus::Failed)),
        ..commit(run_id(3), 1)
    };
    store.commit(ended).await.unwrap();
    let lease = lease_of(store, 1).await;
    assert_eq!(claim(store, &lease, 0).await, []);
    assert_eq!(claim(store, &lease, 2).await, runs([1, 2]));
    assert_eq!(claim(store, &lease, 9).await, runs([4, 5]));
    assert_eq!(claim(store, &lease, 9).await, []);
    assert_eq!(owner(store, 3).await, None);
    for number in [1, 2, 4, 5] {
        assert_eq!(owner(store, number).await, Some(lease.epoch));
    }
    // What comes later is claimed like the rest.
    create_runs(store, [6]).await;
    assert_eq!(claim(store, &lease, 9).await, runs([6]));
}

/// So that a run which only waits need not be loaded.
pub async fn a_claim_tells_what_a_run_needs(
    store: &(impl RunStore + RunQuery),
    _clock: &TestClock,
) {
    let needs = [
        (Attention::Working, None),
        (Attention::Idle, None),
        (Attention::Idle, Some(time(60))),
        (Attention::Working, Some(time(7))),
    ];
    let mut expected = Vec::new();
    for (number, (attention, wake_at)) in (1..).zip(needs) {
        create_runs(store, [number]).await;
        let changes = Commit {
            execution: Some(needing(attention, wake_at)),
            ..commit(run_id(number), 1)
        };
        store.commit(changes).await.unwrap();
        expected.push(OpenRun {
            run: run_id(number),
            attention,
            wake_at,
        });
    }
    assert_eq!(store.open_runs(None, 9).await.as_ref(), Ok(&expected));
    let lease = lease_of(store, 1).await;
    assert_eq!(store.claim_runs(&lease, 9).await, Ok(expected));
}

/// In pages, also when the lease is not valid any more.
pub async fn the_open_runs_of_a_lease_can_be_listed_again(
    store: &(impl RunStore + RunQuery),
    clock: &TestClock,
) {
    create_runs(store, 1..=5).await;
    let ended = Commit {
        execution: Some(needing(Attention::Done, None)),
        ..commit(run_id(2), 1)
    };
    let (first, second) = (lease_of(store, 1).await, lease_of(store, 2).await);
    let claimed = store.claim_runs(&first, 4).await.unwrap();
    store.claim_runs(&second, 9).await.unwrap();
    store.commit(ended).await.unwrap();
    clock.advance(10);
    let (one, rest) = (claimed[..1].to_vec(), claimed[2..].to_vec());
    assert_eq!(store.owned_runs(&first, None, 1).await, Ok(one));
    let next = store.owned_runs(&first, Some(run_id(1)), 9).await;
    assert_eq!(next, Ok(rest));
    let last = store.owned_runs(&first, Some(run_id(4)), 9).await;
    assert_eq!(last, Ok(Vec::new()));
    let other = store.owned_runs(&second, None, 9).await.unwrap();
    assert_eq!(other[0].run, run_id(5));
}

/// As long as its lease is renewed in time.
pub async fn runs_are_not_stolen_from_a_live_owner(
    store: &(impl RunStore + RunQuery),
    clock: &TestClock,
) {
    create_runs(store, [1, 2]).await;
    let first = lease_of(store, 1).await;
    assert_eq!(claim(store, &first, 1).await, runs([1]));
    let second = lease_of(store, 2).await;
    assert_eq!(claim(store, &second, 9).await, runs([2]));
    for _ in 0..3 {
        clock.advance(9);
        for lease in [first, second] {
            let duration = std::time::Duration::from_secs(10);
            store.renew_lease(&lease, duration).await.unwrap();
        }
        assert_eq!(claim(store, &second, 9).await, []);
        assert_eq!(store.claim_run(&second, run_id(1)).await, Ok(false));
        assert_eq!(owner(store, 1).await, Some(first.epoch));
    }
}

/// However it ended, and for its own server too.
pub async fn the_runs_of_a_lease_that_ended_are_free(
    store: &(impl RunStore + RunQuery),
    clock: &TestClock,
) {
    create_runs(store, [1, 2]).await;
    let released = lease_of(store, 1).await;
    assert_eq!(claim(store, &released, 9).await, runs([1, 2]));
    store.release_lease(&released).await.unwrap();

    let expired = lease_of(store, 2).await;
    assert_eq!(claim(store, &expired, 9).await, runs([1, 2]));
    clock.advance(10);

    let followed = lease_of(store, 3).await;
    assert_eq!(claim(store, &followed, 1).await, runs([1]));
    assert_eq!(store.claim_run(&followed, run_id(2)).await, Ok(true));
    let again = lease_of(store, 3).await;
    assert_eq!(claim(store, &again, 9).await, runs([1, 2]));

    let only = LeaseTerm::Exclusive;
    let exclusive = store.acquire_lease(server(4), only).await.unwrap();
    assert_eq!(claim(store, &exclusive, 9).await, runs([1, 2]));
    let restarted = store.acquire_lease(server(5), only).await.unwrap();
    assert_eq!(claim(store, &restarted, 9).await, runs([1, 2]));
    assert_eq!(owner(store, 2).await, Some(restarted.epoch));
}

/// Also when it is done, and again by whoever owns it.
pub async fn one_run_can_be_claimed_whatever_it_needs(
    store: &(impl RunStore + RunQuery),
    clock: &TestClock,
) {
    create_runs(store, [1]).await;
    let ended = Commit {
        execution: Some(needing(Attention::Done, None)),
        ..commit(run_id(1), 1)
    };
    store.commit(ended).await.unwrap();
    let (first, second) = (lease_of(store, 1).await, lease_of(store, 2).await);
    assert_eq!(store.claim_run(&first, run_id(1)).await, Ok(true));
    assert_eq!(store.claim_run(&first, run_id(1)).await, Ok(true));
    assert_eq!(store.claim_run(&second, run_id(1)).await, Ok(false));
    clock.advance(9);
    let third = lease_of(store, 3).await;
    clock.advance(1);
    assert_eq!(store.claim_run(&third, run_id(1)).await, Ok(true));
    assert_eq!(owner(store, 1).await, Some(third.epoch));
    let missing = store.claim_run(&third, run_id(2)).await;
    assert_eq!(missing, Err(StoreError::NotFound));
}

/// Nobody claims it away from under its creator.
pub async fn a_new_run_may_have_an_owner(store: &(impl RunStore + RunQuery), _clock: &TestClock) {
    let (first, second) = (lease_of(store, 1).await, lease_of(store, 2).await);
    let owned = NewRun {
        owner: Some(first),
        ..new_run(1)
    };
    store.create_run(owned.into()).await.unwrap();
    assert_eq!(owner(store, 1).await, Some(first.epoch));
    assert_eq!(claim(store, &second, 9).await, []);
}

/// Though all of them try at once.
pub async fn of_many_servers_exactly_one_claims_each_run(
    store: &(impl RunStore + RunQuery),
    _clock: &TestClock,
) {
    create_runs(store, 1..=40).await;
    let claims = join_all((1..=8).map(|number| async move {
        let lease = lease_of(store, number).await;
        let mut mine = Vec::new();
        loop {
            let more = claim(store, &lease, 3).await;
            if more.is_empty() {
                return (lease, mine);
            }
            mine.extend(more);
        }
    }))
    .await;
    let mut claimed = Vec::new();
    for (lease, mine) in claims {
        for run in &mine {
            let log = store.load_run(*run).await.unwrap();
            assert_eq!(log.owner, Some(lease.epoch));
        }
        claimed.extend(mine);
    }
    claimed.sort_unstable();
    let all: Vec<_> = (1..=40).map(run_id).collect();
    assert_eq!(claimed, all);
}
