//! A store in one `SQLite` file: one connection writes, a few read beside it.
//!
//! The work is done in the modules below; here is how they fit together.

mod census;
mod checkpoint;
mod connection;
mod copy;
mod events;
#[cfg(debug_assertions)]
mod fail_point;
mod failure;
mod figures;
mod file;
mod fold;
mod integrity;
mod leases;
mod lists;
mod look;
mod order;
mod origins;
mod ownership;
mod projects;
mod read;
mod readers;
mod salvage;
mod schema;
mod statements;
mod steps;
mod sums;
mod tokens;
mod values;
mod workflows;
mod write;
mod writer;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use baton_metrics::Source;
use baton_model::{RunId, Timestamp};
use baton_store::{
    Commit, Created, EVENT_PAGE_BYTES, ExecutionFilter, ExecutionPage, ExecutionRow, Lease,
    LeaseClock, LeaseTerm, LogFilter, LogLine, NewRun, OpenRun, OrderedEvent, RunQuery, RunStore,
    ServerId, StepRow, StoreError, StoredEvent, StoredLog, SystemLeaseClock, WholeExecution, check,
};
use rusqlite::Connection;

pub use census::Census;
pub use copy::{CopyError, Existing, Restoration, backup};
pub use look::{DatabaseFile, finish_replacement, has_database, is_half_replaced};
pub use salvage::{Judge, Loss, LostWorkflow, Salvage};

use failure::Failure;
use figures::Figures;
use readers::Readers;
use write::Work;
use writer::{Ended, Orders};

/// What an acknowledged write survives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// A power cut: every commit is synced to the disk.
    #[default]
    Full,
    /// A crash of the program, but a power cut may take the last commits.
    Normal,
}

impl Durability {
    /// The value of `SQLite`'s `synchronous`.
    const fn pragma(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Normal => "normal",
        }
    }
}

/// How a store is opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SqliteOptions {
    /// What an acknowledged write survives.
    pub durability: Durability,
}

/// Runs in an `SQLite` file.
///
/// Must be used inside a tokio runtime. [`RunStore::close`] ends it in order;
/// dropping it finishes what was handed in, without anybody to wait for that.
pub struct SqliteStore {
    orders: Mutex<Option<Orders>>,
    writer_ended: Ended,
    readers: Readers,
    clock: Arc<dyn LeaseClock>,
    figures: Arc<Figures>,
}

impl SqliteStore {
    /// Opens the store in a directory (as `baton.db`) or in a file; creates it
    /// when it is not there, and brings older tables up to date.
    pub fn open(dir_or_file: &Path, options: SqliteOptions) -> Result<Arc<Self>, StoreError> {
        Self::open_with_clock(dir_or_file, options, Arc::new(SystemLeaseClock))
    }

    /// The same with another clock than the machine's for leases to end by.
    pub fn open_with_clock(
        dir_or_file: &Path,
        options: SqliteOptions,
        clock: Arc<dyn LeaseClock>,
    ) -> Result<Arc<Self>, StoreError> {
        let file: Arc<Path> = file::database_file(dir_or_file).into();
        let connection = connection::open_writer(&file, options.durability)?;
        Self::start(connection, file, clock)
    }

    /// Brings the tables of a store to a version, forward or backward; 0 takes
    /// all of them away. Nobody may have the store open.
    pub fn migrate(dir_or_file: &Path, version: u32) -> Result<(), StoreError> {
        connection::migrate_file(&file::database_file(dir_or_file), version)
    }

    fn start(
        connection: Connection,
        file: Arc<Path>,
        clock: Arc<dyn LeaseClock>,
    ) -> Result<Arc<Self>, StoreError> {
        let commits = Arc::default();
        let (orders, writer_ended) =
            writer::start(connection, Arc::clone(&file), Arc::clone(&commits))?;
        let figures = Arc::new(Figures {
            commits,
            queue: orders.queue(),
            file: Arc::clone(&file),
        });
        Ok(Arc::new(Self {
            orders: Mutex::new(Some(orders)),
            writer_ended,
            readers: Readers::new(file),
            clock,
            figures,
        }))
    }

    /// How many runs and stages stand where, over all that have not ended.
    pub async fn census(&self) -> Result<Census, StoreError> {
        self.readers.read(census::take).await
    }

    /// The metrics of its commits and its files.
    pub fn metrics(&self) -> Arc<dyn Source> {
        Arc::clone(&self.figures) as Arc<dyn Source>
    }

    async fn write(&self, work: Work) -> Result<Created, StoreError> {
        let orders = self
            .orders
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        orders.ok_or_else(writer::stopped)?.place(work).await
    }

    /// Does work that depends on the time, which is read when its turn comes.
    async fn write_timed<T: Send + 'static>(
        &self,
        work: impl Fn(&Connection, Timestamp) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, StoreError> {
        let done = Arc::new(Mutex::new(None));
        let (clock, answer) = (Arc::clone(&self.clock), Arc::clone(&done));
        let work = move |connection: &Connection| {
            let done = work(connection, clock.now())?;
            *answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(done);
            Ok(())
        };
        self.write(Work::Other(Box::new(work))).await?;
        let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(done.take().expect("work that succeeded left its answer"))
    }
}

#[async_trait]
impl RunStore for SqliteStore {
    async fn create_run(&self, run: Arc<NewRun>) -> Result<Created, StoreError> {
        self.write(Work::create(run)?).await
    }

