//! The `SQLite` store against the contract, against the store in memory, and
//! against what files can do to it.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

#[path = "sqlite/conformance.rs"]
mod conformance;
#[path = "sqlite/difference.rs"]
mod difference;
#[path = "sqlite/files.rs"]
mod files;

use std::path::Path;
use std::sync::Arc;

use baton_store::{LeaseClock, SystemLeaseClock};
use baton_store_sql::{SqliteOptions, SqliteStore};
use tempfile::TempDir;

fn empty_store() -> (Arc<SqliteStore>, TempDir) {
    empty_store_with_clock(Arc::new(SystemLeaseClock))
}

fn empty_store_with_clock(clock: Arc<dyn LeaseClock>) -> (Arc<SqliteStore>, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let options = SqliteOptions::default();
    let store = SqliteStore::open_with_clock(directory.path(), options, clock).unwrap();
    (store, directory)
}

fn open(path: &Path) -> Arc<SqliteStore> {
    SqliteStore::open(path, SqliteOptions::default()).unwrap()
}
