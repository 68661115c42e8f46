//! What long runs cost: every decision touches what is due, never all stages.
//!
//! Twenty times the stages may take sixty times as long, where each stage
//! looking at every other would make it four hundred.

#![expect(
    clippy::disallowed_methods,
    reason = "what is measured here is time itself"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use baton_engine::{RunState, create, startable, transition};
use baton_model::event::RunCreated;
use baton_model::plan::{PlannedStage, Schedule};
use baton_model::{AttemptReport, Command, Completion, Edit, Object, Plan, RunId, Timestamp};
use uuid::Uuid;

use crate::harness::{id, insert, plan, stage};

fn new_run(plan: Plan) -> RunState {
    let created = RunCreated::new(Arc::new(plan), 1, "tester".to_owned());
    let (state, _) = create(RunId::new(Uuid::nil()), created, Timestamp::default()).unwrap();
    state
}

fn command(state: &mut RunState, command: &Command) -> usize {
    let done = transition(state, command, Timestamp::default()).unwrap();
    done.events.len()
}

/// Completes every stage; says how many events that took.
fn run_through(state: &mut RunState) -> usize {
    let mut n_events = 0;
    while !state.status().is_terminal() {
        let stages: Vec<_> = startable(state)
            .map(|index| state.planned(index).id.clone())
            .collect();
        assert!(!stages.is_empty(), "nothing may start");
        let started = Command::StartStages {
            stages: stages.clone(),
        };
        n_events += command(state, &started);
        for stage in stages {
            let dispatch = state.stage(state.index(&stage).unwrap()).dispatch;
            let settle = Command::SettleAttempt {
                stage,
                dispatch,
                report: AttemptReport::Completed(Completion::default()),
            };
            n_events += command(state, &settle);
        }
    }
    n_events
}

fn wide(n_stages: usize) -> Vec<PlannedStage> {
    (0..n_stages)
        .map(|place| stage(&format!("s{place}"), &[]))
        .collect()
}

fn chain(n_stages: usize) -> Vec<PlannedStage> {
    (0..n_stages)
        .map(|place| match place {
            0 => stage("s0", &[]),
            _ => stage(&format!("s{place}"), &[&format!("s{}", place - 1)]),
        })
        .collect()
}

/// A hundred batches of equal size; each stage depends on one before it.
fn layers(n_stages: usize) -> Vec<PlannedStage> {
    let width = n_stages / 100;
    (0..n_stages)
        .map(|place| match place.checked_sub(width) {
            None => stage(&format!("s{place}"), &[]),
            Some(before) => stage(&format!("s{place}"), &[&format!("s{before}")]),
        })
        .collect()
}

fn plan_of(stages: Vec<PlannedStage>, schedule: Schedule) -> Plan {
    let mut plan = plan(stages);
    plan.settings.stages_at_once_max = 1_000;
    plan.settings.schedule = schedule;
    plan
}

/// A busy machine only ever makes work look longer, so one quiet try is proof
/// and the least of several is what counts.
const TRIES: u32 = 10;

/// Twenty small runs against one that is twenty times as large: about as long,
/// so that a busy machine disturbs both alike.
fn grows_linearly(what: &str, mut work: impl FnMut(usize) -> Duration) {
    let (mut few, mut many) = (Duration::MAX, Duration::MAX);
    for _ in 0..TRIES {
        few = few.min((0..20).map(|_| work(500)).sum());
        many = many.min(work(10_000));
        if many < few * 3 {
            return;
        }
    }
    panic!("{what}: {few:?} for twenty runs of 500 stages, {many:?} for one of 10,000");
}

fn timed(work: impl FnOnce()) -> Duration {
    let begin = Instant::now();
    work();
    begin.elapsed()
}

#[test]
fn ten_thousand_stages_are_decided_in_linear_time() {
    for (what, shape) in [
        ("a wide run", wide as fn(usize) -> Vec<PlannedStage>),
        ("a chain", chain),
        ("a hundred layers", layers),
    ] {
        for schedule in [Schedule::Eager, Schedule::Batches] {
            grows_linearly(&format!("{what}, {schedule:?}"), |n_stages| {
                let mut state = new_run(plan_of(shape(n_stages), schedule));
                timed(|| {
                    let n_events = run_through(&mut state);
                    assert_eq!(n_events, 2 * n_stages + 1, "a start and an end for each");
                })
            });
        }
    }
}

#[test]
fn rework_at_the_root_of_a_chain_costs_what_it_resets() {
    for schedule in [Schedule::Eager, Schedule::Batches] {
        grows_linearly(&format!("rework, {schedule:?}"), |n_stages| {
            let mut plan = plan_of(chain(n_stages), schedule);
            plan.settings.reopenable = true;
            let mut state = new_run(plan);
            run_through(&mut state);
            timed(|| {
                let reopen = Command::ReopenStage {
                    stage: id("s0"),
                    at_gate: None,
                    feedback: None,
                    details: Object::new(),
                    by: "ann".to_owned(),
                };
                assert_eq!(command(&mut state, &reopen), n_stages + 1);
                assert_eq!(startable(&state).count(), 1);
            })
        });
    }
}

#[test]
fn a_cancelled_run_is_opened_again_in_linear_time() {
    grows_linearly("reopening", |n_stages| {
        let mut backwards = chain(n_stages);
        backwards.reverse();
        let mut plan = plan_of(backwards, Schedule::Batches);
        plan.settings.reopenable = true;
        let mut state = new_run(plan);
        let (by, reason) = ("ann".to_owned(), None);
        command(&mut state, &Command::CancelRun { by, reason });
        assert!(state.status().is_terminal());
        timed(|| {
            let edits = vec![insert(stage("more", &[]))];
            command(&mut state, &edit(edits));
            assert_eq!(startable(&state).count(), 2);
        })
    });
}

fn edit(edits: Vec<Edit>) -> Command {
    Command::EditGraph {
        edits,
        by: "ann".to_owned(),
        reason: None,
    }
}

/// An edit is checked against the whole graph, so many at once are one list.
#[test]
fn a_thousand_inserts_in_one_list_cost_little_more_than_one() {
    let state = new_run(plan_of(chain(1_000), Schedule::Eager));
    let inserting = |n_inserts: u32| {
        let mut state = state.clone();
        let edits = (0..n_inserts).map(|place| insert(stage(&format!("n{place}"), &["s0"])));
        let edits = edit(edits.collect());
        timed(|| assert_eq!(command(&mut state, &edits), 1))
    };
    let (mut one, mut all) = (Duration::MAX, Duration::MAX);
    for _ in 0..TRIES {
        one = one.min(inserting(1));
        all = all.min(inserting(1_000));
        if all < one * 20 {
            return;
        }
    }
    panic!("{one:?} for one, {all:?} for a thousand");
}

/// Each insert by itself looks at the whole graph twice, when it is decided and
/// when it is applied.
#[test]
fn a_single_insert_costs_what_the_graph_costs() {
    grows_linearly("ten inserts", |n_stages| {
        let mut state = new_run(plan_of(chain(n_stages), Schedule::Eager));
        timed(|| {
            for place in 0..10 {
                let edits = vec![insert(stage(&format!("n{place}"), &["s0"]))];
                assert_eq!(command(&mut state, &edit(edits)), 1);
            }
        })
    });
}
