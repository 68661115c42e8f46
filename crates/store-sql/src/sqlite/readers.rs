//! A few connections that only read, opened when they are first needed.
//!
//! Each read runs on a thread of the runtime that may block, on a snapshot
//! that holds everything acknowledged before it began.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use baton_store::StoreError;
use rusqlite::Connection;
use tokio::sync::Semaphore;
use tokio::task;

use super::connection;
use super::failure::{Failure, in_file};
use super::writer::stopped;

/// Reads at the same time; more wait.
const READERS_MAX: u32 = 4;

/// The connections that are not in use at the moment.
type Idle = Mutex<Vec<Connection>>;

pub(super) struct Readers {
    file: Arc<Path>,
    idle: Arc<Idle>,
    permits: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn new(file: Arc<Path>) -> Self {
        Self {
            file,
            idle: Arc::default(),
            permits: Arc::new(Semaphore::new(READERS_MAX as usize)),
        }
    }

    /// Runs a query on one of the connections.
    pub(super) async fn read<T, F>(&self, query: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    {
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|_closed| stopped())?;
        let (file, idle) = (Arc::clone(&self.file), Arc::clone(&self.idle));
        let reading = task::spawn_blocking(move || {
            let answer = with_connection(&idle, &file, query);
            drop(permit);
            answer.map_err(|failure| failure.into_store_error(&file))
        });
        reading
            .await
            .unwrap_or_else(|error| Err(StoreError::Unavailable(in_file(&self.file, error))))
    }

    /// Waits for the reads under way, refuses all later ones, and closes the
    /// connections.
    pub(super) async fn close(&self) {
        // An error means that somebody else closed them first.
        let _last_reads = self.permits.acquire_many(READERS_MAX).await;
        self.permits.close();
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

fn with_connection<T>(
    idle: &Idle,
    file: &Path,
    query: impl FnOnce(&Connection) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let waiting = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let connection = match waiting {
        Some(connection) => connection,
        None => connection::open_reader(file)?,
    };
    let answer = query(&connection);
    idle.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(connection);
    answer
}
