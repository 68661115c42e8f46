//! `kill -9` again and again at random moments while agents are at work: what
//! they wrote down themselves shows that no completed stage was started again
//! and that nothing was lost.

use std::time::Duration;

use baton_store_sql::DatabaseFile;

use crate::support::checker::{Evidence, faults};
use crate::support::dag::{Dag, Kind, OnCrash};
use crate::support::ledger::{self, Entry, Execution, What};
use crate::support::{Dice, World, has_long};

/// How often `baton` is killed while agents are at work, over all lanes.
fn n_cycles() -> usize {
    if has_long() { 500 } else { 24 }
}

const N_LANES: usize = 4;
const N_STAGES: u64 = 14;
/// A command lives for so many milliseconds at most: long enough, as a rule, to
/// find out where the run stands and to move it.
const LIFE_MAX: u64 = 600;
/// Baton stays away for so many milliseconds; agents work for about as long.
const PAUSE_MAX: u64 = 400;
/// An attempt may be lost so often before it counts as failed, and each kill
/// may lose one that was about to start.
const KILLS_PER_RUN_MAX: usize = 3;

/// What became of attempts that were at work when Baton died.
#[derive(Clone, Copy, Debug, Default)]
struct Ways {
    /// Ended before Baton was back.
    settled: usize,
    /// Ended after it.
    adopted: usize,
    /// Died, and went on in their sessions.
    resumed: usize,
    /// Died, and ran again from the start.
    again: usize,
}

impl Ways {
    fn add(&mut self, other: Self) {
        self.settled += other.settled;
        self.adopted += other.adopted;
        self.resumed += other.resumed;
        self.again += other.again;
    }
}

/// One run, killed a few times and then left to end. Answers how often agents
/// were at work when it was.
fn run_under_fire(dice: &mut Dice, n_kills_max: usize) -> (usize, Ways) {
    let world = World::new();
    let dag = Dag::random(dice, N_STAGES);
    dag.furnish(&world);
    let mut live = world.start(&["run", "w.yaml", "--yes-gates"]);
    let run = live.run();
    let mut n_kills = 0;
    for _ in 0..KILLS_PER_RUN_MAX.min(n_kills_max) {
        let life = Duration::from_millis(dice.below(LIFE_MAX));
        if live.ends_within(life) {
            break;
        }
        live.kill();
        ledger::note(&world, "baton_down");
        n_kills += usize::from(is_at_work(&world, &run));
        if dice.below(3) == 0 {
            world.kill_attempts();
            ledger::note(&world, "agents_killed");
        } else {
            // Some of those at work end before anybody looks, others after: no
            // event is awaited, any moment will do.
            std::thread::park_timeout(Duration::from_millis(dice.below(PAUSE_MAX)));
        }
        ledger::note(&world, "baton_up");
        live = world.start(&["resume", &run, "--yes-gates"]);
    }
    live.end().exits(0);
    world.assert_nothing_lives();
    let entries = ledger::read(&world);
    let executions = ledger::executions(&entries, &run);
    assert_sound(&world, &dag, &entries, &executions);
    assert_died_as_told(&dag, &executions);
    (n_kills, ways(&entries, &executions))
}

/// Whether an agent of the run has started and not ended.
fn is_at_work(world: &World, run: &str) -> bool {
    let executions = ledger::executions(&ledger::read(world), run);
    executions.iter().any(|one| one.gone.is_none())
}

#[track_caller]
fn assert_sound(world: &World, dag: &Dag, entries: &[Entry], executions: &[Execution]) {
    let database = DatabaseFile::open(&world.data()).unwrap();
    assert_eq!(database.damage(), [""; 0]);
    let runs = database.runs();
    assert_eq!(runs.len(), 1, "the run was acknowledged");
    for run in runs {
        let history = database.events(run).unwrap();
        let found = faults(&Evidence {
            dag,
            executions,
            history: &history,
            were_agents_killed: entries.iter().any(|entry| entry.what == What::AgentsKilled),
        });
        assert!(found.is_empty(), "{found:?}\n{dag:#?}\n{executions:#?}");
    }
}

/// The start after one that died: of the same attempt, or of the next.
#[track_caller]
fn assert_died_as_told(dag: &Dag, executions: &[Execution]) {
    for (died, next) in deaths(executions) {
        let stage = dag.stages.iter().find(|stage| stage.id == died.stage);
        let Some(Kind::Agent { on_crash, .. }) = stage.map(|stage| stage.kind) else {
            panic!("{} has no agent", died.stage);
        };
        let raised = match on_crash {
            OnCrash::Resume => 0,
            // One in between may have died before its agent wrote anything.
            OnCrash::Retry => next.dispatch - died.dispatch,
        };
        assert_eq!(next.attempt, died.attempt + raised, "{died:?} and {next:?}");
    }
}

/// Each execution that was killed, with the one that came after it.
fn deaths(executions: &[Execution]) -> impl Iterator<Item = (&Execution, &Execution)> {
    executions
        .iter()
        .filter(|one| one.end.is_none())
        .filter_map(|died| {
            let later = executions
                .iter()
                .filter(|one| one.stage == died.stage && one.dispatch > died.dispatch);
            Some((died, later.min_by_key(|one| one.dispatch)?))
        })
}

fn ways(entries: &[Entry], executions: &[Execution]) -> Ways {
    let mut ways = Ways::default();
    let moments = |what| {
        entries
            .iter()
            .filter(move |entry| entry.what == what)
            .map(|entry| entry.at)
    };
    for one in executions {
        let Some(end) = one.end else { continue };
        let Some(down) = moments(What::BatonDown).find(|at| (one.start..end).contains(at)) else {
            continue;
        };
        let is_back = moments(What::BatonUp).any(|at| (down..end).contains(&at));
        if is_back {
            ways.adopted += 1;
        } else {
            ways.settled += 1;
        }
    }
    for (_died, next) in deaths(executions) {
        if next.session.is_empty() {
            ways.again += 1;
        } else {
            ways.resumed += 1;
        }
    }
    ways
}

fn lane(dice: &mut Dice, n_kills_max: usize) -> Ways {
    let mut ways = Ways::default();
    let mut n_kills = 0;
    while n_kills < n_kills_max {
        let (n_more, seen) = run_under_fire(dice, n_kills_max - n_kills);
        n_kills += n_more;
        ways.add(seen);
    }
    ways
}

#[test]
fn agents_at_work_are_neither_lost_nor_repeated_however_often_baton_dies() {
    let mut dice = Dice::new();
    let mut ways = Ways::default();
    std::thread::scope(|scope| {
        let lanes: Vec<_> = (0..N_LANES)
            .map(|_| {
                let mut dice = dice.fork();
                scope.spawn(move || lane(&mut dice, n_cycles() / N_LANES))
            })
            .collect();
        for lane in lanes {
            ways.add(lane.join().unwrap());
        }
    });
    println!("{ways:?}");
    assert!(ways.settled + ways.adopted + ways.again > 0, "{ways:?}");
    if has_long() {
        let all = [ways.settled, ways.adopted, ways.resumed, ways.again];
        assert!(all.iter().all(|n_seen| *n_seen > 0), "{ways:?}");
    }
}
