//! A store without a disk: ordered maps under one lock.
//!
//! For tests and the simulator. Its futures are ready at once, and the same
//! calls give the same answers in the same order; nothing outlives the value.

mod pages;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use baton_model::RunId;

use crate::check;
use crate::contract::{Created, RunQuery, RunStore};
use crate::error::StoreError;
use crate::rows::{
    Claim, Commit, ExecutionFilter, ExecutionPage, ExecutionRow, LogFilter, LogLine, NewRun,
    StepRow, StoredEvent,
};

/// Keeps everything in memory.
#[derive(Debug, Default)]
pub struct MemoryStore {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    closed: bool,
    runs: BTreeMap<RunId, Run>,
    claims: BTreeMap<Claim, RunId>,
}

#[derive(Debug)]
struct Run {
    execution: ExecutionRow,
    steps: Vec<StepRow>,
    events: Vec<StoredEvent>,
    logs: Vec<LogLine>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// The state, unless the store is closed. Every writer checks first and
    /// changes after, so a panic elsewhere leaves nothing half done and a
    /// poisoned lock can be used on.
    fn open(&self) -> Result<MutexGuard<'_, State>, StoreError> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.closed {
            return Err(StoreError::Unavailable("it is closed".to_owned()));
        }
        Ok(state)
    }
}

impl State {
    fn run(&self, run: RunId) -> Result<&Run, StoreError> {
        self.runs.get(&run).ok_or(StoreError::NotFound)
    }

    fn run_mut(&mut self, run: RunId) -> Result<&mut Run, StoreError> {
        self.runs.get_mut(&run).ok_or(StoreError::NotFound)
    }

    fn create(&mut self, new: NewRun) -> Result<Created, StoreError> {
        check::new_run(&new)?;
        let holder = new.claims.iter().find_map(|claim| self.claims.get(claim));
        if let Some(&holder) = holder {
            return Ok(Created::Existing(holder));
        }
        let id = new.execution.id;
        if self.runs.contains_key(&id) {
            return Err(StoreError::Conflict { expected: 0 });
        }
        self.claims
            .extend(new.claims.into_iter().map(|claim| (claim, id)));
        let run = Run {
            execution: new.execution,
            steps: new.steps,
            events: new.events,
            logs: Vec::new(),
        };
        self.runs.insert(id, run);
        Ok(Created::New)
    }
}

impl Run {
    fn commit(&mut self, commit: Commit) -> Result<(), StoreError> {
        if self.execution.version != commit.expected_version {
            return Err(StoreError::Conflict {
                expected: commit.expected_version,
            });
        }
        let unknown = commit
            .steps
            .iter()
            .find(|update| update.order_index as usize >= self.steps.len());
        if let Some(update) = unknown {
            return Err(check::unknown_step(update.order_index));
        }
        for update in commit.steps {
            if let Some(step) = self.steps.get_mut(update.order_index as usize) {
                step.progress = update;
            }
        }
        if let Some(update) = commit.execution {
            self.execution.status = update.status;
            self.execution.started_at = update.started_at;
            self.execution.completed_at = update.completed_at;
            self.execution.error_message = update.error_message;
        }
        self.execution.version += commit.events.len() as u64;
        self.execution.updated_at = commit.at;
        self.events.extend(commit.events);
        Ok(())
    }

    fn append_logs(&mut self, expected: u64, lines: Vec<LogLine>) -> Result<(), StoreError> {
        if self.logs.len() as u64 != expected {
            return Err(StoreError::Conflict { expected });
        }
        self.logs.extend(lines);
        Ok(())
    }
}

#[async_trait]
impl RunStore for MemoryStore {
    async fn create_run(&self, run: NewRun) -> Result<Created, StoreError> {
        self.open()?.create(run)
    }

    async fn commit(&self, commit: Commit) -> Result<(), StoreError> {
        let mut state = self.open()?;
        check::commit(&commit)?;
        state.run_mut(commit.run)?.commit(commit)
    }

    async fn append_logs(&self, run: RunId, lines: Vec<LogLine>) -> Result<(), StoreError> {
        let mut state = self.open()?;
        let expected = check::log_lines(&lines)?;
        let run = state.run_mut(run)?;
        expected.map_or(Ok(()), |expected| run.append_logs(expected, lines))
    }

    async fn load_events(&self, run: RunId) -> Result<Vec<StoredEvent>, StoreError> {
        Ok(self.open()?.run(run)?.events.clone())
    }

    async fn unfinished_runs(&self) -> Result<Vec<RunId>, StoreError> {
        Ok(pages::unfinished(self.open()?.runs.values()))
    }

    async fn close(&self) -> Result<(), StoreError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        *state = State {
            closed: true,
            ..State::default()
        };
        Ok(())
    }
}

#[async_trait]
impl RunQuery for MemoryStore {
    async fn execution(&self, run: RunId) -> Result<Option<ExecutionRow>, StoreError> {
        Ok(self
            .open()?
            .runs
            .get(&run)
            .map(|stored| stored.execution.clone()))
    }

    async fn steps(&self, run: RunId) -> Result<Vec<StepRow>, StoreError> {
        let state = self.open()?;
        Ok(state
            .runs
            .get(&run)
            .map(|stored| stored.steps.clone())
            .unwrap_or_default())
    }

    async fn executions(&self, filter: ExecutionFilter) -> Result<ExecutionPage, StoreError> {
        Ok(pages::page(self.open()?.runs.values(), &filter))
    }

    async fn runs_like(&self, fragment: &str) -> Result<Vec<RunId>, StoreError> {
        let state = self.open()?;
        if !check::is_id_fragment(fragment) {
            return Ok(Vec::new());
        }
        Ok(pages::like(state.runs.values(), fragment))
    }

    async fn events(
        &self,
        run: RunId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let state = self.open()?;
        let events = state.runs.get(&run).map_or(&[][..], |run| &run.events);
        Ok(events
            .iter()
            .filter(|event| event.seq > after)
            .take(limit as usize)
            .cloned()
            .collect())
    }

    async fn logs(&self, run: RunId, filter: LogFilter) -> Result<Vec<LogLine>, StoreError> {
        let state = self.open()?;
        let lines = state.runs.get(&run).map_or(&[][..], |run| &run.logs);
        Ok(pages::log_lines(lines, &filter))
    }

    async fn last_log_seq(&self, run: RunId) -> Result<u64, StoreError> {
        let state = self.open()?;
        Ok(state.runs.get(&run).map_or(0, |run| run.logs.len() as u64))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::MemoryStore;

    fn empty_store() -> (Arc<MemoryStore>, ()) {
        (Arc::default(), ())
    }

    crate::conformance_tests!(empty_store);
}
