//! What only shows from inside: a full disk, how queries find their rows, how
//! often the disk is synced, how long the log gets.

mod lists_of_runs;
mod older;
mod order;
mod steps;
mod workflows;

use std::fs;
use std::path::PathBuf;

use baton_metrics::Page;
use baton_model::ExecutionStatus;
use baton_store::PageKey;
use baton_store::conformance::sample::{
    commit, create_runs, new_run, run_id, settled, stored, time,
};
use rusqlite::config::DbConfig;
use rusqlite::params_from_iter;
use rusqlite::types::Value;
use tempfile::TempDir;

use super::*;

fn writer() -> (Connection, PathBuf, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let file = file::database_file(directory.path());
    let connection = connection::open_writer(&file, Durability::Full).unwrap();
    (connection, file, directory)
}

fn start(connection: Connection, file: &Path) -> Arc<SqliteStore> {
    SqliteStore::start(connection, file.into(), Arc::new(SystemLeaseClock)).unwrap()
}

fn big_commit(run: u32, version: u64) -> Commit {
    let mut changes = commit(run_id(run), version);
    changes.events[0].body = format!("\"{}\"", "x".repeat(300_000)).into();
    changes
}

#[tokio::test]
async fn a_full_disk_refuses_writes_and_keeps_the_earlier_ones() {
    let (connection, file, _directory) = writer();
    let pages: u32 = connection
        .pragma_query_value(None, "page_count", |row| row.get(0))
        .unwrap();
    connection
        .pragma_update(None, "max_page_count", pages + 90)
        .unwrap();
    let store = start(connection, &file);
    create_runs(&*store, [1, 2]).await;
    store.commit(big_commit(1, 1)).await.unwrap();
    let before = stored(&*store, run_id(1)).await;
    let answers = [
        store
            .commit(big_commit(1, 2))
            .await
            .and(store.commit(big_commit(1, 3)).await),
        store
            .commit(big_commit(2, 1))
            .await
            .and(store.commit(big_commit(2, 2)).await),
    ];
    for answer in answers {
        assert!(matches!(answer, Err(StoreError::Full(_))), "{answer:?}");
    }
    let after = stored(&*store, run_id(1)).await;
    assert!(after.events.starts_with(&before.events));
    // What still fits is still stored.
    let version = after.events.len() as u64;
    store.commit(commit(run_id(1), version)).await.unwrap();
    store.close().await.unwrap();
    let again = SqliteStore::open(&file, SqliteOptions::default()).unwrap();
    let found = stored(&*again, run_id(1)).await;
    assert_eq!(found.events.len() as u64, version + 1);
}

#[tokio::test]
async fn a_neighbour_that_does_not_fit_fails_alone() {
    let (connection, file, _directory) = writer();
    let pages: u32 = connection
        .pragma_query_value(None, "page_count", |row| row.get(0))
        .unwrap();
    connection
        .pragma_update(None, "max_page_count", pages + 10)
        .unwrap();
    let store = start(connection, &file);
    create_runs(&*store, [1, 2, 3]).await;
    let (first, second, third) = tokio::join!(
        store.commit(commit(run_id(1), 1)),
        store.commit(big_commit(2, 1)),
        store.commit(commit(run_id(3), 1)),
    );
    assert_eq!((first, third), (Ok(()), Ok(())));
    assert!(matches!(second, Err(StoreError::Full(_))), "{second:?}");
    // What was rolled back is no commit, whoever shared it.
    let mut page = Page::default();
    store.metrics().write(&mut page);
    let page = page.into_text();
    assert!(page.contains("baton_store_writes_total 5\n"), "{page}");
}

