//! What a run's actor tells the [`Observer`](crate::observe::Observer).

use std::sync::Arc;

use baton_model::{Recorded, StageId};

use super::Actor;
use crate::observe::{Committed, Standing};
use crate::registry::Shared;
use crate::transact::RunLog;

/// Tells of a run that did not exist before.
pub(super) fn tell_of_new_run(shared: &Arc<Shared>, log: &RunLog, events: &[Recorded]) {
    let Some(state) = log.state() else { return };
    shared.observer.committed(&Committed {
        state,
        events,
        adapters: &|_stage| None,
    });
    shared.observer.moved(None, Some(Standing::of(state)));
}

impl Actor {
    /// Tells how the run is that was read.
    pub(super) fn tell_taken_up(&self) {
        if let Some(state) = self.log.state() {
            self.shared.observer.taken_up(state);
        }
    }

    /// Notes that the observer knows where the run stands: it was told, or has
    /// counted the run with all others.
    pub(super) fn knows_standing(&mut self) {
        self.told = self.log.state().map(Standing::of);
    }

    /// Tells of events that are durable now.
    pub(super) fn tell_of(&self, events: &[Recorded]) {
        let Some(state) = self.log.state().filter(|_| !events.is_empty()) else {
            return;
        };
        let adapters = |stage: &StageId| {
            let index = state.index(stage)?;
            let known = self.dispatchers.get(&index);
            let found = known.map(|dispatcher| dispatcher.adapter());
            // One of an earlier process: nobody had to be found to start it.
            let mut ended = self.ended.iter();
            found.or_else(|| {
                let attempt = ended.find(|attempt| attempt.is_of(stage))?;
                Some(attempt.adapter())
            })
        };
        self.shared.observer.committed(&Committed {
            state,
            events,
            adapters: &adapters,
        });
    }

    /// Tells where the run stands, if that has changed.
    pub(super) fn tell_standing(&mut self) {
        let now = self.log.state().map(Standing::of);
        if now.is_some() && now != self.told {
            self.shared.observer.moved(self.told, now);
            self.told = now;
        }
    }

    /// Tells that the run is another process's to count.
    pub(super) fn tell_gone(&mut self) {
        if let Some(told) = self.told.take() {
            self.shared.observer.moved(Some(told), None);
        }
    }
}
