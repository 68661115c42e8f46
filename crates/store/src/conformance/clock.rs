//! A clock that moves when it is told to.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use baton_model::Timestamp;

use super::sample::time;
use crate::lease::LeaseClock;

/// Stands at [`time`]`(0)` until it is moved.
#[derive(Debug)]
pub struct TestClock(Mutex<Timestamp>);

impl Default for TestClock {
    fn default() -> Self {
        Self(Mutex::new(time(0)))
    }
}

impl TestClock {
    /// Moves it on by so many seconds.
    pub fn advance(&self, seconds: u64) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = now.after(Duration::from_secs(seconds));
    }
}

impl LeaseClock for TestClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
