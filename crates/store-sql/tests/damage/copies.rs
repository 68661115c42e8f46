//! Backups while the store is written to, restores, and what is refused.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use baton_store::StoreError;
use baton_store_sql::{
    CopyError, DatabaseFile, Existing, Restoration, backup, finish_replacement, is_half_replaced,
};

use super::scene::{N_STEPS, answers, answers_of, closed, database, log, open, snapshot, step};

/// Makes a copy the database of a directory; says under which name what was
/// there is kept.
fn restore(file: &Path, directory: &Path, kept_as: &str) -> Option<PathBuf> {
    let prepared = Restoration::prepare(file, directory).unwrap();
    prepared.install(kept_as).unwrap()
}

#[tokio::test]
async fn a_backup_of_a_store_at_work_holds_what_was_committed() {
    let directory = tempfile::tempdir().unwrap();
    let copies = tempfile::tempdir().unwrap();
    let store = open(directory.path()).unwrap();
    for number in 0..N_STEPS {
        step(&store, number).await;
        if number % 7 != 0 {
            continue;
        }
        let file = copies.path().join(format!("{number}.db"));
        backup(directory.path(), &file, Existing::Keep).unwrap();
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
        let elsewhere = tempfile::tempdir().unwrap();
        assert_eq!(restore(&file, elsewhere.path(), "kept"), None);
        let restored = answers_of(elsewhere.path()).await.unwrap();
        assert_eq!(restored, answers(&store).await, "after step {number}");
    }
}

#[tokio::test]
async fn a_backup_replaces_nothing_unless_told_to() {
    let directory = closed().await;
    let copies = tempfile::tempdir().unwrap();
    let file = copies.path().join("copy.db");
    fs::write(&file, "precious").unwrap();
    let refused = backup(directory.path(), &file, Existing::Keep);
    assert!(matches!(refused, Err(CopyError::Exists(_))), "{refused:?}");
    assert_eq!(fs::read(&file).unwrap(), b"precious");
    backup(directory.path(), &file, Existing::Replace).unwrap();
    assert_eq!(DatabaseFile::open(&file).unwrap().damage(), [""; 0]);
    assert_eq!(fs::read_dir(copies.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn nothing_is_copied_from_a_damaged_database() {
    let directory = closed().await;
    let mut content = fs::read(database(directory.path())).unwrap();
    let last_page = content.len() - 8192;
    content[last_page..].fill(0xAA);
    fs::write(database(directory.path()), content).unwrap();
    let copies = tempfile::tempdir().unwrap();
    let file = copies.path().join("copy.db");
    backup(directory.path(), &file, Existing::Keep).unwrap_err();
    assert_eq!(fs::read_dir(copies.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_restored_database_is_not_read_with_the_log_of_the_earlier_one() {
    let directory = tempfile::tempdir().unwrap();
    let copies = tempfile::tempdir().unwrap();
    let file = copies.path().join("copy.db");
    let store = open(directory.path()).unwrap();
    for number in 0..N_STEPS {
        if number == N_STEPS / 2 {
            backup(directory.path(), &file, Existing::Keep).unwrap();
        }
        step(&store, number).await;
    }
    let crashed = snapshot(directory.path());
    let kept = restore(&file, crashed.path(), "earlier").unwrap();
    let restored = answers_of(crashed.path()).await.unwrap();
    let copy = tempfile::tempdir().unwrap();
    assert_eq!(restore(&file, copy.path(), "earlier"), None);
    assert_eq!(restored, answers_of(copy.path()).await.unwrap());
    // The earlier one is whole, log included.
    assert_eq!(answers_of(&kept).await.unwrap(), answers(&store).await);
}

#[tokio::test]
async fn what_is_only_prepared_changes_nothing() {
    let (directory, copies) = (closed().await, tempfile::tempdir().unwrap());
    let file = copies.path().join("copy.db");
    backup(directory.path(), &file, Existing::Keep).unwrap();
    let before = names_in(directory.path());
    let prepared = Restoration::prepare(&file, directory.path()).unwrap();
    assert!(!is_half_replaced(directory.path()));
    drop(prepared);
    assert_eq!(names_in(directory.path()), before);
}

fn names_in(directory: &Path) -> BTreeSet<OsString> {
    let entries = fs::read_dir(directory).unwrap();
    entries.map(|entry| entry.unwrap().file_name()).collect()
}

/// Somebody has lost the database and not its log, in which the last commits are.
#[tokio::test]
async fn a_log_without_its_database_is_kept_too() {
    let (directory, copies) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let file = copies.path().join("copy.db");
    let store = open(directory.path()).unwrap();
    step(&store, 0).await;
    backup(directory.path(), &file, Existing::Keep).unwrap();
    step(&store, 1).await;
    let crashed = snapshot(directory.path());
    let content = fs::read(log(crashed.path())).unwrap();
    assert!(!content.is_empty());
    fs::remove_file(database(crashed.path())).unwrap();
    let kept = restore(&file, crashed.path(), "earlier").unwrap();
    assert_eq!(kept, crashed.path().join("baton.db.earlier-wal"));
    assert_eq!(fs::read(kept).unwrap(), content);
    answers_of(crashed.path()).await.unwrap();
}

#[tokio::test]
async fn a_replacement_that_was_interrupted_is_finished_by_whoever_is_told_to() {
    let directory = closed().await;
    let before = answers_of(directory.path()).await.unwrap();
    let crashed = snapshot(directory.path());
    let incoming = crashed.path().join("baton.db-incoming");
    fs::copy(database(crashed.path()), &incoming).unwrap();
    fs::write(log(crashed.path()), "of the database that is replaced").unwrap();
    assert!(is_half_replaced(crashed.path()));
    assert_corrupt(crashed.path());
    finish_replacement(crashed.path()).unwrap();
    assert!(!is_half_replaced(crashed.path()));
    assert_eq!(answers_of(crashed.path()).await.unwrap(), before);
}

#[track_caller]
fn assert_corrupt(directory: &Path) {
    let refusal = open(directory).err();
    assert!(
        matches!(refusal, Some(StoreError::Corrupt(_))),
        "{refusal:?}"
    );
}
