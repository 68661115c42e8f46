//! Which tables there are: the migrations, forward and backward.
//!
//! The version of a file is its `user_version`. A file of a newer release is
//! refused before anything in it is touched.

use std::path::Path;

use baton_store::StoreError;
use rusqlite::{Connection, TransactionBehavior};

use super::failure::{Failure, in_file};

struct Migration {
    up: &'static str,
    down: &'static str,
}

/// The newest version this release knows.
pub(super) const KNOWN: u32 = 14;

/// Number n leads from version n to n + 1.
const MIGRATIONS: [Migration; KNOWN as usize] = [
    Migration {
        up: include_str!("../../migrations/sqlite/0001_initial.up.sql"),
        down: include_str!("../../migrations/sqlite/0001_initial.down.sql"),
    },
    Migration {
        up: include_str!("../../migrations/sqlite/0002_leases.up.sql"),
        down: include_str!("../../migrations/sqlite/0002_leases.down.sql"),
    },
    Migration {
        up: include_str!("../../migrations/sqlite/0003_sums.up.sql"),
        down: include_str!("../../migrations/sqlite/0003_sums.down.sql"),
    },
    Migration {
        up: include_str!("../../migrations/sqlite/0004_counts.up.sql"),
        down: include_str!("../../migrations/sqlite/0004_counts.down.sql"),
    },
    Migration {
        up: include_str!("../../migrations/sqlite/0005_inputs.up.sql"),
        down: include_str!("../../migrations/sqlite/0005_inputs.down.sql"),
    },
    Migration {
        up: include_str!("../../migrations/sqlite/0006_workflows.up.sql"),
        down: include_str!("../../migrations/sqlite/0006_workflows.down.sql"),
    },
    Migration {
        up: include_str!("../../migrations/sqlite/0007_progress.up.sql"),
        down: include_str!("../../migrations/sqlite/0007_progress.down.sql"),
    },
    Migration {
        up: include_str!("../../migrations/sqlite/0008_tokens.up.sql"),
        down: include_str!("../../migrations/sqlite/0008_tokens.down.sql"),
    },
    Migration {
        up: include_str!("../../migrations/sqlite/0009_times.up.sql"),
        down: include_str!("../../migrations/sqlite/0009_times.down.sql"),
    },
    Migration {
        up: include_str!("../../migrations/sqlite/0010_order.up.sql"),
        down: include_str!("../../migrations/sqlite/0010_order.down.sql"),
    },
    Migration {
        up: include_str!("../../migrations/sqlite/0011_projects.up.sql"),
        down: include_str!("../../migrations/sqlite/0011_projects.down.sql"),
    },
    Migration {
        up: include_str!("../../migrations/sqlite/0012_groups.up.sql"),
        down: include_str!("../../migrations/sqlite/0012_groups.down.sql"),
    },
    Migration {
        up: include_str!("../../migrations/sqlite/0013_untouched.up.sql"),
        down: include_str!("../../migrations/sqlite/0013_untouched.down.sql"),
    },
    Migration {
        up: include_str!("../../migrations/sqlite/0014_commits.up.sql"),
        down: include_str!("../../migrations/sqlite/0014_commits.down.sql"),
    },
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
    }
    let undone = MIGRATIONS.iter().take(found as usize).skip(to as usize);
    for migration in undone.rev() {
        transaction.execute_batch(migration.down)?;
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
