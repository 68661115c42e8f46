//! A way to the store on which single calls can be held up, to let something
//! happen in the middle of what a server does.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use baton_model::RunId;
use baton_store::faulty::Method;
use baton_store::{
    Commit, Created, ExecutionFilter, ExecutionPage, ExecutionRow, FaultyStore, Lease, LeaseTerm,
    LogFilter, LogLine, MemoryStore, NewRun, OpenRun, OrderedEvent, RunQuery, RunStore, ServerId,
    StepRow, StoreError, StoredEvent, StoredLog, WholeExecution,
};
use tokio::sync::Notify;

/// Passes every call on, those that are held up later.
pub(crate) struct SlowStore {
    inner: Arc<FaultyStore<MemoryStore>>,
    /// How many calls of the method are still to pass before the one that is
    /// held up.
    held: Mutex<BTreeMap<Method, (usize, Arc<Held>)>>,
}

/// A call that is held up, or will be.
#[derive(Default)]
pub(crate) struct Held {
    came: Notify,
    goes_on: Notify,
}

impl Held {
    /// Waits until the call is made.
    pub(crate) async fn came(&self) {
        self.came.notified().await;
    }

    /// Lets it go on.
    pub(crate) fn go_on(&self) {
        self.goes_on.notify_one();
    }
}

impl SlowStore {
    pub(crate) fn new(inner: Arc<FaultyStore<MemoryStore>>) -> Self {
        Self {
            inner,
            held: Mutex::default(),
        }
    }

    /// Holds up one call of a method: the `nth` from now, counted from 1.
    pub(crate) fn hold_up(&self, method: Method, nth: usize) -> Arc<Held> {
        let held = Arc::new(Held::default());
        let mut all = self.held.lock().unwrap();
        all.insert(method, (nth - 1, Arc::clone(&held)));
        held
    }

    async fn pass(&self, method: Method) {
        let Some(held) = self.take_held(method) else {
            return;
        };
        held.came.notify_one();
        held.goes_on.notified().await;
    }

    fn take_held(&self, method: Method) -> Option<Arc<Held>> {
        let mut all = self.held.lock().unwrap();
        let (n_passing, _) = all.get_mut(&method)?;
        if let Some(fewer) = n_passing.checked_sub(1) {
            *n_passing = fewer;
            return None;
        }
        all.remove(&method).map(|(_, held)| held)
    }
}

#[async_trait]
impl RunStore for SlowStore {
    async fn create_run(&self, run: Arc<NewRun>) -> Result<Created, StoreError> {
        self.pass(Method::CreateRun).await;
        self.inner.create_run(run).await
    }

    async fn commit(&self, commit: Commit) -> Result<(), StoreError> {
        self.pass(Method::Commit).await;
        self.inner.commit(commit).await
    }

    async fn append_logs(
        &self,
        run: RunId,
        fence: Option<Lease>,
        lines: Vec<LogLine>,
    ) -> Result<(), StoreError> {
        self.pass(Method::AppendLogs).await;
        self.inner.append_logs(run, fence, lines).await
    }

    async fn load_run(&self, run: RunId) -> Result<StoredLog, StoreError> {
        self.pass(Method::LoadRun).await;
        self.inner.load_run(run).await
    }

    async fn open_runs(
        &self,
        after: Option<RunId>,
        limit: u32,
    ) -> Result<Vec<OpenRun>, StoreError> {
        self.pass(Method::OpenRuns).await;
        self.inner.open_runs(after, limit).await
    }

    async fn owned_runs(
        &self,
        lease: &Lease,
        after: Option<RunId>,
        limit: u32,
    ) -> Result<Vec<OpenRun>, StoreError> {
        self.pass(Method::OwnedRuns).await;
        self.inner.owned_runs(lease, after, limit).await
    }

    async fn acquire_lease(&self, server: ServerId, term: LeaseTerm) -> Result<Lease, StoreError> {
        self.pass(Method::AcquireLease).await;
        self.inner.acquire_lease(server, term).await
    }

    async fn renew_lease(&self, lease: &Lease, duration: Duration) -> Result<(), StoreError> {
        self.pass(Method::RenewLease).await;
        self.inner.renew_lease(lease, duration).await
    }

    async fn release_lease(&self, lease: &Lease) -> Result<(), StoreError> {
        self.pass(Method::ReleaseLease).await;
        self.inner.release_lease(lease).await
    }

    async fn claim_runs(&self, lease: &Lease, limit: u32) -> Result<Vec<OpenRun>, StoreError> {
        self.pass(Method::ClaimRuns).await;
        self.inner.claim_runs(lease, limit).await
    }

    async fn claim_run(&self, lease: &Lease, run: RunId) -> Result<bool, StoreError> {
        self.pass(Method::ClaimRun).await;
        self.inner.claim_run(lease, run).await
    }

    async fn take_wakeups(&self, lease: &Lease, limit: u32) -> Result<Vec<RunId>, StoreError> {
        self.pass(Method::TakeWakeups).await;
        self.inner.take_wakeups(lease, limit).await
    }

    async fn wait_for_news(&self) {
        self.pass(Method::WaitForNews).await;
        self.inner.wait_for_news().await;
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.pass(Method::Close).await;
        self.inner.close().await
    }
}

#[async_trait]
impl RunQuery for SlowStore {
    async fn execution(&self, run: RunId) -> Result<Option<ExecutionRow>, StoreError> {
        self.pass(Method::Execution).await;
        self.inner.execution(run).await
    }

    async fn whole_execution(&self, run: RunId) -> Result<Option<WholeExecution>, StoreError> {
        self.pass(Method::WholeExecution).await;
        self.inner.whole_execution(run).await
    }

    async fn steps(&self, run: RunId) -> Result<Vec<StepRow>, StoreError> {
        self.pass(Method::Steps).await;
        self.inner.steps(run).await
    }

    async fn executions(&self, filter: ExecutionFilter) -> Result<ExecutionPage, StoreError> {
        self.pass(Method::Executions).await;
        self.inner.executions(filter).await
    }

    async fn runs_like(&self, fragment: &str) -> Result<Vec<RunId>, StoreError> {
        self.pass(Method::RunsLike).await;
        self.inner.runs_like(fragment).await
    }

    async fn events(
        &self,
        run: RunId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        self.pass(Method::Events).await;
        self.inner.events(run, after, limit).await
    }

    async fn all_events(&self, after: u64, limit: u32) -> Result<Vec<OrderedEvent>, StoreError> {
        self.pass(Method::AllEvents).await;
        self.inner.all_events(after, limit).await
    }

    async fn last_position(&self) -> Result<u64, StoreError> {
        self.pass(Method::LastPosition).await;
        self.inner.last_position().await
    }

    async fn logs(&self, run: RunId, filter: LogFilter) -> Result<Vec<LogLine>, StoreError> {
        self.pass(Method::Logs).await;
        self.inner.logs(run, filter).await
    }

    async fn last_log_seq(&self, run: RunId) -> Result<u64, StoreError> {
        self.pass(Method::LastLogSeq).await;
        self.inner.last_log_seq(run).await
    }

    async fn last_claim(&self, scope: &str) -> Result<Option<String>, StoreError> {
        self.pass(Method::LastClaim).await;
        self.inner.last_claim(scope).await
    }
}
