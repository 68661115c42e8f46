//! The order of all events: which run each commit belongs to, and which of its
//! events. What was committed together has one row.
//!
//! There is one writer, so a position that is counted in the transaction becomes
//! visible after all that are lower.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;

use baton_model::RunId;
use baton_store::{EVENT_PAGE_BYTES, OrderedEvent, StoredEvent};
use rusqlite::{Connection, OptionalExtension, Row, Rows, Statement, Transaction, params};
use uuid::Uuid;

use super::events;
use super::failure::Failure;
use super::statements::Statements;
use super::sums;
use super::values::{count, number, run_id};

const LAST: &str = "SELECT last_position FROM event_order ORDER BY last_position DESC LIMIT 1";

/// The row of the position before, when there is one, comes first.
pub(super) const ROWS: &str = "SELECT * FROM event_order
     WHERE last_position >= coalesce(
         (SELECT max(last_position) FROM event_order WHERE last_position <= ?1), 0)
     ORDER BY last_position";

/// Commits of the transaction that is open, in their order.
#[derive(Default)]
pub(super) struct Group {
    /// As their row will have them: a list without its end.
    commits_json: String,
    n_events: u64,
}

impl Group {
    /// Forgets what was not written.
    pub(super) fn clear(&mut self) {
        self.commits_json.clear();
        self.n_events = 0;
    }

    /// Gives events of a run, which are being stored, the next positions.
    pub(super) fn append(&mut self, run: RunId, events: &[StoredEvent]) {
        let Some(last) = events.last() else {
            return;
        };
        let n_events = events.len() as u64;
        let before = if self.commits_json.is_empty() {
            '['
        } else {
            ','
        };
        let run = run.as_uuid().simple();
        // A text takes whatever is written to it.
        let (Ok(()) | Err(std::fmt::Error)) = write!(
            self.commits_json,
            "{before}[\"{run}\",{},{n_events}]",
            last.seq
        );
        self.n_events += n_events;
    }
}

/// Writes what the open transaction has appended; to be called before it is
/// committed.
pub(super) fn write(statements: &mut Statements<'_>) -> Result<(), Failure> {
    if statements.group.n_events == 0 {
        return Ok(());
    }
    let mut group = std::mem::take(&mut statements.group);
    group.commits_json.push(']');
    let last_position = position_in(statements.get(LAST)?)? + group.n_events;
    statements
        .get("INSERT OR FAIL INTO event_order (last_position, commits_json, sum) VALUES (?1, ?2, ?3)")?
        .execute(params![
            number(last_position),
            group.commits_json,
            sums::order(last_position, &group.commits_json),
        ])?;
    // Its room is for the next.
    group.clear();
    statements.group = group;
    Ok(())
}

