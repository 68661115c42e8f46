//! The database as files: what lies beside it, how it comes into being, and
//! how one takes the place of another.
//!
//! A database appears under its name whole or not at all, so a file that is
//! short, empty or gone although its log is there is damage and never a new
//! beginning.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use baton_store::StoreError;
use uuid::Uuid;

use super::failure::{Failure, in_file};

/// The file in a data directory.
const FILE_NAME: &str = "baton.db";
/// A finished database that is about to take the place of the one beside it.
const INCOMING: &str = "-incoming";
const LOG: &str = "-wal";
const INDEX_OF_LOG: &str = "-shm";

/// The database file meant by a directory or a file.
pub(super) fn database_file(path: &Path) -> PathBuf {
    if path.is_dir() {
        path.join(FILE_NAME)
    } else {
        path.to_owned()
    }
}

/// The log that `SQLite` keeps beside a database.
pub(super) fn log_file(file: &Path) -> PathBuf {
    beside(file, LOG)
}

/// The file whose name continues that of `file`.
pub(super) fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(suffix);
    name.into()
}

/// Length of a file; 0 when it is not there.
pub(super) fn length(file: &Path) -> io::Result<u64> {
    match fs::metadata(file) {
        Ok(found) => Ok(found.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error),
    }
}

/// Whether a database was to be replaced and the program ended in between.
/// Nothing is lost then, and [`take_place`] called again finishes it.
pub(super) fn is_half_replaced(file: &Path) -> bool {
    beside(file, INCOMING).exists()
}

/// Makes sure that there is a file that can be written; one that is not
/// there is made by `fill`, under another name until it is whole.
pub(super) fn ensure(
    file: &Path,
    fill: impl FnOnce(&Path) -> Result<(), Failure>,
) -> Result<(), StoreError> {
    match OpenOptions::new().read(true).write(true).open(file) {
        Ok(_file) => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(cannot_open(file, &error)),
    }
    if length(&log_file(file)).map_err(|error| cannot_open(file, &error))? > 0 {
        let why = in_file(file, "is not there, but its log is");
        return Err(StoreError::Corrupt(why));
    }
    let draft = Draft::beside(file).map_err(|error| cannot_open(file, &error))?;
    fill(draft.path()).map_err(|failure| failure.into_store_error(file))?;
    match draft.publish(file) {
        // Somebody else has been faster: theirs is as new.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        published => published.map_err(|error| cannot_open(file, &error)),
    }
}

/// A private file that is not whole yet; gone when it is dropped.
#[derive(Debug)]
pub(super) struct Draft {
    path: PathBuf,
}

impl Draft {
    /// An empty file, readable by its owner alone (`SQLite` gives the log of a
    /// database the same mode).
    pub(super) fn beside(file: &Path) -> io::Result<Self> {
        let path = beside(file, &format!("-draft-{}", Uuid::now_v7().simple()));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&path)?;
        Ok(Self { path })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives it its name, durably, unless that name is taken.
    pub(super) fn publish(self, file: &Path) -> io::Result<()> {
        sync(&self.path)?;
        fs::hard_link(&self.path, file)?;
        sync_directory_of(file)
    }

    /// Gives it its name, durably, whoever has that name now.
    pub(super) fn publish_over(self, file: &Path) -> io::Result<()> {
        sync(&self.path)?;
        fs::rename(&self.path, file)?;
        sync_directory_of(file)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // After a rename there is nothing left to remove.
        let (Ok(()) | Err(_)) = fs::remove_file(&self.path);
    }
}

/// Puts a finished database in the place of `file`, whose content is kept
/// with its log under a name that goes on with `kept_as`. Returns that name.
///
/// A crash leaves either what was there or, from the moment the draft is
/// called incoming, something that [`take_place`] finishes.
pub(super) fn replace(draft: Draft, file: &Path, kept_as: &str) -> io::Result<Option<PathBuf>> {
    let kept = keep(file, kept_as)?;
    draft.publish_over(&beside(file, INCOMING))?;
    take_place(file)?;
    Ok(kept)
}

/// Second names for a database and its log, before they lose their first.
/// Returns that of the database; where there is only a log, which a person may
/// still need, that of the log.
fn keep(file: &Path, kept_as: &str) -> io::Result<Option<PathBuf>> {
    let kept = beside(file, &format!(".{kept_as}"));
    let names = [
        (file.to_owned(), kept.clone()),
        (log_file(file), log_file(&kept)),
    ];
    let mut first = None;
    for (old, new) in names {
        if fs::exists(&old)? {
            fs::hard_link(old, &new)?;
            first = first.or(Some(new));
        }
    }
    if first.is_some() {
        sync_directory_of(file)?;
    }
    Ok(first)
}

/// The last part of [`replace`], which may be repeated: an old log must be
/// gone before a database that it does not belong to comes to lie beside it.
pub(super) fn take_place(file: &Path) -> io::Result<()> {
    for stale in [log_file(file), beside(file, INDEX_OF_LOG)] {
        match fs::remove_file(stale) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    sync_directory_of(file)?;
    fs::rename(beside(file, INCOMING), file)?;
    sync_directory_of(file)
}

fn sync(file: &Path) -> io::Result<()> {
    File::open(file)?.sync_all()
}

fn sync_directory_of(file: &Path) -> io::Result<()> {
    sync(directory_of(file))
}

/// The directory in which a file lies.
pub(super) fn directory_of(file: &Path) -> &Path {
    match file.parent() {
        Some(directory) if !directory.as_os_str().is_empty() => directory,
        Some(_) | None => Path::new("."),
    }
}

/// What the contract calls it when a file cannot be used.
pub(super) fn cannot_open(file: &Path, error: &io::Error) -> StoreError {
    let text = in_file(file, error);
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            StoreError::ReadOnly(text)
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::Full(text),
        _ => StoreError::Unavailable(text),
    }
}
