//! What waits in runs, as it was read last: whoever looks at the inbox again
//! and again has only those runs read that have changed.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use baton_model::RunId;
use baton_store::ExecutionRow;

use super::WaitingStep;

/// What waits in a run.
#[derive(Debug)]
struct Known {
    /// The version at which that was read.
    version: u64,
    /// The project of the run.
    project: Option<String>,
    steps: Arc<[Arc<WaitingStep>]>,
}

/// What is known of runs that have not ended.
#[derive(Debug, Default)]
pub(crate) struct KnownWaiting(Mutex<HashMap<RunId, Known>>);

impl KnownWaiting {
    /// What waits in a run, if that was read since the run changed last.
    pub(super) fn get(&self, execution: &ExecutionRow) -> Option<Arc<[Arc<WaitingStep>]>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all.get(&execution.id)?;
        (known.version == execution.version).then(|| Arc::clone(&known.steps))
    }

    /// `steps` were read after the row was, so they are as new at least.
    pub(super) fn note(&self, execution: &ExecutionRow, steps: Arc<[Arc<WaitingStep>]>) {
        let known = Known {
            version: execution.version,
            project: execution.project_id.clone(),
            steps,
        };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(execution.id, known);
    }

    /// Forgets all runs but these; of a project, if only its runs were looked at.
    pub(super) fn keep_open(&self, looked_at: Option<&str>, open: Vec<RunId>) {
        let open = BTreeSet::from_iter(open);
        let is_elsewhere =
            |known: &Known| looked_at.is_some() && known.project.as_deref() != looked_at;
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|run, known| open.contains(run) || is_elsewhere(known));
    }
}

#[cfg(test)]
mod tests {
    use baton_store::conformance::sample;

    use super::*;

    fn row(number: u32, project: Option<&str>) -> ExecutionRow {
        let mut row = sample::new_run(number).execution;
        row.project_id = project.map(str::to_owned);
        row
    }

    #[test]
    fn a_look_forgets_the_runs_it_would_have_met() {
        let rows = [
            row(1, Some("shop")),
            row(2, Some("shop")),
            row(3, Some("other")),
            row(4, None),
        ];
        for (looked_at, open, expected) in [
            (Some("shop"), &[2][..], &[2, 3, 4][..]),
            (Some("shop"), &[], &[3, 4]),
            (Some("none"), &[], &[1, 2, 3, 4]),
            (None, &[1, 4], &[1, 4]),
            (None, &[], &[]),
        ] {
            let known = KnownWaiting::default();
            for row in &rows {
                known.note(row, Arc::new([]));
            }
            let open = open.iter().copied().map(sample::run_id).collect();
            known.keep_open(looked_at, open);
            let kept = rows.iter().filter(|row| known.get(row).is_some());
            let kept: Vec<RunId> = kept.map(|row| row.id).collect();
            let expected: Vec<RunId> = expected.iter().copied().map(sample::run_id).collect();
            assert_eq!(kept, expected, "{looked_at:?}");
        }
    }
}
