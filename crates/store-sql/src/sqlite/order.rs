//! The order of all events: which run each commit belongs to, and which of its
//! events.
//!
//! There is one writer, so a position that is counted in the transaction becomes
//! visible after all that are lower.

use std::collections::BTreeMap;

use baton_model::RunId;
use baton_store::{EVENT_PAGE_BYTES, OrderedEvent, StoredEvent};
use rusqlite::{Connection, OptionalExtension, Row, Statement, Transaction, params};

use super::failure::Failure;
use super::read;
use super::statements::Statements;
use super::sums;
use super::values::{count, number, run_id};

const LAST: &str = "SELECT last_position FROM event_order ORDER BY last_position DESC LIMIT 1";

/// The commit of the position before, when there is one, comes first.
pub(super) const COMMITS: &str = "SELECT * FROM event_order
     WHERE last_position >= coalesce(
         (SELECT max(last_position) FROM event_order WHERE last_position <= ?1), 0)
     ORDER BY last_position";

/// The place of a commit among all.
struct Placed {
    last_position: u64,
    run: RunId,
    last_seq: u64,
    n_events: u64,
}

/// Gives events of a run, which are being stored, the next positions.
pub(super) fn append(
    statements: &mut Statements<'_>,
    run: RunId,
    events: &[StoredEvent],
) -> Result<(), Failure> {
    let Some(last) = events.last() else {
        return Ok(());
    };
    let before = match statements.last_position {
        Some(position) => position,
        None => position_in(statements.get(LAST)?)?,
    };
    let n_events = events.len() as u64;
    let last_position = before + n_events;
    statements
        .get(
            "INSERT OR FAIL INTO event_order (last_position, execution_id, last_seq, n_events, sum)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            number(last_position),
            run.as_uuid().as_bytes(),
            number(last.seq),
            number(n_events),
            sums::placed(run, [last_position, last.seq, n_events]),
        ])?;
    statements.last_position = Some(last_position);
    Ok(())
}

/// Position of the last event of all; 0 when there is none.
pub(super) fn last_position(connection: &Connection) -> Result<u64, Failure> {
    position_in(&mut *connection.prepare_cached(LAST)?)
}

fn position_in(last: &mut Statement<'_>) -> Result<u64, Failure> {
    let last: Option<i64> = last.query_row([], |row| row.get(0)).optional()?;
    Ok(last.map_or(0, i64::cast_unsigned))
}

/// Events with a position above `after`, at most `limit` and as many as fit on
/// a page.
pub(super) fn events(
    snapshot: &Transaction<'_>,
    after: u64,
    limit: u32,
) -> Result<Vec<OrderedEvent>, Failure> {
    let mut found = Vec::new();
    let mut statement = snapshot.prepare_cached(COMMITS)?;
    let mut rows = statement.query([number(after)])?;
    let mut walked = Walk::default();
    let mut n_bytes = 0;
    while n_bytes < EVENT_PAGE_BYTES
        && let Some(row) = rows.next()?
    {
        let room = u64::from(limit) - found.len() as u64;
        if room == 0 {
            break;
        }
        let commit = walked.step(row)?;
        let Some(wanted) = commit.last_position.checked_sub(after).filter(|n| *n > 0) else {
            continue;
        };
        let n_wanted = wanted.min(commit.n_events);
        let part = Part {
            run: commit.run,
            before: commit.last_seq - n_wanted,
            n_events: n_wanted.min(room),
            bytes_max: EVENT_PAGE_BYTES - n_bytes,
        };
        let events = part.read(snapshot)?;
        n_bytes += bytes(&events);
        let first = commit.last_position - n_wanted + 1;
        found.extend((first..).zip(events).map(|(position, event)| OrderedEvent {
            position,
            run: commit.run,
            event,
        }));
    }
    Ok(found)
}

/// An event, or what is wrong with it.
type Found = Result<StoredEvent, String>;

fn bytes(events: &[Found]) -> usize {
    let bodies = events.iter().flatten().map(|event| event.body.len());
    bodies.sum()
}

/// Events of one commit that are to be read.
struct Part {
    run: RunId,
    /// Number of the event before the first.
    before: u64,
    n_events: u64,
    /// With so many bytes in bodies there are enough of them.
    bytes_max: usize,
}

