//! How connections are opened: one that writes, one that checkpoints, some
//! that read.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use baton_store::StoreError;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::failure::{Failure, in_file};
use super::{Durability, schema};

/// The file in a data directory.
const FILE_NAME: &str = "baton.db";

/// How long a connection waits for somebody else's lock. Within one process
/// nobody waits, since one connection writes; this is for a second process,
/// such as a backup.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// More statements than there are, so that each is prepared once.
const STATEMENTS_MAX: usize = 64;

const WRITER_CACHE_KIB: i64 = 16 * 1024;
const READER_MMAP_BYTES: i64 = 64 * 1024 * 1024;

/// The database file meant by a directory or a file.
pub(super) fn database_file(path: &Path) -> PathBuf {
    if path.is_dir() {
        path.join(FILE_NAME)
    } else {
        path.to_owned()
    }
}

/// Opens the connection that writes; creates the file, or brings its tables
/// up to date, when needed.
pub(super) fn open_writer(file: &Path, durability: Durability) -> Result<Connection, StoreError> {
    create_private(file).map_err(|error| cannot_open(file, &error))?;
    prepare_writer(file, durability).map_err(|failure| match failure {
        // The file itself can be written, as was just tried: what cannot be
        // made is the log beside it.
        Failure::Sqlite(error) if error.sqlite_error_code() == Some(ErrorCode::CannotOpen) => {
            StoreError::ReadOnly(in_file(file, &error))
        }
        other => other.into_store_error(file),
    })
}

/// Brings the tables of a file to a version, forward or backward. Nobody else
/// may have it open.
pub(super) fn migrate_file(file: &Path, version: u32) -> Result<(), StoreError> {
    open_checked(file)
        .and_then(|(mut connection, _version)| schema::migrate(&mut connection, version))
        .map_err(|failure| failure.into_store_error(file))
}

/// Opens a connection that only reads. The tables must be there.
pub(super) fn open_reader(file: &Path) -> rusqlite::Result<Connection> {
    let connection = open(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.pragma_update(None, "mmap_size", READER_MMAP_BYTES)?;
    Ok(connection)
}

/// Opens the connection that moves the log into the database.
pub(super) fn open_checkpointer(file: &Path) -> rusqlite::Result<Connection> {
    open(file, OpenFlags::SQLITE_OPEN_READ_WRITE)
}

fn prepare_writer(file: &Path, durability: Durability) -> Result<Connection, Failure> {
    let (mut connection, version) = open_checked(file)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", durability.pragma())?;
    connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
    if version < schema::KNOWN {
        schema::migrate(&mut connection, schema::KNOWN)?;
    }
    Ok(connection)
}

/// Opens a file whose version this release knows, and says which.
fn open_checked(file: &Path) -> Result<(Connection, u32), Failure> {
    let connection = open(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // A file that is refused must stay as it is: without this, closing it
    // would move a log that is left beside it into it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    let version = schema::check(&connection, file)?;
    check_length(&connection, file)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    Ok((connection, version))
}

/// `SQLite` reads a last page that is cut off as if the rest of it were zeros.
/// Only a log beside the file may hold what the file does not.
fn check_length(connection: &Connection, file: &Path) -> Result<(), Failure> {
    let has_log = length(&log_file(file))? > 0;
    let pages: u32 = connection.pragma_query_value(None, "page_count", |row| row.get(0))?;
    let page_size: u32 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
    if !has_log && length(file)? < u64::from(pages) * u64::from(page_size) {
        return Err(Failure::Damaged("the file is cut off".to_owned()));
    }
    Ok(())
}

fn log_file(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

/// Length of a file; 0 when it is not there.
fn length(file: &Path) -> Result<u64, Failure> {
    match fs::metadata(file) {
        Ok(found) => Ok(found.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(Failure::Unavailable(error.to_string())),
    }
}

fn open(file: &Path, mode: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(file, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    // Checkpoints have a connection of their own.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    Ok(connection)
}

/// Creates the file for its owner alone (`SQLite` gives the log beside it the
/// same mode), or tries whether it can be written.
fn create_private(file: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop)
}

fn cannot_open(file: &Path, error: &io::Error) -> StoreError {
    let text = in_file(file, error);
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            StoreError::ReadOnly(text)
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::Full(text),
        _ => StoreError::Unavailable(text),
    }
}
