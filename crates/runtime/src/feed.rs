//! Tells whoever watches a run that there is more to read.
//!
//! Only numbers are passed on: a watcher reads what it has not seen from the
//! store, so a slow one costs no memory and none ever misses anything.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use baton_model::{ExecutionStatus, RunId};
use tokio::sync::watch;

/// How far a run has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Its last event, as far as known; 0 before the first news.
    pub event_seq: u64,
    /// Its last log line, as far as known; 0 before the first news.
    pub log_seq: u64,
    /// How it ended, once that is known.
    pub ended: Option<ExecutionStatus>,
}

/// The watchers of all runs.
#[derive(Debug, Default)]
pub(crate) struct Feed {
    watched: Mutex<HashMap<RunId, watch::Sender<Progress>>>,
}

impl Feed {
    /// Starts watching a run.
    pub(crate) fn subscribe(&self, run: RunId) -> watch::Receiver<Progress> {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        watched
            .entry(run)
            .or_insert_with(|| watch::Sender::new(Progress::default()))
            .subscribe()
    }

    pub(crate) fn events(&self, run: RunId, event_seq: u64, ended: Option<ExecutionStatus>) {
        self.tell(run, |progress| {
            progress.event_seq = event_seq;
            progress.ended = ended;
        });
    }

    pub(crate) fn log_lines(&self, run: RunId, log_seq: u64) {
        self.tell(run, |progress| progress.log_seq = log_seq);
    }

    fn tell(&self, run: RunId, change: impl FnOnce(&mut Progress)) {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(sender) = watched.get(&run) else {
            return;
        };
        if sender.receiver_count() == 0 {
            watched.remove(&run);
        } else {
            sender.send_modify(change);
        }
    }
}