impl Part {
    /// All of them, up to where there are enough; none when the run is gone.
    fn read(&self, snapshot: &Transaction<'_>) -> Result<Vec<Found>, Failure> {
        let read = read::page(
            snapshot,
            self.run,
            self.before,
            self.n_events,
            self.bytes_max,
        );
        let events: Vec<Found> = match read {
            Ok(events) => events.into_iter().map(Ok).collect(),
            Err(failure) if failure.damage().is_some() => return self.read_singly(snapshot),
            Err(failure) => return Err(failure),
        };
        if self.is_read(&events) || (events.is_empty() && is_gone(snapshot, self.run)?) {
            return Ok(events);
        }
        self.read_singly(snapshot)
    }

    fn is_read(&self, events: &[Found]) -> bool {
        events.len() as u64 == self.n_events || bytes(events) >= self.bytes_max
    }

    /// One by one, so that what is damaged hides none of the others.
    fn read_singly(&self, snapshot: &Transaction<'_>) -> Result<Vec<Found>, Failure> {
        let mut events = Vec::new();
        while !self.is_read(&events) {
            let before = self.before + events.len() as u64;
            events.push(match read::events(snapshot, self.run, before, 1) {
                Ok(mut found) => found
                    .pop()
                    .ok_or_else(|| format!("event {} is missing", before + 1)),
                Err(failure) => Err(failure.damage().ok_or(failure)?),
            });
        }
        Ok(events)
    }
}

fn is_gone(connection: &Connection, run: RunId) -> Result<bool, Failure> {
    let mut statement = connection
        .prepare_cached("SELECT NOT EXISTS (SELECT 1 FROM workflow_executions WHERE id = ?1)")?;
    Ok(statement.query_row([run.as_uuid().as_bytes()], |row| row.get(0))?)
}

/// Makes sure that rows hold together, and follow each other without a gap.
#[derive(Default)]
struct Walk {
    last_position: Option<u64>,
}

impl Walk {
    fn step(&mut self, row: &Row<'_>) -> Result<Placed, Failure> {
        let commit = Placed {
            last_position: count(row, "last_position")?,
            run: run_id(row, "execution_id")?,
            last_seq: count(row, "last_seq")?,
            n_events: count(row, "n_events")?,
        };
        let sum = sums::placed(
            commit.run,
            [commit.last_position, commit.last_seq, commit.n_events],
        );
        sums::expect(row.get("sum")?, sum, "the order of events")?;
        let is_whole = (1..=commit.last_seq).contains(&commit.n_events);
        let follows = self
            .last_position
            .is_none_or(|before| before.checked_add(commit.n_events) == Some(commit.last_position));
        if !is_whole || !follows {
            let what = "the order of events does not hold together";
            return Err(Failure::Damaged(what.to_owned()));
        }
        self.last_position = Some(commit.last_position);
        Ok(commit)
    }
}

/// Makes the order anew, run by run: for a database whose order cannot be read.
pub(super) fn renew(connection: &Connection) -> Result<(), Failure> {
    connection.execute_batch(
        "DELETE FROM event_order;
         INSERT INTO event_order (last_position, execution_id, last_seq, n_events)
         SELECT sum(version) OVER (ORDER BY created_at, id), id, version, version
         FROM workflow_executions WHERE version > 0;",
    )?;
    Ok(())
}

/// Looks at all of it: every event of a run that is there must have a place.
pub(super) fn check(connection: &Connection) -> Result<(), Failure> {
    let mut statement = connection.prepare("SELECT * FROM event_order ORDER BY last_position")?;
    let mut rows = statement.query([])?;
    let mut walk = Walk {
        last_position: Some(0),
    };
    let mut placed = BTreeMap::<RunId, u64>::new();
    while let Some(row) = rows.next()? {
        let commit = walk.step(row)?;
        *placed.entry(commit.run).or_default() += commit.n_events;
    }
    let mut statement = connection.prepare("SELECT id, version FROM workflow_executions")?;
    let mut runs = statement.query([])?;
    while let Some(row) = runs.next()? {
        let (run, version) = (run_id(row, "id")?, count(row, "version")?);
        if placed.get(&run).copied().unwrap_or(0) != version {
            let what = format!("events of run {run} have no place in the order of all");
            return Err(Failure::Damaged(what));
        }
    }
    Ok(())
}
