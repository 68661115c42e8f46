//! The whole engine on a fresh directory, as a server has it.

#[path = "../../tests/support/one_agent.rs"]
mod one_agent;

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use baton_agents::SharedDispatcher;
use baton_app::{App, Caller, StartRun};
use baton_model::plan::Workspace;
use baton_model::{ExecutionStatus, RunId};
use baton_runtime::{Runtime, SystemClock};
use baton_store::{Store, Trigger};
use baton_store_sql::{SqliteOptions, SqliteStore};
use tempfile::TempDir;

pub(crate) type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Everything but a door. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Engine {
    pub(crate) app: App,
    pub(crate) runtime: Runtime,
    pub(crate) store: Arc<dyn Store>,
    _directory: Arc<TempDir>,
}

impl Engine {
    /// On a directory that may hold runs already.
    pub(crate) fn start_in(directory: Arc<TempDir>, agent: SharedDispatcher) -> Outcome<Self> {
        let store = SqliteStore::open(directory.path(), SqliteOptions::default())?;
        let (app, runtime) = one_agent::start(&store, agent, Arc::new(SystemClock), 8);
        Ok(Self {
            app,
            runtime,
            store,
            _directory: directory,
        })
    }

    pub(crate) async fn submit(&self, workflow: &Arc<str>) -> Outcome<RunId> {
        let start = StartRun {
            definition: Arc::clone(workflow),
            parameters: Vec::new(),
            workspace: Workspace::default(),
            overrides: None,
            trigger: Trigger::Api,
            idempotency_key: None,
        };
        Ok(self.app.start_run(&Caller::local(), start).await?.run)
    }

    /// Waits for the end of a run; it must have completed.
    pub(crate) async fn ended(&self, run: RunId) -> Outcome<()> {
        match self.app.ended(run).await? {
            ExecutionStatus::Completed => Ok(()),
            other => Err(format!("the run ended as {other}").into()),
        }
    }

    pub(crate) async fn stop(&self) -> Result<(), Box<dyn Error + Send + Sync>> {
        self.runtime.stop(Duration::from_secs(5)).await;
        self.store.close().await?;
        Ok(())
    }
}
