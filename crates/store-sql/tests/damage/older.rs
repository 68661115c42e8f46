//! Files of earlier releases, before they are brought up to date: left by a
//! crash, looked at, copied, restored and repaired.

use std::fs;
use std::path::Path;

use baton_store::conformance::sample::run_id;
use baton_store_sql::{DatabaseFile, Existing, Restoration, Salvage, SqliteStore, backup};
use rusqlite::Connection;
use tempfile::TempDir;

use super::logs::Answers;
use super::scene::{answers_of, closed, database, log, runs, snapshot};

/// The version of this release.
const KNOWN: u32 = 14;

/// A directory as a release before left it when it ended in order.
async fn older(version: u32) -> TempDir {
    let directory = closed().await;
    SqliteStore::migrate(directory.path(), version).unwrap();
    directory
}

/// The same with a log beside the file, as when that release was killed.
fn killed(directory: &Path) -> TempDir {
    let copy = snapshot(directory);
    let writer = Connection::open(database(copy.path())).unwrap();
    writer.pragma_update(None, "journal_mode", "wal").unwrap();
    let sql = "UPDATE workflow_executions SET status = status";
    writer.execute(sql, []).unwrap();
    let killed = snapshot(copy.path());
    assert!(fs::metadata(log(killed.path())).unwrap().len() > 0);
    killed
}

/// A file of each version, and what it answers when it was closed in order and
/// is brought up to date.
async fn of_each_version() -> Vec<(u32, TempDir, Answers)> {
    let directory = closed().await;
    let mut files = Vec::new();
    for version in (1..=KNOWN).rev() {
        SqliteStore::migrate(directory.path(), version).unwrap();
        let answers = answers_of(snapshot(directory.path()).path()).await.unwrap();
        assert!(answers.iter().all(|(_question, answer)| answer.is_ok()));
        files.push((version, snapshot(directory.path()), answers));
    }
    files
}

#[tokio::test]
async fn an_older_file_that_was_left_by_a_crash_is_taken_up() {
    for (version, directory, expected) in of_each_version().await {
        println!("version {version}");
        let killed = killed(directory.path());
        assert_eq!(DatabaseFile::open(killed.path()).unwrap().damage(), [""; 0]);
        assert_eq!(answers_of(killed.path()).await.unwrap(), expected);
    }
}

#[tokio::test]
async fn an_older_file_is_copied_and_restored_as_it_is() {
    for (version, directory, expected) in of_each_version().await {
        println!("version {version}");
        let (copies, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let file = copies.path().join("copy.db");
        backup(killed(directory.path()).path(), &file, Existing::Keep).unwrap();
        assert_eq!(DatabaseFile::open(&file).unwrap().version(), version);
        let prepared = Restoration::prepare(&file, elsewhere.path()).unwrap();
        assert_eq!(prepared.install("kept").unwrap(), None);
        assert_eq!(answers_of(elsewhere.path()).await.unwrap(), expected);
    }
}

#[tokio::test]
async fn a_repair_of_an_older_file_that_is_sound_loses_nothing() {
    for (version, directory, expected) in of_each_version().await {
        println!("version {version}");
        let killed = killed(directory.path());
        let salvage = Salvage::attempt(killed.path(), &mut |_run, _events| Ok(())).unwrap();
        assert!(runs().eq(salvage.saved.iter().copied()), "{salvage:?}");
        assert_eq!((&salvage.lost, &salvage.without_logs), (&vec![], &vec![]));
        salvage.install("damaged").unwrap();
        assert_eq!(answers_of(killed.path()).await.unwrap(), expected);
    }
}

/// The log says that a run was there, and how long it must be.
#[tokio::test]
async fn a_log_of_an_older_file_is_as_long_as_it_should_be() {
    for (version, directory, _) in of_each_version().await {
        let table = if version < 14 { "events" } else { "commits" };
        let editor = Connection::open(database(directory.path())).unwrap();
        let first = "(SELECT min(id) FROM workflow_executions)";
        let cut = format!("DELETE FROM execution_{table} WHERE execution_id = {first}");
        editor.execute_batch(&cut).unwrap();
        editor.close().unwrap();
        let damage = DatabaseFile::open(directory.path()).unwrap().damage();
        let expected = "runs whose log is not as long as it should be: 1";
        assert!(damage.iter().any(|line| line == expected), "{damage:?}");
    }
}

/// A repair that did not know of it could not say that it is lost.
#[tokio::test]
async fn a_run_of_which_only_events_are_left_is_known() {
    for (version, directory, _) in of_each_version().await {
        let editor = Connection::open(database(directory.path())).unwrap();
        editor.pragma_update(None, "foreign_keys", false).unwrap();
        let steps = match version {
            ..7 => "execution_steps",
            7.. => "step_origins",
        };
        let forget = format!(
            "DELETE FROM {steps} WHERE execution_id = (SELECT max(id) FROM workflow_executions);
             DELETE FROM workflow_executions WHERE id = (SELECT max(id) FROM workflow_executions)"
        );
        editor.execute_batch(&forget).unwrap();
        editor.close().unwrap();
        let forgotten = runs().last().unwrap();
        let known = DatabaseFile::open(directory.path()).unwrap().runs();
        assert!(known.contains(&forgotten), "version {version}");
        let salvage = Salvage::attempt(directory.path(), &mut |_run, _events| Ok(())).unwrap();
        let lost: Vec<_> = salvage.lost.iter().map(|loss| loss.run).collect();
        assert_eq!(lost, [forgotten], "version {version}");
    }
}

/// What a repair makes of an older file is judged by what was there, not by what
/// bringing it up to date makes of it.
#[tokio::test]
async fn a_repair_names_runs_of_an_older_file_that_lost_something() {
    let of_second = "execution_id = (SELECT id FROM workflow_executions ORDER BY id LIMIT 1, 1)";
    for damage in [
        "DELETE FROM step_progress WHERE order_index = 1 AND",
        "UPDATE execution_events SET body_json = replace(body_json, 'long', 'song') WHERE",
        "DELETE FROM execution_events WHERE seq = 2 AND",
    ] {
        let directory = older(12).await;
        let editor = Connection::open(database(directory.path())).unwrap();
        let n_changed = editor
            .execute(&format!("{damage} {of_second}"), [])
            .unwrap();
        assert!(n_changed > 0, "{damage}");
        editor.close().unwrap();
        let salvage = Salvage::attempt(directory.path(), &mut |_run, _events| Ok(())).unwrap();
        let lost: Vec<_> = salvage.lost.iter().map(|loss| loss.run).collect();
        assert_eq!(lost, [run_id(2)], "{damage}: {salvage:?}");
    }
}
