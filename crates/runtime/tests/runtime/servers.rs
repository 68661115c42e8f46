//! Random servers that die, stop, are cut off and come back, with answers of
//! the store that get lost: every run ends, no completed stage starts again,
//! and no start is carried out twice. A
//! failure prints its seed last; `BATON_SEED` repeats it alone.

use std::collections::BTreeSet;
use std::time::Duration;

use baton_model::{Event, ExecutionStatus, Plan, RunId};
use baton_store::faulty::{Fault, Method, Moment};
use baton_store::{RunQuery, StoreError};
use tokio::time::sleep;

use crate::agents::Act;
use crate::cluster::{Cluster, Server};
use crate::plans::{gate, plan, slot_stage, stage};
use crate::random::Dice;
use crate::world::approve;

const N_SEEDS: u64 = 150;
const N_RUNS: u64 = 4;
const N_EVENTS: u64 = 40;
/// Names of stages; every third may be a gate.
const STAGES: [&str; 6] = ["s0", "s1", "s2", "s3", "s4", "s5"];
/// After the faults, longer than whatever may be left takes.
const PATIENCE: Duration = Duration::from_hours(2);

fn random_plan(dice: &mut Dice) -> Plan {
    let n_stages = usize::try_from(1 + dice.roll(STAGES.len() as u64)).unwrap();
    let mut stages = Vec::new();
    for (place, name) in STAGES[..n_stages].iter().enumerate() {
        let earlier = STAGES[..place].iter().copied();
        let depends_on: Vec<&str> = earlier.filter(|_| dice.one_in(3)).collect();
        stages.push(match dice.roll(4) {
            0 => gate(name, &depends_on),
            1 => stage(name, &depends_on),
            _ => slot_stage(name, &depends_on),
        });
    }
    plan(stages)
}

/// The servers there were; some of them are dead.
struct Crowd<'c> {
    cluster: &'c Cluster,
    alive: Vec<Server>,
    dead: Vec<Server>,
    n_started: u32,
}

impl Crowd<'_> {
    fn start(&mut self, dice: &mut Dice) {
        self.n_started += 1;
        let server = self.cluster.server(self.n_started);
        for name in STAGES {
            let acts = (0..3).map(|_| Act::complete().taking(dice.seconds(20)));
            server.agents.script(name, acts);
        }
        if dice.one_in(4) {
            server.store.lose_news();
        }
        self.alive.push(server);
    }

    fn any(&self, dice: &mut Dice) -> &Server {
        let place = dice.roll(self.alive.len() as u64);
        &self.alive[usize::try_from(place).unwrap()]
    }

    async fn lose_one(&mut self, dice: &mut Dice, in_order: bool) {
        let place = dice.roll(self.alive.len() as u64);
        let server = self.alive.remove(usize::try_from(place).unwrap());
        if in_order {
            server.runtime.stop(Duration::from_secs(1)).await;
        } else {
            server.die().await;
        }
        self.dead.push(server);
        self.start(dice);
    }

    /// Somebody decides about some gate, somewhere. It may not be open, and
    /// the server may not work.
    async fn decide(&self, dice: &mut Dice, runs: &[RunId]) {
        if let Some(run) = (!runs.is_empty()).then(|| dice.pick(runs)) {
            let name = dice.pick(&STAGES);
            let (Ok(_) | Err(_)) = self.any(dice).runtime.command(run, approve(name)).await;
        }
    }

    /// The next call of some kind fails, or its answer gets lost.
    fn spoil_a_call(&self, dice: &mut Dice) {
        let store = &self.any(dice).store;
        let method = dice.pick(&[
            Method::Commit,
            Method::AcquireLease,
            Method::RenewLease,
            Method::ReleaseLease,
            Method::ClaimRuns,
            Method::ClaimRun,
            Method::TakeWakeups,
            Method::OwnedRuns,
            Method::LoadRun,
        ]);
        store.plan(Fault {
            method,
            nth: store.calls(method) + 1,
            moment: dice.pick(&[Moment::Before, Moment::After]),
            error: StoreError::Busy("as planned".to_owned()),
        });
    }

    async fn something_happens(&mut self, dice: &mut Dice, runs: &[RunId]) {
        sleep(dice.seconds(10)).await;
        match dice.roll(10) {
            8 | 9 => self.spoil_a_call(dice),
            0 => self.lose_one(dice, false).await,
            1 => self.lose_one(dice, true).await,
            2 | 3 => self.any(dice).store.cut_off(),
            4 | 5 => self.any(dice).store.reconnect(),
            _ => self.decide(dice, runs).await,
        }
    }

    /// No start was carried out twice, by whichever server.
    fn assert_started_once(&self) {
        let mut performed = BTreeSet::new();
        for server in self.alive.iter().chain(&self.dead) {
            for key in &server.agents.book().dispatched {
                assert!(performed.insert(key.clone()), "{key:?} was performed twice");
            }
        }
    }
}

/// Decides all gates until the run has ended.
async fn end(crowd: &Crowd<'_>, run: RunId) -> ExecutionStatus {
    let ended = async {
        loop {
            let row = crowd.cluster.memory.execution(run).await.unwrap();
            let status = row.unwrap().status;
            if status.is_terminal() {
                return status;
            }
            for name in STAGES {
                let answer = crowd.alive[0].runtime.command(run, approve(name)).await;
                let (Ok(_) | Err(_)) = answer;
            }
            sleep(Duration::from_secs(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, ended).await.unwrap()
}

fn assert_nothing_repeated(events: &[Event]) {
    let (mut completed, mut started) = (BTreeSet::new(), BTreeSet::new());
    for event in events {
        match event {
            Event::StageCompleted { stage, .. } => {
                assert!(completed.insert(stage.clone()), "`{stage}` completed twice");
            }
            Event::StageStarted {
                stage, dispatch, ..
            }
            | Event::StageRestarted {
                stage, dispatch, ..
            } => {
                assert!(started.insert((stage.clone(), *dispatch)));
                assert!(
                    !completed.contains(stage),
                    "`{stage}` started after its end"
                );
            }
            _ => {}
        }
    }
}

async fn play(seed: u64) {
    let dice = &mut Dice::new(seed);
    let cluster = Cluster::new();
    let mut crowd = Crowd {
        cluster: &cluster,
        alive: Vec::new(),
        dead: Vec::new(),
        n_started: 0,
    };
    for _ in 0..2 + dice.roll(2) {
        crowd.start(dice);
    }
    let mut runs = Vec::new();
    for _ in 0..N_RUNS {
        runs.push(crowd.any(dice).run(random_plan(dice)).await);
    }
    for _ in 0..N_EVENTS {
        crowd.something_happens(dice, &runs).await;
    }
    for server in &crowd.alive {
        server.store.reconnect();
    }
    for run in runs {
        let status = end(&crowd, run).await;
        let events = cluster.events(run).await;
        // An attempt may have died with too many servers.
        let has_crashed = |event: &Event| matches!(event, Event::StageFailed { .. });
        let expected = if events.iter().any(has_crashed) {
            ExecutionStatus::Failed
        } else {
            ExecutionStatus::Completed
        };
        assert_eq!(status, expected);
        assert_nothing_repeated(&events);
    }
    crowd.assert_started_once();
}

#[test]
fn whatever_servers_do_every_run_ends_and_nothing_completed_is_repeated() {
    crate::random::for_each_seed(N_SEEDS, play);
}
