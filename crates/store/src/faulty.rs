//! A store that fails when it is told to, in front of one that works.
//!
//! For tests and the simulator. Which call fails is counted, never drawn: the
//! same calls meet the same faults. A fault strikes before the inner call, so
//! that nothing was changed, or after it, so that everything was and only the
//! answer is lost; whoever uses a store has to come through both.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use baton_model::RunId;

use crate::contract::{Created, RunQuery, RunStore, Store};
use crate::error::StoreError;
use crate::rows::{
    Commit, ExecutionFilter, ExecutionPage, ExecutionRow, LogFilter, LogLine, NewRun, StepRow,
    StoredEvent,
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
    /// [`RunStore::load_events`].
    LoadEvents,
    /// [`RunStore::unfinished_runs`].
    UnfinishedRuns,
    /// [`RunStore::close`].
    Close,
    /// [`RunQuery::execution`].
    Execution,
    /// [`RunQuery::steps`].
    Steps,
    /// [`RunQuery::executions`].
    Executions,
    /// [`RunQuery::runs_like`].
    RunsLike,
    /// [`RunQuery::events`].
    Events,
    /// [`RunQuery::logs`].
    Logs,
    /// [`RunQuery::last_log_seq`].
    LastLogSeq,
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
        script.faults.remove(&(method, nth))
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
    async fn create_run(&self, run: NewRun) -> Result<Created, StoreError> {
        self.call(Method::CreateRun, self.inner.create_run(run))
            .await
    }

    async fn commit(&self, commit: Commit) -> Result<(), StoreError> {
        self.call(Method::Commit, self.inner.commit(commit)).await
    }

    async fn append_logs(&self, run: RunId, lines: Vec<LogLine>) -> Result<(), StoreError> {
        self.call(Method::AppendLogs, self.inner.append_logs(run, lines))
            .await
    }

    async fn load_events(&self, run: RunId) -> Result<Vec<StoredEvent>, StoreError> {
        self.call(Method::LoadEvents, self.inner.load_events(run))
            .await
    }

    async fn unfinished_runs(&self) -> Result<Vec<RunId>, StoreError> {
        self.call(Method::UnfinishedRuns, self.inner.unfinished_runs())
            .await
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

    async fn logs(&self, run: RunId, filter: LogFilter) -> Result<Vec<LogLine>, StoreError> {
        self.call(Method::Logs, self.inner.logs(run, filter)).await
    }

    async fn last_log_seq(&self, run: RunId) -> Result<u64, StoreError> {
        self.call(Method::LastLogSeq, self.inner.last_log_seq(run))
            .await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Fault, FaultyStore, Method, Moment};
    use crate::contract::RunQuery;
    use crate::{MemoryStore, RunStore, StoreError};

    fn empty_store() -> (Arc<FaultyStore<MemoryStore>>, ()) {
        (Arc::default(), ())
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
        assert_eq!(store.unfinished_runs().await, Ok(Vec::new()));
        assert_eq!(store.runs_like("").await, Ok(Vec::new()));
        store.plan(Fault {
            method: Method::UnfinishedRuns,
            nth: 2,
            moment: Moment::Before,
            error: busy(),
        });
        assert_eq!(store.unfinished_runs().await, Err(busy()));
        assert_eq!(store.unfinished_runs().await, Ok(Vec::new()));
        assert_eq!(store.close().await, Ok(()));
        assert_eq!(store.close().await, Err(busy()));
        assert_eq!(store.close().await, Err(busy()));
        assert_eq!(store.calls(Method::Close), 3);
        assert_eq!(store.calls(Method::UnfinishedRuns), 3);
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
        let unavailable = store.unfinished_runs().await;
        assert!(matches!(unavailable, Err(StoreError::Unavailable(_))));
    }
}
