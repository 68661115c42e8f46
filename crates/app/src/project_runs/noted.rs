//! What was read of runs at their versions, so that it is read once.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use baton_model::RunId;
use baton_store::ExecutionRow;

/// What is known of the newest runs, as ids go.
#[derive(Debug)]
pub(super) struct Noted<T> {
    known: Mutex<BTreeMap<RunId, (u64, T)>>,
    runs_max: usize,
}

impl<T: Clone> Noted<T> {
    pub(super) fn new(runs_max: usize) -> Self {
        Self {
            known: Mutex::default(),
            runs_max,
        }
    }

    /// What was read of a run since it changed last.
    pub(super) fn get(&self, row: &ExecutionRow) -> Option<T> {
        let all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (version, known) = all.get(&row.id)?;
        (*version == row.version).then(|| known.clone())
    }

    /// `known` was read of the run as it is at the row's version, or later.
    pub(super) fn note(&self, row: &ExecutionRow, known: T) {
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(row.id, (row.version, known));
        if all.len() > self.runs_max {
            all.pop_first();
        }
    }
}
