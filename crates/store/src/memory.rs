//! A store without a disk: ordered maps under one lock.
//!
//! For tests and the simulator. Its futures are ready at once, but for the one
//! that waits for news, and the same calls give the same answers in the same
//! order; nothing outlives the last clone.

mod leases;
mod ownership;
mod pages;
mod projects;
mod run;
mod tokens;
mod workflows;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use baton_model::RunId;
use tokio::sync::Notify;

use crate::attention::OpenRun;
use crate::check;
use crate::contract::{Created, RunQuery, RunStore};
use crate::error::StoreError;
use crate::execution_list::{ExecutionFilter, ExecutionPage};
use crate::lease::{Lease, LeaseClock, LeaseTerm, ServerId, SystemLeaseClock};
use crate::project::ProjectRow;
use crate::rows::{
    Claim, Commit, ExecutionRow, LogFilter, LogLine, NewRun, OrderedEvent, StepRow, StoredEvent,
    StoredLog, WholeExecution,
};
use crate::token::TokenRow;
use leases::Leases;
use run::Run;
use workflows::Library;

/// Keeps everything in memory. Clones share it, as servers share a database.
#[derive(Clone, Debug)]
pub struct MemoryStore {
    state: Arc<Mutex<State>>,
    news: Arc<Notify>,
    clock: Arc<dyn LeaseClock>,
}

#[derive(Debug, Default)]
struct State {
    closed: bool,
    runs: BTreeMap<RunId, Run>,
    /// The run and the number of every event, in the order of all.
    order: Vec<(RunId, u64)>,
    claims: BTreeMap<Claim, RunId>,
    library: Library,
    tokens: BTreeMap<String, TokenRow>,
    projects: BTreeMap<String, ProjectRow>,
    leases: Leases,
    /// Owners by epoch, and their runs that somebody else has changed.
    wakeups: BTreeSet<(u64, RunId)>,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::with_clock(Arc::new(SystemLeaseClock))
    }
}

impl MemoryStore {
    /// An empty store whose leases end by the machine's clock.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty store whose leases end by this clock.
    pub fn with_clock(clock: Arc<dyn LeaseClock>) -> Self {
        Self {
            state: Arc::default(),
            news: Arc::default(),
            clock,
        }
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

    fn n_unfinished_of(&self, project: &str) -> u32 {
        let rows = self.runs.values().map(|run| &run.execution);
        let of_project = rows.filter(|row| row.project_id.as_deref() == Some(project));
        let unfinished = of_project.filter(|row| !row.status.is_terminal());
        u32::try_from(unfinished.count()).unwrap_or(u32::MAX)
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
        if let (Some(project), Some(max)) = (&new.execution.project_id, new.project_runs_max) {
            let n_unfinished = self.n_unfinished_of(project);
            if n_unfinished >= max {
                return Ok(Created::ProjectFull(n_unfinished));
            }
        }
        let claims = new.claims.iter().map(|claim| (claim.clone(), id));
        self.claims.extend(claims);
        self.order
            .extend(new.events.iter().map(|event| (id, event.seq)));
        self.runs.insert(id, Run::new(new));
        Ok(Created::New)
    }
}

#[async_trait]
impl RunStore for MemoryStore {
    async fn create_run(&self, run: Arc<NewRun>) -> Result<Created, StoreError> {
        let is_free = run.owner.is_none();
        let created = self.open()?.create(Arc::unwrap_or_clone(run))?;
        if is_free {
            self.news.notify_waiters();
        }
        Ok(created)
    }

    async fn commit(&self, commit: Commit) -> Result<(), StoreError> {
        let mut state = self.open()?;
        check::commit(&commit)?;
        let (run, fence) = (commit.run, commit.fence);
        let seqs: Vec<_> = commit.events.iter().map(|event| event.seq).collect();
        state.run_mut(run)?.commit(commit)?;
        state.order.extend(seqs.into_iter().map(|seq| (run, seq)));
        if fence.is_none() {
            state.wake_owner(run, self.clock.now());
            self.news.notify_waiters();
        }
        Ok(())
    }

