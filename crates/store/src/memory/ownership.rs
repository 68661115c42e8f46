//! Who owns which run of [`MemoryStore`](super::MemoryStore): leases taken,
//! runs claimed, owners woken.

use baton_model::{RunId, Timestamp};

use super::State;
use super::run::Run;
use crate::attention::{Attention, OpenRun};
use crate::error::StoreError;
use crate::lease::{Lease, LeaseTerm, ServerId};

impl State {
    /// Takes a lease, and forgets the wake-ups of those that ended before.
    pub(super) fn acquire_lease(
        &mut self,
        server: ServerId,
        term: LeaseTerm,
        now: Timestamp,
    ) -> Lease {
        let lease = self.leases.acquire(server, term, now);
        let leases = &self.leases;
        self.wakeups
            .retain(|(epoch, _)| leases.is_valid(*epoch, now));
        lease
    }

    pub(super) fn open_runs(&self, after: Option<RunId>, limit: u32) -> Vec<OpenRun> {
        open_runs(self.runs.values(), after, limit)
    }

    pub(super) fn owned_runs(
        &self,
        lease: &Lease,
        after: Option<RunId>,
        limit: u32,
    ) -> Vec<OpenRun> {
        let owned = self
            .runs
            .values()
            .filter(|run| run.owner == Some(lease.epoch));
        open_runs(owned, after, limit)
    }

    pub(super) fn claim_runs(
        &mut self,
        lease: &Lease,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<OpenRun>, StoreError> {
        self.leases.require(lease, now)?;
        let leases = &self.leases;
        Ok(self
            .runs
            .values_mut()
            .filter(|run| !run.owner.is_some_and(|owner| leases.is_valid(owner, now)))
            .filter_map(|run| Some((open_run(run)?, run)))
            .take(limit as usize)
            .map(|(open, run)| {
                run.owner = Some(lease.epoch);
                open
            })
            .collect())
    }

    pub(super) fn claim_run(
        &mut self,
        lease: &Lease,
        run: RunId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.leases.require(lease, now)?;
        let run = self.runs.get_mut(&run).ok_or(StoreError::NotFound)?;
        match run.owner {
            Some(owner) if self.leases.is_valid(owner, now) => Ok(owner == lease.epoch),
            Some(_) | None => {
                run.owner = Some(lease.epoch);
                Ok(true)
            }
        }
    }

    /// Tells the owner of a run that somebody else has changed it.
    pub(super) fn wake_owner(&mut self, run: RunId, now: Timestamp) {
        let owner = self.runs.get(&run).and_then(|run| run.owner);
        if let Some(owner) = owner
            && self.leases.is_valid(owner, now)
        {
            self.wakeups.insert((owner, run));
        }
    }

    pub(super) fn take_wakeups(
        &mut self,
        lease: &Lease,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<RunId>, StoreError> {
        self.leases.require(lease, now)?;
        let mine = self
            .wakeups
            .iter()
            .filter(|(epoch, _)| *epoch == lease.epoch);
        let taken: Vec<_> = mine.copied().take(limit as usize).collect();
        for wakeup in &taken {
            self.wakeups.remove(wakeup);
        }
        Ok(taken.into_iter().map(|(_, run)| run).collect())
    }
}

/// The first open runs after a place.
fn open_runs<'r>(
    runs: impl Iterator<Item = &'r Run>,
    after: Option<RunId>,
    limit: u32,
) -> Vec<OpenRun> {
    runs.filter(|run| after.is_none_or(|after| run.execution.id > after))
        .filter_map(open_run)
        .take(limit as usize)
        .collect()
}

/// What is listed of a run, unless it is done.
fn open_run(run: &Run) -> Option<OpenRun> {
    let row = &run.execution;
    match row.attention {
        Attention::Done => None,
        attention @ (Attention::Idle | Attention::Working) => Some(OpenRun {
            run: row.id,
            attention,
            wake_at: row.wake_at,
        }),
    }
}
