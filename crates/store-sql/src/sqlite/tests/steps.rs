//! Which steps have a row, and what becomes of a run whose rows are not those it
//! should have.

use baton_model::StepStatus;
use baton_store::{RunStore, StepUpdate};

use super::*;

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