    async fn append_logs(
        &self,
        run: RunId,
        fence: Option<Lease>,
        lines: Vec<LogLine>,
    ) -> Result<(), StoreError> {
        let mut state = self.open()?;
        let expected = check::log_lines(&lines)?;
        state.run_mut(run)?.append_logs(fence, expected, lines)
    }

    async fn load_run(&self, run: RunId) -> Result<StoredLog, StoreError> {
        let state = self.open()?;
        let run = state.run(run)?;
        Ok(StoredLog {
            owner: run.owner,
            events: run.events.clone(),
        })
    }

    async fn open_runs(
        &self,
        after: Option<RunId>,
        limit: u32,
    ) -> Result<Vec<OpenRun>, StoreError> {
        Ok(self.open()?.open_runs(after, limit))
    }

    async fn owned_runs(
        &self,
        lease: &Lease,
        after: Option<RunId>,
        limit: u32,
    ) -> Result<Vec<OpenRun>, StoreError> {
        Ok(self.open()?.owned_runs(lease, after, limit))
    }

    async fn acquire_lease(&self, server: ServerId, term: LeaseTerm) -> Result<Lease, StoreError> {
        let mut state = self.open()?;
        Ok(state.acquire_lease(server, term, self.clock.now()))
    }

    async fn renew_lease(&self, lease: &Lease, duration: Duration) -> Result<(), StoreError> {
        let mut state = self.open()?;
        state.leases.renew(lease, duration, self.clock.now())
    }

    async fn release_lease(&self, lease: &Lease) -> Result<(), StoreError> {
        self.open()?.leases.release(lease);
        self.news.notify_waiters();
        Ok(())
    }

    async fn claim_runs(&self, lease: &Lease, limit: u32) -> Result<Vec<OpenRun>, StoreError> {
        self.open()?.claim_runs(lease, limit, self.clock.now())
    }

    async fn claim_run(&self, lease: &Lease, run: RunId) -> Result<bool, StoreError> {
        self.open()?.claim_run(lease, run, self.clock.now())
    }

    async fn take_wakeups(&self, lease: &Lease, limit: u32) -> Result<Vec<RunId>, StoreError> {
        self.open()?.take_wakeups(lease, limit, self.clock.now())
    }

    async fn wait_for_news(&self) {
        self.news.notified().await;
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

    async fn whole_execution(&self, run: RunId) -> Result<Option<WholeExecution>, StoreError> {
        let state = self.open()?;
        Ok(state.runs.get(&run).map(|stored| WholeExecution {
            execution: stored.execution.clone(),
            steps: stored.steps.values().cloned().collect(),
            first_event: stored.events.first().cloned(),
        }))
    }

    async fn steps(&self, run: RunId) -> Result<Vec<StepRow>, StoreError> {
        let state = self.open()?;
        Ok(state
            .runs
            .get(&run)
            .map(|stored| stored.steps.values().cloned().collect())
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
        Ok(pages::events(events, after, limit))
    }

    async fn all_events(&self, after: u64, limit: u32) -> Result<Vec<OrderedEvent>, StoreError> {
        let state = self.open()?;
        Ok(pages::all_events(&state.order, &state.runs, after, limit))
    }

    async fn last_position(&self) -> Result<u64, StoreError> {
        Ok(self.open()?.order.len() as u64)
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

    async fn last_claim(&self, scope: &str) -> Result<Option<String>, StoreError> {
        let state = self.open()?;
        let first = Claim {
            scope: scope.to_owned(),
            key: String::new(),
        };
        let of_scope = state.claims.range(first..);
        let of_scope = of_scope.take_while(|(claim, _)| claim.scope == scope);
        Ok(of_scope.last().map(|(claim, _)| claim.key.clone()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::MemoryStore;
    use crate::lease::LeaseClock;

    fn empty_store(clock: Arc<dyn LeaseClock>) -> (Arc<MemoryStore>, ()) {
        (Arc::new(MemoryStore::with_clock(clock)), ())
    }

    crate::conformance_tests!(empty_store);
}
