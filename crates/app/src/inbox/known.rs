//! What waits in runs, as it was read last: whoever looks at the inbox again
//! and again has only those runs read that have changed.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use baton_model::RunId;
use baton_store::ExecutionRow;

use super::WaitingStep;

/// The steps of a run that wait, at a version of the run.
type Known = (u64, Arc<[Arc<WaitingStep>]>);

/// What is known of runs that have not ended.
#[derive(Debug, Default)]
pub(crate) struct KnownWaiting(Mutex<HashMap<RunId, Known>>);

impl KnownWaiting {
    /// What waits in a run, if that was read since the run changed last.
    pub(super) fn get(&self, execution: &ExecutionRow) -> Option<Arc<[Arc<WaitingStep>]>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (version, steps) = known.get(&execution.id)?;
        (*version == execution.version).then(|| Arc::clone(steps))
    }

    /// `steps` were read after the row was, so they are as new at least.
    pub(super) fn note(&self, execution: &ExecutionRow, steps: Arc<[Arc<WaitingStep>]>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(execution.id, (execution.version, steps));
    }

    /// Forgets all runs but these.
    pub(super) fn keep_only(&self, open: Vec<RunId>) {
        let open = BTreeSet::from_iter(open);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|run, _| open.contains(run));
    }
}
