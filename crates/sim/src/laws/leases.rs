//! The laws of leases: who may work on a run, by true time, whatever the store
//! and the servers believe.

use std::collections::BTreeMap;
use std::time::Duration;

use baton_model::{RunId, Timestamp};
use baton_store::{Lease, LeaseTerm, ServerId};

use super::{Law, Lawful, hold};

#[derive(Clone, Copy, Debug)]
struct Held {
    server: ServerId,
    /// None: until somebody ends it.
    ends_at: Option<Timestamp>,
    /// The same as its holder counts, from before it asked.
    given_up_at: Option<Timestamp>,
}

/// Every lease that was not ended, and who owns which run.
#[derive(Debug, Default)]
pub(crate) struct Leases {
    last_epoch: u64,
    held: BTreeMap<u64, Held>,
    owners: BTreeMap<RunId, u64>,
}

impl Leases {
    pub(crate) fn is_valid(&self, epoch: u64, now: Timestamp) -> bool {
        let held = self.held.get(&epoch);
        held.is_some_and(|held| held.ends_at.is_none_or(|ends_at| ends_at > now))
    }

    /// The lease that owns a run, if it is valid.
    pub(crate) fn valid_owner(&self, run: RunId, now: Timestamp) -> Option<u64> {
        let owner = self.owners.get(&run).copied();
        owner.filter(|epoch| self.is_valid(*epoch, now))
    }

    /// Whether its holder may still take it to be valid.
    pub(crate) fn is_trusted(&self, epoch: u64, now: Timestamp) -> bool {
        let held = self.held.get(&epoch);
        held.is_some_and(|held| held.given_up_at.is_none_or(|at| at > now))
    }

    pub(crate) fn acquired(&mut self, lease: &Lease, term: LeaseTerm, now: Timestamp) -> Lawful {
        hold(lease.epoch > self.last_epoch, Law::Fenced, || {
            format!("epoch {} comes after {}", lease.epoch, self.last_epoch)
        })?;
        self.last_epoch = lease.epoch;
        match term {
            LeaseTerm::Exclusive => self.held.clear(),
            LeaseTerm::For(_) => self.held.retain(|_, held| held.server != lease.server),
        }
        let held = Held {
            server: lease.server,
            ends_at: term.ends_at(now),
            given_up_at: Some(now),
        };
        self.held.insert(lease.epoch, held);
        Ok(())
    }

    pub(crate) fn renewed(&mut self, lease: &Lease, length: Duration, now: Timestamp) -> Lawful {
        hold(self.is_valid(lease.epoch, now), Law::Fenced, || {
            format!("lease {} was renewed after its end", lease.epoch)
        })?;
        if let Some(held) = self.held.get_mut(&lease.epoch)
            && held.ends_at.is_some()
        {
            held.ends_at = Some(now.after(length));
        }
        Ok(())
    }

    /// The holder has heard that it holds a lease for so long since it asked.
    pub(crate) fn heard(&mut self, lease: &Lease, term: LeaseTerm, asked: Timestamp) {
        if let Some(held) = self.held.get_mut(&lease.epoch) {
            held.given_up_at = term.ends_at(asked);
        }
    }

    pub(crate) fn released(&mut self, lease: &Lease) {
        self.held.remove(&lease.epoch);
    }

    pub(crate) fn claimed(&mut self, lease: &Lease, run: RunId, now: Timestamp) -> Lawful {
        hold(self.is_valid(lease.epoch, now), Law::Fenced, || {
            format!("lease {} claims a run after its end", lease.epoch)
        })?;
        let before = self.valid_owner(run, now);
        hold(
            before.is_none_or(|owner| owner == lease.epoch),
            Law::Fenced,
            || {
                format!(
                    "lease {} takes a run from lease {before:?}, which is valid",
                    lease.epoch
                )
            },
        )?;
        self.owners.insert(run, lease.epoch);
        Ok(())
    }

    /// A run was stored with an owner, or without.
    pub(crate) fn created(&mut self, run: RunId, owner: Option<Lease>) {
        if let Some(lease) = owner {
            self.owners.insert(run, lease.epoch);
        }
    }

    /// Something was taken for a run under a fence.
    pub(crate) fn fenced(&self, run: RunId, fence: &Lease) -> Lawful {
        let owner = self.owners.get(&run).copied();
        hold(owner == Some(fence.epoch), Law::Fenced, || {
            format!(
                "lease {} wrote to a run that is lease {owner:?}'s",
                fence.epoch
            )
        })
    }
}
