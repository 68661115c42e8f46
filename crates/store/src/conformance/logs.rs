//! Appending to the log and reading from it.

use super::sample::{create_runs, line, run_id, stage};
use crate::contract::{RunQuery, RunStore};
use crate::error::StoreError;
use crate::rows::{LogFilter, LogStream};

/// Lines 1 to 6 of a run: of two stages in turn, the last two of a second
/// dispatch. Another run has a log too.
async fn append_six(store: &impl RunStore) {
    create_runs(store, [1, 2]).await;
    let lines = [
        line(1, "build", 1),
        line(2, "review", 1),
        line(3, "build", 1),
        line(4, "review", 1),
        line(5, "build", 2),
        line(6, "review", 2),
    ];
    store
        .append_logs(run_id(1), None, lines[..2].to_vec())
        .await
        .unwrap();
    store
        .append_logs(run_id(2), None, vec![line(1, "build", 1)])
        .await
        .unwrap();
    store
        .append_logs(run_id(1), None, lines[2..].to_vec())
        .await
        .unwrap();
}

async fn numbers(store: &impl RunQuery, filter: &LogFilter) -> Vec<u64> {
    let lines = store.logs(run_id(1), filter.clone()).await.unwrap();
    lines.iter().map(|line| line.seq).collect()
}

fn filter(after: u64, limit: u32) -> LogFilter {
    LogFilter {
        after,
        limit,
        ..LogFilter::default()
    }
}

/// Whole lines come back; pages join without gap or repetition.
pub async fn lines_are_read_in_pages_by_their_number(store: &(impl RunStore + RunQuery)) {
    append_six(store).await;
    let mut odd = line(7, "build", 2);
    odd.stream = LogStream::System;
    odd.text.push_str("\t zero\0 😀 ");
    store
        .append_logs(run_id(1), None, vec![odd.clone()])
        .await
        .unwrap();
    assert_eq!(store.logs(run_id(1), filter(6, 9)).await, Ok(vec![odd]));
    assert_eq!(numbers(store, &filter(0, 3)).await, [1, 2, 3]);
    assert_eq!(numbers(store, &filter(3, 3)).await, [4, 5, 6]);
    assert_eq!(numbers(store, &filter(7, 3)).await, [0; 0]);
    assert_eq!(numbers(store, &filter(0, 0)).await, [0; 0]);
    assert_eq!(numbers(store, &filter(u64::MAX, 3)).await, [0; 0]);
    assert_eq!(store.last_log_seq(run_id(1)).await, Ok(7));
    assert_eq!(store.last_log_seq(run_id(2)).await, Ok(1));
}

/// From the end, but never backwards.
pub async fn the_last_lines_come_in_order(store: &(impl RunStore + RunQuery)) {
    append_six(store).await;
    let last = |after, limit| LogFilter {
        from_end: true,
        ..filter(after, limit)
    };
    assert_eq!(numbers(store, &last(0, 2)).await, [5, 6]);
    assert_eq!(numbers(store, &last(5, 2)).await, [6]);
    assert_eq!(numbers(store, &last(0, 100)).await, [1, 2, 3, 4, 5, 6]);
    assert_eq!(numbers(store, &last(0, 0)).await, [0; 0]);
}

/// Each filter alone and both together, from either end.
pub async fn lines_are_filtered_by_stage_and_dispatch(store: &(impl RunStore + RunQuery)) {
    append_six(store).await;
    let cases: [(Option<&str>, Option<u32>, &[u64]); 6] = [
        (Some("build"), None, &[1, 3, 5]),
        (None, Some(2), &[5, 6]),
        (Some("review"), Some(1), &[2, 4]),
        (Some("review"), Some(2), &[6]),
        (Some("review"), Some(3), &[]),
        (Some("Build"), None, &[]),
    ];
    for (name, dispatch, expected) in cases {
        let mut wanted = LogFilter {
            stage: name.map(stage),
            dispatch,
            ..filter(0, 10)
        };
        assert_eq!(numbers(store, &wanted).await, expected, "{wanted:?}");
        wanted.limit = 1;
        wanted.from_end = true;
        let last = expected.last().copied();
        assert_eq!(numbers(store, &wanted).await.pop(), last, "{wanted:?}");
    }
}

/// Lines that leave a gap or come twice store nothing.
pub async fn a_log_has_no_gaps(store: &(impl RunStore + RunQuery)) {
    append_six(store).await;
    for seq in [1, 6, 8] {
        let answer = store
            .append_logs(run_id(1), None, vec![line(seq, "build", 1)])
            .await;
        let expected = seq - 1;
        assert_eq!(answer, Err(StoreError::Conflict { expected }));
    }
    for pair in [[7, 9], [7, 7], [0, 1]] {
        let lines = pair.map(|seq| line(seq, "build", 1)).to_vec();
        let answer = store.append_logs(run_id(1), None, lines).await;
        assert!(
            matches!(answer, Err(StoreError::Refused(_))),
            "{pair:?}: {answer:?}"
        );
    }
    assert_eq!(store.append_logs(run_id(1), None, Vec::new()).await, Ok(()));
    assert_eq!(store.last_log_seq(run_id(1)).await, Ok(6));
}

/// Not even when there are none.
pub async fn lines_of_a_run_that_is_not_there_are_not_stored(store: &(impl RunStore + RunQuery)) {
    for lines in [vec![line(1, "build", 1)], Vec::new()] {
        let answer = store.append_logs(run_id(1), None, lines).await;
        assert_eq!(answer, Err(StoreError::NotFound));
    }
    assert_eq!(store.last_log_seq(run_id(1)).await, Ok(0));
    assert_eq!(store.logs(run_id(1), filter(0, 10)).await, Ok(Vec::new()));
}
