//! How the lists of stored workflows find their rows, and what a damaged row
//! does to its neighbours.

use baton_store::conformance::sample::{new_run, new_workflow, time, workflow_id};
use baton_store::{
    FullStore, RunQuery, SortOrder, SortValue, WorkflowFilter, WorkflowPlace, WorkflowSort,
    WorkflowStatus, WorkflowStore,
};
use rusqlite::Connection;

use super::super::workflows;
use super::{ExecutionFilter, plan, run_id, start, writer};

fn filter() -> WorkflowFilter {
    WorkflowFilter {
        limit: 50,
        ..WorkflowFilter::default()
    }
}

/// Reads in the order of the list, looks up the newest runs in their index, and
/// sorts nothing but the page.
fn assert_walks(connection: &Connection, sql: &str, index: &str) {
    let plan = plan(connection, sql);
    println!("{sql}\n{plan}\n");
    assert!(plan.contains(index), "{sql}\n{plan}");
    assert!(
        !plan.lines().any(|step| step == "SCAN workflows"),
        "{sql}\n{plan}"
    );
}

#[test]
fn every_list_of_workflows_is_read_from_an_index() {
    let (connection, ..) = writer();
    let place = WorkflowPlace {
        value: SortValue::Time(time(1)),
        id: workflow_id(1),
    };
    for (sort, index) in [
        (WorkflowSort::CreatedAt, "INDEX workflows_by_age"),
        (WorkflowSort::UpdatedAt, "INDEX workflows_by_change"),
        (WorkflowSort::Name, "INDEX workflows_by_name"),
    ] {
        for order in [SortOrder::Ascending, SortOrder::Descending] {
            let filter = WorkflowFilter {
                sort,
                order,
                after: Some(place.clone()),
                ..filter()
            };
            let list = workflows::lists::Query::list(&filter, 10_000);
            assert_walks(&connection, &list.sql, index);
            assert_walks(
                &connection,
                &list.sql,
                "INDEX executions_by_workflow_age (workflow_id=?)",
            );
            let back = workflows::lists::Query::back(&filter, &place);
            assert_walks(&connection, &back.sql, index);
        }
    }
}

#[test]
fn filters_of_workflows_sort_no_more_than_they_must() {
    let (connection, ..) = writer();
    let published = WorkflowFilter {
        statuses: vec![WorkflowStatus::Published],
        sort: WorkflowSort::UpdatedAt,
        ..filter()
    };
    let count = workflows::lists::Query::count(&published);
    assert_walks(&connection, &count.sql, "SCAN workflow_counts");
    let list = workflows::lists::Query::list(&published, 10_000);
    assert_walks(
        &connection,
        &list.sql,
        "INDEX workflows_by_status (status=?",
    );
    let tagged = WorkflowFilter {
        tags: vec!["green".to_owned()],
        ..filter()
    };
    for (total_count, index) in [
        (500, "PRIMARY KEY (tag=?)"),
        (501, "INDEX workflows_by_age"),
    ] {
        let list = workflows::lists::Query::list(&tagged, total_count);
        assert_walks(&connection, &list.sql, index);
    }
    let several = WorkflowFilter {
        statuses: WorkflowStatus::ALL.to_vec(),
        ..filter()
    };
    let list = workflows::lists::Query::list(&several, 10_000);
    assert_walks(&connection, &list.sql, "INDEX workflows_by_age");
    let count = workflows::lists::Query::count(&tagged);
    assert_walks(&connection, &count.sql, "PRIMARY KEY (tag=?)");
    assert_walks(&connection, workflows::lists::NAMED, "(name=?)");
    assert_walks(
        &connection,
        workflows::lists::KEYED,
        "INDEX workflows_by_key (workflow_key=?)",
    );
    assert_walks(
        &connection,
        workflows::lists::LIKE,
        "INDEX workflows_by_id_end",
    );
}

#[test]
fn the_runs_of_a_workflow_are_read_from_their_index() {
    let (connection, ..) = writer();
    let of_workflow = ExecutionFilter {
        workflow_id: Some(workflow_id(1)),
        limit: 50,
        ..ExecutionFilter::default()
    };
    super::assert_read_from(
        &connection,
        &super::merged(&of_workflow),
        "INDEX executions_by_workflow_age (workflow_id=?)",
    );
    let count = super::counted(&of_workflow);
    super::assert_read_from(&connection, &count, "INDEX executions_by_workflow");
}

#[tokio::test]
async fn a_damaged_workflow_is_named_and_hides_no_other() {
    let (connection, file, _directory) = writer();
    let other = Connection::open(&file).unwrap();
    let store = start(connection, &file);
    for number in 1..=3 {
        store.create_workflow(new_workflow(number)).await.unwrap();
    }
    let mut run = new_run(1);
    run.execution.workflow_id = Some(workflow_id(3));
    baton_store::RunStore::create_run(&*store, run.into())
        .await
        .unwrap();
    other
        .execute_batch(
            "UPDATE workflows SET description = 'else' WHERE name = 'Workflow 2';
             UPDATE workflow_executions SET status = 'completed'",
        )
        .unwrap();
    for limit in [1, 2, 3, 9] {
        let (mut items, mut damaged) = (Vec::new(), Vec::new());
        let mut after = None;
        loop {
            let filter = WorkflowFilter {
                after,
                limit,
                ..filter()
            };
            let page = store.workflows(filter).await.unwrap();
            items.extend(page.items.iter().map(|row| row.id));
            damaged.extend(page.damaged.iter().map(|row| row.id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(items, [workflow_id(1)]);
        assert_eq!(damaged, [workflow_id(3), workflow_id(2)]);
    }
    assert!(store.workflow(workflow_id(2)).await.is_err());
    assert!(store.workflow(workflow_id(3)).await.is_err());
    // Whatever its runs are like, it can be deleted, and they stay damaged.
    delete(&*store, 3).await;
    assert!(store.execution(run_id(1)).await.is_err());
}

async fn delete(store: &impl FullStore, number: u32) {
    let deleted = store.delete_workflows(&[workflow_id(number)]).await;
    assert_eq!(deleted, Ok(vec![workflow_id(number)]));
}
