//! A store that fails when it is told to, in front of one that works.
//!
//! For tests and the simulator. Which call fails is counted, never drawn: the
//! same calls meet the same faults. A fault strikes before the inner call, so
//! that nothing was changed, or after it, so that everything was and only the
//! answer is lost; whoever uses a store has to come through both. A store that
//! is cut off answers nothing until it is reconnected.

mod projects;
mod tokens;
mod workflows;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use baton_model::RunId;

use crate::attention::OpenRun;
use crate::contract::{Created, RunQuery, RunStore, Store};
use crate::error::StoreError;
use crate::execution_list::{ExecutionFilter, ExecutionPage};
use crate::lease::{Lease, LeaseTerm, ServerId};
use crate::rows::{
    Commit, ExecutionRow, LogFilter, LogLine, NewRun, OrderedEvent, StepRow, StoredEvent,
    StoredLog, WholeExecution,
};

/// A call of the storage contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// [`RunStore::create_run`].
    CreateRun,
    /// [`RunStore::commit`].
    Commit,
    /// [`RunStore::append_logs`].
    AppendLogs,
    /// [`RunStore::load_run`].
    LoadRun,
    /// [`RunStore::open_runs`].
    OpenRuns,
    /// [`RunStore::owned_runs`].
    OwnedRuns,
    /// [`RunStore::acquire_lease`].
    AcquireLease,
    /// [`RunStore::renew_lease`].
    RenewLease,
    /// [`RunStore::release_lease`].
    ReleaseLease,
    /// [`RunStore::claim_runs`].
    ClaimRuns,
    /// [`RunStore::claim_run`].
    ClaimRun,
    /// [`RunStore::take_wakeups`].
    TakeWakeups,
    /// [`RunStore::wait_for_news`], which fails by missing what it waited for
    /// and waiting on.
    WaitForNews,
    /// [`RunStore::close`].
    Close,
    /// [`RunQuery::execution`].
    Execution,
    /// [`RunQuery::whole_execution`].
    WholeExecution,
    /// [`RunQuery::steps`].
    Steps,
    /// [`RunQuery::executions`].
    Executions,
    /// [`RunQuery::runs_like`].
    RunsLike,
    /// [`RunQuery::events`].
    Events,
    /// [`RunQuery::all_events`].
    AllEvents,
    /// [`RunQuery::last_position`].
    LastPosition,
    /// [`RunQuery::logs`].
    Logs,
    /// [`RunQuery::last_log_seq`].
    LastLogSeq,
    /// [`RunQuery::last_claim`].
    LastClaim,
    /// [`crate::WorkflowStore::create_workflow`].
    CreateWorkflow,
    /// [`crate::WorkflowStore::update_workflow`].
    UpdateWorkflow,
    /// [`crate::WorkflowStore::delete_workflows`].
    DeleteWorkflows,
    /// [`crate::WorkflowStore::workflow`].
    Workflow,
    /// [`crate::WorkflowStore::workflows`].
    Workflows,
    /// [`crate::WorkflowStore::workflows_named`].
    WorkflowsNamed,
    /// [`crate::WorkflowStore::workflows_like`].
    WorkflowsLike,
    /// [`crate::TokenStore::create_token`].
    CreateToken,
    /// [`crate::TokenStore::tokens`].
    Tokens,
    /// [`crate::TokenStore::touch_token`].
    TouchToken,
    /// [`crate::TokenStore::delete_token`].
    DeleteToken,
    /// [`crate::ProjectStore::create_project`].
    CreateProject,
    /// [`crate::ProjectStore::projects`].
    Projects,
    /// [`crate::ProjectStore::delete_project`].
    DeleteProject,
}

/// When a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Instead of the inner call: nothing was changed.
    Before,
    /// In place of its answer: what it changed stays. A call that the inner
    /// store refuses keeps its own error.
    After,
}

/// One failure that is to happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The method that fails.
    pub method: Method,
    /// Which of its calls fails, from 1, counted over the store's whole life.
    pub nth: u64,
    /// When it strikes.
    pub moment: Moment,
    /// What the caller is told.
    pub error: StoreError,
}

/// Passes everything on to `S`, except for the faults it was given.
#[derive(Debug, Default)]
pub struct FaultyStore<S> {
    inner: S,
    script: Mutex<Script>,
}

#[derive(Debug, Default)]
struct Script {
    is_cut_off: bool,
    loses_news: bool,
    calls: BTreeMap<Method, u64>,
    faults: BTreeMap<(Method, u64), (Moment, StoreError)>,
}

impl<S> FaultyStore<S> {
    /// A store without faults yet.
    pub fn new(inner: S) -> Self {
        Self {
            inner,
            script: Mutex::default(),
        }
    }

    /// The store behind it, for looking at it without being counted.
    pub const fn inner(&self) -> &S {
        &self.inner
    }

    /// Plans a fault. It replaces one of the same call; one for a call that
    /// was made already never strikes.
    pub fn plan(&self, fault: Fault) {
        self.script()
            .faults
            .insert((fault.method, fault.nth), (fault.moment, fault.error));
    }

