//! Moving a run on.

use std::sync::Arc;

use baton_model::{ExecutionStatus, StepStatus};

use super::lists::{filter, ids, page};
use super::sample::{commit, create_runs, event, new_run, run_id, settled, standing, stored, time};
use crate::contract::{RunQuery, RunStore};
use crate::error::StoreError;
use crate::execution_list::{ExecutionFilter, ExecutionSort};
use crate::rows::{Commit, ExecutionUpdate, StepUpdate};
use crate::workflow::SortOrder;

/// Events, execution and steps change together; other runs do not.
pub async fn a_commit_moves_the_run_on(store: &(impl RunStore + RunQuery)) {
    create_runs(store, [1, 2]).await;
    let other = stored(store, run_id(2)).await;
    let update = ExecutionUpdate {
        wake_at: Some(time(30)),
        ..standing(ExecutionStatus::Failed)
    };
    let changes = Commit {
        events: vec![event(2), event(3)],
        execution: Some(update.clone()),
        steps: vec![settled(1)],
        ..commit(run_id(1), 1)
    };
    store.commit(changes).await.unwrap();

    let found = stored(store, run_id(1)).await;
    let mut expected = new_run(1).execution;
    expected.status = update.status;
    expected.started_at = update.started_at;
    expected.completed_at = update.completed_at;
    expected.error_message = update.error_message;
    expected.attention = update.attention;
    expected.wake_at = update.wake_at;
    expected.updated_at = time(100);
    expected.version = 3;
    assert_eq!(found.execution, Some(expected));
    assert_eq!(found.events, [event(1), event(2), event(3)]);
    assert_eq!(found.steps[0].progress, StepUpdate::untouched(0));
    assert_eq!(found.steps[1].progress, settled(1));
    assert_eq!(found.steps[1].stage, new_run(1).steps[1].stage);
    assert_eq!(stored(store, run_id(2)).await, other);
}

/// Only its version and the time of its last change move.
pub async fn a_commit_may_leave_the_execution_as_it_is(store: &(impl RunStore + RunQuery)) {
    create_runs(store, [1]).await;
    store.commit(commit(run_id(1), 1)).await.unwrap();
    let mut expected = new_run(1).execution;
    expected.version = 2;
    expected.updated_at = time(100);
    assert_eq!(store.execution(run_id(1)).await, Ok(Some(expected)));
}

/// What an update does not have is gone afterwards, but for the inputs, which
/// stay until there are others.
pub async fn an_update_replaces_all_but_what_a_step_was_given(store: &(impl RunStore + RunQuery)) {
    create_runs(store, [1]).await;
    let text = |inputs: &str| Some(Arc::from(inputs));
    let with = |inputs, progress| StepUpdate { inputs, ..progress };
    let rounds = [
        (StepUpdate::untouched(0), None),
        (settled(0), settled(0).inputs),
        (StepUpdate::untouched(0), settled(0).inputs),
        (with(text("{}"), StepUpdate::untouched(0)), text("{}")),
        (with(None, settled(0)), text("{}")),
    ];
    for (version, (progress, inputs)) in (1..).zip(rounds) {
        let changes = Commit {
            steps: vec![progress.clone()],
            ..commit(run_id(1), version)
        };
        store.commit(changes).await.unwrap();
        let steps = store.steps(run_id(1)).await.unwrap();
        assert_eq!(steps[0].progress, with(inputs, progress), "{version}");
    }
}

/// Somebody else was faster: nothing of the commit is stored.
pub async fn a_stale_version_stores_nothing(store: &(impl RunStore + RunQuery)) {
    create_runs(store, [1]).await;
    store.commit(commit(run_id(1), 1)).await.unwrap();
    refuses(store, 1, 1).await;
}

/// Such a commit would leave a gap.
pub async fn a_version_ahead_of_the_log_stores_nothing(store: &(impl RunStore + RunQuery)) {
    create_runs(store, [1]).await;
    refuses(store, 1, 2).await;
}

async fn refuses(store: &(impl RunStore + RunQuery), run: u32, expected: u64) {
    let before = stored(store, run_id(run)).await;
    let changes = Commit {
        execution: Some(standing(ExecutionStatus::Running)),
        steps: vec![settled(0)],
        ..commit(run_id(run), expected)
    };
    let answer = store.commit(changes).await;
    assert_eq!(answer, Err(StoreError::Conflict { expected }));
    assert_eq!(stored(store, run_id(run)).await, before);
}

/// A mistake of the program is not a conflict, which would be tried again.
pub async fn events_that_do_not_continue_the_version_are_refused(
    store: &(impl RunStore + RunQuery),
) {
    create_runs(store, [1]).await;
    let before = stored(store, run_id(1)).await;
    for numbers in [&[][..], &[1], &[3], &[2, 2], &[2, 4], &[3, 2]] {
        let changes = Commit {
            events: numbers.iter().map(|number| event(*number)).collect(),
            steps: vec![settled(0)],
            ..commit(run_id(1), 1)
        };
        let answer = store.commit(changes).await;
        assert!(
            matches!(answer, Err(StoreError::Refused(_))),
            "{numbers:?}: {answer:?}"
        );
        assert_eq!(stored(store, run_id(1)).await, before, "{numbers:?}");
    }
}

