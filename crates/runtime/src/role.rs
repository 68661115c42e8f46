//! What a process may do for a run: everything, if it owns it; record what
//! people decide, if another does.

use baton_store::{Lease, LeaseTerm};
use tokio_util::sync::CancellationToken;
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::lease::Tenure;
use crate::transact::Access;

/// What this process is to a run.
#[derive(Clone, Debug)]
pub(crate) enum Role {
    /// The one that works on it.
    Owner(Tenure),
    /// Another works on it, or will: what people decide is recorded, and the
    /// owner is woken by the store.
    Guest,
    /// This process works on no run, and nobody else does while it lives: it
    /// also ends what is to be ended.
    Caretaker,
}

impl Role {
    /// What its commits are fenced by.
    pub(crate) fn fence(&self) -> Option<Lease> {
        match self {
            Self::Owner(tenure) => Some(tenure.lease),
            Self::Guest | Self::Caretaker => None,
        }
    }

    /// Whether it starts stages, hands them to agents and wakes the run in time.
    pub(crate) fn works(&self) -> bool {
        match self {
            Self::Owner(tenure) => tenure.holds(),
            Self::Guest | Self::Caretaker => false,
        }
    }

    /// Whether others commit to the run, too, where leases are held for `term`.
    pub(crate) fn access(&self, term: LeaseTerm) -> Access {
        match (self, term) {
            (Self::Owner(_), LeaseTerm::Exclusive) | (Self::Caretaker, _) => Access::Exclusive,
            (Self::Owner(_), LeaseTerm::For(_)) | (Self::Guest, _) => Access::Shared,
        }
    }

    /// Whether it was good once and is not any more.
    pub(crate) fn is_over(&self) -> bool {
        match self {
            Self::Owner(tenure) => !tenure.holds(),
            Self::Guest | Self::Caretaker => false,
        }
    }

    /// Whether it ends attempts that are to be ended.
    pub(crate) fn ends_attempts(&self) -> bool {
        match self {
            Self::Owner(_) | Self::Caretaker => true,
            Self::Guest => false,
        }
    }

    /// Whether it decides anything by itself, without being asked by people.
    pub(crate) fn decides(&self) -> bool {
        self.ends_attempts()
    }

    /// What counts an attempt that is begun in this role.
    pub(crate) fn count_attempt(&self) -> Option<TaskTrackerToken> {
        match self {
            Self::Owner(tenure) => Some(tenure.count_attempt()),
            Self::Guest | Self::Caretaker => None,
        }
    }

    /// What ends everything that is begun in this role.
    pub(crate) fn begin(&self) -> CancellationToken {
        match self {
            Self::Owner(tenure) => tenure.over.child_token(),
            Self::Guest | Self::Caretaker => CancellationToken::new(),
        }
    }
}
