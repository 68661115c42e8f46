//! Many callers at once.

use futures_util::future::join_all;

use super::sample::{claim, commit, create_runs, event, new_run, run_id, settled, stored};
use crate::contract::{Created, RunQuery, RunStore};
use crate::error::StoreError;
use crate::rows::Commit;

const CALLERS: u32 = 64;

/// Every run has its own log, whoever writes beside it.
pub async fn runs_are_created_and_moved_on_side_by_side(store: &(impl RunStore + RunQuery)) {
    const COMMITS: u64 = 10;
    join_all((0..CALLERS).map(|number| async move {
        store.create_run(new_run(number).into()).await.unwrap();
        for version in 1..=COMMITS {
            store.commit(commit(run_id(number), version)).await.unwrap();
            let last = store.events(run_id(number), version, 2).await.unwrap();
            assert_eq!(last, [event(version + 1)], "an acknowledged write is seen");
        }
    }))
    .await;
    let expected: Vec<_> = (1..=COMMITS + 1).map(event).collect();
    for number in 0..CALLERS {
        assert_eq!(stored(store, run_id(number)).await.events, expected);
    }
}

/// The others are told, and nothing of theirs is stored.
pub async fn of_many_commits_of_one_version_exactly_one_wins(store: &(impl RunStore + RunQuery)) {
    create_runs(store, [1]).await;
    let answers = join_all((0..CALLERS).map(|attempt| {
        let mut progress = settled(0);
        progress.attempt = attempt;
        store.commit(Commit {
            steps: vec![progress],
            ..commit(run_id(1), 1)
        })
    }))
    .await;
    let winners: Vec<_> = (0..CALLERS)
        .zip(&answers)
        .filter(|(_, answer)| answer.is_ok())
        .map(|(attempt, _)| attempt)
        .collect();
    let conflict = Err(StoreError::Conflict { expected: 1 });
    let losers = answers.iter().filter(|answer| **answer == conflict).count();
    assert_eq!((winners.len(), losers), (1, CALLERS as usize - 1));
    let found = stored(store, run_id(1)).await;
    assert_eq!(found.steps[0].progress.attempt, winners[0]);
    assert_eq!(found.events.len(), 2);
}

/// The others are told which.
pub async fn of_many_runs_with_one_claim_exactly_one_is_stored(store: &(impl RunStore + RunQuery)) {
    let answers = join_all((0..CALLERS).map(|number| {
        let mut run = new_run(number);
        run.claims.push(claim("key"));
        store.create_run(run.into())
    }))
    .await;
    let winners: Vec<_> = (0..CALLERS)
        .zip(&answers)
        .filter(|(_, answer)| **answer == Ok(Created::New))
        .map(|(number, _)| run_id(number))
        .collect();
    let open = store.open_runs(None, CALLERS).await.unwrap();
    let stored: Vec<_> = open.iter().map(|open| open.run).collect();
    assert_eq!(stored, winners);
    let existing = Ok(Created::Existing(winners[0]));
    let losers = answers.iter().filter(|answer| **answer == existing).count();
    assert_eq!((winners.len(), losers), (1, CALLERS as usize - 1));
}

/// Also one that is refused only after some of it was written.
pub async fn a_refused_commit_harms_none_of_its_neighbours(store: &(impl RunStore + RunQuery)) {
    create_runs(store, 0..CALLERS).await;
    let answers = join_all((0..CALLERS).map(|number| {
        let step = if number % 8 == 3 { 99 } else { 0 };
        store.commit(Commit {
            steps: vec![settled(step)],
            ..commit(run_id(number), 1)
        })
    }))
    .await;
    for (number, answer) in (0..).zip(answers) {
        let is_refused = number % 8 == 3;
        assert_eq!(matches!(answer, Err(StoreError::Refused(_))), is_refused);
        assert_eq!(answer.is_ok(), !is_refused, "{answer:?}");
        let found = stored(store, run_id(number)).await;
        let expected = if is_refused { (1, 0) } else { (2, 3) };
        assert_eq!(
            (found.events.len(), found.steps[0].progress.attempt),
            expected
        );
    }
}
