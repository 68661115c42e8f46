//! The process slots of a server: how many agent processes it runs at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The slots. First come, first served.
#[derive(Debug)]
pub(crate) struct Slots {
    free: Arc<Semaphore>,
    max: usize,
    waiting: AtomicUsize,
}

/// How busy the slots are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotUse {
    /// How many there are.
    pub max: usize,
    /// How many are taken.
    pub taken: usize,
    /// How many starts wait for one.
    pub waiting: usize,
}

impl Slots {
    pub(crate) fn new(max: usize) -> Self {
        Self {
            free: Arc::new(Semaphore::new(max)),
            max,
            waiting: AtomicUsize::new(0),
        }
    }

    /// Waits for a slot, which is taken until what is returned is dropped.
    pub(crate) async fn take(&self) -> Option<OwnedSemaphorePermit> {
        if let Ok(slot) = Arc::clone(&self.free).try_acquire_owned() {
            return Some(slot);
        }
        let _waiting = Waiting::count(&self.waiting);
        Arc::clone(&self.free).acquire_owned().await.ok()
    }

    /// How busy they are now.
    pub(crate) fn in_use(&self) -> SlotUse {
        SlotUse {
            max: self.max,
            taken: self.max.saturating_sub(self.free.available_permits()),
            waiting: self.waiting.load(Ordering::Relaxed),
        }
    }
}

/// Counts as waiting until it is dropped.
struct Waiting<'w>(&'w AtomicUsize);

impl<'w> Waiting<'w> {
    fn count(waiting: &'w AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn who_waits_is_counted_until_they_have_a_slot_or_give_up() {
        let slots = Slots::new(1);
        let in_use = |taken, waiting| SlotUse {
            max: 1,
            taken,
            waiting,
        };
        let first = slots.take().now_or_never().flatten().unwrap();
        let mut second = Box::pin(slots.take());
        assert!((&mut second).now_or_never().is_none());
        let mut third = Box::pin(slots.take());
        assert!((&mut third).now_or_never().is_none());
        assert_eq!(slots.in_use(), in_use(1, 2));
        drop(third);
        assert_eq!(slots.in_use(), in_use(1, 1));
        drop(first);
        let _slot = second.now_or_never().flatten().unwrap();
        assert_eq!(slots.in_use(), in_use(1, 0));
    }
}
