//! Somebody else has the file locked for a while, such as a tool that looks
//! into it: nothing is lost, nothing fails, and reading goes on.

use std::sync::Arc;

use baton_store::conformance::sample::{commit, new_run, run_id};
use baton_store::{Created, RunQuery, RunStore};
use rusqlite::Connection;

use super::scene::{database, open, step};

#[tokio::test]
async fn writes_wait_for_a_lock_of_somebody_else_and_reads_do_not() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).unwrap();
    step(&store, 0).await;
    let other = Connection::open(database(directory.path())).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();

    let creating = tokio::spawn({
        let store = Arc::clone(&store);
        async move { store.create_run(new_run(2).into()).await }
    });
    let committing = tokio::spawn({
        let store = Arc::clone(&store);
        async move { store.commit(commit(run_id(1), 1)).await }
    });
    tokio::task::yield_now().await;
    assert_eq!(store.load_run(run_id(1)).await.unwrap().events.len(), 1);
    assert_eq!(store.execution(run_id(2)).await, Ok(None));

    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(creating.await.unwrap(), Ok(Created::New));
    assert_eq!(committing.await.unwrap(), Ok(()));
    assert_eq!(store.load_run(run_id(1)).await.unwrap().events.len(), 2);
}
