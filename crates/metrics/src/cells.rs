//! What is counted in. All of it may be shared and is never wrong by more than
//! what is being counted at the moment it is read.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Counts one.
    pub fn count(&self) {
        self.add(1);
    }

    /// Counts several.
    pub fn add(&self, number: u64) {
        self.0.fetch_add(number, Ordering::Relaxed);
    }

    /// How many so far.
    pub fn value(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A number that grows and shrinks.
#[derive(Debug, Default)]
pub struct Gauge(AtomicI64);

impl Gauge {
    /// Changes it by so much.
    pub fn add(&self, number: i64) {
        self.0.fetch_add(number, Ordering::Relaxed);
    }

    /// What it is now. What was taken away before it was added counts as none.
    pub fn value(&self) -> i64 {
        self.0.load(Ordering::Relaxed).max(0)
    }
}

/// How often something took how long.
#[derive(Debug)]
pub struct Histogram {
    bounds: &'static [Duration],
    /// One more than there are bounds: the last is for all that took longer.
    counts: Box<[AtomicU64]>,
    sum_nanos: AtomicU64,
}

/// What a histogram has counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timings {
    /// Each bound, with how many took no longer than it.
    pub up_to: Vec<(Duration, u64)>,
    /// How many there were.
    pub count: u64,
    /// How long all of them took together.
    pub sum: Duration,
}

impl Histogram {
    /// One that sorts by these bounds, which are in ascending order.
    pub fn new(bounds: &'static [Duration]) -> Self {
        debug_assert!(bounds.is_sorted(), "bounds ascend");
        Self {
            bounds,
            counts: (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect(),
            sum_nanos: AtomicU64::new(0),
        }
    }

    /// Counts something that took so long.
    pub fn observe(&self, took: Duration) {
        let place = self
            .bounds
            .iter()
            .take_while(|bound| took > **bound)
            .count();
        if let Some(count) = self.counts.get(place) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        self.sum_nanos.fetch_add(nanos, Ordering::Relaxed);
    }

    /// What was counted so far. The counts agree with each other, whatever is
    /// counted meanwhile.
    pub fn timings(&self) -> Timings {
        let counts = self.counts.iter().map(|one| one.load(Ordering::Relaxed));
        let mut count = 0;
        let cumulative = counts.map(|one| {
            count += one;
            count
        });
        let mut cumulative: Vec<u64> = cumulative.collect();
        let count = cumulative.pop().unwrap_or(0);
        Timings {
            up_to: self.bounds.iter().copied().zip(cumulative).collect(),
            count,
            sum: Duration::from_nanos(self.sum_nanos.load(Ordering::Relaxed)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: &[Duration] = &[Duration::from_millis(10), Duration::from_millis(100)];

    #[test]
    fn what_took_as_long_as_a_bound_is_within_it() {
        let histogram = Histogram::new(BOUNDS);
        for millis in [1, 10, 11, 100, 101, 9_000] {
            histogram.observe(Duration::from_millis(millis));
        }
        let timings = histogram.timings();
        assert_eq!(timings.up_to, [(BOUNDS[0], 2), (BOUNDS[1], 4)]);
        assert_eq!(timings.count, 6);
        assert_eq!(timings.sum, Duration::from_millis(9_223));
    }

    #[test]
    fn a_gauge_is_never_below_nothing() {
        let gauge = Gauge::default();
        gauge.add(-1);
        assert_eq!(gauge.value(), 0);
        gauge.add(3);
        assert_eq!(gauge.value(), 2);
    }
}
