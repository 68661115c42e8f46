//! How connections are opened: one that writes, one that checkpoints, some
//! that read.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use std::time::Duration;

use baton_store::StoreError;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use uuid::Uuid;

use super::failure::{Failure, in_file, is_full};
use super::file::{self, is_half_replaced, length, log_file};
use super::{Durability, integrity, schema};

/// How long a connection waits for somebody else's lock. Within one process
/// nobody waits, since one connection writes; this is for a second process,
/// such as a backup.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// More statements than there are, so that each is prepared once.
const STATEMENTS_MAX: usize = 64;

const WRITER_CACHE_KIB: i64 = 16 * 1024;
const READER_MMAP_BYTES: i64 = 64 * 1024 * 1024;

/// No database is smaller than its first page.
const PAGE_BYTES_MIN: u64 = 512;

/// Pages of a new database: a run that is at work has the rows of its events
/// on one of these, and each page that a commit changes goes to the log whole.
/// Half and twice the size cost more.
const PAGE_BYTES: u32 = 8_192;

/// Where a database holds the number that tells it from others.
const IDENTITY_BYTES: std::ops::Range<usize> = 68..72;

/// Opens the connection that writes; creates the file, or brings its tables
/// up to date, when needed.
pub(super) fn open_writer(file: &Path, durability: Durability) -> Result<Connection, StoreError> {
    refuse_half_replaced(file)?;
    file::ensure(file, |draft| fill(draft, new_identity(), schema::KNOWN))?;
    prepare_writer(file, durability).map_err(|failure| match failure {
        // The file itself can be written, as was just tried: what cannot be
        // made is the log beside it.
        Failure::Sqlite(error)
            if error.sqlite_error_code() == Some(ErrorCode::CannotOpen) && !is_full(file) =>
        {
            StoreError::ReadOnly(in_file(file, &error))
        }
        other => other.into_store_error(file),
    })
}

/// Brings the tables of a file to a version, forward or backward. Nobody else
/// may have it open.
pub(super) fn migrate_file(file: &Path, version: u32) -> Result<(), StoreError> {
    let migrate = || {
        let (mut connection, _version) = open_checked(file)?;
        // Rows whose run is gone stay: they show that it was there.
        connection.pragma_update(None, "foreign_keys", false)?;
        schema::migrate(&mut connection, version)
    };
    migrate().map_err(|failure| failure.into_store_error(file))
}

/// Makes an empty file a database with tables of a version. It is not durable
/// before the file is synced.
pub(super) fn fill(empty: &Path, identity: i32, version: u32) -> Result<(), Failure> {
    let mut connection = open(empty, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.pragma_update(None, "page_size", PAGE_BYTES)?;
    connection.pragma_update(None, "journal_mode", "off")?;
    connection.pragma_update(None, "synchronous", "off")?;
    connection.pragma_update(None, "application_id", identity)?;
    schema::migrate(&mut connection, version)?;
    connection
        .close()
        .map_err(|(_connection, error)| error.into())
}

/// Opens a finished file to look at it, whatever its version up to the newest
/// this release knows, which is returned. Nothing in it is changed.
pub(super) fn open_to_look(file: &Path) -> Result<(Connection, u32), StoreError> {
    refuse_half_replaced(file)?;
    // `SQLite` would only say that it cannot.
    File::open(file).map_err(|error| file::cannot_open(file, &error))?;
    let look = || {
        let connection = open(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let version = schema::check(&connection, file)?;
        if version == 0 {
            return Err(Failure::Damaged("it holds nothing".to_owned()));
        }
        check_files(&connection, file)?;
        Ok((connection, version))
    };
    look().map_err(|failure| failure.into_store_error(file))
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
    // Whatever is written belongs to a run whose row the same transaction has
    // written or looked at; to look for it again with each row costs a tenth.
    connection.pragma_update(None, "foreign_keys", false)?;
    if version < schema::KNOWN {
        if identity(&connection)? == 0 {
            connection.pragma_update(None, "application_id", new_identity())?;
        }
        schema::migrate(&mut connection, schema::KNOWN)?;
    }
    Ok(connection)
}

/// Opens a file whose version this release knows, and says which.
///
/// A log beside it means that whoever had it last did not close it, so before
/// anything of it is believed all of it is looked at.
fn open_checked(file: &Path) -> Result<(Connection, u32), Failure> {
    let was_left_open = length(&log_file(file))? > 0;
    let connection = open(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // A file that is refused must stay as it is: without this, closing it
    // would move a log that is left beside it into it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    let version = schema::check(&connection, file)?;
    check_files(&connection, file)?;
    if was_left_open {
        integrity::check_quickly(&connection)?;
    }
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    Ok((connection, version))
}

/// What can be wrong with the files of a database while what `SQLite` reads
/// from them looks right.
fn check_files(connection: &Connection, file: &Path) -> Result<(), Failure> {
    check_length(connection, file)?;
    check_identity(connection, file)
}

/// `SQLite` takes an empty file, or almost one, for a new database, and reads a last page that
/// is cut off as if the rest of it were zeros.
/// Only a log beside the file may hold what the file does not.
fn check_length(connection: &Connection, file: &Path) -> Result<(), Failure> {
    if length(file)? < PAGE_BYTES_MIN {
        return Err(Failure::Damaged("the file is cut off".to_owned()));
    }
    let has_log = length(&log_file(file))? > 0;
    let pages: u32 = connection.pragma_query_value(None, "page_count", |row| row.get(0))?;
    let page_size: u32 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
    if !has_log && length(file)? < u64::from(pages) * u64::from(page_size) {
        return Err(Failure::Damaged("the file is cut off".to_owned()));
    }
    Ok(())
}

/// `SQLite` takes any whole log for that of the database it lies beside. The
/// first page of another database gives it away.
fn check_identity(connection: &Connection, file: &Path) -> Result<(), Failure> {
    let seen = identity(connection)?;
    let own = identity_in(file)?;
    // Files of earlier releases have none before they are brought up to date.
    if own != 0 && own != seen {
        let why = "the log beside it belongs to another database; take it away if it came there by mistake";
        return Err(Failure::Damaged(why.to_owned()));
    }
    Ok(())
}

/// The number that tells this database from others.
pub(super) fn identity(connection: &Connection) -> rusqlite::Result<i32> {
    connection.pragma_query_value(None, "application_id", |row| row.get(0))
}

/// Writes that number again, which changes nothing but puts the page it stands
/// on into the log: now the log says whose it is.
pub(super) fn mark_log(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "application_id", identity(connection)?)
}

/// The same number as it stands in the file itself, without its log.
fn identity_in(file: &Path) -> io::Result<i32> {
    let mut head = [0; IDENTITY_BYTES.end];
    match File::open(file)?.read_exact(&mut head) {
        // Nothing but a log yet.
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(0),
        read => read?,
    }
    let [.., a, b, c, d] = head;
    Ok(i32::from_be_bytes([a, b, c, d]))
}

/// Never 0, which means that there is none.
fn new_identity() -> i32 {
    let [.., a, b, c, d] = *Uuid::now_v7().as_bytes();
    i32::from_be_bytes([a, b, c, d]) | 1
}

fn refuse_half_replaced(file: &Path) -> Result<(), StoreError> {
    if is_half_replaced(file) {
        let why = "a repair or a restore of it was interrupted";
        return Err(StoreError::Corrupt(in_file(file, why)));
    }
    Ok(())
}

fn open(file: &Path, mode: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(file, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    // No statement is planned anew because other values are bound to it: that
    // took longer than what it then did.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // Checkpoints have a connection of their own.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    Ok(connection)
}
