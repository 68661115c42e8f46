//! Notices when work goes on and on while virtual time stands still: it moves
//! on when everybody waits, so whoever never does would keep it for ever, and
//! the simulation with it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::laws::{Law, Lawful, hold};

/// Most steps in one moment. The busiest moment of the first 20,000 seeds has
/// less than three hundred.
const STEPS_MAX: u64 = 10_000;

/// Counts what servers do: calls of the store, looks at a clock, questions
/// about an agent. A loop that does none of that is not noticed.
#[derive(Debug, Default)]
pub(crate) struct Standstill(Mutex<Moment>);

#[derive(Debug, Default)]
struct Moment {
    at: Duration,
    n_steps: u64,
}

impl Standstill {
    /// Counts one more step at this moment.
    pub(crate) fn step(&self, now: Duration) -> Lawful {
        let mut moment = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if moment.at != now {
            *moment = Moment {
                at: now,
                n_steps: 0,
            };
        }
        moment.n_steps += 1;
        hold(moment.n_steps <= STEPS_MAX, Law::TimePasses, || {
            format!("more than {STEPS_MAX} steps at {now:?}, and nobody waits")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_counted_for_each_moment() {
        let standstill = Standstill::default();
        for millis in 0..3 {
            let now = Duration::from_millis(millis);
            for _ in 0..STEPS_MAX {
                assert_eq!(standstill.step(now), Ok(()));
            }
        }
        let breach = standstill.step(Duration::from_millis(2)).unwrap_err();
        assert_eq!(breach.law, Law::TimePasses);
        assert!(breach.how.contains("at 2ms"), "{}", breach.how);
    }
}
