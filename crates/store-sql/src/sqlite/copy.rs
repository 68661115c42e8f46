//! Backups: a copy of a live database in one file, and the way back.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use baton_store::StoreError;
use rusqlite::ErrorCode;

use super::failure::Failure;
use super::file::{self, Draft, cannot_open, database_file, directory_of};
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
    /// The copy was to take the place of the database itself, or of a file that
    /// lies beside it and is read with it.
    #[error("{} belongs to the database that is to be copied", .0.display())]
    Own(PathBuf),
    /// The copy cannot be written.
    #[error("cannot write {}: {why}", .file.display())]
    Unwritten {
        /// Where it was to be.
        file: PathBuf,
        /// What the system says.
        why: String,
    },
    /// What was to be copied does not hold together.
    #[error("{} is damaged: {what}", .file.display())]
    Damaged {
        /// What was to be copied.
        file: PathBuf,
        /// The first damage found.
        what: String,
    },
    /// The database cannot be read, or not be replaced.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Copies a database, which may be in use, into a file of its owner alone.
/// The copy holds everything committed before this was called, and appears
/// under its name only when it is whole, checked and durable. Returns its
/// size in bytes.
pub fn backup(dir_or_file: &Path, to: &Path, existing: Existing) -> Result<u64, CopyError> {
    if is_own(&database_file(dir_or_file), to) {
        return Err(CopyError::Own(to.to_owned()));
    }
    if existing == Existing::Keep && to.exists() {
        return Err(CopyError::Exists(to.to_owned()));
    }
    let source = DatabaseFile::open(dir_or_file)?;
    let draft = Draft::beside(to).map_err(|error| unwritten(to, &error))?;
    source
        .copy_into(&draft)
        .map_err(|error| not_copied(error, source.path(), to))?;
    expect_whole(&DatabaseFile::open(draft.path())?, source.path())?;
    let published = match existing {
        Existing::Keep => draft.publish(to),
        Existing::Replace => draft.publish_over(to),
    };
    match published {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(CopyError::Exists(to.to_owned()));
        }
        published => published.map_err(|error| unwritten(to, &error))?,
    }
    let written = fs::metadata(to).map_err(|error| unwritten(to, &error))?;
    Ok(written.len())
}

/// Whether a path means a database, or a name that continues its name in the
/// same directory: its log, or what a repair is about to put in its place.
fn is_own(database: &Path, path: &Path) -> bool {
    let continues = |own: &Path| {
        let names = own.file_name().zip(path.file_name());
        let is_name = names
            .is_some_and(|(own, name)| name.as_encoded_bytes().starts_with(own.as_encoded_bytes()));
        is_name && is_same(directory_of(own), directory_of(path))
    };
    // Where the database is a symbolic link, its log lies beside its target.
    let target = fs::canonicalize(database);
    is_same(database, path) || continues(database) || target.is_ok_and(|target| continues(&target))
}

/// Whether two paths that exist lead to the same place.
fn is_same(one: &Path, other: &Path) -> bool {
    let place = |path: &Path| fs::metadata(path).map(|found| (found.dev(), found.ino()));
    matches!((place(one), place(other)), (Ok(one), Ok(other)) if one == other)
}

/// Why there is no copy: what was read is damaged, or the copy has no room.
fn not_copied(error: rusqlite::Error, from: &Path, to: &Path) -> CopyError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            Failure::from(error).into_store_error(from).into()
        }
        _ => unwritten(to, &error),
    }
}

fn unwritten(file: &Path, why: &dyn std::error::Error) -> CopyError {
    CopyError::Unwritten {
        file: file.to_owned(),
        why: why.to_string(),
    }
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
        let draft = Draft::beside(&file).map_err(|error| cannot_open(&file, &error))?;
        source
            .copy_into(&draft)
            .map_err(|error| Failure::from(error).into_store_error(&file))?;
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