#[test]
fn a_group_is_one_transaction_in_which_nobody_harms_the_others() {
    let (connection, file, _directory) = writer();
    let run = |number| Work::create(new_run(number).into()).unwrap();
    let commit_of = |changes| Work::commit(changes, time(0)).unwrap();
    let missing_step = Commit {
        steps: vec![settled(9)],
        ..commit(run_id(2), 1)
    };
    let work = [
        run(1),
        commit_of(commit(run_id(1), 1)),
        commit_of(commit(run_id(1), 1)),
        run(2),
        commit_of(missing_step),
        commit_of(commit(run_id(9), 1)),
        commit_of(commit(run_id(2), 1)),
    ];
    let answers = writer::answers(connection, &file, work);
    let conflict = Err(StoreError::Conflict { expected: 1 });
    assert_eq!(
        answers[..4],
        [
            Ok(Created::New),
            Ok(Created::New),
            conflict,
            Ok(Created::New)
        ]
    );
    assert_eq!(answers[4], Err(check::unknown_step(9)));
    assert_eq!(answers[5..], [Err(StoreError::NotFound), Ok(Created::New)]);
}

#[tokio::test]
async fn the_log_beside_the_file_stays_short() {
    let (connection, file, _directory) = writer();
    let store = start(connection, &file);
    create_runs(&*store, [1]).await;
    for version in 1..=900 {
        store.commit(big_commit(1, version)).await.unwrap();
    }
    let log = fs::metadata(file.with_extension("db-wal")).unwrap().len();
    assert!(log < 44 * 1024 * 1024, "{log} bytes for 90 MB written");
}

#[test]
fn every_connection_that_writes_waits_for_the_disk() {
    let (connection, file, _directory) = writer();
    let pragma = |name| -> Value {
        connection
            .pragma_query_value(None, name, |row| row.get(0))
            .unwrap()
    };
    assert_eq!(pragma("synchronous"), Value::Integer(2));
    assert_eq!(pragma("journal_mode"), Value::Text("wal".to_owned()));
    let checkpointer = connection::open_checkpointer(&file).unwrap();
    let synchronous: u32 = checkpointer
        .pragma_query_value(None, "synchronous", |row| row.get(0))
        .unwrap();
    assert_eq!(synchronous, 2);
}

/// A statement that was planned for one value would be planned again for the
/// next, for longer than what it then does.
#[test]
fn no_statement_is_planned_by_its_values() {
    let (writer, file, _directory) = writer();
    let reader = connection::open_reader(&file).unwrap();
    let checkpointer = connection::open_checkpointer(&file).unwrap();
    for connection in [writer, reader, checkpointer] {
        let is_stable = connection.db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG);
        assert!(is_stable.unwrap());
    }
}

/// How `SQLite` goes about a statement, one line for each step.
fn plan(connection: &Connection, sql: &str) -> String {
    let mut statement = connection
        .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
        .unwrap();
    let nulls = vec![Value::Null; statement.parameter_count()];
    let steps = statement
        .query_map(params_from_iter(nulls), |row| row.get::<_, String>(3))
        .unwrap();
    steps.map(Result::unwrap).collect::<Vec<_>>().join("\n")
}

fn merged(filter: &ExecutionFilter) -> String {
    lists::PageQuery::list(filter, &lists::Way::Merged).sql
}

fn counted(filter: &ExecutionFilter) -> String {
    lists::PageQuery::count(filter, &lists::Way::Merged).sql
}

#[test]
fn every_list_is_read_from_an_index() {
    let (connection, ..) = writer();
    let all = ExecutionFilter {
        limit: 50,
        ..ExecutionFilter::default()
    };
    let next_page = ExecutionFilter {
        after: Some(PageKey {
            at: time(1),
            id: run_id(1),
        }),
        ..all.clone()
    };
    let by_status = ExecutionFilter {
        statuses: vec![ExecutionStatus::Running],
        ..all.clone()
    };
    let by_workflow = ExecutionFilter {
        workflow: Some("release".to_owned()),
        ..all.clone()
    };
    let both = ExecutionFilter {
        statuses: vec![ExecutionStatus::Running, ExecutionStatus::Failed],
        ..by_workflow.clone()
    };
    let of_project = ExecutionFilter {
        project_id: Some("shop".to_owned()),
        ..all.clone()
    };
    let by_status_of_project = ExecutionFilter {
        project_id: of_project.project_id.clone(),
        ..by_status.clone()
    };
    let statements = [
        (lists::LIKE.to_owned(), "INDEX executions_by_id_end"),
        (
            read::logs_sql(&LogFilter::default()).to_owned(),
            "USING PRIMARY KEY",
        ),
        (
            read::LAST_CLAIM.to_owned(),
            "SEARCH claims USING PRIMARY KEY (scope=?)",
        ),
        (merged(&all), "INDEX executions_by_age"),
        (merged(&next_page), "INDEX executions_by_age"),
        (merged(&by_status), "INDEX executions_by_status (status=?)"),
        (counted(&by_status), "SCAN execution_counts"),
        (merged(&by_workflow), "INDEX executions_by_key"),
        (merged(&by_workflow), "INDEX executions_by_name"),
        (counted(&by_workflow), "SCAN execution_counts"),
        (merged(&both), "MERGE (UNION ALL)"),
        (
            write::N_UNFINISHED_OF.to_owned(),
            "INDEX executions_by_project (project_id=? AND status=?)",
        ),
        (
            merged(&of_project),
            "INDEX executions_by_project_age (project_id=?)",
        ),
        (counted(&of_project), "INDEX executions_by_project"),
        (
            merged(&by_status_of_project),
            "INDEX executions_by_project (project_id=? AND status=?)",
        ),
    ];
    for (sql, index) in statements {
        assert_read_from(&connection, &sql, index);
    }
}

