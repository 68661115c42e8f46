//! How lists of runs find their rows when something else is asked for than the
//! newest.

use baton_store::conformance::sample::standing;
use baton_store::{ExecutionSort, ExecutionUpdate, RunStore, SortOrder};

use super::*;
use crate::sqlite::lists::{PageQuery, Way};

fn of_the_failed() -> ExecutionFilter {
    ExecutionFilter {
        statuses: vec![ExecutionStatus::Failed],
        search: Some("release".to_owned()),
        started_after: Some(time(1)),
        started_before: Some(time(2)),
        workflow_id: Some(baton_store::conformance::sample::workflow_id(1)),
        limit: 50,
        ..ExecutionFilter::default()
    }
}

/// The steps of a list's plan, of the way back, and of its count.
fn plans(connection: &Connection, filter: &ExecutionFilter, way: &Way) -> [String; 3] {
    let place = PageKey {
        at: time(1),
        id: run_id(1),
    };
    let next = ExecutionFilter {
        after: Some(place),
        ..filter.clone()
    };
    [
        PageQuery::list(&next, way),
        PageQuery::back(filter, way, place),
        PageQuery::count(filter, way),
    ]
    .map(|query| plan(connection, &query.sql))
}

#[test]
fn every_order_is_walked_in_an_index_of_its_own() {
    let (connection, ..) = writer();
    for (sort, index) in [
        (
            ExecutionSort::CreatedAt,
            "SEARCH workflow_executions USING INDEX executions_by_age (",
        ),
        (
            ExecutionSort::StartedAt,
            "SEARCH workflow_executions USING INDEX executions_by_start (",
        ),
        (
            ExecutionSort::CompletedAt,
            "SEARCH workflow_executions USING INDEX executions_by_completion (",
        ),
    ] {
        for order in [SortOrder::Ascending, SortOrder::Descending] {
            let filter = ExecutionFilter {
                sort,
                order,
                ..of_the_failed()
            };
            let [list, back, _] = plans(&connection, &filter, &Way::Walked(None));
            for plan in [list, back] {
                assert!(plan.contains(index), "{plan}");
                assert!(!plan.contains("TEMP B-TREE"), "{plan}");
            }
        }
    }
}

/// What is walked until a page is full is counted in the index of a filter.
#[test]
fn a_list_that_is_walked_is_counted_elsewhere() {
    let (connection, ..) = writer();
    let sorted = ExecutionFilter {
        sort: ExecutionSort::CompletedAt,
        ..ExecutionFilter::default()
    };
    let of_workflow = ExecutionFilter {
        workflow_id: of_the_failed().workflow_id,
        ..sorted.clone()
    };
    let of_range = ExecutionFilter {
        started_after: Some(time(1)),
        ..sorted
    };
    for (filter, index) in [
        (
            of_workflow,
            "INDEX executions_by_workflow_age (workflow_id=?)",
        ),
        (
            of_range,
            "INDEX executions_by_start (<expr>>? AND <expr><?)",
        ),
    ] {
        let [.., count] = plans(&connection, &filter, &Way::Walked(None));
        assert!(count.contains(index), "{count}");
        assert!(!count.contains("SCAN workflow_executions"), "{count}");
    }
}

#[test]
fn what_few_rows_pass_is_read_from_its_index_and_sorted() {
    let (connection, ..) = writer();
    for index in [
        "executions_by_status",
        "executions_by_key",
        "executions_by_workflow_age",
        "executions_by_start",
    ] {
        let names = lists::Names::of_pairs(&[["release", "Release"]]);
        let way = Way::Sorted(index, Some(names));
        for plan in plans(&connection, &of_the_failed(), &way) {
            let step = format!("SEARCH workflow_executions USING INDEX {index} (");
            assert!(plan.contains(&step), "{plan}");
        }
    }
}

/// What is narrow is asked first; what is wide is looked at on the way.
#[tokio::test]
async fn the_way_goes_by_what_fewest_rows_pass() {
    let (connection, file, _directory) = writer();
    let store = start(connection, &file);
    create_runs(&*store, 0..40).await;
    let mut changes = commit(run_id(7), 1);
    changes.execution = Some(ExecutionUpdate {
        started_at: Some(time(1)),
        ..standing(ExecutionStatus::Failed)
    });
    store.commit(changes).await.unwrap();
    store.close().await.unwrap();
    let connection = connection::open_writer(&file, Durability::Full).unwrap();
    let way = |filter: &ExecutionFilter| Way::of(&connection, filter).unwrap();
    let newest = ExecutionFilter::default();
    assert!(matches!(way(&newest), Way::Merged));
    let searched = ExecutionFilter {
        search: Some("RELEASE".to_owned()),
        ..newest.clone()
    };
    assert!(matches!(
        way(&searched),
        Way::Sorted("executions_by_key", Some(_))
    ));
    let failed = ExecutionFilter {
        statuses: vec![ExecutionStatus::Failed],
        ..searched
    };
    assert!(matches!(
        way(&failed),
        Way::Sorted("executions_by_status", Some(_))
    ));
    let by_start = ExecutionFilter {
        sort: ExecutionSort::StartedAt,
        ..newest
    };
    assert!(matches!(way(&by_start), Way::Walked(None)));
}
