//! One simulation from its seed to its verdict: a storm, then calm, and then
//! everything must come to its end.

use std::sync::Arc;
use std::time::Duration;

use baton_model::RunId;
use baton_store::{MemoryStore, RunStore};
use tokio::task::JoinSet;

use crate::agents::Agents;
use crate::connection::{Network, Weather};
use crate::dice::Dice;
use crate::echo::Echoes;
use crate::fleet::Fleet;
use crate::laws::{Breach, Law};
use crate::nemesis;
use crate::panics;
use crate::people::People;
use crate::swarm::{Strike, Swarm};
use crate::time::TrueTime;
use crate::trace::{Keep, Trace};
use crate::witness::Witness;

/// How often somebody looks whether everything is over.
const LOOK: Duration = Duration::from_millis(1_500);
/// Without any commit for so long, nothing will come any more.
const STILL_MAX: Duration = Duration::from_mins(12);
/// The longest everything may take once the storm is over.
const CALM_MAX: Duration = Duration::from_hours(3);
/// What is left of the work after the end of the last run.
const AFTERMATH: Duration = Duration::from_secs(10);

/// How a simulation went.
#[derive(Clone, Debug)]
pub struct Report {
    /// Its seed.
    pub seed: u64,
    /// The first law that was broken.
    pub breach: Option<Breach>,
    /// Hash of the trace.
    pub fingerprint: u64,
    /// The trace, where it was kept.
    pub trace: Option<String>,
    /// Calls of the store.
    pub n_calls: u64,
    /// Commits among them.
    pub n_commits: u64,
    /// How long it took, in virtual time.
    pub lasted: Duration,
}

/// Runs the simulation of a seed.
pub fn simulate(seed: u64, keep: Keep) -> Report {
    run(seed, Swarm::of(seed), keep)
}

/// Runs the simulation of a small world with one fault at most.
pub fn simulate_strike(seed: u64, strike: Option<Strike>, keep: Keep) -> Report {
    run(seed, Swarm::struck(seed, strike), keep)
}

fn run(seed: u64, swarm: Swarm, keep: Keep) -> Report {
    let built = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    match built {
        Ok(runtime) => {
            let panics = panics::watch();
            let mut report = runtime.block_on(live(seed, swarm, keep));
            drop(runtime);
            if let Some(how) = panics.finish() {
                let law = Law::NoPanic;
                report.breach.get_or_insert(Breach { law, how });
            }
            report
        }
        Err(error) => unreachable!("a runtime without input or output: {error}"),
    }
}

async fn live(seed: u64, swarm: Swarm, keep: Keep) -> Report {
    let time = TrueTime::begin();
    let swarm = Arc::new(swarm);
    let trace = Trace::new(time, keep);
    trace.line(&"--", format_args!("seed {seed}: {swarm:?}"));
    let witness = Arc::new(Witness::new(time, trace, swarm.slack()));
    let network = Arc::new(Network {
        store: MemoryStore::with_clock(Arc::new(time)),
        witness: Arc::clone(&witness),
        weather: Weather::default(),
        swarm: Arc::clone(&swarm),
    });
    let fleet = Fleet::new(seed, Arc::clone(&network));
    let echoes = Echoes::new(Arc::clone(&fleet), Dice::new(seed, "echoes"));
    let agents = Agents::new(seed, Arc::clone(&swarm), Arc::clone(&witness), echoes);
    for server in 0..swarm.n_servers {
        tokio::spawn(Arc::clone(&fleet).keep(server, Arc::clone(&agents)));
    }
    let world = World {
        seed,
        people: People::new(seed, Arc::clone(&fleet)),
        fleet: Arc::clone(&fleet),
        witness: Arc::clone(&witness),
    };
    let breached = witness.breached.clone();
    breached.run_until_cancelled(world.pass()).await;
    fleet.disband();
    let (fingerprint, trace) = witness.trace.finish();
    Report {
        seed,
        breach: witness.breach(),
        fingerprint,
        trace,
        n_calls: network.weather.n_calls(),
        n_commits: witness.n_commits(),
        lasted: time.elapsed(),
    }
}

struct World {
    seed: u64,
    people: Arc<People>,
    fleet: Arc<Fleet>,
    witness: Arc<Witness>,
}

impl World {
    /// From the beginning to the end.
    async fn pass(&self) {
        nemesis::unleash(self.seed, &self.fleet);
        let mut visits = self.people.come();
        tokio::time::sleep(self.fleet.network.swarm.storm).await;
        nemesis::calm_down(&self.fleet);
        self.come_to_an_end(&mut visits).await;
        tokio::time::sleep(AFTERMATH).await;
        self.judge().await;
    }

    /// Waits until every run is over, and does what people have to do for it.
    async fn come_to_an_end(&self, visits: &mut JoinSet<()>) {
        let mut dice = Dice::new(self.seed, "calm");
        let began = self.witness.time.elapsed();
        let mut progress = (self.witness.n_commits(), began);
        let mut tending = JoinSet::new();
        loop {
            while visits.try_join_next().is_some() {}
            while tending.try_join_next().is_some() {}
            let runs = self.witness.runs();
            let open: Vec<RunId> = runs
                .into_iter()
                .filter(|run| !self.witness.is_over(*run))
                .collect();
            if visits.is_empty() && open.is_empty() {
                return;
            }
            for run in &open {
                if self.people.is_awaited(*run) && dice.percent(40) {
                    let dice = Dice::new(dice.number(), "tend");
                    tending.spawn(Arc::clone(&self.people).tend(*run, dice));
                }
            }
            let now = self.witness.time.elapsed();
            if progress.0 != self.witness.n_commits() {
                progress = (self.witness.n_commits(), now);
            }
            if now > progress.1 + STILL_MAX || now > began + CALM_MAX {
                self.give_up(&open, visits.len());
                return;
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    fn give_up(&self, open: &[RunId], n_visits: usize) {
        let open: Vec<String> = open.iter().map(|run| self.witness.summary(*run)).collect();
        self.witness.judge(Err(Breach {
            law: Law::Liveness,
            how: format!("{n_visits} people still wait, and {}", open.join("; ")),
        }));
    }

    /// What can only be told at the end.
    async fn judge(&self) {
        let store = &self.fleet.network.store;
        for run in self.witness.runs() {
            match store.load_run(run).await {
                Ok(log) => self
                    .witness
                    .judge(self.witness.final_laws(run, &log.events)),
                Err(error) => self.witness.judge(Err(Breach {
                    law: Law::Acknowledged,
                    how: format!("a run is lost: {error}"),
                })),
            }
        }
        self.people.judge_all();
    }
}
