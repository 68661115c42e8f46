//! Backups: a copy of a live database in one file, and the way back.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use baton_store::StoreError;

use super::file::{self, cannot_open, database_file};
use super::look::DatabaseFile;

/// What becomes of a file that is where a copy is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// It stays, and nothing is copied.
    Keep,
    /// The copy takes its place.
    Replace,
}

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// Something is where the copy was to be.
    #[error("{} is there already", .0.display())]
    Exists(PathBuf),
    /// What was to be copied does not hold together.
    #[error("{} is damaged: {what}", .file.display())]
    Damaged {
        /// What was to be copied.
        file: PathBuf,
        /// The first damage found.
        what: String,
    },
    /// The database cannot be read, or the copy not written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Copies a database, which may be in use, into a file of its owner alone.
/// The copy holds everything committed before this was called, and appears
/// under its name only when it is whole, checked and durable. Returns its
/// size in bytes.
pub fn backup(dir_or_file: &Path, to: &Path, existing: Existing) -> Result<u64, CopyError> {
    if existing == Existing::Keep && to.exists() {
        return Err(CopyError::Exists(to.to_owned()));
    }
    let source = DatabaseFile::open(dir_or_file)?;
    let draft = source.copy_beside(to)?;
    expect_whole(&DatabaseFile::open(draft.path())?, source.path())?;
    let published = match existing {
        Existing::Keep => draft.publish(to),
        Existing::Replace => draft.publish_over(to),
    };
    match published {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(CopyError::Exists(to.to_owned()));
        }
        published => published.map_err(|error| cannot_open(to, &error))?,
    }
    let written = fs::metadata(to).map_err(|error| cannot_open(to, &error))?;
    Ok(written.len())
}

/// Makes a copy of `from` the database of a directory, which the caller
/// holds. A database that is there keeps its content under a name that ends
/// in `kept_as`, and that name is returned.
pub fn restore(from: &Path, dir: &Path, kept_as: &str) -> Result<Option<PathBuf>, CopyError> {
    let source = DatabaseFile::open(from)?;
    expect_whole(&source, from)?;
    let file = database_file(dir);
    let draft = source.copy_beside(&file)?;
    let kept = file::replace(draft, &file, kept_as).map_err(|error| cannot_open(&file, &error))?;
    Ok(kept)
}

/// Nobody is helped by the copy of a database that cannot be used.
fn expect_whole(copy: &DatabaseFile, file: &Path) -> Result<(), CopyError> {
    match copy.damage().into_iter().next() {
        None => Ok(()),
        Some(what) => Err(CopyError::Damaged {
            file: file.to_owned(),
            what,
        }),
    }
}
