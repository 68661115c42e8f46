//! Wakes runs when something of theirs is due.
//!
//! One entry for each run, its earliest deadline. What is due is decided by
//! the engine; a run that is woken for nothing only falls asleep again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use baton_model::{RunId, Timestamp};
use tokio::sync::Notify;

use crate::clock::Clock;

/// The wall clock may jump, so no sleep is longer than this.
const SLEEP_MAX: Duration = Duration::from_secs(30);

/// The earliest deadline of each run.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    armed: Mutex<Armed>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Armed {
    by_run: BTreeMap<RunId, Timestamp>,
    by_time: BTreeSet<(Timestamp, RunId)>,
}

impl Timers {
    /// Sets or clears the deadline of a run.
    pub(crate) fn set(&self, run: RunId, at: Option<Timestamp>) {
        let mut armed = self.armed.lock().unwrap_or_else(PoisonError::into_inner);
        let before = match at {
            Some(at) => armed.by_run.insert(run, at),
            None => armed.by_run.remove(&run),
        };
        if before == at {
            return;
        }
        if let Some(before) = before {
            armed.by_time.remove(&(before, run));
        }
        if let Some(at) = at {
            armed.by_time.insert((at, run));
            if armed.by_time.first() == Some(&(at, run)) {
                self.changed.notify_one();
            }
        }
    }

    /// Clears all deadlines.
    pub(crate) fn clear(&self) {
        *self.armed.lock().unwrap_or_else(PoisonError::into_inner) = Armed::default();
    }

    /// Waits until at least one run is due, and takes all that are.
    pub(crate) async fn due(&self, clock: &dyn Clock) -> Vec<RunId> {
        loop {
            let now = clock.now();
            let (due, next) = self.take_due(now);
            if !due.is_empty() {
                return due;
            }
            let changed = self.changed.notified();
            match next {
                None => changed.await,
                Some(next) => {
                    let wait = next.since(now).min(SLEEP_MAX);
                    // Either way the heap is looked at again.
                    drop(tokio::time::timeout(wait, changed).await);
                }
            }
        }
    }

    fn take_due(&self, now: Timestamp) -> (Vec<RunId>, Option<Timestamp>) {
        let mut armed = self.armed.lock().unwrap_or_else(PoisonError::into_inner);
        let mut due = Vec::new();
        while let Some((at, run)) = armed.by_time.first().copied() {
            if at > now {
                return (due, Some(at));
            }
            armed.by_time.remove(&(at, run));
            armed.by_run.remove(&run);
            due.push(run);
        }
        (due, None)
    }
}
