//! What becomes of the file: closed and opened again, damaged, of a newer
//! release, not writable.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use baton_model::ExecutionStatus;
use baton_store::conformance::sample::{
    commit, create_runs, line, new_run, run_id, server, standing, stored, time,
};
use baton_store::{
    Attention, Commit, LeaseTerm, OpenRun, RunStore, Scope, StoreError, TokenHash, TokenRow,
    TokenStore,
};
use baton_store_sql::{Durability, SqliteOptions, SqliteStore};
use rusqlite::Connection;
use tempfile::TempDir;

use super::{empty_store, open};

fn refusal(path: &Path) -> StoreError {
    match SqliteStore::open(path, SqliteOptions::default()) {
        Ok(_store) => panic!("{} was opened", path.display()),
        Err(error) => error,
    }
}

/// A directory with a store that holds run 1 and was closed.
async fn closed_store() -> (TempDir, PathBuf) {
    let (store, directory) = empty_store();
    create_runs(&*store, [1]).await;
    store.close().await.unwrap();
    let file = directory.path().join("baton.db");
    (directory, file)
}

#[tokio::test]
async fn a_store_opened_again_holds_everything() {
    let (store, directory) = empty_store();
    create_runs(&*store, 1..=20).await;
    store.commit(commit(run_id(1), 1)).await.unwrap();
    let lines = vec![line(1, "build", 1)];
    store.append_logs(run_id(1), None, lines).await.unwrap();
    let before = stored(&*store, run_id(1)).await;

    // Beside the first one, as after a crash that left a log.
    let second = open(directory.path());
    assert_eq!(stored(&*second, run_id(1)).await, before);
    second.close().await.unwrap();

    store.close().await.unwrap();
    let third = open(&directory.path().join("baton.db"));
    assert_eq!(stored(&*third, run_id(1)).await, before);
    assert_eq!(third.open_runs(None, 99).await.unwrap().len(), 20);
}

#[tokio::test]
async fn work_handed_in_is_done_although_the_store_is_dropped() {
    let (store, directory) = empty_store();
    let waiting: Vec<_> = (0..100)
        .map(|number| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.create_run(new_run(number).into()).await })
        })
        .collect();
    drop(store);
    for run in waiting {
        run.await.unwrap().unwrap();
    }
    let again = open(directory.path());
    assert_eq!(again.open_runs(None, 200).await.unwrap().len(), 100);
}

