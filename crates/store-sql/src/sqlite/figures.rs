//! What is counted of commits.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use baton_metrics::{Counter, Histogram, Page, Source};

use super::file;
use super::writer::Queue;

const BOUNDS: &[Duration] = &[
    Duration::from_micros(100),
    Duration::from_micros(250),
    Duration::from_micros(500),
    Duration::from_millis(1),
    Duration::from_micros(2_500),
    Duration::from_millis(5),
    Duration::from_millis(10),
    Duration::from_millis(25),
    Duration::from_millis(50),
    Duration::from_millis(100),
    Duration::from_millis(250),
    Duration::from_secs(1),
    Duration::from_secs(5),
];

/// What the writer counts.
#[derive(Debug)]
pub(super) struct Commits {
    took: Histogram,
    writes: Counter,
    failed: Counter,
}

impl Default for Commits {
    fn default() -> Self {
        Self {
            took: Histogram::new(BOUNDS),
            writes: Counter::default(),
            failed: Counter::default(),
        }
    }
}

impl Commits {
    /// Counts a group of writes.
    pub(super) fn count(&self, n_writes: usize, took: Duration) {
        self.writes.add(n_writes as u64);
        self.took.observe(took);
    }

    /// Counts a transaction that was rolled back.
    pub(super) fn count_failure(&self) {
        self.failed.count();
    }
}

/// The metrics of one open database.
pub(super) struct Figures {
    pub(super) commits: Arc<Commits>,
    pub(super) queue: Queue,
    pub(super) file: Arc<Path>,
}

impl Source for Figures {
    fn write(&self, page: &mut Page) {
        let commits = &self.commits;
        let help =
            "Time of one commit with all writes that share it; its count is that of commits.";
        page.histogram("baton_store_commit_duration_seconds", help)
            .value(&[], &commits.took.timings());
        page.counter(
            "baton_store_writes_total",
            "Writes, several of which may share a commit.",
        )
        .value(&[], commits.writes.value());
        page.counter(
            "baton_store_failures_total",
            "Transactions of the store that were rolled back.",
        )
        .value(&[], commits.failed.value());
        page.gauge("baton_store_queue", "Writes that wait for their commit.")
            .value(&[], self.queue.waiting());
        let mut size = page.gauge(
            "baton_store_size_bytes",
            "Size of the database and of its log.",
        );
        for (name, path) in [
            ("database", self.file.to_path_buf()),
            ("log", file::log_file(&self.file)),
        ] {
            if let Ok(length) = file::length(&path) {
                size.value(&[("file", name)], length);
            }
        }
    }
}
