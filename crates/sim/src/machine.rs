//! A machine on which a server runs: it may stop, go on, or die, and whatever
//! runs on it notices nothing of that.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::witness::MachineId;

/// One incarnation of a server. Those who wait for it to go on do so in the
/// order in which they came, so that everything can be repeated.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(crate) id: MachineId,
    is_stopped: AtomicBool,
    goes_on: Notify,
    death: CancellationToken,
    is_cut_off: AtomicBool,
    was_stopped: AtomicBool,
}

impl Machine {
    pub(crate) fn new(id: MachineId) -> Arc<Self> {
        Arc::new(Self {
            id,
            is_stopped: AtomicBool::new(false),
            goes_on: Notify::new(),
            death: CancellationToken::new(),
            is_cut_off: AtomicBool::new(false),
            was_stopped: AtomicBool::new(false),
        })
    }

    /// Passes while the machine runs. Whoever waits here on a machine that has
    /// died waits for ever.
    pub(crate) async fn gate(&self) {
        loop {
            let goes_on = self.goes_on.notified();
            if self.death.is_cancelled() {
                std::future::pending::<()>().await;
            }
            if !self.is_stopped.load(Ordering::Relaxed) {
                return;
            }
            goes_on.await;
        }
    }

    /// Whether it was ever stopped. Time goes on for a machine that is, unlike
    /// for a real one, so that it may be out of patience when it goes on.
    pub(crate) fn was_stopped(&self) -> bool {
        self.was_stopped.load(Ordering::Relaxed)
    }

    /// Returns once the machine is dead.
    pub(crate) async fn died(&self) {
        self.death.cancelled().await;
    }

    /// Nothing that runs on it does anything any more.
    pub(crate) fn die(&self) {
        self.death.cancel();
    }

    /// Holds whatever runs on it.
    pub(crate) fn stop(&self) {
        self.was_stopped.store(true, Ordering::Relaxed);
        self.is_stopped.store(true, Ordering::Relaxed);
    }

    /// Lets it go on.
    pub(crate) fn go_on(&self) {
        self.is_stopped.store(false, Ordering::Relaxed);
        self.goes_on.notify_waiters();
    }

    /// Cuts the way to the store, or mends it.
    pub(crate) fn set_cut_off(&self, is_cut_off: bool) {
        self.is_cut_off.store(is_cut_off, Ordering::Relaxed);
    }

    pub(crate) fn is_cut_off(&self) -> bool {
        self.is_cut_off.load(Ordering::Relaxed)
    }
}
