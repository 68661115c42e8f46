//! The writer of the floor: one thread, whatever waits in one transaction,
//! one event row and one state upsert for each transition.

use std::error::Error;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use rusqlite::{Connection, Statement, params};

/// Most transitions in one transaction.
const GROUP_MAX: usize = 512;

/// How much is written with a transition.
#[derive(Clone, Copy)]
pub(crate) struct Payload {
    /// Of an event.
    pub(crate) event_bytes: u32,
    /// Of the state of a stage.
    pub(crate) state_bytes: u32,
}

impl Payload {
    /// As `BATON_BENCH_EVENT_BYTES` and `BATON_BENCH_STATE_BYTES` with this
    /// `suffix` say. Otherwise as with stages that bring back nothing: an event
    /// row of about 150 bytes, and a state that is an empty object.
    pub(crate) fn from_environment(suffix: &str) -> Result<Self, Box<dyn Error>> {
        Ok(Self {
            event_bytes: number_from(&format!("BATON_BENCH_EVENT_BYTES{suffix}"), 100)?,
            state_bytes: number_from(&format!("BATON_BENCH_STATE_BYTES{suffix}"), 2)?,
        })
    }

    /// What an event holds.
    pub(crate) fn event(self) -> String {
        "x".repeat(self.event_bytes as usize)
    }

    fn state(self) -> String {
        "x".repeat(self.state_bytes as usize)
    }
}

fn number_from(variable: &str, default: u32) -> Result<u32, Box<dyn Error>> {
    match std::env::var(variable) {
        Ok(text) => Ok(text.parse()?),
        Err(_not_set) => Ok(default),
    }
}

/// Stage `stage` of run `run` moves on; `seq` is the number of the event.
/// Stage 0 is the run itself.
#[derive(Clone, Copy)]
pub(crate) struct Transition {
    pub(crate) run: u32,
    pub(crate) seq: u32,
    pub(crate) stage: u32,
}

/// Where transitions are handed in, and durable ones come out.
pub(crate) struct FloorWriter {
    pub(crate) orders: Sender<Transition>,
    pub(crate) durable: Receiver<Vec<Transition>>,
    thread: JoinHandle<rusqlite::Result<()>>,
}

impl FloorWriter {
    /// Starts the thread and has it commit once, since the first commit also
    /// makes the log.
    pub(crate) fn start(file: &Path, payload: Payload) -> Result<Self, Box<dyn Error>> {
        let connection = open(file)?;
        let (orders, queue) = channel();
        let (done, durable) = channel();
        let thread = thread::spawn(move || run(&connection, payload, &queue, &done));
        let writer = Self {
            orders,
            durable,
            thread,
        };
        writer.orders.send(Transition {
            run: u32::MAX,
            seq: 0,
            stage: 0,
        })?;
        writer.durable.recv()?;
        Ok(writer)
    }

    /// Waits for the thread; an error of it is the error of the measurement.
    pub(crate) fn finish(self) -> Result<(), Box<dyn Error>> {
        drop(self.orders);
        self.thread.join().map_err(|_panic| "the writer failed")??;
        Ok(())
    }
}

/// Opens a database with the tables of the floor.
pub(crate) fn open(file: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(file)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "cache_size", -16 * 1024)?;
    // As in the store, where checkpoints are beside the commits.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.execute_batch(
        "CREATE TABLE events (
             run INTEGER NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL,
             kind TEXT NOT NULL, body TEXT NOT NULL);
         CREATE TABLE states (
             run INTEGER NOT NULL, stage INTEGER NOT NULL, status TEXT NOT NULL,
             body TEXT NOT NULL, PRIMARY KEY (run, stage)) WITHOUT ROWID;",
    )?;
    Ok(connection)
}

fn run(
    connection: &Connection,
    payload: Payload,
    queue: &Receiver<Transition>,
    done: &Sender<Vec<Transition>>,
) -> rusqlite::Result<()> {
    let (event, state) = (payload.event(), payload.state());
    let mut statements = Statements::prepare(connection)?;
    while let Ok(first) = queue.recv() {
        let mut group = vec![first];
        group.extend(queue.try_iter().take(GROUP_MAX - 1));
        statements.begin.execute([])?;
        for Transition { run, seq, stage } in &group {
            statements.insert_event(*run, *seq, &event)?;
            let row = params![run, stage, "completed", state];
            statements.upsert_state.execute(row)?;
        }
        statements.commit.execute([])?;
        if done.send(group).is_err() {
            break;
        }
    }
    Ok(())
}

/// What the floor executes, each prepared once.
pub(crate) struct Statements<'a> {
    pub(crate) begin: Statement<'a>,
    insert_event: Statement<'a>,
    upsert_state: Statement<'a>,
    pub(crate) commit: Statement<'a>,
}

impl<'a> Statements<'a> {
    pub(crate) fn prepare(connection: &'a Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            begin: connection.prepare("BEGIN IMMEDIATE")?,
            insert_event: connection.prepare(
                "INSERT INTO events (run, seq, at, kind, body) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?,
            upsert_state: connection.prepare(
                "INSERT INTO states (run, stage, status, body) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (run, stage) DO UPDATE SET status = ?3, body = ?4",
            )?,
            commit: connection.prepare("COMMIT")?,
        })
    }

    /// One row of five columns.
    pub(crate) fn insert_event(&mut self, run: u32, seq: u32, body: &str) -> rusqlite::Result<()> {
        let at = 1_770_000_000_000_000_i64;
        let row = params![run, seq, at, "stage_completed", body];
        self.insert_event.execute(row).map(drop)
    }
}
