//! Moves the log into the database, beside the commits instead of in them.
//!
//! Commits only append to the log. When it has grown, a thread with a
//! connection of its own copies it into the database; that hinders neither
//! the writer nor readers. Under writing without a pause such a copy never
//! catches up and the log is not begun anew, so beyond a bound the writer does
//! it itself. Each copy syncs both files, which commits have to wait for:
//! hence another one only when the log has grown by so much again.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use rusqlite::{Connection, OptionalExtension};

use super::connection;
use super::failure::Failure;

/// So much log is worth a copy beside the commits. Pages that are written
/// again and again meanwhile are copied once.
const BYTES_WORTH_COPYING: u32 = 16 * 1024 * 1024;
/// With so much log the writer stops and copies, so that the log stays below
/// 64 MiB.
const BYTES_MAX: u32 = 40 * 1024 * 1024;
/// What the log grows by between two copies: a reader that holds one back
/// would otherwise have every commit try again.
const BYTES_BETWEEN: u32 = 8 * 1024 * 1024;

/// Decides when to copy, and has it done.
pub(super) struct Checkpoints {
    pages: Arc<AtomicU32>,
    pages_worth_copying: u32,
    pages_max: u32,
    pages_between: u32,
    /// So long a log is copied next.
    next: AtomicU32,
    is_log_unmarked: Arc<AtomicBool>,
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpoints {
    /// Starts watching the log of the connection that writes.
    pub(super) fn watch(writer: &mut Connection, file: &Path) -> Result<Self, Failure> {
        let page_bytes: u32 = writer.pragma_query_value(None, "page_size", |row| row.get(0))?;
        let in_pages = |bytes: u32| bytes / page_bytes.max(1);
        let pages = Arc::new(AtomicU32::new(0));
        let is_log_unmarked = Arc::new(AtomicBool::new(true));
        let counted = Arc::clone(&pages);
        let unmarked = Arc::clone(&is_log_unmarked);
        writer.wal_hook(Some(move |_log: &mut _, pages| {
            let pages = u32::try_from(pages).unwrap_or(0);
            let before = counted.swap(pages, Ordering::Relaxed);
            if pages < before {
                unmarked.store(true, Ordering::Relaxed);
            }
            Ok(())
        }))?;
        let (wake, woken) = sync_channel(1);
        let file = file.to_owned();
        let thread = thread::Builder::new()
            .name("baton-checkpoint".to_owned())
            .spawn(move || copy_when_woken(&file, &woken))
            .map_err(|error| Failure::Unavailable(error.to_string()))?;
        Ok(Self {
            pages,
            pages_worth_copying: in_pages(BYTES_WORTH_COPYING),
            pages_max: in_pages(BYTES_MAX),
            pages_between: in_pages(BYTES_BETWEEN),
            next: AtomicU32::new(in_pages(BYTES_WORTH_COPYING)),
            is_log_unmarked,
            wake: Some(wake),
            thread: Some(thread),
        })
    }

    /// Whether the log was begun anew since this was asked, so that nothing in
    /// it says yet which database it belongs to.
    pub(super) fn take_unmarked(&self) -> bool {
        self.is_log_unmarked.swap(false, Ordering::Relaxed)
    }

    /// The mark was not written after all.
    pub(super) fn put_back_unmarked(&self) {
        self.is_log_unmarked.store(true, Ordering::Relaxed);
    }

    /// To be called by the writer after each transaction.
    pub(super) fn after_commit(&self, writer: &Connection) {
        let pages = self.pages.load(Ordering::Relaxed);
        if pages < self.pages_worth_copying {
            self.next.store(self.pages_worth_copying, Ordering::Relaxed);
            return;
        }
        if pages < self.next.load(Ordering::Relaxed) {
            return;
        }
        let grown = pages.saturating_add(self.pages_between);
        if pages >= self.pages_max {
            self.next.store(grown, Ordering::Relaxed);
            copy(writer);
        } else if let Some(wake) = &self.wake {
            let next = grown.min(self.pages_max);
            self.next.store(next, Ordering::Relaxed);
            // A full channel means that it will be done anyway.
            let _already_woken = wake.try_send(());
        }
    }
}

impl Drop for Checkpoints {
    /// Waits for a copy under way, so that the writer's connection is the last
    /// to close and leaves no log behind.
    fn drop(&mut self) {
        self.wake = None;
        if let Some(thread) = self.thread.take() {
            // It has nothing to hand over, and its panic was printed already.
            let _ended = thread.join();
        }
    }
}

fn copy_when_woken(file: &Path, woken: &Receiver<()>) {
    let mut connection = None;
    while woken.recv().is_ok() {
        if connection.is_none() {
            connection = connection::open_checkpointer(file).ok();
        }
        if let Some(connection) = &connection {
            copy(connection);
        }
    }
}

/// Copies what no reader holds back. A failure loses nothing: the log keeps
/// every row, the next copy tries again, and a disk that is really broken
/// fails the next commit, where somebody is told.
fn copy(connection: &Connection) {
    let _left_in_the_log = connection
        .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_row| Ok(()))
        .optional();
}
