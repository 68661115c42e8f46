//! The writer of the floor: one thread, whatever waits in one transaction,
//! one event row and one state upsert for each transition.

use std::error::Error;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use rusqlite::{Connection, Statement, params};

/// Most transitions in one transaction, as in the store.
const GROUP_MAX: usize = 512;

/// How much is written.
#[derive(Clone, Copy)]
pub(crate) struct Payload {
    /// Of an event, and of a state.
    pub(crate) bytes: u32,
}

impl Payload {
    /// As `BATON_BENCH_PAYLOAD` says; 100 bytes otherwise, which
    /// makes a row of about 150.
    pub(crate) fn from_environment() -> Result<Self, Box<dyn Error>> {
        let bytes = match std::env::var("BATON_BENCH_PAYLOAD") {
            Ok(text) => text.parse()?,
            Err(_not_set) => 100,
        };
        Ok(Self { bytes })
    }

    pub(crate) fn text(self) -> String {
        "x".repeat(self.bytes as usize)
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
    pub(crate) fn start(file: &Path, payload: Payload) -> rusqlite::Result<Self> {
        let connection = open(file)?;
        let (orders, queue) = channel();
        let (done, durable) = channel();
        let thread = thread::spawn(move || run(&connection, payload, &queue, &done));
        Ok(Self {
            orders,
            durable,
            thread,
        })
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
    let body = payload.text();
    let mut statements = Statements::prepare(connection)?;
    while let Ok(first) = queue.recv() {
        let mut group = vec![first];
        group.extend(queue.try_iter().take(GROUP_MAX - 1));
        statements.begin.execute([])?;
        for Transition { run, seq, stage } in &group {
            statements.insert_event(*run, *seq, &body)?;
            let state = params![run, stage, "completed", body];
            statements.upsert_state.execute(state)?;
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
