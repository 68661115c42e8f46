//! The servers of a simulation: real runtimes, each on a machine of its own,
//! which is started again after it has died.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use baton_engine::Outcome;
use baton_model::{Command, RunId};
use baton_runtime::{Mode, NewRunSpec, Options, Runtime, RuntimeError};
use baton_store::{LeaseTerm, ServerId, Store};
use uuid::Uuid;

use crate::agents::Agents;
use crate::connection::{Connection, Network};
use crate::dice::Dice;
use crate::machine::Machine;
use crate::plug::ServerPlug;
use crate::time::WallClock;
use crate::witness::{MachineId, Witness};

/// The longest a server is away.
const DOWN_MAX: Duration = Duration::from_secs(30);
/// The same once nothing goes wrong any more.
const DOWN_MAX_IN_CALM: Duration = Duration::from_secs(2);
/// How long a server that leaves waits for what it has begun.
const LEAVING_MAX: Duration = Duration::from_secs(5);

/// A server that is there.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) machine: Arc<Machine>,
    runtime: Runtime,
}

impl Server {
    /// Asks for something; None when the server dies before it answers.
    pub(crate) async fn command(
        &self,
        run: RunId,
        command: Command,
    ) -> Option<Result<Outcome, RuntimeError>> {
        self.ask(self.runtime.command(run, command)).await
    }

    /// Creates a run; None when the server dies before it answers.
    pub(crate) async fn create_run(
        &self,
        spec: NewRunSpec,
    ) -> Option<Result<Result<RunId, RunId>, RuntimeError>> {
        let created = self.ask(self.runtime.create_run(spec)).await?;
        Some(created.map(|created| created.map(|made| made.execution.id)))
    }

    async fn ask<T>(&self, asking: impl Future<Output = T>) -> Option<T> {
        let answered = async {
            self.machine.gate().await;
            let answer = asking.await;
            self.machine.gate().await;
            answer
        };
        tokio::select! {
            biased;
            () = self.machine.died() => None,
            answer = answered => Some(answer),
        }
    }
}

/// All servers.
pub(crate) struct Fleet {
    seed: u64,
    pub(crate) network: Arc<Network>,
    pub(crate) clocks: Vec<Arc<WallClock>>,
    n_machines: AtomicU32,
    servers: Mutex<BTreeMap<usize, Server>>,
}

impl fmt::Debug for Fleet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fleet").finish_non_exhaustive()
    }
}

impl Fleet {
    pub(crate) fn new(seed: u64, network: Arc<Network>) -> Arc<Self> {
        let witness = Arc::clone(&network.witness);
        let n_servers = network.swarm.n_servers;
        Arc::new(Self {
            seed,
            network,
            clocks: (0..n_servers)
                .map(|_| WallClock::new(Arc::clone(&witness)))
                .collect(),
            n_machines: AtomicU32::new(0),
            servers: Mutex::default(),
        })
    }

    pub(crate) fn witness(&self) -> &Witness {
        &self.network.witness
    }

    fn servers(&self) -> MutexGuard<'_, BTreeMap<usize, Server>> {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One of the servers that are there, even if it is stopped.
    pub(crate) fn some_server(&self, dice: &mut Dice) -> Option<Server> {
        let servers: Vec<Server> = self.servers().values().cloned().collect();
        dice.pick(&servers).cloned()
    }

    /// All of the servers that are there.
    pub(crate) fn all(&self) -> Vec<Server> {
        self.servers().values().cloned().collect()
    }

    /// Lets go of the servers: their agents know the fleet, which would
    /// otherwise outlive its simulation.
    pub(crate) fn disband(&self) {
        self.servers().clear();
    }

    /// Runs a server for ever, one machine after the other.
    pub(crate) async fn keep(self: Arc<Self>, server: usize, agents: Arc<Agents>) {
        let mut dice = Dice::new(self.seed, &format!("server {server}"));
        let mut name = some_name(&mut dice);
        loop {
            let running = self.boot(server, name, &agents);
            self.servers().insert(server, running.clone());
            let taking_up = tokio::spawn(take_up(running.clone(), self.network.swarm.term));
            running.machine.died().await;
            taking_up.abort();
            self.servers().remove(&server);
            // Nothing of it can do anything any more; this only ends its tasks.
            let runtime = running.runtime.clone();
            tokio::spawn(async move { runtime.stop(Duration::ZERO).await });
            let is_calm = self.network.weather.is_calm();
            let down_max = if is_calm { DOWN_MAX_IN_CALM } else { DOWN_MAX };
            tokio::time::sleep(dice.time(Duration::ZERO, down_max)).await;
            if dice.percent(50) {
                name = some_name(&mut dice);
            }
        }
    }

    fn boot(&self, server: usize, name: ServerId, agents: &Arc<Agents>) -> Server {
        let number = self.n_machines.fetch_add(1, Ordering::Relaxed);
        let id = MachineId { server, number };
        self.witness().trace.line(&id, format_args!("starts"));
        let machine = Machine::new(id);
        let purpose = |what: &str| Dice::new(self.seed, &format!("{what} {number}"));
        let network = Arc::clone(&self.network);
        let connection = Connection::new(network, Arc::clone(&machine), purpose("calls"));
        let store: Arc<dyn Store> = Arc::new(connection);
        let swarm = &self.network.swarm;
        let plug = ServerPlug {
            machine: Arc::clone(&machine),
            agents: Arc::clone(agents),
            witness: Arc::clone(&self.network.witness),
            dice: Mutex::new(purpose("hooks")),
            hook_fails: swarm.habits.hook_fails,
        };
        let clock = self.clocks.get(server).cloned();
        let clock = clock.unwrap_or_else(|| WallClock::new(Arc::clone(&self.network.witness)));
        let options = Options {
            mode: Mode::Execute,
            processes_max: swarm.processes_max,
            server: name,
            term: swarm.term,
        };
        let runtime = Runtime::start(store, Arc::new(plug), clock, options);
        Server { machine, runtime }
    }

    /// A server leaves as it should.
    pub(crate) async fn leave(&self, server: &Server) {
        self.witness()
            .trace
            .line(&server.machine.id, format_args!("leaves"));
        let leaving = server.runtime.stop(LEAVING_MAX);
        tokio::select! {
            biased;
            () = server.machine.died() => {}
            () = leaving => server.machine.die(),
        }
    }
}

/// What a server does for runs that were left behind, where its lease does not
/// see to that.
async fn take_up(server: Server, term: LeaseTerm) {
    if term == LeaseTerm::Exclusive {
        while server.runtime.take_up_all().await.is_err() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}

fn some_name(dice: &mut Dice) -> ServerId {
    ServerId::new(Uuid::from_u64_pair(dice.number(), dice.number()))
}
