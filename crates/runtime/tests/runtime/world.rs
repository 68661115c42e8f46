//! A store, agents and a runtime, and what a person does with them.

use std::sync::Arc;
use std::time::Duration;

use baton_engine::Outcome;
use baton_model::{Command, Event, ExecutionStatus, Object, Plan, RunId, Timestamp};
use baton_runtime::{Clock, Mode, NewRunSpec, Options, Runtime, RuntimeError};
use baton_store::faulty::{Fault, Method, Moment};
use baton_store::{
    Claim, FaultyStore, LeaseTerm, MemoryStore, RunQuery, RunStore, ServerId, Store, StoreError,
    Trigger,
};
use tokio::time::Instant;
use uuid::Uuid;

use crate::agents::{Agents, Resolver};
use crate::laws;
use crate::plans::id;
use crate::told::Told;

/// Longer than any run here may take.
const A_DAY: Duration = Duration::from_hours(24);
/// When every test begins.
pub(crate) const EPOCH: Timestamp = Timestamp::from_micros(1_000_000_000);

/// Tokio's clock, which stands still while anybody works.
struct TokioClock(Instant);

impl Clock for TokioClock {
    fn now(&self) -> Timestamp {
        EPOCH.after(self.0.elapsed())
    }
}

pub(crate) struct World {
    pub(crate) store: Arc<FaultyStore<MemoryStore>>,
    pub(crate) agents: Arc<Agents>,
    pub(crate) runtime: Runtime,
    pub(crate) told: Arc<Told>,
    born: Instant,
    processes_max: usize,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with_processes(64)
    }

    pub(crate) fn with_processes(processes_max: usize) -> Self {
        let store = Arc::new(FaultyStore::new(MemoryStore::new()));
        let agents = Agents::new(Arc::clone(&store));
        let born = Instant::now();
        let told = Arc::default();
        let execute = Mode::Execute;
        let runtime = start((&store, &agents, &told), born, execute, processes_max);
        Self {
            store,
            agents,
            runtime,
            told,
            born,
            processes_max,
        }
    }

    /// Another runtime on the same store.
    pub(crate) fn another(&self, mode: Mode) -> Runtime {
        start(
            (&self.store, &self.agents, &self.told),
            self.born,
            mode,
            self.processes_max,
        )
    }

    /// The process ends in the middle of whatever it does.
    pub(crate) async fn stop(&self) {
        self.runtime.stop(Duration::from_mins(1)).await;
    }

    /// The process ends and another one takes up what it left.
    pub(crate) async fn restart(&mut self) {
        self.stop().await;
        self.runtime = self.another(Mode::Execute);
        while self.runtime.take_up_all().await.is_err() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    /// A new process with fewer slots, which has taken nothing up yet.
    pub(crate) fn shrink(&mut self, processes_max: usize) {
        self.processes_max = processes_max;
        self.runtime = self.another(Mode::Execute);
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.born.elapsed()
    }

    pub(crate) async fn run(&self, plan: Plan) -> RunId {
        self.create(spec(plan)).await.unwrap().unwrap()
    }

    pub(crate) async fn create(
        &self,
        spec: NewRunSpec,
    ) -> Result<Result<RunId, RunId>, RuntimeError> {
        let created = self.runtime.create_run(spec).await?;
        Ok(created.map(|made| made.execution.id))
    }

    pub(crate) async fn command(
        &self,
        run: RunId,
        command: Command,
    ) -> Result<Outcome, RuntimeError> {
        self.runtime.command(run, command).await
    }

    /// Waits until the run has ended; then the laws must hold.
    pub(crate) async fn end(&self, run: RunId) -> ExecutionStatus {
        let mut progress = self.runtime.watch(run);
        let ended = async {
            loop {
                let row = self.store.inner().execution(run).await.unwrap().unwrap();
                if row.status.is_terminal() {
                    return row.status;
                }
                progress.changed().await.unwrap();
            }
        };
        let Ok(status) = tokio::time::timeout(A_DAY, ended).await else {
            panic!("the run never ends: {}", self.summary(run).await);
        };
        laws::check(self, run).await;
        status
    }

    /// Waits until a run's log holds an event that `is_it` knows.
    pub(crate) async fn until(&self, run: RunId, is_it: impl Fn(&Event) -> bool) {
        let mut progress = self.runtime.watch(run);
        let happened = async {
            while !self.events(run).await.iter().any(&is_it) {
                progress.changed().await.unwrap();
            }
        };
        let waited = tokio::time::timeout(A_DAY, happened).await;
        assert!(waited.is_ok(), "never: {}", self.summary(run).await);
    }

    /// Waits until everybody waits.
    pub(crate) async fn settle(&self) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }

    pub(crate) async fn events(&self, run: RunId) -> Vec<Event> {
        let rows = self.store.inner().load_run(run).await.unwrap().events;
        rows.iter()
            .map(|row| serde_json::from_str(&row.body).unwrap())
            .collect()
    }

    /// `completed a:completed b:failed …`, without times.
    pub(crate) async fn summary(&self, run: RunId) -> String {
        let execution = self.store.inner().execution(run).await.unwrap().unwrap();
        let steps = self.store.inner().steps(run).await.unwrap();
        let mut words = vec![execution.status.to_string()];
        words.extend(steps.iter().map(|step| {
            let outputs = step.progress.outputs.as_deref().unwrap_or_default();
            let (stage, status) = (&step.stage, step.progress.status);
            format!("{stage}:{status}:{}:{outputs}", step.progress.attempt)
        }));
        words.join(" ")
    }

    pub(crate) async fn label(&self, run: RunId, stage: &str) -> Option<String> {
        let steps = self.store.inner().steps(run).await.unwrap();
        let step = steps.into_iter().find(|step| step.stage == id(stage));
        step.unwrap().progress.error_label
    }

    /// How often runs were read from the store.
    pub(crate) fn loads(&self) -> u64 {
        self.store.calls(Method::LoadRun)
    }

    pub(crate) fn fault(&self, method: Method, nth: u64, moment: Moment, error: StoreError) {
        self.store.plan(Fault {
            method,
            nth,
            moment,
            error,
        });
    }

    /// The next `n` calls fail without an effect.
    pub(crate) fn break_down(&self, method: Method, n: u64) {
        let calls = self.store.calls(method);
        for nth in calls + 1..=calls + n {
            self.fault(method, nth, Moment::Before, busy());
        }
    }
}

