//! True time, by which leases end, and the clocks of servers, which are wrong.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use baton_model::Timestamp;
use baton_runtime::Clock;
use baton_store::LeaseClock;
use tokio::time::Instant;

use crate::witness::Witness;

/// When every simulation begins.
const BEGINNING: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

/// Time as it is: tokio's paused clock, which moves on when everybody waits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TrueTime(Instant);

impl TrueTime {
    /// Begins now; to be made inside the runtime whose clock it is.
    pub(crate) fn begin() -> Self {
        Self(Instant::now())
    }

    /// How long ago it began.
    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

impl LeaseClock for TrueTime {
    fn now(&self) -> Timestamp {
        BEGINNING.after(self.0.elapsed())
    }
}

/// The wall clock of a server: so many microseconds off, and it may jump.
#[derive(Debug)]
pub(crate) struct WallClock {
    witness: Arc<Witness>,
    off_by_micros: AtomicI64,
}

impl WallClock {
    /// A clock that is right.
    pub(crate) fn new(witness: Arc<Witness>) -> Arc<Self> {
        Arc::new(Self {
            witness,
            off_by_micros: AtomicI64::new(0),
        })
    }

    /// Puts the clock on or back.
    pub(crate) fn set_off_by(&self, micros: i64) {
        self.off_by_micros.store(micros, Ordering::Relaxed);
    }
}

impl Clock for WallClock {
    fn now(&self) -> Timestamp {
        self.witness.step();
        let right = self.witness.now().as_micros();
        Timestamp::from_micros(right + self.off_by_micros.load(Ordering::Relaxed))
    }
}