#[test]
fn whatever_asks_who_owns_runs_reads_an_index() {
    let (connection, ..) = writer();
    let statements = [
        (leases::NEXT_EPOCH, "INDEX executions_open"),
        (
            ownership::NEXT_OWNER,
            "INDEX executions_open (owner_epoch>?)",
        ),
        (
            ownership::OPEN_OF_OWNER,
            "INDEX executions_open (owner_epoch=? AND id>?)",
        ),
        (ownership::WAKEUPS, "PRIMARY KEY (owner_epoch=?)"),
    ];
    for (sql, index) in statements {
        assert_read_from(&connection, sql, index);
    }
}

fn assert_read_from(connection: &Connection, sql: &str, index: &str) {
    let plan = plan(connection, sql);
    println!("{sql}\n{plan}\n");
    assert!(plan.contains(index), "{sql}\n{plan}");
    let scans = |step| step == "SCAN workflow_executions";
    assert!(!plan.lines().any(scans), "{plan}");
    let sorts = plan.contains("TEMP B-TREE");
    assert!(!sorts || sql == lists::LIKE, "sorts: {sql}\n{plan}");
}

/// Nobody comes in by a token that was altered, and a repair says which.
#[test]
fn altered_tokens_are_named_and_not_saved() {
    let (connection, file, _directory) = writer();
    for name in ["ada", "eve"] {
        let sql = "INSERT INTO api_tokens
                       (name, hash, scope, created_by, created_at, expires_at, last_used_at, sum)
                   VALUES (?1, CAST(substr(?1 || hex(zeroblob(32)), 1, 32) AS BLOB), 'read', 'x', 1,
                           NULL, NULL, 5)";
        connection.execute(sql, [name]).unwrap();
    }
    connection.close().unwrap();
    let found = DatabaseFile::open(&file).unwrap().damage();
    assert_eq!(
        found,
        ["ada", "eve"].map(|name| format!("token `{name}`: the row of a token was altered"))
    );
    let salvage = Salvage::attempt(&file, &mut |_run, _events| Ok(())).unwrap();
    assert_eq!(salvage.lost_tokens, found);
    salvage.install("damaged").unwrap();
    assert_eq!(DatabaseFile::open(&file).unwrap().damage(), [""; 0]);
}

/// Agents work in no directory that nobody registered.
#[test]
fn altered_projects_are_named_and_not_saved() {
    let (connection, file, _directory) = writer();
    let sql = "INSERT INTO projects (id, name, path, created_by, created_at, sum)
               VALUES ('1', 'shop', '/srv/other', 'x', 1, 5)";
    connection.execute(sql, []).unwrap();
    connection.close().unwrap();
    let found = DatabaseFile::open(&file).unwrap().damage();
    assert_eq!(found, ["project `1`: the row of a project was altered"]);
    let salvage = Salvage::attempt(&file, &mut |_run, _events| Ok(())).unwrap();
    assert_eq!(salvage.lost_projects, found);
    salvage.install("damaged").unwrap();
    assert_eq!(DatabaseFile::open(&file).unwrap().damage(), [""; 0]);
}
