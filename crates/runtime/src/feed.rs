//! Tells whoever watches a run, or all of them, that there is more to read.
//! It knows of what this process commits.
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

/// Fewer runs than this are never looked through for watchers that have gone.
const SWEEP_MIN: usize = 64;

/// The watchers of all runs.
#[derive(Debug, Default)]
pub(crate) struct Feed {
    watched: Mutex<Watched>,
    /// Counts commits of all runs, while somebody watches all.
    commits: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Watched {
    by_run: HashMap<RunId, watch::Sender<Progress>>,
    /// As many runs make it worth while to look for watchers that have gone.
    sweep_at: usize,
}

impl Feed {
    /// Starts watching a run.
    pub(crate) fn subscribe(&self, run: RunId) -> watch::Receiver<Progress> {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        watched.sweep();
        watched
            .by_run
            .entry(run)
            .or_insert_with(|| watch::Sender::new(Progress::default()))
            .subscribe()
    }

    /// Starts watching all runs: the number grows with each commit.
    pub(crate) fn subscribe_to_all(&self) -> watch::Receiver<u64> {
        self.commits.subscribe()
    }

    pub(crate) fn events(&self, run: RunId, event_seq: u64, ended: Option<ExecutionStatus>) {
        if self.commits.receiver_count() > 0 {
            self.commits.send_modify(|commits| *commits += 1);
        }
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
        let Some(sender) = watched.by_run.get(&run) else {
            return;
        };
        if sender.receiver_count() == 0 {
            watched.by_run.remove(&run);
        } else {
            sender.send_modify(change);
        }
    }
}

impl Watched {
    /// Takes out runs that nobody watches any more: one that has ended makes
    /// no more news, so [`Feed::tell`] never would. Costs each watcher the same
    /// few steps however many there are.
    fn sweep(&mut self) {
        if self.by_run.len() >= self.sweep_at.max(SWEEP_MIN) {
            self.by_run.retain(|_, sender| sender.receiver_count() > 0);
            self.sweep_at = 2 * self.by_run.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn watchers_that_have_gone_do_not_pile_up() {
        let feed = Feed::default();
        let run = |number| RunId::new(Uuid::from_u128(number));
        let stays = feed.subscribe(run(0));
        for number in 1..10_000 {
            drop(feed.subscribe(run(number)));
        }
        assert!(feed.watched.lock().unwrap().by_run.len() <= SWEEP_MIN);
        feed.events(run(0), 7, None);
        assert_eq!(stays.borrow().event_seq, 7);
    }
}
