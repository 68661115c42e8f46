//! The leases of [`MemoryStore`](super::MemoryStore), and which of them are
//! valid.

use std::collections::BTreeMap;
use std::time::Duration;

use baton_model::Timestamp;

use crate::error::StoreError;
use crate::lease::{Lease, LeaseTerm, ServerId};

#[derive(Debug, Default)]
pub(super) struct Leases {
    last_epoch: u64,
    /// Those that were not ended, by epoch; some may have expired.
    held: BTreeMap<u64, Held>,
}

#[derive(Debug)]
struct Held {
    server: ServerId,
    ends_at: Option<Timestamp>,
}

impl Held {
    fn is_valid(&self, now: Timestamp) -> bool {
        self.ends_at.is_none_or(|ends_at| ends_at > now)
    }
}

impl Leases {
    pub(super) fn acquire(&mut self, server: ServerId, term: LeaseTerm, now: Timestamp) -> Lease {
        match term {
            LeaseTerm::Exclusive => self.held.clear(),
            LeaseTerm::For(_) => self
                .held
                .retain(|_, held| held.server != server && held.is_valid(now)),
        }
        self.last_epoch += 1;
        let epoch = self.last_epoch;
        let ends_at = term.ends_at(now);
        self.held.insert(epoch, Held { server, ends_at });
        Lease { server, epoch }
    }

    pub(super) fn renew(
        &mut self,
        lease: &Lease,
        duration: Duration,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.require(lease, now)?;
        if let Some(held) = self.held.get_mut(&lease.epoch)
            && held.ends_at.is_some()
        {
            held.ends_at = LeaseTerm::For(duration).ends_at(now);
        }
        Ok(())
    }

    pub(super) fn release(&mut self, lease: &Lease) {
        self.held.remove(&lease.epoch);
    }

    /// Refuses a lease that is not valid any more.
    pub(super) fn require(&self, lease: &Lease, now: Timestamp) -> Result<(), StoreError> {
        if self.is_valid(lease.epoch, now) {
            Ok(())
        } else {
            Err(StoreError::Fenced)
        }
    }

    pub(super) fn is_valid(&self, epoch: u64, now: Timestamp) -> bool {
        self.held.get(&epoch).is_some_and(|held| held.is_valid(now))
    }
}
