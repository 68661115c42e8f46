//! The statements about who works on which run: open runs, claims, wake-ups.

use baton_model::{RunId, Timestamp};
use baton_store::{Lease, OpenRun, StoreError};
use rusqlite::{Connection, OptionalExtension, params};

use super::failure::Failure;
use super::leases;
use super::values::{number, run_id, time_option, word};

/// The conditions on `attention` are those of the index `executions_open`, word
/// for word: only then `SQLite` uses it.
pub(super) const NEXT_OWNER: &str = "SELECT owner_epoch FROM workflow_executions
     WHERE attention <> 'done' AND owner_epoch > ?1 ORDER BY owner_epoch LIMIT 1";

pub(super) const OPEN_OF_OWNER: &str = "SELECT id, attention, wake_at FROM workflow_executions
     WHERE attention <> 'done' AND owner_epoch IS ?1 AND id > ?2 ORDER BY id LIMIT ?3";

pub(super) const WAKEUPS: &str = "SELECT execution_id FROM wakeups
     WHERE owner_epoch = ?1 ORDER BY execution_id LIMIT ?2";

/// Open runs after a place, whoever owns them.
pub(super) fn open_runs(
    connection: &Connection,
    after: Option<RunId>,
    limit: u32,
) -> Result<Vec<OpenRun>, Failure> {
    let snapshot = connection.unchecked_transaction()?;
    let owners = owners(&snapshot)?;
    open_runs_of(&snapshot, &owners, after, limit)
}

/// Open runs of a lease after a place.
pub(super) fn owned_runs(
    connection: &Connection,
    lease: &Lease,
    after: Option<RunId>,
    limit: u32,
) -> Result<Vec<OpenRun>, Failure> {
    open_runs_of(connection, &[Some(number(lease.epoch))], after, limit)
}

/// Makes a lease the owner of runs whose owner has none that is valid.
pub(super) fn claim_runs(
    connection: &Connection,
    lease: &Lease,
    limit: u32,
    now: Timestamp,
) -> Result<Vec<OpenRun>, Failure> {
    leases::require(connection, lease, now)?;
    let mut absent = Vec::new();
    for owner in owners(connection)? {
        if !is_present(connection, owner, now)? {
            absent.push(owner);
        }
    }
    let free = open_runs_of(connection, &absent, None, limit)?;
    for open in &free {
        set_owner(connection, open.run, lease)?;
    }
    Ok(free)
}

/// Makes a lease the owner of a run unless somebody else is there for it.
pub(super) fn claim_run(
    connection: &Connection,
    lease: &Lease,
    run: RunId,
    now: Timestamp,
) -> Result<bool, Failure> {
    leases::require(connection, lease, now)?;
    let owner = owner(connection, run)?;
    if is_present(connection, owner, now)? {
        return Ok(owner == Some(number(lease.epoch)));
    }
    set_owner(connection, run, lease)?;
    Ok(true)
}

/// Leaves a wake-up for the owner of a run, if it is there.
pub(super) fn wake_owner(
    connection: &Connection,
    run: RunId,
    now: Timestamp,
) -> Result<(), Failure> {
    let owner = owner(connection, run)?;
    if is_present(connection, owner, now)? {
        connection
            .prepare_cached(
                "INSERT INTO wakeups (owner_epoch, execution_id) VALUES (?1, ?2)
                 ON CONFLICT DO NOTHING",
            )?
            .execute(params![owner, run.as_uuid().as_bytes()])?;
    }
    Ok(())
}

/// Takes the wake-ups of a lease away and says which runs they are for.
pub(super) fn take_wakeups(
    connection: &Connection,
    lease: &Lease,
    limit: u32,
    now: Timestamp,
) -> Result<Vec<RunId>, Failure> {
    leases::require(connection, lease, now)?;
    let runs = connection
        .prepare_cached(WAKEUPS)?
        .query_and_then(params![number(lease.epoch), limit], |row| {
            run_id(row, "execution_id")
        })?
        .collect::<Result<Vec<_>, Failure>>()?;
    let mut take = connection
        .prepare_cached("DELETE FROM wakeups WHERE owner_epoch = ?1 AND execution_id = ?2")?;
    for run in &runs {
        take.execute(params![number(lease.epoch), run.as_uuid().as_bytes()])?;
    }
    Ok(runs)
}

/// The owner of a run, if it has one; declined when there is no such run.
pub(super) fn owner(connection: &Connection, run: RunId) -> Result<Option<i64>, Failure> {
    connection
        .prepare_cached("SELECT owner_epoch FROM workflow_executions WHERE id = ?1")?
        .query_row([run.as_uuid().as_bytes()], |row| row.get(0))
        .optional()?
        .ok_or(Failure::Declined(StoreError::NotFound))
}

/// All owners of open runs, and nobody: one step in the index for each, however
/// many runs they own.
fn owners(connection: &Connection) -> Result<Vec<Option<i64>>, Failure> {
    let mut next = connection.prepare_cached(NEXT_OWNER)?;
    let mut owners = vec![None];
    let mut last = i64::MIN;
    while let Some(owner) = next.query_row([last], |row| row.get(0)).optional()? {
        owners.push(Some(owner));
        last = owner;
    }
    Ok(owners)
}

/// The first open runs of these owners by id.
fn open_runs_of(
    connection: &Connection,
    owners: &[Option<i64>],
    after: Option<RunId>,
    limit: u32,
) -> Result<Vec<OpenRun>, Failure> {
    // Every id comes after the empty one.
    let after = after.map_or_else(Vec::new, |run| run.as_uuid().as_bytes().to_vec());
    let mut list = connection.prepare_cached(OPEN_OF_OWNER)?;
    let mut open = Vec::new();
    for owner in owners {
        let rows = list.query_and_then(params![owner, after, limit], |row| {
            Ok::<_, Failure>(OpenRun {
                run: run_id(row, "id")?,
                attention: word(row, "attention")?,
                wake_at: time_option(row, "wake_at")?,
            })
        })?;
        for row in rows {
            open.push(row?);
        }
    }
    open.sort_unstable_by_key(|open: &OpenRun| open.run);
    open.truncate(limit as usize);
    Ok(open)
}

/// Whether an owner holds a valid lease.
fn is_present(
    connection: &Connection,
    owner: Option<i64>,
    now: Timestamp,
) -> Result<bool, Failure> {
    owner.map_or(Ok(false), |epoch| leases::is_valid(connection, epoch, now))
}

fn set_owner(connection: &Connection, run: RunId, lease: &Lease) -> Result<(), Failure> {
    connection
        .prepare_cached("UPDATE workflow_executions SET owner_epoch = ?2 WHERE id = ?1")?
        .execute(params![run.as_uuid().as_bytes(), number(lease.epoch)])?;
    Ok(())
}