    /// Every call fails from now on, without reaching the inner store.
    pub fn cut_off(&self) {
        self.script().is_cut_off = true;
    }

    /// Ends what [`cut_off`](Self::cut_off) began.
    pub fn reconnect(&self) {
        self.script().is_cut_off = false;
    }

    /// Nobody who waits for news gets any from now on.
    pub fn lose_news(&self) {
        self.script().loses_news = true;
    }

    /// How often a method was called, failed calls included.
    pub fn calls(&self, method: Method) -> u64 {
        self.script().calls.get(&method).copied().unwrap_or(0)
    }

    /// Counts a call and says how it is to fail.
    fn count(&self, method: Method) -> Option<(Moment, StoreError)> {
        let mut script = self.script();
        let calls = script.calls.entry(method).or_default();
        *calls += 1;
        let nth = *calls;
        let planned = script.faults.remove(&(method, nth));
        if script.is_cut_off {
            let why = "it is cut off".to_owned();
            return Some((Moment::Before, StoreError::Unavailable(why)));
        }
        planned
    }

    /// Makes a call as the script has it.
    async fn call<T>(
        &self,
        method: Method,
        inner: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        match self.count(method) {
            None => inner.await,
            Some((Moment::Before, error)) => Err(error),
            Some((Moment::After, error)) => {
                inner.await?;
                Err(error)
            }
        }
    }

    /// Nothing panics while it holds the lock, so a poisoned one is whole.
    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl<S: Store> RunStore for FaultyStore<S> {
    async fn create_run(&self, run: Arc<NewRun>) -> Result<Created, StoreError> {
        self.call(Method::CreateRun, self.inner.create_run(run))
            .await
    }

    async fn commit(&self, commit: Commit) -> Result<(), StoreError> {
        self.call(Method::Commit, self.inner.commit(commit)).await
    }

    async fn append_logs(
        &self,
        run: RunId,
        fence: Option<Lease>,
        lines: Vec<LogLine>,
    ) -> Result<(), StoreError> {
        let appending = self.inner.append_logs(run, fence, lines);
        self.call(Method::AppendLogs, appending).await
    }

    async fn load_run(&self, run: RunId) -> Result<StoredLog, StoreError> {
        self.call(Method::LoadRun, self.inner.load_run(run)).await
    }

    async fn open_runs(
        &self,
        after: Option<RunId>,
        limit: u32,
    ) -> Result<Vec<OpenRun>, StoreError> {
        self.call(Method::OpenRuns, self.inner.open_runs(after, limit))
            .await
    }

    async fn owned_runs(
        &self,
        lease: &Lease,
        after: Option<RunId>,
        limit: u32,
    ) -> Result<Vec<OpenRun>, StoreError> {
        let listing = self.inner.owned_runs(lease, after, limit);
        self.call(Method::OwnedRuns, listing).await
    }

    async fn acquire_lease(&self, server: ServerId, term: LeaseTerm) -> Result<Lease, StoreError> {
        self.call(Method::AcquireLease, self.inner.acquire_lease(server, term))
            .await
    }

    async fn renew_lease(&self, lease: &Lease, duration: Duration) -> Result<(), StoreError> {
        self.call(Method::RenewLease, self.inner.renew_lease(lease, duration))
            .await
    }

    async fn release_lease(&self, lease: &Lease) -> Result<(), StoreError> {
        self.call(Method::ReleaseLease, self.inner.release_lease(lease))
            .await
    }

    async fn claim_runs(&self, lease: &Lease, limit: u32) -> Result<Vec<OpenRun>, StoreError> {
        self.call(Method::ClaimRuns, self.inner.claim_runs(lease, limit))
            .await
    }

    async fn claim_run(&self, lease: &Lease, run: RunId) -> Result<bool, StoreError> {
        self.call(Method::ClaimRun, self.inner.claim_run(lease, run))
            .await
    }

    async fn take_wakeups(&self, lease: &Lease, limit: u32) -> Result<Vec<RunId>, StoreError> {
        self.call(Method::TakeWakeups, self.inner.take_wakeups(lease, limit))
            .await
    }

    async fn wait_for_news(&self) {
        let mut is_missed = self.count(Method::WaitForNews).is_some();
        loop {
            self.inner.wait_for_news().await;
            let is_heard = {
                let script = self.script();
                !(is_missed || script.is_cut_off || script.loses_news)
            };
            if is_heard {
                return;
            }
            is_missed = false;
        }
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.call(Method::Close, self.inner.close()).await
    }
}

#[async_trait]
impl<S: Store> RunQuery for FaultyStore<S> {
    async fn execution(&self, run: RunId) -> Result<Option<ExecutionRow>, StoreError> {
        self.call(Method::Execution, self.inner.execution(run))
            .await
    }

    async fn whole_execution(&self, run: RunId) -> Result<Option<WholeExecution>, StoreError> {
        self.call(Method::WholeExecution, self.inner.whole_execution(run))
            .await
    }

    async fn steps(&self, run: RunId) -> Result<Vec<StepRow>, StoreError> {
        self.call(Method::Steps, self.inner.steps(run)).await
    }