/// The place of a commit among all.
struct Placed {
    last_position: u64,
    run: RunId,
    last_seq: u64,
    n_events: u64,
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
    let mut statement = snapshot.prepare_cached(ROWS)?;
    let mut commits = Commits {
        rows: statement.query([number(after)])?,
        of_row: VecDeque::new(),
        last_position: None,
    };
    let mut n_bytes = 0;
    while n_bytes < EVENT_PAGE_BYTES
        && let Some(commit) = commits.next()?
    {
        let room = u64::from(limit) - found.len() as u64;
        if room == 0 {
            break;
        }
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
        let read = events::page(
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
            events.push(match events::read(snapshot, self.run, before, 1) {
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

/// Commits in their order. Makes sure that rows hold together, and follow each
/// other without a gap.
struct Commits<'r> {
    rows: Rows<'r>,
    /// Those of the row that was read last which have not been handed out.
    of_row: VecDeque<Placed>,
    /// The last position of that row.
    last_position: Option<u64>,
}

impl Commits<'_> {
    fn next(&mut self) -> Result<Option<Placed>, Failure> {
        if self.of_row.is_empty()
            && let Some(row) = self.rows.next()?
        {
            self.of_row = placed(row, self.last_position)?;
            self.last_position = self.of_row.back().map(|commit| commit.last_position);
        }
        Ok(self.of_row.pop_front())
    }
}

/// The commits of a row, one or more, which follows the position `before`.
fn placed(row: &Row<'_>, before: Option<u64>) -> Result<VecDeque<Placed>, Failure> {
    let broken = || Failure::Damaged("the order of events does not hold together".to_owned());
    let last_position = count(row, "last_position")?;
    let commits_json: String = row.get("commits_json")?;
    let sum = sums::order(last_position, &commits_json);
    sums::expect(row.get("sum")?, sum, "the order of events")?;
    let commits: Vec<(Uuid, u64, u64)> =
        serde_json::from_str(&commits_json).map_err(|_not_a_list| broken())?;
    let mut position = last_position;
    let mut placed = VecDeque::with_capacity(commits.len());
    for (run, last_seq, n_events) in commits.into_iter().rev() {
        if !(1..=last_seq).contains(&n_events) {
            return Err(broken());
        }
        placed.push_front(Placed {
            last_position: position,
            run: RunId::new(run),
            last_seq,
            n_events,
        });
        position = position.checked_sub(n_events).ok_or_else(broken)?;
    }
    let follows = before.is_none_or(|before| before == position);
    if placed.is_empty() || !follows {
        return Err(broken());
    }
    Ok(placed)
}

/// Makes the order anew, run by run: for a database whose order cannot be read.
pub(super) fn renew(connection: &Connection) -> Result<(), Failure> {
    connection.execute_batch(
        "DELETE FROM event_order;
         INSERT INTO event_order (last_position, commits_json)
         SELECT sum(version) OVER (ORDER BY created_at, id),
             json_array(json_array(lower(hex(id)), version, version))
         FROM workflow_executions WHERE version > 0;",
    )?;
    Ok(())
}

/// Looks at all of it: every event of a run that is there must have a place.
pub(super) fn check(connection: &Connection) -> Result<(), Failure> {
    let mut statement = connection.prepare("SELECT * FROM event_order ORDER BY last_position")?;
    let mut commits = Commits {
        rows: statement.query([])?,
        of_row: VecDeque::new(),
        last_position: Some(0),
    };
    let mut placed = BTreeMap::<RunId, u64>::new();
    while let Some(commit) = commits.next()? {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::schema;

    type ByCommit = (i64, [u8; 16], i64, i64);

    /// Version 11 has a row for each commit.
    #[test]
    fn groups_come_apart_in_the_tables_of_the_release_before() {
        let mut connection = Connection::open_in_memory().unwrap();
        schema::migrate(&mut connection, schema::KNOWN).unwrap();
        let group = [
            RunId::new(Uuid::from_u128(0xA0)),
            RunId::new(Uuid::from_u128(0xB0)),
        ];
        let mut statements = Statements::new(&connection);
        for (last_seq, n_events) in [(2, 2), (5, 3), (6, 1)] {
            for run in group {
                let events = (last_seq - n_events + 1..=last_seq).map(|seq| StoredEvent {
                    seq,
                    at: baton_model::Timestamp::from_micros(1),
                    kind: "test".into(),
                    body: "{}".into(),
                });
                statements.group.append(run, &events.collect::<Vec<_>>());
            }
            write(&mut statements).unwrap();
        }
        drop(statements);
        let rows = |connection: &Connection| -> Vec<(i64, String)> {
            let all = "SELECT last_position, commits_json FROM event_order ORDER BY 1";
            let mut all = connection.prepare(all).unwrap();
            let rows = all.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
            rows.unwrap().map(Result::unwrap).collect()
        };
        assert_eq!(rows(&connection).len(), 3);

        schema::migrate(&mut connection, 11).unwrap();
        let by_commit = {
            let all = "SELECT last_position, execution_id, last_seq, n_events
                       FROM event_order ORDER BY 1";
            let mut all = connection.prepare(all).unwrap();
            let row = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
            let rows = all.query_map([], row).unwrap();
            rows.map(Result::unwrap).collect::<Vec<ByCommit>>()
        };
        let [a, b] = group.map(|run| *run.as_uuid().as_bytes());
        let expected = [
            (2, a, 2, 2),
            (4, b, 2, 2),
            (7, a, 5, 3),
            (10, b, 5, 3),
            (11, a, 6, 1),
            (12, b, 6, 1),
        ];
        assert_eq!(by_commit, expected);

        schema::migrate(&mut connection, schema::KNOWN).unwrap();
        let again = rows(&connection);
        assert_eq!(again.len(), 6);
        assert_eq!(again[2], (7, format!("[[\"{}a0\",5,3]]", "0".repeat(30))));
    }
}
