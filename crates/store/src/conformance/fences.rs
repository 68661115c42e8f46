//! Fences: what a lease still lets its holder write.

use baton_model::{ExecutionStatus, StepStatus};

use super::clock::TestClock;
use super::leases::lease_of;
use super::sample::{commit, create_runs, line, run_id, settled, standing, step, stored};
use crate::contract::{RunQuery, RunStore};
use crate::error::StoreError;
use crate::lease::Lease;
use crate::rows::{Commit, StepUpdate};

fn fenced(fence: Lease, version: u64) -> Commit {
    Commit {
        fence: Some(fence),
        execution: Some(standing(ExecutionStatus::Completed)),
        added_steps: vec![step(2, "late", &[])],
        steps: vec![settled(0)],
        ..commit(run_id(1), version)
    }
}

/// Checks that neither a commit nor log lines pass the fence of a run at
/// `version` without lines.
async fn refuses(store: &(impl RunStore + RunQuery), fence: Lease, version: u64) {
    let before = stored(store, run_id(1)).await;
    let answer = store.commit(fenced(fence, version)).await;
    assert_eq!(answer, Err(StoreError::Fenced));
    for lines in [vec![line(1, "build", 1)], Vec::new()] {
        let answer = store.append_logs(run_id(1), Some(fence), lines).await;
        assert_eq!(answer, Err(StoreError::Fenced));
    }
    assert_eq!(stored(store, run_id(1)).await, before);
}

/// However late it comes, even at the right version.
pub async fn a_stale_owner_changes_nothing(store: &(impl RunStore + RunQuery), clock: &TestClock) {
    create_runs(store, [1]).await;
    let stale = lease_of(store, 1).await;
    assert_eq!(store.claim_run(&stale, run_id(1)).await, Ok(true));
    clock.advance(10);
    let owner = lease_of(store, 2).await;
    assert_eq!(store.claim_run(&owner, run_id(1)).await, Ok(true));
    refuses(store, stale, 1).await;
    // Not as a new holder of another lease either.
    refuses(store, lease_of(store, 1).await, 1).await;

    store.commit(fenced(owner, 1)).await.unwrap();
    let lines = vec![line(1, "build", 1)];
    let answer = store.append_logs(run_id(1), Some(owner), lines).await;
    assert_eq!(answer, Ok(()));
}

/// No other holder exists, so nothing can go wrong.
pub async fn an_owner_whose_lease_expired_may_commit_until_the_run_is_claimed(
    store: &(impl RunStore + RunQuery),
    clock: &TestClock,
) {
    create_runs(store, [1]).await;
    let owner = lease_of(store, 1).await;
    assert_eq!(store.claim_run(&owner, run_id(1)).await, Ok(true));
    clock.advance(100);
    // A lease taken by somebody does not change that, a claim does.
    let next = lease_of(store, 2).await;
    assert_eq!(store.commit(fenced(owner, 1)).await, Ok(()));
    assert_eq!(store.claim_run(&next, run_id(1)).await, Ok(true));
    refuses(store, owner, 2).await;
}

/// It takes a claim to be the owner.
pub async fn nobody_passes_the_fence_of_a_run_without_an_owner(
    store: &(impl RunStore + RunQuery),
    _clock: &TestClock,
) {
    create_runs(store, [1]).await;
    refuses(store, lease_of(store, 1).await, 1).await;
}

/// A stale owner is told that it is one, not that it should try again.
pub async fn a_fence_comes_before_the_version(
    store: &(impl RunStore + RunQuery),
    _clock: &TestClock,
) {
    create_runs(store, [1]).await;
    let stranger = lease_of(store, 1).await;
    for version in [0, 2] {
        let answer = store.commit(fenced(stranger, version)).await;
        assert_eq!(answer, Err(StoreError::Fenced), "version {version}");
    }
    let missing = Commit {
        run: run_id(2),
        ..fenced(stranger, 0)
    };
    assert_eq!(store.commit(missing).await, Err(StoreError::NotFound));
    let gap = vec![line(9, "build", 1)];
    let answer = store.append_logs(run_id(1), Some(stranger), gap).await;
    assert_eq!(answer, Err(StoreError::Fenced));
}

/// It may be that a store takes steps that begin for those of a new run first.
pub async fn a_refusal_says_why_also_when_the_steps_were_edited(
    store: &(impl RunStore + RunQuery),
    _clock: &TestClock,
) {
    create_runs(store, [1]).await;
    let owner = lease_of(store, 1).await;
    assert_eq!(store.claim_run(&owner, run_id(1)).await, Ok(true));
    let edit = Commit {
        removed_steps: vec![0],
        ..commit(run_id(1), 1)
    };
    store.commit(edit).await.unwrap();
    let begun = StepUpdate {
        status: StepStatus::Running,
        dispatch: 1,
        ..StepUpdate::untouched(1)
    };
    let begin = |fence, version| Commit {
        fence: Some(fence),
        steps: vec![begun.clone()],
        ..commit(run_id(1), version)
    };
    let before = stored(store, run_id(1)).await;
    for expected in [1, 3] {
        let answer = store.commit(begin(owner, expected)).await;
        assert_eq!(answer, Err(StoreError::Conflict { expected }));
    }
    let stranger = lease_of(store, 2).await;
    let answer = store.commit(begin(stranger, 2)).await;
    assert_eq!(answer, Err(StoreError::Fenced));
    assert_eq!(stored(store, run_id(1)).await, before);
    store.commit(begin(owner, 2)).await.unwrap();
    let steps = store.steps(run_id(1)).await.unwrap();
    assert_eq!(steps[0].progress, begun);
}