    async fn executions(&self, filter: ExecutionFilter) -> Result<ExecutionPage, StoreError> {
        self.call(Method::Executions, self.inner.executions(filter))
            .await
    }

    async fn runs_like(&self, fragment: &str) -> Result<Vec<RunId>, StoreError> {
        self.call(Method::RunsLike, self.inner.runs_like(fragment))
            .await
    }

    async fn events(
        &self,
        run: RunId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        self.call(Method::Events, self.inner.events(run, after, limit))
            .await
    }

    async fn all_events(&self, after: u64, limit: u32) -> Result<Vec<OrderedEvent>, StoreError> {
        self.call(Method::AllEvents, self.inner.all_events(after, limit))
            .await
    }

    async fn last_position(&self) -> Result<u64, StoreError> {
        self.call(Method::LastPosition, self.inner.last_position())
            .await
    }

    async fn logs(&self, run: RunId, filter: LogFilter) -> Result<Vec<LogLine>, StoreError> {
        self.call(Method::Logs, self.inner.logs(run, filter)).await
    }

    async fn last_log_seq(&self, run: RunId) -> Result<u64, StoreError> {
        self.call(Method::LastLogSeq, self.inner.last_log_seq(run))
            .await
    }

    async fn last_claim(&self, scope: &str) -> Result<Option<String>, StoreError> {
        self.call(Method::LastClaim, self.inner.last_claim(scope))
            .await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures_util::FutureExt;

    use super::{Fault, FaultyStore, Method, Moment};
    use crate::conformance::sample::{commit, create_runs, run_id};
    use crate::contract::RunQuery;
    use crate::{LeaseClock, MemoryStore, RunStore, StoreError};

    fn empty_store(clock: Arc<dyn LeaseClock>) -> (Arc<FaultyStore<MemoryStore>>, ()) {
        let inner = MemoryStore::with_clock(clock);
        (Arc::new(FaultyStore::new(inner)), ())
    }

    crate::conformance_tests!(empty_store);

    fn busy() -> StoreError {
        StoreError::Busy("planned".to_owned())
    }

    #[tokio::test]
    async fn only_the_counted_call_fails_and_its_moment_decides_what_stays() {
        let store = FaultyStore::new(MemoryStore::new());
        for (nth, moment) in [(2, Moment::Before), (3, Moment::After)] {
            store.plan(Fault {
                method: Method::Close,
                nth,
                moment,
                error: busy(),
            });
        }
        assert_eq!(store.open_runs(None, 9).await, Ok(Vec::new()));
        assert_eq!(store.runs_like("").await, Ok(Vec::new()));
        store.plan(Fault {
            method: Method::OpenRuns,
            nth: 2,
            moment: Moment::Before,
            error: busy(),
        });
        assert_eq!(store.open_runs(None, 9).await, Err(busy()));
        assert_eq!(store.open_runs(None, 9).await, Ok(Vec::new()));
        assert_eq!(store.close().await, Ok(()));
        assert_eq!(store.close().await, Err(busy()));
        assert_eq!(store.close().await, Err(busy()));
        assert_eq!(store.calls(Method::Close), 3);
        assert_eq!(store.calls(Method::OpenRuns), 3);
        assert_eq!(store.calls(Method::Commit), 0);
    }

    #[tokio::test]
    async fn a_call_that_fails_afterwards_has_taken_effect() {
        let store = FaultyStore::new(MemoryStore::new());
        store.plan(Fault {
            method: Method::Close,
            nth: 1,
            moment: Moment::After,
            error: busy(),
        });
        assert_eq!(store.close().await, Err(busy()));
        let unavailable = store.open_runs(None, 9).await;
        assert!(matches!(unavailable, Err(StoreError::Unavailable(_))));
    }

    #[tokio::test]
    async fn a_store_that_is_cut_off_answers_nothing_until_it_is_reconnected() {
        let store = FaultyStore::new(MemoryStore::new());
        create_runs(&store, [1]).await;
        store.cut_off();
        let answer = store.commit(commit(run_id(1), 1)).await;
        assert!(matches!(answer, Err(StoreError::Unavailable(_))));
        store.reconnect();
        assert_eq!(store.commit(commit(run_id(1), 1)).await, Ok(()));
    }

    #[tokio::test]
    async fn news_that_is_planned_to_fail_is_missed() {
        let store = FaultyStore::new(MemoryStore::new());
        store.plan(Fault {
            method: Method::WaitForNews,
            nth: 1,
            moment: Moment::Before,
            error: busy(),
        });
        let mut news = store.wait_for_news();
        for (number, is_told) in [(1, false), (2, true)] {
            assert_eq!((&mut news).now_or_never(), None);
            create_runs(store.inner(), [number]).await;
            assert_eq!((&mut news).now_or_never().is_some(), is_told);
        }
        store.lose_news();
        let mut news = store.wait_for_news();
        for number in [3, 4] {
            assert_eq!((&mut news).now_or_never(), None);
            create_runs(store.inner(), [number]).await;
        }
        assert_eq!(news.now_or_never(), None);
    }
}
