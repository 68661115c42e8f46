//! Which tables there are: the migrations, forward and backward.
//!
//! The version of a file is its `user_version`. A file of a newer release is
//! refused before anything in it is touched. What SQL cannot do of a migration
//! is in modules of their own.

use std::path::Path;

use baton_store::StoreError;
use rusqlite::{Connection, TransactionBehavior};

use super::failure::{Failure, in_file};
use super::fold;

struct Migration {
    up: &'static str,
    down: &'static str,
    rows: Option<Rows>,
}

/// What a migration does after its statements, where that needs the sums of
/// rows.
struct Rows {
    up: fn(&Connection) -> Result<(), Failure>,
    down: fn(&Connection) -> Result<(), Failure>,
}

macro_rules! migration {
    ($name:literal, $rows:expr) => {
        Migration {
            up: include_str!(concat!("../../migrations/sqlite/", $name, ".up.sql")),
            down: include_str!(concat!("../../migrations/sqlite/", $name, ".down.sql")),
            rows: $rows,
        }
    };
}

/// The newest version this release knows.
pub(super) const KNOWN: u32 = 14;

/// Number n leads from version n to n + 1.
const MIGRATIONS: [Migration; KNOWN as usize] = [
    migration!("0001_initial", None),
    migration!("0002_leases", None),
    migration!("0003_sums", None),
    migration!("0004_counts", None),
    migration!("0005_inputs", None),
    migration!("0006_workflows", None),
    migration!("0007_progress", None),
    migration!("0008_tokens", None),
    migration!("0009_times", None),
    migration!("0010_order", None),
    migration!("0011_projects", None),
    migration!("0012_groups", None),
    migration!("0013_untouched", None),
    migration!(
        "0014_commits",
        Some(Rows {
            up: fold::events,
            down: fold::commits,
        })
    ),
];

/// The version of the file behind a connection. Writes nothing.
///
/// A database that has tables but no version is somebody else's.
pub(super) fn check(connection: &Connection, file: &Path) -> Result<u32, Failure> {
    let found = version(connection)?;
    if found > KNOWN {
        return Err(Failure::Declined(StoreError::Newer {
            found,
            known: KNOWN,
        }));
    }
    if found == 0 && has_tables(connection)? {
        let why = in_file(file, "a database, but not one of Baton");
        return Err(Failure::Declined(StoreError::Corrupt(why)));
    }
    Ok(found)
}

/// Brings the tables from whatever version they have to version `to`.
///
/// The version is read again under the lock: another process may have been
/// faster.
pub(super) fn migrate(connection: &mut Connection, to: u32) -> Result<(), Failure> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
    let found = version(&transaction)?;
    if found.max(to) > KNOWN {
        return Err(Failure::Declined(StoreError::Newer {
            found: found.max(to),
            known: KNOWN,
        }));
    }
    for migration in MIGRATIONS.iter().take(to as usize).skip(found as usize) {
        transaction.execute_batch(migration.up)?;
        if let Some(rows) = &migration.rows {
            (rows.up)(&transaction)?;
        }
    }
    let undone = MIGRATIONS.iter().take(found as usize).skip(to as usize);
    for migration in undone.rev() {
        transaction.execute_batch(migration.down)?;
        if let Some(rows) = &migration.rows {
            (rows.down)(&transaction)?;
        }
    }
    transaction.pragma_update(None, "user_version", to)?;
    transaction.commit()?;
    Ok(())
}

fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn has_tables(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT EXISTS (SELECT 1 FROM sqlite_schema)", [], |row| {
        row.get(0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables(connection: &Connection) -> Vec<String> {
        let mut statement = connection
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
            .unwrap();
        let names = statement.query_map([], |row| row.get(0)).unwrap();
        names.map(Result::unwrap).collect()
    }

    #[test]
    fn every_migration_can_be_undone_and_done_again() {
        let mut connection = Connection::open_in_memory().unwrap();
        for version in (0..=KNOWN).chain((0..KNOWN).rev()).chain([KNOWN]) {
            migrate(&mut connection, version).unwrap();
            assert_eq!(check(&connection, Path::new("x")).unwrap(), version);
            assert_eq!(tables(&connection).is_empty(), version == 0);
        }
        assert_eq!(
            tables(&connection),
            [
                "api_tokens",
                "claims",
                "event_order",
                "execution_commits",
                "execution_counts",
                "execution_definitions",
                "lease_counter",
                "leases",
                "projects",
                "step_logs",
                "step_origins",
                "step_progress",
                "wakeups",
                "workflow_claims",
                "workflow_counts",
                "workflow_definitions",
                "workflow_executions",
                "workflow_tags",
                "workflows",
            ]
        );
    }

    #[test]
    fn a_version_that_is_not_known_is_never_migrated_to() {
        let mut connection = Connection::open_in_memory().unwrap();
        assert!(migrate(&mut connection, KNOWN + 1).is_err());
        assert!(tables(&connection).is_empty());
    }

    #[test]
    fn a_database_of_somebody_else_is_refused() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE theirs (x)").unwrap();
        let error = check(&connection, Path::new("theirs.db")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the store is damaged: theirs.db: a database, but not one of Baton"
        );
    }
}
