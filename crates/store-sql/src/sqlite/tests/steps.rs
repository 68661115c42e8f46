//! Which steps have a row, and what becomes of a run whose rows are not those it
//! should have.

use baton_model::StepStatus;
use baton_store::conformance::sample::step;
use baton_store::{RunStore, StepUpdate};
use rusqlite::StatementStatus;

use super::*;
use crate::sqlite::statements::Statements;

fn begun(order_index: u32) -> StepUpdate {
    StepUpdate {
        status: StepStatus::Running,
        attempt: 1,
        dispatch: 1,
        ..StepUpdate::untouched(order_index)
    }
}

fn n_rows(file: &Path) -> u32 {
    let connection = connection::open_reader(file).unwrap();
    let all = "SELECT count(*) FROM step_progress";
    connection.query_row(all, [], |row| row.get(0)).unwrap()
}

async fn run_with_one_begun() -> (PathBuf, TempDir) {
    let (connection, file, directory) = writer();
    let store = start(connection, &file);
    create_runs(&*store, [1]).await;
    assert_eq!(n_rows(&file), 0);
    let begin = Commit {
        steps: vec![begun(1)],
        ..commit(run_id(1), 1)
    };
    store.commit(begin).await.unwrap();
    store.close().await.unwrap();
    (file, directory)
}

#[tokio::test]
async fn a_step_has_a_row_from_when_it_begins() {
    let (file, _directory) = run_with_one_begun().await;
    assert_eq!(n_rows(&file), 1);
}

#[tokio::test]
async fn rows_of_steps_that_are_missing_or_misplaced_are_noticed() {
    for damage in [
        "DELETE FROM step_progress",
        "UPDATE step_progress SET order_index = 0",
        "UPDATE step_progress SET order_index = 7",
        "UPDATE step_progress SET execution_id = zeroblob(16)",
        "UPDATE workflow_executions SET n_step_rows = 0",
        "INSERT INTO step_progress (execution_id, order_index, status, iteration_number,
             attempt_number, dispatch_number)
         SELECT execution_id, 7, status, 1, 0, 0 FROM step_progress",
    ] {
        let (file, _directory) = run_with_one_begun().await;
        let connection = connection::open_writer(&file, Durability::Full).unwrap();
        connection.execute_batch(damage).unwrap();
        let store = start(connection, &file);
        let steps = store.steps(run_id(1)).await;
        assert!(
            matches!(steps, Err(StoreError::Corrupt(_))),
            "{damage}: {steps:?}"
        );
        store.close().await.unwrap();
    }
}

/// Each row was written anew for a step of the release before, which had one
/// for each step.
#[tokio::test]
async fn the_release_before_finds_a_row_for_each_step() {
    let (file, _directory) = run_with_one_begun().await;
    connection::migrate_file(&file, 12).unwrap();
    assert_eq!(n_rows(&file), 2);
    let store = start(
        connection::open_writer(&file, Durability::Full).unwrap(),
        &file,
    );
    assert_eq!(n_rows(&file), 2);
    let steps = store.steps(run_id(1)).await.unwrap();
    let found = steps.into_iter().map(|step| step.progress);
    assert!(found.eq([StepUpdate::untouched(0), begun(1)]));
    let begin = Commit {
        steps: vec![begun(0)],
        ..commit(run_id(1), 2)
    };
    store.commit(begin).await.unwrap();
    let steps = store.steps(run_id(1)).await.unwrap();
    assert_eq!(steps[0].progress, begun(0));
    store.close().await.unwrap();
}

/// How often a statement was executed on a connection.
fn n_executions(connection: &Connection, sql: &str) -> i32 {
    let statement = connection.prepare_cached(sql).unwrap();
    statement.get_status(StatementStatus::Run)
}

/// It has an entry for each stage, and all of them may end in one commit.
#[test]
fn the_list_of_an_edited_run_is_read_once_for_a_commit() {
    let (connection, _file, _directory) = writer();
    let names: Vec<_> = (0..40).map(|place| format!("stage-{place}")).collect();
    let mut run = new_run(1);
    run.steps = (0..)
        .zip(&names)
        .map(|(place, name)| step(place, name, &[]))
        .collect();
    let mut statements = Statements::new(&connection);
    write::apply(&mut statements, &Work::create(run.into()).unwrap()).unwrap();
    let edit = Commit {
        removed_steps: vec![0],
        ..commit(run_id(1), 1)
    };
    let cancelled = |order_index| StepUpdate {
        status: StepStatus::Cancelled,
        ..StepUpdate::untouched(order_index)
    };
    let ended = |place: u32| match place % 2 {
        0 => cancelled(place),
        _ => settled(place),
    };
    let end = Commit {
        steps: (1..40).map(ended).collect(),
        ..commit(run_id(1), 2)
    };
    let mut n_read = Vec::new();
    for changes in [edit, end] {
        let work = Work::commit(changes, time(0)).unwrap();
        write::apply(&mut statements, &work).unwrap();
        n_read.push(n_executions(&connection, origins::LIST));
    }
    assert_eq!(n_read, [1, 2]);
    let steps = read::steps(&connection.unchecked_transaction().unwrap(), run_id(1)).unwrap();
    assert_eq!(steps.len(), 39);
    assert!(
        steps
            .iter()
            .all(|step| step.progress == ended(step.order_index))
    );
}

/// Stages are mostly added behind those that are there.
#[test]
fn a_step_before_all_edits_begins_without_the_list() {
    let (connection, _file, _directory) = writer();
    let mut statements = Statements::new(&connection);
    write::apply(&mut statements, &Work::create(new_run(1).into()).unwrap()).unwrap();
    let edit = Commit {
        added_steps: vec![step(5, "ship", &["review"])],
        ..commit(run_id(1), 1)
    };
    let begin = |order_index, version| Commit {
        steps: vec![begun(order_index)],
        ..commit(run_id(1), version)
    };
    let mut n_read = Vec::new();
    for changes in [edit, begin(1, 2), begin(5, 3)] {
        let work = Work::commit(changes, time(0)).unwrap();
        write::apply(&mut statements, &work).unwrap();
        n_read.push(n_executions(&connection, origins::LIST));
    }
    assert_eq!(n_read, [1, 1, 2]);
    let unknown = Work::commit(begin(2, 4), time(0)).unwrap();
    let refusal = write::apply(&mut statements, &unknown).unwrap_err();
    assert_eq!(refusal.to_string(), check::unknown_step(2).to_string());
}
