//! The statements about leases: which there are, and which are valid.

use std::time::Duration;

use baton_model::Timestamp;
use baton_store::{Lease, LeaseTerm, ServerId, StoreError};
use rusqlite::{Connection, params};

use super::failure::Failure;
use super::values::{micros, micros_option, number};

/// Counts on from the last epoch, and from those that open runs still name: a
/// counter that was lost with damaged pages must not make a stranger their
/// owner.
pub(super) const NEXT_EPOCH: &str = "UPDATE lease_counter SET last_epoch = 1 + max(
         last_epoch,
         (SELECT coalesce(max(epoch), 0) FROM leases),
         (SELECT coalesce(max(owner_epoch), 0) FROM workflow_executions
          WHERE attention <> 'done'))
     RETURNING last_epoch";

/// Takes a lease, and forgets those it ends and those that have expired,
/// together with the wake-ups of their holders.
pub(super) fn acquire(
    connection: &Connection,
    server: ServerId,
    term: LeaseTerm,
    now: Timestamp,
) -> Result<Lease, Failure> {
    let epoch: i64 = connection
        .prepare_cached(NEXT_EPOCH)?
        .query_row([], |row| row.get(0))?;
    let id = server.as_uuid().as_bytes();
    match term {
        LeaseTerm::Exclusive => connection.prepare_cached("DELETE FROM leases")?.execute([]),
        LeaseTerm::For(_) => connection
            .prepare_cached("DELETE FROM leases WHERE server_id = ?1 OR expires_at <= ?2")?
            .execute(params![id, micros(now)]),
    }?;
    connection
        .prepare_cached("DELETE FROM wakeups WHERE owner_epoch NOT IN (SELECT epoch FROM leases)")?
        .execute([])?;
    connection
        .prepare_cached("INSERT INTO leases (epoch, server_id, expires_at) VALUES (?1, ?2, ?3)")?
        .execute(params![epoch, id, micros_option(term.ends_at(now))])?;
    let epoch = u64::try_from(epoch)
        .map_err(|_negative| Failure::Damaged("the lease counter is negative".to_owned()))?;
    Ok(Lease { server, epoch })
}

/// Moves the end of a lease that has one.
pub(super) fn renew(
    connection: &Connection,
    lease: &Lease,
    duration: Duration,
    now: Timestamp,
) -> Result<(), Failure> {
    require(connection, lease, now)?;
    connection
        .prepare_cached(
            "UPDATE leases SET expires_at = ?2 WHERE epoch = ?1 AND expires_at IS NOT NULL",
        )?
        .execute(params![
            number(lease.epoch),
            micros_option(LeaseTerm::For(duration).ends_at(now))
        ])?;
    Ok(())
}

pub(super) fn release(connection: &Connection, lease: &Lease) -> Result<(), Failure> {
    connection
        .prepare_cached("DELETE FROM leases WHERE epoch = ?1")?
        .execute([number(lease.epoch)])?;
    Ok(())
}

/// Declines a lease that is not valid any more.
pub(super) fn require(
    connection: &Connection,
    lease: &Lease,
    now: Timestamp,
) -> Result<(), Failure> {
    if is_valid(connection, number(lease.epoch), now)? {
        Ok(())
    } else {
        Err(Failure::Declined(StoreError::Fenced))
    }
}

pub(super) fn is_valid(
    connection: &Connection,
    epoch: i64,
    now: Timestamp,
) -> Result<bool, Failure> {
    let is_valid = connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM leases
             WHERE epoch = ?1 AND (expires_at IS NULL OR expires_at > ?2))",
        )?
        .query_row(params![epoch, micros(now)], |row| row.get(0))?;
    Ok(is_valid)
}
