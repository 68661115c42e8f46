//! Wakes runs when something of theirs is due.
//!
//! One entry for each run, its earliest deadline. What is due is decided by
//! the engine; a run that is woken for nothing only falls asleep again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use baton_model::{RunId, Timestamp};
use tokio::sync::Notify;

use crate::clock::Clock;

/// The wall clock may jump, and sleeps do not count the time in which the
/// machine was suspended: while anything is armed, the clock is read this often.
const SLEEP_MAX: Duration = Duration::from_secs(1);

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

impl Armed {
    /// Sets or clears the deadline of a run; whether that is the first of all
    /// now, and was not before.
    fn set(&mut self, run: RunId, at: Option<Timestamp>) -> bool {
        let before = match at {
            Some(at) => self.by_run.insert(run, at),
            None => self.by_run.remove(&run),
        };
        if before == at {
            return false;
        }
        if let Some(before) = before {
            self.by_time.remove(&(before, run));
        }
        at.is_some_and(|at| {
            self.by_time.insert((at, run));
            self.by_time.first() == Some(&(at, run))
        })
    }
}

impl Timers {
    /// Sets or clears the deadline of a run.
    pub(crate) fn set(&self, run: RunId, at: Option<Timestamp>) {
        let is_first = self.armed().set(run, at);
        if is_first {
            self.changed.notify_one();
        }
    }

    /// Sets the deadline of a run unless it has one that is not later. For
    /// whoever knows of a deadline and not whether there is a newer one: a run
    /// that is woken too early loses nothing.
    pub(crate) fn offer(&self, run: RunId, at: Timestamp) {
        let mut armed = self.armed();
        let is_earlier = armed.by_run.get(&run).is_none_or(|set| at < *set);
        if is_earlier && armed.set(run, Some(at)) {
            self.changed.notify_one();
        }
    }

    fn armed(&self) -> MutexGuard<'_, Armed> {
        self.armed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Clears all deadlines.
    pub(crate) fn clear(&self) {
        *self.armed() = Armed::default();
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
        let mut armed = self.armed();
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use tokio::time::Instant;
    use uuid::Uuid;

    use super::*;

    /// A wall clock that goes with the time of the test until it is moved.
    struct WallClock {
        born: Instant,
        ahead_s: AtomicU64,
        n_reads: AtomicU64,
    }

    impl WallClock {
        fn new() -> Self {
            Self {
                born: Instant::now(),
                ahead_s: AtomicU64::new(0),
                n_reads: AtomicU64::new(0),
            }
        }
    }

    impl Clock for WallClock {
        fn now(&self) -> Timestamp {
            self.n_reads.fetch_add(1, Ordering::SeqCst);
            let ahead = Duration::from_secs(self.ahead_s.load(Ordering::SeqCst));
            second(0).after(self.born.elapsed() + ahead)
        }
    }

    fn second(n: u64) -> Timestamp {
        Timestamp::default().after(Duration::from_secs(n))
    }

    fn run(n: u128) -> RunId {
        RunId::new(Uuid::from_u128(n))
    }

    #[test]
    fn an_offer_never_delays_a_run_and_never_clears_it() {
        let timers = Timers::default();
        timers.offer(run(1), second(5));
        timers.offer(run(1), second(7));
        assert_eq!(timers.take_due(second(4)), (Vec::new(), Some(second(5))));
        timers.offer(run(1), second(3));
        assert_eq!(timers.take_due(second(4)), (vec![run(1)], None));
    }

    /// As after a suspend: more time has passed than any sleep has counted.
    #[tokio::test(start_paused = true)]
    async fn a_deadline_is_seen_within_a_second_however_the_clock_moves() {
        let (timers, clock) = (Timers::default(), WallClock::new());
        timers.set(run(1), Some(second(3_600)));
        let moves = async {
            tokio::time::sleep(Duration::from_millis(2_500)).await;
            clock.ahead_s.store(3_600, Ordering::SeqCst);
            Instant::now()
        };
        let due = async { (timers.due(&clock).await, Instant::now()) };
        let (moved, (due, at)) = tokio::join!(moves, due);
        assert_eq!(due, [run(1)]);
        assert!(at - moved <= SLEEP_MAX);
    }

    /// One task reads the clock and looks at the first: what is armed costs
    /// nothing before it is due, however much that is.
    #[tokio::test(start_paused = true)]
    async fn many_deadlines_are_looked_at_once_a_second_together() {
        let (timers, clock) = (Timers::default(), WallClock::new());
        for n in 0..100_000 {
            timers.set(run(n), Some(second(86_400)));
        }
        let waiting = timers.due(&clock);
        let hour = tokio::time::timeout(Duration::from_hours(1), waiting).await;
        assert!(hour.is_err(), "nothing is due");
        assert!(clock.n_reads.load(Ordering::SeqCst) < 3_610);
    }
}
