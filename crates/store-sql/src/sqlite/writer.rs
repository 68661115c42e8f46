//! The one thread that writes: whatever waits is committed together.
//!
//! A lone client waits for its own commit and nothing else; under load up to
//! [`GROUP_MAX`] pieces of work share one transaction and one sync of the
//! disk. No piece of work can harm its neighbours: a refusal that wrote
//! nothing stays its own, and when anything else fails, the group is rolled
//! back and each piece gets a transaction to itself.

use std::path::Path;
use std::slice;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use baton_store::{Created, StoreError};
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot, watch};

use super::checkpoint::Checkpoints;
use super::connection;
#[cfg(debug_assertions)]
use super::fail_point::{self, Side};
use super::failure::{Failure, in_file};
use super::figures::Commits;
use super::order;
use super::statements::Statements;
use super::write::{self, Work};

/// Most pieces of work in one transaction.
const GROUP_MAX: usize = 256;
/// Pieces of work that may wait before their senders do.
const QUEUE_MAX: usize = 2 * GROUP_MAX;

type Answer = Result<Created, StoreError>;

/// Work, and who waits for it.
struct Order {
    work: Work,
    reply: oneshot::Sender<Answer>,
}

/// Where work is handed in.
#[derive(Clone)]
pub(super) struct Orders(mpsc::Sender<Order>);

impl Orders {
    /// Has the work done; returns when it is durable.
    pub(super) async fn place(&self, work: Work) -> Answer {
        let (reply, answer) = oneshot::channel();
        let order = Order { work, reply };
        self.0.send(order).await.map_err(|_closed| stopped())?;
        answer.await.unwrap_or_else(|_dropped| Err(stopped()))
    }
}

/// How much waits for the writer. Keeps nobody from closing the store.
pub(super) struct Queue(mpsc::WeakSender<Order>);

impl Orders {
    /// Where it can be seen how much waits.
    pub(super) fn queue(&self) -> Queue {
        Queue(self.0.downgrade())
    }
}

impl Queue {
    /// How many pieces of work wait.
    pub(super) fn waiting(&self) -> usize {
        let orders = self.0.upgrade();
        orders.map_or(0, |orders| orders.max_capacity() - orders.capacity())
    }
}

/// What the thread left behind; empty while it runs.
pub(super) type Ended = watch::Receiver<Option<Result<(), StoreError>>>;

/// Starts the thread. It ends when the last [`Orders`] is gone and everything
/// handed in is done.
pub(super) fn start(
    mut connection: Connection,
    file: Arc<Path>,
    commits: Arc<Commits>,
) -> Result<(Orders, Ended), StoreError> {
    let checkpoints = Checkpoints::watch(&mut connection, &file)
        .map_err(|failure| failure.into_store_error(&file))?;
    let (orders, queue) = mpsc::channel(QUEUE_MAX);
    let (ending, ended) = watch::channel(None);
    let writer = Writer {
        connection,
        checkpoints,
        file,
        commits,
    };
    let file = Arc::clone(&writer.file);
    thread::Builder::new()
        .name("baton-writer".to_owned())
        .spawn(move || {
            let end = writer.run(queue);
            ending.send_replace(Some(end));
        })
        .map_err(|error| StoreError::Unavailable(in_file(&file, error)))?;
    Ok((Orders(orders), ended))
}

struct Writer {
    connection: Connection,
    checkpoints: Checkpoints,
    file: Arc<Path>,
    commits: Arc<Commits>,
}

impl Writer {
    fn run(self, mut queue: mpsc::Receiver<Order>) -> Result<(), StoreError> {
        let mut statements = Statements::new(&self.connection);
        let mut group = Vec::with_capacity(GROUP_MAX);
        while queue.blocking_recv_many(&mut group, GROUP_MAX) > 0 {
            let answers = self.answers(&mut statements, &group);
            for (order, answer) in group.drain(..).zip(answers) {
                // Whoever stopped waiting misses the answer, not the work.
                let _gone = order.reply.send(answer);
            }
            self.checkpoints.after_commit(&self.connection);
        }
        drop(statements);
        drop(self.checkpoints);
        self.connection
            .close()
            .map_err(|(_connection, error)| Failure::from(error).into_store_error(&self.file))
    }

    fn answers(&self, statements: &mut Statements<'_>, group: &[Order]) -> Vec<Answer> {
        match self.transaction(statements, group) {
            Ok(answers) => answers,
            // Waiting once more for each of them would only take longer.
            Err(error @ StoreError::Busy(_)) => vec![Err(error); group.len()],
            Err(error) if group.len() == 1 => vec![Err(error)],
            Err(_some_failed) => group
                .iter()
                .flat_map(|order| self.answers(statements, slice::from_ref(order)))
                .collect(),
        }
    }

    /// Does all of the group in one transaction, or nothing of it.
    fn transaction(
        &self,
        statements: &mut Statements<'_>,
        group: &[Order],
    ) -> Result<Vec<Answer>, StoreError> {
        let began = Instant::now();
        let is_to_be_marked = self.checkpoints.take_unmarked();
        let outcome = self.try_transaction(statements, group, is_to_be_marked);
        if is_to_be_marked && outcome.is_err() {
            self.checkpoints.put_back_unmarked();
        }
        match &outcome {
            Ok(_answers) => self.commits.count(group.len(), began.elapsed()),
            Err(_undone) => self.commits.count_failure(),
        }
        if outcome.is_err() && !self.connection.is_autocommit() {
            execute(statements, "ROLLBACK")
                .map_err(|failure| failure.into_store_error(&self.file))?;
        }
        outcome.map_err(|failure| failure.into_store_error(&self.file))
    }

    fn try_transaction(
        &self,
        statements: &mut Statements<'_>,
        group: &[Order],
        is_to_be_marked: bool,
    ) -> Result<Vec<Answer>, Failure> {
        statements.forget();
        execute(statements, "BEGIN IMMEDIATE")?;
        if is_to_be_marked {
            connection::mark_log(&self.connection)?;
        }
        let mut answers = Vec::with_capacity(group.len());
        for order in group {
            answers.push(match write::apply(statements, &order.work) {
                Ok(created) => Ok(created),
                Err(Failure::Declined(error)) => Err(error),
                Err(failure) => return Err(failure),
            });
        }
        order::write(statements)?;
        commit(statements)?;
        Ok(answers)
    }
}

fn commit(statements: &mut Statements<'_>) -> Result<(), Failure> {
    #[cfg(debug_assertions)]
    let commit = fail_point::next_commit();
    #[cfg(debug_assertions)]
    fail_point::pass(commit, Side::Before);
    execute(statements, "COMMIT")?;
    #[cfg(debug_assertions)]
    fail_point::pass(commit, Side::After);
    Ok(())
}

fn execute(statements: &mut Statements<'_>, sql: &'static str) -> Result<(), Failure> {
    statements.get(sql)?.execute([])?;
    Ok(())
}

pub(super) fn stopped() -> StoreError {
    StoreError::Unavailable("it is closed".to_owned())
}

/// The answers to pieces of work that come as one group.
#[cfg(test)]
pub(super) fn answers<const N: usize>(
    mut connection: Connection,
    file: &Path,
    work: [Work; N],
) -> Vec<Answer> {
    let checkpoints = Checkpoints::watch(&mut connection, file).expect("a thread can be started");
    let writer = Writer {
        connection,
        checkpoints,
        file: file.into(),
        commits: Arc::default(),
    };
    let group = work.map(|work| Order {
        work,
        reply: oneshot::channel().0,
    });
    writer.answers(&mut Statements::new(&writer.connection), &group)
}