#[tokio::test]
async fn a_closed_store_leaves_one_file_that_only_its_owner_reads() {
    let (directory, file) = closed_store().await;
    let names: Vec<_> = fs::read_dir(directory.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(names, [file.as_path()]);
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn a_weaker_durability_can_be_chosen() {
    let directory = tempfile::tempdir().unwrap();
    let options = SqliteOptions {
        durability: Durability::Normal,
    };
    let store = SqliteStore::open(directory.path(), options).unwrap();
    create_runs(&*store, [1]).await;
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_damaged_file_is_refused_by_its_name_and_left_alone() {
    let (_directory, file) = closed_store().await;
    let whole = fs::read(&file).unwrap();
    let half = &whole[..whole.len() / 2];
    let ragged = &whole[..whole.len() - 100];
    let mut zeroed = whole.clone();
    zeroed[..8192].fill(0);
    let damaged = [half, ragged, &whole[..50], b"not a database", &zeroed];
    for content in damaged {
        fs::write(&file, content).unwrap();
        let StoreError::Corrupt(text) = refusal(&file) else {
            panic!("{} bytes: {:?}", content.len(), refusal(&file));
        };
        assert!(text.starts_with(file.to_str().unwrap()), "{text}");
        assert!(fs::read(&file).unwrap() == content, "the file was changed");
    }
    fs::write(&file, whole).unwrap();
    assert_eq!(open(&file).open_runs(None, 9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_damaged_page_is_an_error_and_no_guess() {
    let (_directory, file) = closed_store().await;
    let mut content = fs::read(&file).unwrap();
    for page in first_pages(&file) {
        content[(page - 1) * 8192..page * 8192].fill(0xAA);
    }
    fs::write(&file, content).unwrap();
    let store = open(&file);
    let answers = [
        store.load_run(run_id(1)).await.map(drop),
        store.open_runs(None, 9).await.map(drop),
        store.commit(commit(run_id(1), 1)).await,
        store.create_run(new_run(2).into()).await.map(drop),
    ];
    for answer in answers {
        assert!(matches!(answer, Err(StoreError::Corrupt(_))), "{answer:?}");
    }
}

/// The number of the first page of each table and index.
fn first_pages(file: &Path) -> Vec<usize> {
    let connection = Connection::open(file).unwrap();
    let mut statement = connection
        .prepare("SELECT rootpage FROM sqlite_schema WHERE rootpage > 0")
        .unwrap();
    let pages = statement.query_map([], |row| row.get::<_, u32>(0)).unwrap();
    pages.map(|page| page.unwrap() as usize).collect()
}

#[tokio::test]
async fn a_file_of_a_newer_release_is_refused_and_not_touched() {
    let (directory, file) = closed_store().await;
    // Left with a log beside it, as after a crash of the newer release.
    let newer = Connection::open(&file).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    let copy = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(directory.path()).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
    }
    let database = copy.path().join("baton.db");
    let log = copy.path().join("baton.db-wal");
    let before = (fs::read(&database).unwrap(), fs::read(&log).unwrap());
    let expected = StoreError::Newer {
        found: 99,
        known: 14,
    };
    assert_eq!(refusal(copy.path()), expected);
    assert_eq!(SqliteStore::migrate(copy.path(), 0), Err(expected));
    let after = (fs::read(&database).unwrap(), fs::read(&log).unwrap());
    assert!(after == before, "the files were changed");
}

#[tokio::test]
async fn a_store_can_be_migrated_backward_and_forward() {
    let (directory, file) = closed_store().await;
    SqliteStore::migrate(&file, 0).unwrap();
    let store = open(directory.path());
    assert_eq!(store.open_runs(None, 9).await, Ok(vec![]));
    create_runs(&*store, [1]).await;
}

#[tokio::test]
async fn runs_of_the_release_before_are_taken_up_as_they_stand() {
    let (store, directory) = empty_store();
    create_runs(&*store, [1, 2]).await;
    let ended = Commit {
        execution: Some(standing(ExecutionStatus::Failed)),
        ..commit(run_id(2), 1)
    };
    store.commit(ended).await.unwrap();
    let before = [
        stored(&*store, run_id(1)).await,
        stored(&*store, run_id(2)).await,
    ];
    store.close().await.unwrap();
    SqliteStore::migrate(directory.path(), 1).unwrap();
    let store = open(directory.path());
    for (number, mut expected) in (1..).zip(before) {
        // That release knew nothing of projects.
        expected.execution.as_mut().unwrap().project_id = None;
        assert_eq!(stored(&*store, run_id(number)).await, expected);
    }
    let term = LeaseTerm::Exclusive;
    let lease = store.acquire_lease(server(1), term).await.unwrap();
    let claimed = store.claim_runs(&lease, 9).await.unwrap();
    let working = OpenRun {
        run: run_id(1),
        attention: Attention::Working,
        wake_at: None,
    };
    assert_eq!(claimed, [working]);
}

#[tokio::test]
async fn a_place_that_is_not_there_is_unavailable() {
    let directory = tempfile::tempdir().unwrap();
    let error = refusal(&directory.path().join("nowhere/baton.db"));
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
}

#[tokio::test]
async fn a_place_that_cannot_be_written_is_read_only() {
    let (directory, file) = closed_store().await;
    let empty = tempfile::tempdir().unwrap();
    let locked = Permissions::from_mode(0o555);
    fs::set_permissions(directory.path(), locked.clone()).unwrap();
    fs::set_permissions(empty.path(), locked).unwrap();
    // First a file for everybody in a locked directory, then a locked file.
    for mode in [0o666, 0o444] {
        fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
        let error = refusal_for_strangers(&file);
        assert!(
            matches!(error, StoreError::ReadOnly(_)),
            "{mode:o}: {error}"
        );
    }
    let error = refusal_for_strangers(empty.path());
    assert!(matches!(error, StoreError::ReadOnly(_)), "{error}");
}

/// Opens the store on a thread that has no rights of root, for whom nothing
/// would be read-only.
fn refusal_for_strangers(path: &Path) -> StoreError {
    thread::scope(|scope| {
        let opening = scope.spawn(|| {
            nix::unistd::setfsuid(nix::unistd::Uid::from_raw(65_534));
            refusal(path)
        });
        opening.join().unwrap()
    })
}

#[tokio::test]
async fn a_token_that_was_altered_lets_nobody_in() {
    let (directory, file) = closed_store().await;
    let store = open(directory.path());
    let token = TokenRow {
        name: "ci".to_owned(),
        hash: TokenHash([7; 32]),
        scope: Scope::Read,
        created_by: "local".to_owned(),
        created_at: time(1),
        expires_at: Some(time(2)),
        last_used_at: None,
    };
    store.create_token(token).await.unwrap();
    store.close().await.unwrap();
    for change in [
        "scope = 'admin'",
        "expires_at = NULL",
        "name = 'boss'",
        "hash = zeroblob(32)",
    ] {
        let copy = tempfile::tempdir().unwrap();
        let copied = copy.path().join("baton.db");
        fs::copy(&file, &copied).unwrap();
        let editor = Connection::open(&copied).unwrap();
        editor
            .execute_batch(&format!("UPDATE api_tokens SET {change}"))
            .unwrap();
        drop(editor);
        let tokens = open(copy.path()).tokens().await;
        assert!(
            matches!(tokens, Err(StoreError::Corrupt(_))),
            "{change}: {tokens:?}"
        );
    }
}
