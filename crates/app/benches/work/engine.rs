//! The whole engine on a fresh directory, as a server has it.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use baton_agents::{SharedDispatcher, SimulatedConfig, SimulatedDispatcher};
use baton_app::{App, Caller, StartRun};
use baton_model::plan::Workspace;
use baton_model::{ExecutionStatus, Failure, RunId};
use baton_runtime::{AgentResolver, Mode, Options, Runtime, SystemClock};
use baton_store::{Store, Trigger};
use baton_store_sql::{SqliteOptions, SqliteStore};
use tempfile::TempDir;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Everything but a door. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Engine {
    app: App,
    runtime: Runtime,
    store: Arc<dyn Store>,
    _directory: Arc<TempDir>,
}

/// Agents that answer at once.
struct NoOp(SharedDispatcher);

impl AgentResolver for NoOp {
    fn resolve(&self, _: &Workspace, _: &str) -> Result<SharedDispatcher, Failure> {
        Ok(Arc::clone(&self.0))
    }
}

impl Engine {
    pub(crate) fn start(disk: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let directory = tempfile::tempdir_in(disk)?;
        let store: Arc<dyn Store> = SqliteStore::open(directory.path(), SqliteOptions::default())?;
        let simulated = SimulatedDispatcher::new(SimulatedConfig::default());
        let resolver: Arc<dyn AgentResolver> = Arc::new(NoOp(Arc::new(simulated)));
        let options = Options {
            mode: Mode::Execute,
            processes_max: 8,
        };
        let clock = Arc::new(SystemClock);
        let runtime = Runtime::start(Arc::clone(&store), Arc::clone(&resolver), clock, options);
        let app = App::new(Arc::clone(&store), runtime.clone(), resolver);
        Ok(Self {
            app,
            runtime,
            store,
            _directory: Arc::new(directory),
        })
    }

    pub(crate) async fn submit(&self, workflow: &Arc<str>) -> Outcome<RunId> {
        let start = StartRun {
            definition: Arc::clone(workflow),
            parameters: Vec::new(),
            workspace: Workspace::default(),
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

    /// Mean bytes of the events and of the steps' states of a run.
    #[expect(clippy::cast_precision_loss, reason = "a run has few bytes")]
    pub(crate) async fn payload_bytes(&self, run: RunId) -> Outcome<(f64, f64)> {
        let events = self.store.events(run, 1, 10_000).await?;
        let event_bytes: usize = events.iter().map(|event| event.body.len()).sum();
        let steps = self.app.run(run).await?.steps;
        let state = |text: &Option<Arc<str>>| text.as_ref().map_or(0, |text| text.len());
        let states = steps
            .iter()
            .map(|step| state(&step.progress.outputs) + state(&step.progress.inputs));
        let state_bytes: usize = states.sum();
        Ok((
            event_bytes as f64 / events.len() as f64,
            state_bytes as f64 / steps.len() as f64,
        ))
    }

    pub(crate) async fn stop(&self) -> Result<(), Box<dyn Error + Send + Sync>> {
        self.runtime.stop(Duration::from_secs(5)).await;
        self.store.close().await?;
        Ok(())
    }
}
