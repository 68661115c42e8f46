//! Lists of executions as people ask for them: sorted by a time, searched, cut
//! to a range.

use baton_model::{ExecutionStatus, RunId, Timestamp};

use super::lists::{filter, ids, next, page};
use super::sample::{commit, new_run, run_id, standing, time, workflow_id};
use crate::contract::{RunQuery, RunStore};
use crate::execution_list::{ExecutionFilter, ExecutionSort, PageBefore};
use crate::rows::ExecutionUpdate;
use crate::workflow::SortOrder;

/// Stores a run that started and ended at these seconds.
async fn put(store: &impl RunStore, number: u32, started: Option<u32>, completed: Option<u32>) {
    store.create_run(new_run(number).into()).await.unwrap();
    move_to(store, number, started, completed).await;
}

async fn move_to(store: &impl RunStore, number: u32, started: Option<u32>, completed: Option<u32>) {
    let status = match (started, completed) {
        (None, None) => ExecutionStatus::Pending,
        (_, None) => ExecutionStatus::Running,
        (_, Some(_)) => ExecutionStatus::Completed,
    };
    let mut changes = commit(run_id(number), 1);
    changes.execution = Some(ExecutionUpdate {
        started_at: started.map(time),
        completed_at: completed.map(time),
        ..standing(status)
    });
    store.commit(changes).await.unwrap();
}

/// Walks a list to its end and back, by pages of two; the runs on the way.
async fn walk(store: &impl RunQuery, wanted: &ExecutionFilter) -> Vec<RunId> {
    let mut pages = vec![page(store, wanted).await];
    while pages.last().is_some_and(|page| page.has_more) {
        let wanted = next(pages.last().unwrap(), wanted);
        pages.push(page(store, &wanted).await);
    }
    for pair in pages.windows(2) {
        let after = match pair[1].before {
            Some(PageBefore::Beginning) => None,
            Some(PageBefore::After(place)) => Some(place),
            None => panic!("there is a page before: {wanted:?}"),
        };
        let before = ExecutionFilter {
            after,
            ..wanted.clone()
        };
        let again = page(store, &before).await;
        assert_eq!(ids(&again.items), ids(&pair[0].items), "{wanted:?}");
    }
    let found: Vec<_> = pages.iter().flat_map(|page| ids(&page.items)).collect();
    for page in pages {
        assert_eq!(page.total_count, found.len() as u64, "{wanted:?}");
    }
    found
}

async fn assert_finds(store: &impl RunQuery, wanted: ExecutionFilter, expected: &[u32]) {
    let expected: Vec<_> = expected.iter().copied().map(run_id).collect();
    assert_eq!(walk(store, &wanted).await, expected, "{wanted:?}");
}

fn sorted(sort: ExecutionSort, order: SortOrder) -> ExecutionFilter {
    ExecutionFilter {
        sort,
        order,
        ..filter(2)
    }
}

/// Rows of the same time by their ids.
pub async fn executions_are_sorted_by_each_time_both_ways(store: &(impl RunStore + RunQuery)) {
    for (number, started, completed) in [(1, 30, 50), (2, 10, 60), (3, 20, 40), (4, 10, 40)] {
        put(store, number, Some(started), Some(completed)).await;
    }
    for (sort, expected) in [
        (ExecutionSort::CreatedAt, [1, 2, 3, 4]),
        (ExecutionSort::StartedAt, [2, 4, 3, 1]),
        (ExecutionSort::CompletedAt, [3, 4, 1, 2]),
    ] {
        assert_finds(store, sorted(sort, SortOrder::Ascending), &expected).await;
        let mut expected = expected;
        expected.reverse();
        assert_finds(store, sorted(sort, SortOrder::Descending), &expected).await;
    }
}

/// So what is at work is on top of the list of what ended last.
pub async fn a_time_that_has_not_come_is_the_latest(store: &(impl RunStore + RunQuery)) {
    put(store, 1, Some(10), None).await;
    put(store, 2, None, None).await;
    put(store, 3, Some(30), Some(40)).await;
    store.create_run(new_run(4).into()).await.unwrap();
    let newest = |sort| sorted(sort, SortOrder::Descending);
    assert_finds(store, newest(ExecutionSort::StartedAt), &[4, 2, 3, 1]).await;
    assert_finds(store, newest(ExecutionSort::CompletedAt), &[4, 2, 1, 3]).await;
    move_to(store, 4, Some(20), None).await;
    assert_finds(store, newest(ExecutionSort::StartedAt), &[2, 3, 4, 1]).await;
}