/// Without having started, in the commit that starts it, again, as it stood, and
/// after it went on; the lists know each time.
pub async fn a_run_may_end_in_any_way(store: &(impl RunStore + RunQuery)) {
    use ExecutionStatus::{Cancelled, Completed, Failed, Pending, Running};
    create_runs(store, [1, 2]).await;
    let ended = Commit {
        execution: Some(standing_between(Completed, Some(1), Some(15))),
        ..commit(run_id(2), 1)
    };
    store.commit(ended).await.unwrap();
    let ways = [
        (Completed, Some(10), Some(20)),
        (Completed, Some(10), Some(20)),
        (Failed, Some(10), Some(14)),
        (Failed, Some(11), Some(14)),
        (Running, Some(11), None),
        (Cancelled, Some(11), Some(16)),
        (Cancelled, None, Some(14)),
        (Pending, None, None),
        (Failed, None, Some(20)),
        (Completed, Some(12), None),
    ];
    for (version, (status, started, completed)) in (1..).zip(ways) {
        let update = standing_between(status, started, completed);
        let changes = Commit {
            execution: Some(update.clone()),
            ..commit(run_id(1), version)
        };
        store.commit(changes).await.unwrap();
        let row = store.execution(run_id(1)).await.unwrap().unwrap();
        let found = ExecutionUpdate {
            status: row.status,
            started_at: row.started_at,
            completed_at: row.completed_at,
            error_message: row.error_message,
            attention: row.attention,
            wake_at: row.wake_at,
        };
        assert_eq!(found, update, "{version}");
        let by_end = ExecutionFilter {
            sort: ExecutionSort::CompletedAt,
            order: SortOrder::Ascending,
            ..filter(9)
        };
        let is_first = completed.is_some_and(|second| second < 15);
        let order = if is_first { [1, 2] } else { [2, 1] };
        let found = ids(&page(store, &by_end).await.items);
        assert_eq!(found, order.map(run_id), "{version}");
        let of_status = ExecutionFilter {
            statuses: vec![status],
            ..filter(9)
        };
        let found = ids(&page(store, &of_status).await.items);
        assert!(found.contains(&run_id(1)), "{version}");
        let open = store.open_runs(None, 9).await.unwrap();
        assert_eq!(open.len(), usize::from(!status.is_terminal()), "{version}");
    }
}

fn standing_between(
    status: ExecutionStatus,
    started: Option<u32>,
    completed: Option<u32>,
) -> ExecutionUpdate {
    ExecutionUpdate {
        started_at: started.map(time),
        completed_at: completed.map(time),
        ..standing(status)
    }
}

/// Whatever happens to a step first, and whatever after that.
pub async fn a_step_may_begin_in_any_way(store: &(impl RunStore + RunQuery)) {
    let ways = || {
        let statuses = StepStatus::ALL.iter();
        statuses.flat_map(|&status| [(status, 0), (status, 1), (status, 2)])
    };
    let step = |(status, dispatch), order_index| StepUpdate {
        status,
        dispatch,
        ..StepUpdate::untouched(order_index)
    };
    for (number, first) in (1..).zip(ways()) {
        create_runs(store, [number]).await;
        for (version, second) in (1..).zip([first].into_iter().chain(ways())) {
            let changes = Commit {
                steps: vec![step(second, 1)],
                ..commit(run_id(number), version)
            };
            store.commit(changes).await.unwrap();
            let steps = store.steps(run_id(number)).await.unwrap();
            let expected = [StepUpdate::untouched(0), step(second, 1)];
            let found = steps.into_iter().map(|step| step.progress);
            assert!(found.eq(expected), "{first:?}, then {second:?}");
        }
    }
}

/// Also when the steps before it are there, and whatever it does.
pub async fn a_step_that_is_not_there_is_refused_and_stores_nothing(
    store: &(impl RunStore + RunQuery),
) {
    create_runs(store, [1]).await;
    let before = stored(store, run_id(1)).await;
    let begun = |order_index| StepUpdate {
        status: StepStatus::Running,
        dispatch: 1,
        ..StepUpdate::untouched(order_index)
    };
    for steps in [[settled(0), settled(2)], [begun(0), begun(2)]] {
        let changes = Commit {
            execution: Some(standing(ExecutionStatus::Running)),
            steps: steps.to_vec(),
            ..commit(run_id(1), 1)
        };
        let answer = store.commit(changes).await;
        assert!(matches!(answer, Err(StoreError::Refused(_))), "{answer:?}");
        assert_eq!(stored(store, run_id(1)).await, before);
    }
}

/// Whatever version is expected.
pub async fn a_run_that_is_not_there_is_not_found(store: &(impl RunStore + RunQuery)) {
    for version in [0, 1] {
        let answer = store.commit(commit(run_id(1), version)).await;
        assert_eq!(answer, Err(StoreError::NotFound));
    }
    assert_eq!(store.events(run_id(1), 0, 10).await, Ok(Vec::new()));
}

/// One mebibyte in each column that may be long.
pub async fn big_values_come_back_unchanged(store: &(impl RunStore + RunQuery)) {
    create_runs(store, [1]).await;
    let big = "0123456789abcdef".repeat(64 * 1024);
    let mut changes = commit(run_id(1), 1);
    changes.events[0].body = format!("\"{big}\"").into();
    changes.steps = vec![settled(0)];
    changes.steps[0].inputs = Some(Arc::from(&*big));
    changes.steps[0].outputs = Some(Arc::from(&*big));
    store.commit(changes.clone()).await.unwrap();
    let found = stored(store, run_id(1)).await;
    assert!(found.events[1] == changes.events[0]);
    assert!(found.steps[0].progress == changes.steps[0]);
}