    async fn commit(&self, commit: Commit) -> Result<(), StoreError> {
        let work = Work::commit(commit, self.clock.now())?;
        self.write(work).await.map(|_stored| ())
    }

    async fn append_logs(
        &self,
        run: RunId,
        fence: Option<Lease>,
        lines: Vec<LogLine>,
    ) -> Result<(), StoreError> {
        let work = Work::AppendLogs { run, fence, lines };
        self.write(work).await.map(|_stored| ())
    }

    async fn load_run(&self, run: RunId) -> Result<StoredLog, StoreError> {
        self.readers
            .read(move |connection| read::log(&connection.unchecked_transaction()?, run))
            .await
    }

    async fn open_runs(
        &self,
        after: Option<RunId>,
        limit: u32,
    ) -> Result<Vec<OpenRun>, StoreError> {
        self.readers
            .read(move |connection| ownership::open_runs(connection, after, limit))
            .await
    }

    async fn owned_runs(
        &self,
        lease: &Lease,
        after: Option<RunId>,
        limit: u32,
    ) -> Result<Vec<OpenRun>, StoreError> {
        let lease = *lease;
        self.readers
            .read(move |connection| ownership::owned_runs(connection, &lease, after, limit))
            .await
    }

    async fn acquire_lease(&self, server: ServerId, term: LeaseTerm) -> Result<Lease, StoreError> {
        self.write_timed(move |connection, now| leases::acquire(connection, server, term, now))
            .await
    }

    async fn renew_lease(&self, lease: &Lease, duration: Duration) -> Result<(), StoreError> {
        let lease = *lease;
        self.write_timed(move |connection, now| leases::renew(connection, &lease, duration, now))
            .await
    }

    async fn release_lease(&self, lease: &Lease) -> Result<(), StoreError> {
        let lease = *lease;
        self.write_timed(move |connection, _now| leases::release(connection, &lease))
            .await
    }

    async fn claim_runs(&self, lease: &Lease, limit: u32) -> Result<Vec<OpenRun>, StoreError> {
        let lease = *lease;
        self.write_timed(move |connection, now| {
            ownership::claim_runs(connection, &lease, limit, now)
        })
        .await
    }

    async fn claim_run(&self, lease: &Lease, run: RunId) -> Result<bool, StoreError> {
        let lease = *lease;
        self.write_timed(move |connection, now| ownership::claim_run(connection, &lease, run, now))
            .await
    }

    async fn take_wakeups(&self, lease: &Lease, limit: u32) -> Result<Vec<RunId>, StoreError> {
        let lease = *lease;
        self.write_timed(move |connection, now| {
            ownership::take_wakeups(connection, &lease, limit, now)
        })
        .await
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.readers.close().await;
        self.orders
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let mut ended = self.writer_ended.clone();
        let end = ended.wait_for(Option::is_some).await;
        match end.as_deref() {
            Ok(Some(end)) => end.clone(),
            Ok(None) | Err(_) => Err(StoreError::Unavailable("its writer failed".to_owned())),
        }
    }
}

#[async_trait]
impl RunQuery for SqliteStore {
    async fn execution(&self, run: RunId) -> Result<Option<ExecutionRow>, StoreError> {
        self.readers
            .read(move |connection| read::execution(&connection.unchecked_transaction()?, run))
            .await
    }

    async fn whole_execution(&self, run: RunId) -> Result<Option<WholeExecution>, StoreError> {
        self.readers
            .read(move |connection| {
                read::whole_execution(&connection.unchecked_transaction()?, run)
            })
            .await
    }

    async fn steps(&self, run: RunId) -> Result<Vec<StepRow>, StoreError> {
        self.readers
            .read(move |connection| read::steps(&connection.unchecked_transaction()?, run))
            .await
    }

    async fn executions(&self, filter: ExecutionFilter) -> Result<ExecutionPage, StoreError> {
        self.readers
            .read(move |connection| lists::page(connection, &filter))
            .await
    }

    async fn runs_like(&self, fragment: &str) -> Result<Vec<RunId>, StoreError> {
        let fragment = Some(fragment.to_owned()).filter(|text| check::is_id_fragment(text));
        self.readers
            .read(move |connection| match fragment {
                Some(fragment) => lists::like(connection, &fragment),
                None => Ok(Vec::new()),
            })
            .await
    }

    async fn events(
        &self,
        run: RunId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        self.readers
            .read(move |connection| {
                let snapshot = connection.unchecked_transaction()?;
                events::page(&snapshot, run, after, limit.into(), EVENT_PAGE_BYTES)
            })
            .await
    }

    async fn all_events(&self, after: u64, limit: u32) -> Result<Vec<OrderedEvent>, StoreError> {
        self.readers
            .read(move |connection| {
                order::events(&connection.unchecked_transaction()?, after, limit)
            })
            .await
    }

    async fn last_position(&self) -> Result<u64, StoreError> {
        self.readers.read(order::last_position).await
    }

    async fn logs(&self, run: RunId, filter: LogFilter) -> Result<Vec<LogLine>, StoreError> {
        self.readers
            .read(move |connection| read::logs(connection, run, &filter))
            .await
    }

    async fn last_log_seq(&self, run: RunId) -> Result<u64, StoreError> {
        self.readers
            .read(move |connection| read::last_log_seq(connection, run))
            .await
    }

    async fn last_claim(&self, scope: &str) -> Result<Option<String>, StoreError> {
        let scope = scope.to_owned();
        self.readers
            .read(move |connection| read::last_claim(connection, &scope))
            .await
    }
}

#[cfg(test)]
mod tests;