fn start(
    (store, agents, told): (&Arc<FaultyStore<MemoryStore>>, &Arc<Agents>, &Arc<Told>),
    born: Instant,
    mode: Mode,
    processes_max: usize,
) -> Runtime {
    let store: Arc<dyn Store> = Arc::clone(store) as _;
    let resolver = Arc::new(Resolver(Arc::clone(agents)));
    let options = Options {
        mode,
        processes_max,
        server: ServerId::new(Uuid::from_u128(1)),
        term: LeaseTerm::Exclusive,
    };
    let clock = Arc::new(TokioClock(born));
    Runtime::start_observed(store, resolver, clock, options, Arc::clone(told) as _)
}

pub(crate) fn busy() -> StoreError {
    StoreError::Busy("as planned".to_owned())
}

pub(crate) fn spec(plan: Plan) -> NewRunSpec {
    NewRunSpec {
        id: RunId::new(Uuid::now_v7()),
        plan,
        definition: None,
        workflow_id: None,
        seed: 7,
        created_by: "tester".to_owned(),
        trigger: Trigger::Manual,
        claims: Vec::new(),
        rerun_of: None,
        reused: Vec::new(),
        project_runs_max: None,
    }
}

pub(crate) fn claim(key: &str) -> Claim {
    Claim {
        scope: "idempotency".to_owned(),
        key: key.to_owned(),
    }
}

pub(crate) fn approve(stage: &str) -> Command {
    Command::ApproveGate {
        stage: id(stage),
        iteration: None,
        by: "ann".to_owned(),
        reason: None,
        details: Object::new(),
    }
}

pub(crate) fn reject(stage: &str) -> Command {
    Command::RejectGate {
        stage: id(stage),
        iteration: None,
        by: "ann".to_owned(),
        reason: Some("not yet".to_owned()),
        details: Object::new(),
    }
}

pub(crate) fn cancel() -> Command {
    Command::CancelRun {
        by: "ann".to_owned(),
        reason: None,
    }
}
