//! One run of [`MemoryStore`](super::MemoryStore), and how it changes. Every
//! change is checked first and made after, so that a refusal leaves the run as
//! it was.

use std::collections::{BTreeMap, BTreeSet};

use crate::check;
use crate::error::StoreError;
use crate::lease::Lease;
use crate::rows::{Commit, ExecutionRow, LogLine, NewRun, StepRow, StepUpdate, StoredEvent};

#[derive(Debug)]
pub(super) struct Run {
    pub(super) execution: ExecutionRow,
    /// By `order_index`.
    pub(super) steps: BTreeMap<u32, StepRow>,
    pub(super) events: Vec<StoredEvent>,
    pub(super) logs: Vec<LogLine>,
    /// Epoch of the lease that owns it.
    pub(super) owner: Option<u64>,
}

impl Run {
    pub(super) fn new(new: NewRun) -> Self {
        Self {
            execution: new.execution,
            steps: by_index(new.steps),
            events: new.events,
            logs: Vec::new(),
            owner: new.owner.map(|lease| lease.epoch),
        }
    }

    pub(super) fn commit(&mut self, commit: Commit) -> Result<(), StoreError> {
        self.check_fence(commit.fence)?;
        if self.execution.version != commit.expected_version {
            return Err(StoreError::Conflict {
                expected: commit.expected_version,
            });
        }
        let edited = self.edited_steps(&commit)?;
        let steps = edited.as_ref().unwrap_or(&self.steps);
        let unknown = commit
            .steps
            .iter()
            .find(|update| !steps.contains_key(&update.order_index));
        if let Some(update) = unknown {
            return Err(check::unknown_step(update.order_index));
        }
        if let Some(edited) = edited {
            self.steps = edited;
        }
        for update in commit.steps {
            if let Some(step) = self.steps.get_mut(&update.order_index) {
                let inputs = update.inputs.or_else(|| step.progress.inputs.take());
                step.progress = StepUpdate { inputs, ..update };
            }
        }
        if let Some(update) = commit.execution {
            self.execution.status = update.status;
            self.execution.started_at = update.started_at;
            self.execution.completed_at = update.completed_at;
            self.execution.error_message = update.error_message;
            self.execution.attention = update.attention;
            self.execution.wake_at = update.wake_at;
        }
        self.execution.version += commit.events.len() as u64;
        self.execution.updated_at = commit.at;
        self.events.extend(commit.events);
        Ok(())
    }

    /// The steps after those of a commit have gone and come; `None` when it
    /// only updates steps.
    fn edited_steps(&self, commit: &Commit) -> Result<Option<BTreeMap<u32, StepRow>>, StoreError> {
        if commit.removed_steps.is_empty() && commit.added_steps.is_empty() {
            return Ok(None);
        }
        let mut steps = self.steps.clone();
        for index in &commit.removed_steps {
            if steps.remove(index).is_none() {
                return Err(check::unknown_step(*index));
            }
        }
        for step in &commit.added_steps {
            let mut step = step.clone();
            if let Some(replaced) = steps.get(&step.order_index) {
                step.id = replaced.id;
            }
            steps.insert(step.order_index, step);
        }
        let stages: BTreeSet<_> = steps.values().map(|step| &step.stage).collect();
        if stages.len() < steps.len() {
            return Err(check::stage_twice());
        }
        Ok(Some(steps))
    }

    pub(super) fn append_logs(
        &mut self,
        fence: Option<Lease>,
        expected: Option<u64>,
        lines: Vec<LogLine>,
    ) -> Result<(), StoreError> {
        self.check_fence(fence)?;
        let Some(expected) = expected else {
            return Ok(());
        };
        if self.logs.len() as u64 != expected {
            return Err(StoreError::Conflict { expected });
        }
        self.logs.extend(lines);
        Ok(())
    }

    fn check_fence(&self, fence: Option<Lease>) -> Result<(), StoreError> {
        match fence {
            Some(lease) if self.owner != Some(lease.epoch) => Err(StoreError::Fenced),
            Some(_) | None => Ok(()),
        }
    }
}

fn by_index(steps: Vec<StepRow>) -> BTreeMap<u32, StepRow> {
    steps
        .into_iter()
        .map(|step| (step.order_index, step))
        .collect()
}
