//! Events of releases that had a row for each, into rows of commits and back:
//! the part of migration 14 that compares sums and writes others.
//!
//! What was altered before is refused afterwards, too, and hides no other run:
//! its rows keep their places and what can be kept of their content, with a sum
//! that does not fit.

use baton_store::StoredEvent;
use rusqlite::types::ToSqlOutput::Borrowed;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params};
use serde_json::value::RawValue;

use super::events::{self, Written};
use super::failure::Failure;
use super::statements::Statements;
use super::sums;
use super::values::{count, micros, number, run_id, time};

/// The sum of what was altered. Once in 2⁶⁴ it fits.
const ALTERED: i64 = 0;

/// Makes each event a commit, and drops the table they were in.
pub(super) fn events(connection: &Connection) -> Result<(), Failure> {
    let mut statements = Statements::new(connection);
    let all = "SELECT * FROM events_by_seq ORDER BY execution_id, seq";
    for_each_row(connection, all, |row| match written(row) {
        Ok(event) => events::append(&mut statements, &event),
        Err(failure) if failure.damage().is_some() => fold_altered(connection, row),
        Err(failure) => Err(failure),
    })?;
    connection.execute_batch("DROP TABLE events_by_seq")?;
    Ok(())
}

fn for_each_row(
    connection: &Connection,
    sql: &str,
    mut take: impl FnMut(&Row<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        take(row)?;
    }
    Ok(())
}

/// An event that is as it was, as the commit it becomes. One that has no sum is
/// believed, as before.
fn written(row: &Row<'_>) -> Result<Written, Failure> {
    let run = run_id(row, "execution_id")?;
    let event = StoredEvent {
        seq: count(row, "seq")?,
        at: time(row, "created_at")?,
        kind: row.get::<_, String>("kind")?.into(),
        body: row.get::<_, String>("body_json")?.into(),
    };
    sums::expect(row.get("sum")?, sums::event(run, &event), "an event")?;
    serde_json::from_str::<&RawValue>(&event.body)
        .map_err(|error| Failure::Damaged(error.to_string()))?;
    Written::new(run, &[event]).map_err(Failure::Spoiled)
}

/// `SQLite` puts the parts together, since they may be no texts.
fn fold_altered(connection: &Connection, row: &Row<'_>) -> Result<(), Failure> {
    connection
        .prepare_cached(
            "INSERT OR FAIL INTO execution_commits (
                 execution_id, last_seq, n_events, events_json, sum)
             VALUES (?1, ?2, 1,
                 coalesce('[[' || ?3 || ',' || json_quote(CAST(?4 AS TEXT)) || ',' || ?5 || ']]', ''),
                 ?6)",
        )?
        .execute(params![
            Borrowed(row.get_ref("execution_id")?),
            Borrowed(row.get_ref("seq")?),
            Borrowed(row.get_ref("created_at")?),
            Borrowed(row.get_ref("kind")?),
            Borrowed(row.get_ref("body_json")?),
            ALTERED,
        ])?;
    Ok(())
}

/// Gives each event a row, and drops the table of commits.
pub(super) fn commits(connection: &Connection) -> Result<(), Failure> {
    let all = "SELECT * FROM execution_commits ORDER BY execution_id, last_seq";
    for_each_row(connection, all, |row| match unfold(connection, row) {
        Err(failure) if failure.damage().is_some() => unfold_altered(connection, row),
        unfolded => unfolded,
    })?;
    connection.execute_batch("DROP TABLE execution_commits")?;
    Ok(())
}

/// Where two commits have an event of one number, one of them was altered. Its
/// last event keeps its row, since no commit before it goes as far.
const INSERT_EVENT: &str = "INSERT OR IGNORE INTO execution_events (
         execution_id, seq, created_at, kind, body_json, sum)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

/// The rows of a commit that is as it was.
fn unfold(connection: &Connection, row: &Row<'_>) -> Result<(), Failure> {
    let run = run_id(row, "execution_id")?;
    let mut insert = connection.prepare_cached(INSERT_EVENT)?;
    for event in events::commit(row, run)? {
        insert.execute(params![
            run.as_uuid().as_bytes(),
            number(event.seq),
            micros(event.at),
            event.kind,
            event.body,
            sums::event(run, &event),
        ])?;
    }
    Ok(())
}

/// As many rows as there were events, the last of which has all that is left of
/// them.
fn unfold_altered(connection: &Connection, row: &Row<'_>) -> Result<(), Failure> {
    let json = row.get_ref("events_json")?;
    let (last_seq, n_events): (i64, i64) = (row.get("last_seq")?, row.get("n_events")?);
    let mut insert = connection.prepare_cached(INSERT_EVENT)?;
    for before in 0..n_events.min(last_seq).clamp(1, most_events(json)) {
        let content = if before == 0 {
            json
        } else {
            ValueRef::Text(b"")
        };
        insert.execute(params![
            Borrowed(row.get_ref("execution_id")?),
            last_seq - before,
            0,
            "",
            Borrowed(content),
            ALTERED,
        ])?;
    }
    Ok(())
}

/// No list has more events than bytes, whatever its row says.
fn most_events(json: ValueRef<'_>) -> i64 {
    let n_bytes = json.as_bytes().map_or(0, <[u8]>::len);
    number(n_bytes as u64).max(1)
}
