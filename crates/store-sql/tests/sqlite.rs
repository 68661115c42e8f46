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

use baton_store_sql::{SqliteOptions, SqliteStore};
use tempfile::TempDir;

fn empty_store() -> (Arc<SqliteStore>, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    (open(directory.path()), directory)
}

fn open(path: &Path) -> Arc<SqliteStore> {
    SqliteStore::open(path, SqliteOptions::default()).unwrap()
}