/// So that one range can follow another. What has not started is in none.
pub async fn a_range_of_starts_takes_its_beginning_and_not_its_end(
    store: &(impl RunStore + RunQuery),
) {
    for (number, started) in [(1, Some(10)), (2, Some(20)), (3, None), (4, Some(30))] {
        put(store, number, started, None).await;
    }
    let cases: [(Option<u32>, Option<u32>, &[u32]); 6] = [
        (Some(10), Some(30), &[2, 1]),
        (Some(20), None, &[4, 2]),
        (None, Some(20), &[1]),
        (Some(11), Some(20), &[]),
        (Some(30), Some(10), &[]),
        (None, Some(u32::MAX), &[4, 2, 1]),
    ];
    for (after, before, expected) in cases {
        for sort in [ExecutionSort::CreatedAt, ExecutionSort::StartedAt] {
            let wanted = ExecutionFilter {
                started_after: after.map(time),
                started_before: before.map(time),
                sort,
                ..filter(2)
            };
            assert_finds(store, wanted, expected).await;
        }
    }
    let forever = ExecutionFilter {
        started_after: Some(Timestamp::from_micros(i64::MIN)),
        started_before: Some(Timestamp::from_micros(i64::MAX)),
        ..filter(2)
    };
    assert_finds(store, forever, &[4, 2, 1]).await;
}

/// By its id or its name, in whatever case; what looks like a pattern is a text.
pub async fn a_search_finds_runs_by_their_workflow(store: &(impl RunStore + RunQuery)) {
    for (number, key, name) in [
        (1, "release", "Cut a release"),
        (2, "tidy", "Größe prüfen"),
        (3, "notes_2", "Release notes"),
        (4, "tidy", "100 % tidy"),
    ] {
        let mut run = new_run(number);
        key.clone_into(&mut run.execution.workflow_key);
        name.clone_into(&mut run.execution.workflow_name);
        store.create_run(run.into()).await.unwrap();
    }
    let cases: [(&str, &[u32]); 8] = [
        ("RELEASE", &[3, 1]),
        ("GRÖSSE", &[]),
        ("GRÖ", &[2]),
        ("tidy", &[4, 2]),
        ("%", &[4]),
        ("_", &[3]),
        ("", &[4, 3, 2, 1]),
        ("' OR true --", &[]),
    ];
    for (search, expected) in cases {
        let wanted = ExecutionFilter {
            search: Some(search.to_owned()),
            ..filter(2)
        };
        assert_finds(store, wanted, expected).await;
    }
}

/// All of them at once, in any order of the list.
pub async fn filters_of_executions_narrow_each_other(store: &(impl RunStore + RunQuery)) {
    for number in 1..=8 {
        let mut run = new_run(number);
        run.execution.workflow_id = Some(workflow_id(number % 2));
        if number > 4 {
            "tidy".clone_into(&mut run.execution.workflow_key);
        }
        store.create_run(run.into()).await.unwrap();
        let completed = (number % 4 < 2).then_some(90 - number);
        move_to(store, number, Some(10 * number), completed).await;
    }
    let base = ExecutionFilter {
        statuses: vec![ExecutionStatus::Completed, ExecutionStatus::Failed],
        sort: ExecutionSort::CompletedAt,
        ..filter(2)
    };
    assert_finds(store, base.clone(), &[1, 4, 5, 8]).await;
    let in_range = ExecutionFilter {
        started_after: Some(time(20)),
        ..base
    };
    assert_finds(store, in_range.clone(), &[4, 5, 8]).await;
    let of_one = ExecutionFilter {
        workflow_id: Some(workflow_id(0)),
        ..in_range.clone()
    };
    assert_finds(store, of_one, &[4, 8]).await;
    let searched = ExecutionFilter {
        search: Some("TIDY".to_owned()),
        order: SortOrder::Ascending,
        ..in_range.clone()
    };
    assert_finds(store, searched.clone(), &[8, 5]).await;
    let named = ExecutionFilter {
        workflow: Some("Cut a release".to_owned()),
        started_before: Some(time(80)),
        ..searched
    };
    assert_finds(store, named, &[5]).await;
    let other = ExecutionFilter {
        workflow: Some("release".to_owned()),
        ..in_range
    };
    assert_finds(store, other, &[4]).await;
}

/// A reader who pages on sees no row twice and misses none that was there and
/// stays where it is.
pub async fn sorted_pages_are_stable_while_runs_are_added(store: &(impl RunStore + RunQuery)) {
    for (number, started) in [(1, 10), (2, 20), (3, 30), (4, 40)] {
        put(store, number, Some(started), None).await;
    }
    let wanted = sorted(ExecutionSort::StartedAt, SortOrder::Descending);
    let first = page(store, &wanted).await;
    put(store, 5, Some(50), None).await;
    put(store, 6, Some(25), None).await;
    let second = page(store, &next(&first, &wanted)).await;
    let third = page(store, &next(&second, &wanted)).await;
    let all: Vec<_> = [first, second, third]
        .iter()
        .flat_map(|page| ids(&page.items))
        .collect();
    assert_eq!(all, [4, 3, 6, 2, 1].map(run_id));
}
