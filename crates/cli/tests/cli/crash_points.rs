//! The program is ended before and after every single commit of random
//! workflows, and goes on each time as if nothing had been.

use std::os::unix::process::ExitStatusExt;
use std::process::Output;

use baton_store_sql::DatabaseFile;
use nix::sys::signal::Signal;

use crate::support::checker::{Evidence, faults};
use crate::support::dag::Dag;
use crate::support::ledger::{self, What};
use crate::support::{Answer, Dice, World, has_long};

/// Stages of the largest workflow, and how many workflows.
fn sizes() -> (u64, usize) {
    if has_long() { (12, 100) } else { (6, 3) }
}

/// A run of this length has no more commits.
const COMMITS_MAX: u64 = 1_000;

/// What dies at the commit.
#[derive(Clone, Copy, PartialEq)]
enum Blast {
    BatonAlone,
    EveryAgentToo,
}

/// Runs the workflow, ends it at one commit, and lets it go on. False when
/// there was no such commit.
fn crash_at(dag: &Dag, point: &str, blast: Blast) -> bool {
    let world = World::new();
    dag.furnish(&world);
    let output = world
        .command(&["run", "w.yaml", "--yes-gates"])
        .env("BATON_CRASH_AT", point)
        .output()
        .unwrap();
    let has_crashed = was_killed(&output);
    if has_crashed {
        if blast == Blast::EveryAgentToo {
            world.kill_attempts();
            ledger::note(&world, "agents_killed");
        }
        world.baton(&["resume", "--yes-gates"]).exits(0);
    } else {
        Answer::from(output).exits(0);
    }
    assert_sound(&world, dag, point);
    world.assert_nothing_lives();
    has_crashed
}

fn was_killed(output: &Output) -> bool {
    output.status.signal() == Some(Signal::SIGKILL as i32)
}

/// Both sides of the story agree for every run there is.
#[track_caller]
fn assert_sound(world: &World, dag: &Dag, point: &str) {
    let database = DatabaseFile::open(&world.data()).unwrap();
    assert_eq!(database.damage(), [""; 0]);
    let entries = ledger::read(world);
    let runs = database.runs();
    if runs.is_empty() {
        let was_started = entries.iter().any(|entry| entry.what == What::Start);
        assert!(!was_started, "at {point}: agents of a run that is lost");
    }
    for run in runs {
        let history = database.events(run).unwrap();
        let executions = ledger::executions(&entries, &run.to_string());
        let found = faults(&Evidence {
            dag,
            executions: &executions,
            history: &history,
            were_agents_killed: entries.iter().any(|entry| entry.what == What::AgentsKilled),
        });
        assert!(
            found.is_empty(),
            "at {point}: {found:?}\n{dag:#?}\n{executions:#?}"
        );
    }
}

fn crash_everywhere(dag: &Dag, side: &str, blast: Blast) {
    let n_commits = (1..COMMITS_MAX)
        .take_while(|commit| crash_at(dag, &format!("{commit}:{side}"), blast))
        .count();
    println!("{n_commits} commits, {side} each");
    assert!(n_commits > dag.stages.len(), "too few to have been counted");
}

fn lanes(blast: Blast) {
    let mut dice = Dice::new();
    let (n_stages_max, n_dags) = sizes();
    for _ in 0..n_dags {
        let n_stages = 3 + dice.below(n_stages_max - 2);
        let dag = Dag::random(&mut dice, n_stages);
        std::thread::scope(|scope| {
            for side in ["before", "after"] {
                let dag = &dag;
                scope.spawn(move || crash_everywhere(dag, side, blast));
            }
        });
    }
}

#[test]
fn baton_may_die_at_any_commit_while_agents_go_on() {
    lanes(Blast::BatonAlone);
}

#[test]
fn everything_may_die_at_any_commit() {
    lanes(Blast::EveryAgentToo);
}
