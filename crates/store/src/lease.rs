//! Who works on runs: servers and their leases.
//!
//! A server that works on runs holds one lease. Its number, the epoch, is
//! never used again, so whoever lost a lease can be told apart from whoever
//! holds one now, however late it speaks. What a lease is for stands in
//! [`RunStore`](crate::RunStore).

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use baton_model::Timestamp;
use uuid::Uuid;

/// A server that works on runs. No two that live at the same time share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServerId(Uuid);

impl ServerId {
    /// The server with this id.
    pub const fn new(id: Uuid) -> Self {
        Self(id)
    }

    /// The id.
    pub const fn as_uuid(&self) -> &Uuid {
        &self.0
    }
}

impl fmt::Display for ServerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The right to work on runs, until it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lease {
    /// Who holds it.
    pub server: ServerId,
    /// Its number; each lease of a store has a higher one than all before it.
    pub epoch: u64,
}

/// How long a lease is to be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeaseTerm {
    /// Until the next lease of this kind: for whoever holds the only key to
    /// the store. It ends every earlier lease and needs no renewal.
    Exclusive,
    /// So long from now or from the last renewal, by the store's clock.
    For(Duration),
}

impl LeaseTerm {
    /// When a lease taken or renewed `now` ends; `None` for never.
    pub fn ends_at(self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Exclusive => None,
            Self::For(duration) => Some(now.after(duration)),
        }
    }
}

/// The clock by which leases end. There is one for a store, whatever the
/// clocks of its servers say.
pub trait LeaseClock: fmt::Debug + Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemLeaseClock;

impl LeaseClock for SystemLeaseClock {
    fn now(&self) -> Timestamp {
        let since_epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX))
    }
}
