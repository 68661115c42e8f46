//! Reading the event log.

use super::sample::{create_runs, event, new_run, run_id};
use crate::contract::{RunQuery, RunStore};
use crate::error::StoreError;

/// Pages join without gap or repetition, also far outside the log.
pub async fn events_are_read_in_pages_by_their_number(store: &(impl RunStore + RunQuery)) {
    let mut run = new_run(1);
    run.events = (1..=5).map(event).collect();
    run.execution.version = 5;
    store.create_run(run).await.unwrap();
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
    assert_eq!(store.last_log_seq(run_id(1)).await, Ok(0));
}
