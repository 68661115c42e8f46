//! The log of a run: a row for each commit, with all its events.
//!
//! Rows are only added. A commit brings two or three events, and a row costs the
//! writer as much as what stands in it.

use std::fmt::Write as _;

use baton_model::{RunId, Timestamp};
use baton_store::{StoreError, StoredEvent};
use rusqlite::{Connection, Row, Transaction, params};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::failure::Failure;
use super::statements::Statements;
use super::sums;
use super::values::{count, number};

/// Events of one commit as they are stored. Made where the commit is handed in:
/// the writer has enough to do.
pub(super) struct Written {
    run: RunId,
    /// The number of the last.
    last_seq: u64,
    n_events: u64,
    /// A list of lists: when, of what kind, and the event itself.
    json: String,
    sum: i64,
}

impl Written {
    pub(super) fn new(run: RunId, events: &[StoredEvent]) -> Result<Self, StoreError> {
        let json = to_json(events)?;
        let last_seq = events.last().map_or(0, |last| last.seq);
        Ok(Self {
            run,
            last_seq,
            n_events: events.len() as u64,
            sum: sums::events(run, last_seq, &json),
            json,
        })
    }
}

fn to_json(events: &[StoredEvent]) -> Result<String, StoreError> {
    let n_bytes = events.iter().map(|event| event.body.len() + 64).sum();
    let mut json = String::with_capacity(n_bytes);
    for event in events {
        debug_assert!(serde_json::from_str::<&RawValue>(&event.body).is_ok());
        let before = if json.is_empty() { '[' } else { ',' };
        let (at, body) = (event.at.as_micros(), &event.body);
        let kind = serde_json::to_string(&event.kind);
        let kind = kind.map_err(|error| StoreError::Refused(error.to_string()))?;
        // A text takes whatever is written to it.
        let (Ok(()) | Err(std::fmt::Error)) = write!(json, "{before}[{at},{kind},{body}]");
    }
    json.push(']');
    Ok(json)
}

/// Appends the events of a commit to their log.
pub(super) fn append(statements: &mut Statements<'_>, events: &Written) -> Result<(), Failure> {
    statements
        .get(
            "INSERT OR FAIL INTO execution_commits (
                 execution_id, last_seq, n_events, events_json, sum)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            events.run.as_uuid().as_bytes(),
            number(events.last_seq),
            number(events.n_events),
            events.json,
            events.sum,
        ])?;
    Ok(())
}

/// Events after a place, at most `limit`. None is missing between them, and
/// when they are fewer, none after them.
pub(super) fn read(
    snapshot: &Transaction<'_>,
    run: RunId,
    after: u64,
    limit: u64,
) -> Result<Vec<StoredEvent>, Failure> {
    page(snapshot, run, after, limit, usize::MAX)
}

/// The same, but none after the one that brings the bytes of all bodies to
/// `bytes_max`.
pub(super) fn page(
    snapshot: &Transaction<'_>,
    run: RunId,
    after: u64,
    limit: u64,
    bytes_max: usize,
) -> Result<Vec<StoredEvent>, Failure> {
    let mut statement = snapshot.prepare_cached(
        "SELECT last_seq, n_events, events_json, sum FROM execution_commits
         WHERE execution_id = ?1 AND last_seq > ?2 ORDER BY last_seq",
    )?;
    let mut rows = statement.query(params![run.as_uuid().as_bytes(), number(after)])?;
    let mut page = Page {
        events: Vec::new(),
        last: after,
        n_bytes: 0,
        limit,
        bytes_max,
    };
    while page.has_room()
        && let Some(row) = rows.next()?
    {
        page.take(commit(row, run)?)?;
    }
    if page.has_room() && page.last < version(snapshot, run)? {
        return Err(missing(page.last + 1));
    }
    Ok(page.events)
}

/// Events that are being read.
struct Page {
    events: Vec<StoredEvent>,
    /// The number of the last, or of the one before the first.
    last: u64,
    n_bytes: usize,
    limit: u64,
    bytes_max: usize,
}

impl Page {
    fn has_room(&self) -> bool {
        self.n_bytes < self.bytes_max && (self.events.len() as u64) < self.limit
    }

    /// Takes those of the next commit that are wanted.
    fn take(&mut self, commit: Vec<StoredEvent>) -> Result<(), Failure> {
        for event in commit {
            if event.seq <= self.last {
                continue;
            }
            if !self.has_room() {
                break;
            }
            if event.seq != self.last + 1 {
                return Err(missing(self.last + 1));
            }
            self.last = event.seq;
            self.n_bytes += event.body.len();
            self.events.push(event);
        }
        Ok(())
    }
}

fn missing(seq: u64) -> Failure {
    Failure::Damaged(format!("event {seq} is missing"))
}

/// Sequence number of a run's last event, as its row has it; 0 without a row.
fn version(connection: &Connection, run: RunId) -> Result<u64, Failure> {
    let mut statement =
        connection.prepare_cached("SELECT version FROM workflow_executions WHERE id = ?1")?;
    let mut versions =
        statement.query_and_then([run.as_uuid().as_bytes()], |row| count(row, "version"))?;
    versions.next().transpose().map(Option::unwrap_or_default)
}

/// An event as it is stored.
#[derive(Deserialize)]
struct Entry<'a>(i64, String, #[serde(borrow)] &'a RawValue);

/// The events of a commit.
pub(super) fn commit(row: &Row<'_>, run: RunId) -> Result<Vec<StoredEvent>, Failure> {
    let last_seq = count(row, "last_seq")?;
    let json = row.get_ref("events_json")?.as_str();
    let json = json.map_err(|error| Failure::Damaged(error.to_string()))?;
    let sum = sums::events(run, last_seq, json);
    sums::expect(row.get("sum")?, sum, "an event")?;
    let entries: Vec<Entry<'_>> =
        serde_json::from_str(json).map_err(|error| Failure::Damaged(error.to_string()))?;
    let n_events = entries.len() as u64;
    let before = last_seq.checked_sub(n_events).ok_or_else(miscounted)?;
    if count(row, "n_events")? != n_events {
        return Err(miscounted());
    }
    let event = |(seq, Entry(at, kind, body)): (u64, Entry<'_>)| StoredEvent {
        seq,
        at: Timestamp::from_micros(at),
        kind: kind.into(),
        body: body.get().into(),
    };
    Ok((before + 1..).zip(entries).map(event).collect())
}

fn miscounted() -> Failure {
    Failure::Damaged("a commit has not as many events as were counted".to_owned())
}
