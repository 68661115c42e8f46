//! Several servers on one store, each with agents and a way to the store of
//! its own.

use std::sync::Arc;
use std::time::Duration;

use baton_engine::Outcome;
use baton_model::{Command, Event, ExecutionStatus, Plan, RunId, Timestamp};
use baton_runtime::{Clock, Mode, Options, Runtime};
use baton_store::conformance::clock::TestClock;
use baton_store::faulty::Method;
use baton_store::{FaultyStore, LeaseClock, LeaseTerm, MemoryStore, RunQuery, RunStore, ServerId};
use tokio::time::Instant;
use uuid::Uuid;

use crate::agents::{Agents, Resolver};
use crate::slow::SlowStore;
use crate::world::spec;

/// How long leases are held here; they are renewed after a third of it.
pub(crate) const LEASE: Duration = Duration::from_secs(15);
/// Longer than any run here may take.
const AN_HOUR: Duration = Duration::from_hours(1);

/// Tokio's clock, for the store as for its servers.
#[derive(Debug)]
struct SharedClock(Instant);

impl SharedClock {
    fn time(&self) -> Timestamp {
        Timestamp::from_micros(0).after(self.0.elapsed())
    }
}

impl Clock for SharedClock {
    fn now(&self) -> Timestamp {
        self.time()
    }
}

impl LeaseClock for SharedClock {
    fn now(&self) -> Timestamp {
        self.time()
    }
}

/// The store that all servers share.
pub(crate) struct Cluster {
    pub(crate) memory: MemoryStore,
    clock: Arc<SharedClock>,
}

impl Cluster {
    pub(crate) fn new() -> Self {
        let clock = Arc::new(SharedClock(Instant::now()));
        let memory = MemoryStore::with_clock(Arc::clone(&clock) as _);
        Self { memory, clock }
    }

    /// Starts server `number`.
    pub(crate) fn server(&self, number: u32) -> Server {
        Server::start(&self.memory, Arc::clone(&self.clock) as _, number)
    }

    /// Waits until the run has ended.
    pub(crate) async fn end(&self, run: RunId) -> ExecutionStatus {
        let ended = async {
            loop {
                let row = self.memory.execution(run).await.unwrap().unwrap();
                if row.status.is_terminal() {
                    return row.status;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        tokio::time::timeout(AN_HOUR, ended).await.unwrap()
    }

    pub(crate) async fn events(&self, run: RunId) -> Vec<Event> {
        events(&self.memory, run).await
    }

    /// Epoch of the lease that owns the run.
    pub(crate) async fn owner(&self, run: RunId) -> Option<u64> {
        self.memory.load_run(run).await.unwrap().owner
    }
}

pub(crate) async fn events(memory: &MemoryStore, run: RunId) -> Vec<Event> {
    let log = memory.load_run(run).await.unwrap();
    log.events
        .iter()
        .map(|row| serde_json::from_str(&row.body).unwrap())
        .collect()
}

/// A server with what it has to itself.
pub(crate) struct Server {
    /// Its way to the store: first what may hold calls up, then what may fail.
    pub(crate) way: Arc<SlowStore>,
    pub(crate) store: Arc<FaultyStore<MemoryStore>>,
    pub(crate) agents: Arc<Agents>,
    pub(crate) runtime: Runtime,
}

impl Server {
    pub(crate) fn start(memory: &MemoryStore, clock: Arc<dyn Clock>, number: u32) -> Self {
        let store = Arc::new(FaultyStore::new(memory.clone()));
        let agents = Agents::new(Arc::clone(&store));
        let options = Options {
            mode: Mode::Execute,
            processes_max: 64,
            server: ServerId::new(Uuid::from_u128(number.into())),
            term: LeaseTerm::For(LEASE),
        };
        let plug = Arc::new(Resolver(Arc::clone(&agents)));
        let way = Arc::new(SlowStore::new(Arc::clone(&store)));
        let runtime = Runtime::start(Arc::clone(&way) as _, plug, clock, options);
        Self {
            way,
            store,
            agents,
            runtime,
        }
    }

    pub(crate) async fn run(&self, plan: Plan) -> RunId {
        let created = self.runtime.create_run(spec(plan)).await.unwrap();
        created.unwrap().execution.id
    }

    pub(crate) async fn accepts(&self, run: RunId, command: Command) {
        let answer = self.runtime.command(run, command).await;
        assert_eq!(answer, Ok(Outcome::Accepted));
    }

    /// The server dies: nothing of it reaches the store any more, and it tells
    /// nobody.
    pub(crate) async fn die(&self) {
        self.store.cut_off();
        self.runtime.stop(Duration::ZERO).await;
    }

    pub(crate) fn loads(&self) -> u64 {
        self.store.calls(Method::LoadRun)
    }
}

/// A server whose time passes only while it is driven: one that can be stopped
/// and go on later.
pub(crate) struct Island {
    executor: tokio::runtime::Runtime,
    server: Server,
}

impl Island {
    pub(crate) fn new(memory: &MemoryStore, clock: &Arc<TestClock>, number: u32) -> Self {
        let executor = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        let clock = Arc::new(WallClock(Arc::clone(clock)));
        let server = {
            let _inside = executor.enter();
            Server::start(memory, clock, number)
        };
        Self { executor, server }
    }

    /// Lets the server do something at one moment.
    pub(crate) fn drive<T>(&self, does: impl AsyncFnOnce(&Server) -> T) -> T {
        self.executor.block_on(does(&self.server))
    }

    /// Lets it live for so long.
    pub(crate) fn live(&self, time: Duration) {
        self.executor
            .block_on(async { tokio::time::sleep(time).await });
    }

    /// Its time jumps, as for a process that was stopped.
    pub(crate) fn wake_after(&self, time: Duration) {
        self.executor
            .block_on(async { tokio::time::advance(time).await });
    }

    pub(crate) fn agents(&self) -> &Agents {
        &self.server.agents
    }
}

/// The clock of the store as that of a server.
struct WallClock(Arc<TestClock>);

impl Clock for WallClock {
    fn now(&self) -> Timestamp {
        LeaseClock::now(self.0.as_ref())
    }
}
