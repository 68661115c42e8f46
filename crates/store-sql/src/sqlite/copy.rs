//! Backups: a copy of a live database in one file, and the way back.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use baton_store::StoreError;

use super::file::{self, Draft, cannot_open, database_file};
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

/// A copy that is whole and durable, ready to become the database of a
/// directory. Nothing there is touched before it does, and nothing is left of
/// it when it does not.
#[derive(Debug)]
pub struct Restoration {
    draft: Draft,
    file: PathBuf,
}

impl Restoration {
    /// Looks at all of `from` and copies it to where the database of `dir` is.
    pub fn prepare(from: &Path, dir: &Path) -> Result<Self, CopyError> {
        let source = DatabaseFile::open(from)?;
        expect_whole(&source, from)?;
        let file = database_file(dir);
        let draft = source.copy_beside(&file)?;
        Ok(Self { draft, file })
    }

    /// Makes it the database of its directory, which the caller holds. What is
    /// there of a database, and be it only its log, keeps its content under a
    /// name that goes on with `kept_as`, and that name is returned.
    pub fn install(self, kept_as: &str) -> Result<Option<PathBuf>, CopyError> {
        let kept = file::replace(self.draft, &self.file, kept_as);
        Ok(kept.map_err(|error| cannot_open(&self.file, &error))?)
    }
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
