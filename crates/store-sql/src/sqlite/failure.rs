//! How a piece of work on a connection fails, and what that is in the words
//! of the contract.

use std::fmt::Display;
use std::path::Path;

use baton_store::StoreError;
use nix::sys::statvfs::statvfs;
use rusqlite::ErrorCode;

use super::file::{cannot_open, directory_of};

/// Why a piece of work did not succeed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// The contract says no, and nothing was written: neighbours in the same
    /// transaction are not concerned.
    #[error(transparent)]
    Declined(StoreError),
    /// The contract says no after something was written: the transaction must
    /// be rolled back.
    #[error(transparent)]
    Spoiled(StoreError),
    /// A stored value cannot be what was written there.
    #[error("{0}")]
    Damaged(String),
    /// Something around the file failed.
    #[error("{0}")]
    Unavailable(String),
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] std::io::Error),
    /// `SQLite` failed.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
}

impl Failure {
    /// In the words of the contract; names the file, so that the message helps
    /// whoever has to look at it.
    pub(super) fn into_store_error(self, file: &Path) -> StoreError {
        match self {
            Self::Declined(error) | Self::Spoiled(error) => error,
            Self::Damaged(what) => StoreError::Corrupt(in_file(file, &what)),
            Self::Unavailable(what) => StoreError::Unavailable(in_file(file, &what)),
            Self::File(error) => cannot_open(file, &error),
            Self::Sqlite(error) => translate(&error, file),
        }
    }

    /// What is damaged, when it is no more than what was being read.
    pub(super) fn damage(&self) -> Option<String> {
        match self {
            Self::Damaged(what) => Some(what.clone()),
            Self::Sqlite(error) if is_unreadable_row(error) => Some(error.to_string()),
            Self::Declined(_)
            | Self::Spoiled(_)
            | Self::Unavailable(_)
            | Self::File(_)
            | Self::Sqlite(_) => None,
        }
    }
}

/// What `SQLite` takes at once where a log begins: the first part of its index.
/// With less room than that, what failed to be written failed for want of it.
const ROOM_MIN_BYTES: u64 = 32 * 1024;

fn translate(error: &rusqlite::Error, file: &Path) -> StoreError {
    let text = in_file(file, error);
    if is_unreadable_row(error) {
        return StoreError::Corrupt(text);
    }
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full(text),
        // The log and its index are made before anything is written to them,
        // and `SQLite` has no word for want of room there.
        Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen) if is_full(file) => {
            StoreError::Full(text)
        }
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => StoreError::ReadOnly(text),
        // The last is an error in a statement: ours are always the same, so it
        // is the tables that are not.
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::Unknown) => {
            StoreError::Corrupt(text)
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy(text),
        // A constraint that the checks before it should have met.
        Some(ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch | ErrorCode::TooBig) => {
            StoreError::Refused(text)
        }
        _ => StoreError::Unavailable(text),
    }
}

/// Whether there is no room left beside a file.
pub(super) fn is_full(file: &Path) -> bool {
    statvfs(directory_of(file)).is_ok_and(|disk| {
        // Some file systems count neither, and say that there are none.
        let has_no_file_left = disk.files() > 0 && disk.files_available() == 0;
        let free = disk.blocks_available().saturating_mul(disk.fragment_size());
        has_no_file_left || (disk.blocks() > 0 && free < ROOM_MIN_BYTES)
    })
}

/// Whether the row is there but does not hold what it should, or the tables
/// are not those that all statements are written for.
fn is_unreadable_row(error: &rusqlite::Error) -> bool {
    matches!(
        error,
        rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnName(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::SqlInputError { .. }
            | rusqlite::Error::Utf8Error(..)
    )
}

pub(super) fn in_file(file: &Path, what: impl Display) -> String {
    format!("{}: {what}", file.display())
}
