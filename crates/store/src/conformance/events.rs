//! Reading the event log, and those of all runs together.

use baton_model::RunId;
use futures_util::future::{join, join_all};

use super::sample::{commit, create_runs, event, new_run, run_id};
use crate::contract::{EVENT_PAGE_BYTES, RunQuery, RunStore};
use crate::error::StoreError;
use crate::rows::StoredEvent;

/// Pages join without gap or repetition, also far outside the log.
pub async fn events_are_read_in_pages_by_their_number(store: &(impl RunStore + RunQuery)) {
    let mut run = new_run(1);
    run.events = (1..=5).map(event).collect();
    run.execution.version = 5;
    store.create_run(run.into()).await.unwrap();
    create_runs(store, [2]).await;
    let pages: [(u64, u32, &[u64]); 8] = [
        (0, 2, &[1, 2]),
        (2, 2, &[3, 4]),
        (4, 2, &[5]),
        (5, 2, &[]),
        (0, u32::MAX, &[1, 2, 3, 4, 5]),
        (0, 0, &[]),
        (1 << 63, 2, &[]),
        (u64::MAX, 2, &[]),
    ];
    for (after, limit, expected) in pages {
        let expected: Vec<_> = expected.iter().copied().map(event).collect();
        let found = store.events(run_id(1), after, limit).await;
        assert_eq!(found, Ok(expected), "after {after}, at most {limit}");
    }
}

/// Loading it is an error, listing its events is not.
pub async fn a_run_without_events_is_not_found(store: &(impl RunStore + RunQuery)) {
    create_runs(store, [2]).await;
    let answer = store.load_run(run_id(1)).await;
    assert_eq!(answer, Err(StoreError::NotFound));
    assert_eq!(store.events(run_id(1), 0, 10).await, Ok(Vec::new()));
    assert_eq!(store.steps(run_id(1)).await, Ok(Vec::new()));
    assert_eq!(store.whole_execution(run_id(1)).await, Ok(None));
    assert_eq!(store.last_log_seq(run_id(1)).await, Ok(0));
}

/// However many runs there are, and whatever was refused in between.
pub async fn events_of_all_runs_come_in_the_order_of_their_commits(
    store: &(impl RunStore + RunQuery),
) {
    assert_eq!(store.last_position().await, Ok(0));
    assert_eq!(store.all_events(0, 9).await, Ok(Vec::new()));
    create_runs(store, [2, 1]).await;
    let mut two = commit(run_id(2), 1);
    two.events = vec![event(2), event(3)];
    store.commit(two).await.unwrap();
    assert!(store.commit(commit(run_id(1), 7)).await.is_err());
    assert!(store.create_run(new_run(1).into()).await.is_err());
    store.commit(commit(run_id(1), 1)).await.unwrap();
    store.commit(commit(run_id(2), 3)).await.unwrap();
    let order = [(2, 1), (1, 1), (2, 2), (2, 3), (1, 2), (2, 4)];
    let all: Vec<_> = (1..)
        .zip(order)
        .map(|(position, (run, seq))| (position, run_id(run), event(seq)))
        .collect();
    for after in 0..8 {
        for limit in [0, 1, 2, 3, 9, u32::MAX] {
            let found = store.all_events(after, limit).await.unwrap();
            let found: Vec<_> = found
                .into_iter()
                .map(|one| (one.position, one.run, one.event))
                .collect();
            let n_after = usize::try_from(after).unwrap();
            let expected = all.iter().skip(n_after).take(limit as usize);
            let expected: Vec<_> = expected.cloned().collect();
            let found: Vec<_> = found
                .into_iter()
                .map(|(position, run, event)| (position, run, event.unwrap()))
                .collect();
            assert_eq!(found, expected, "after {after}, at most {limit}");
        }
    }
    assert_eq!(store.last_position().await, Ok(6));
    assert_eq!(store.all_events(u64::MAX, 1).await, Ok(Vec::new()));
}

/// Whatever the limit; at least one event is on each page.
pub async fn a_page_of_events_ends_at_its_bytes(store: &(impl RunStore + RunQuery)) {
    let half = EVENT_PAGE_BYTES / 2;
    let sizes = [half, half - 1, 1, half, 3 * half, 1, half, 2 * half, 1];
    let mut run = new_run(1);
    run.events = (1..)
        .zip(sizes)
        .map(|(seq, size)| of_size(seq, size))
        .collect();
    run.execution.version = sizes.len() as u64;
    store.create_run(run.into()).await.unwrap();
    // The commits make no difference.
    let mut more = commit(run_id(1), sizes.len() as u64);
    more.events[0].body = "2".repeat(EVENT_PAGE_BYTES - 1).into();
    store.commit(more).await.unwrap();
    for (after, expected) in [(0, 3), (1, 4), (3, 5), (4, 5), (5, 8), (8, 10), (10, 10)] {
        let of_run = store.events(run_id(1), after, 9).await.unwrap();
        let of_all = store.all_events(after, 9).await.unwrap();
        let seqs: Vec<_> = of_run.iter().map(|event| event.seq).collect();
        let positions: Vec<_> = of_all.iter().map(|one| one.position).collect();
        let expected: Vec<_> = (after + 1..=expected).collect();
        assert_eq!(seqs, expected, "after {after}");
        assert_eq!(positions, expected, "after {after}");
    }
}

fn of_size(seq: u64, size: usize) -> StoredEvent {
    // A number of so many digits.
    let body = "1".repeat(size).into();
    StoredEvent { body, ..event(seq) }
}

/// Whoever reads while others write sees everything once: what appears has a
/// higher position than all that had appeared.
pub async fn no_position_appears_below_one_that_was_seen(store: &(impl RunStore + RunQuery)) {
    const RUNS: u32 = 8;
    const COMMITS: u64 = 20;
    create_runs(store, 0..RUNS).await;
    let writers = (0..RUNS).map(|run| async move {
        for version in 1..=COMMITS {
            store.commit(commit(run_id(run), version)).await.unwrap();
        }
    });
    let reader = async {
        let n_all = u64::from(RUNS) * (COMMITS + 1);
        let mut seen: Vec<(u64, RunId, u64)> = Vec::new();
        while (seen.len() as u64) < n_all {
            let after = seen.last().map_or(0, |(position, ..)| *position);
            let found = store.all_events(after, 7).await.unwrap();
            seen.extend(
                found
                    .iter()
                    .map(|one| (one.position, one.run, one.event.as_ref().unwrap().seq)),
            );
        }
        seen
    };
    // The writers first: a store in memory never waits.
    let (_, seen) = join(join_all(writers), reader).await;
    assert!(
        (1..)
            .zip(&seen)
            .all(|(number, (position, ..))| number == *position)
    );
    for run in 0..RUNS {
        let seqs = seen.iter().filter(|(_, of, _)| *of == run_id(run));
        let seqs: Vec<_> = seqs.map(|(.., seq)| *seq).collect();
        assert!(seqs.into_iter().eq(1..=COMMITS + 1), "run {run}");
    }
}
