//! What agents tell of tokens and money is added up once for each turn, and
//! belongs to the session as long as that goes on.

use baton_engine::{Outcome, rerun};
use baton_model::plan::{PlannedStage, StageKind};
use baton_model::{Command, FailureLabel, Spent, Usage};

use super::retried;
use crate::harness::{Run, id, plan, stage};

fn cost(run: &Run, stage: &str) -> Option<u64> {
    run.of(stage).spent.cost_micros
}

#[test]
fn every_turn_counts_once_however_often_it_is_told() {
    let mut run = Run::new(plan(vec![stage("a", &[])]));
    run.start();
    assert_eq!(run.spend("a", 500), Outcome::Accepted);
    assert_eq!(run.spend("a", 500), Outcome::AlreadyDone);
    assert_eq!(cost(&run, "a"), Some(500));
    run.ask("a", "Which colour?");
    // It waits, and nobody works on it.
    assert_eq!(run.spend("a", 1), Outcome::AlreadyDone);
    run.answer("a", "Which colour?", "blue");
    run.start();
    run.spend("a", 200);
    run.complete("a");
    assert_eq!(cost(&run, "a"), Some(700));
}

#[test]
fn what_an_attempt_took_stays_when_the_next_begins_with_a_new_session() {
    let mut run = Run::new(plan(vec![retried("a", 2)]));
    run.start();
    run.spend("a", 500);
    assert!(run.of("a").session_total.is_some());
    run.fail("a", FailureLabel::EXIT);
    assert!(run.of("a").session_total.is_none());
    run.wait();
    run.start();
    assert!(run.request().session_total.is_none());
    run.spend("a", 300);
    assert_eq!(cost(&run, "a"), Some(800));
}

#[test]
fn what_a_lost_start_tells_is_too_late() {
    let mut run = Run::new(plan(vec![stage("a", &[])]));
    run.start();
    let late = Command::RecordSpent {
        stage: id("a"),
        dispatch: run.dispatch_of(&id("a")),
        spent: Spent::default(),
    };
    run.lose("a");
    assert_eq!(run.request().restarts, 1);
    assert_eq!(run.command(&late), Outcome::AlreadyDone);
    assert!(run.of("a").spent.is_empty());
}

/// A stage that goes on with a session of an earlier run, which had taken 500.
fn going_on(planned: PlannedStage) -> PlannedStage {
    let StageKind::Agent(mut agent) = planned.kind else {
        panic!("an agent works on it");
    };
    agent.session = Some("s-1".to_owned());
    agent.session_total = Some(total(500));
    PlannedStage {
        kind: StageKind::Agent(agent),
        ..planned
    }
}

fn total(cost_micros: u64) -> Usage {
    Usage {
        cost_micros: Some(cost_micros),
        ..Usage::default()
    }
}

#[test]
fn what_a_session_of_an_earlier_run_had_taken_is_known_to_every_attempt() {
    let mut run = Run::new(plan(vec![going_on(retried("a", 2))]));
    run.start();
    assert_eq!(run.request().session_total, Some(total(500)));
    // Of the whole session.
    run.spend("a", 700);
    run.fail("a", FailureLabel::EXIT);
    run.wait();
    run.start();
    let request = run.request();
    assert_eq!(request.session.as_deref(), Some("s-1"));
    assert_eq!(request.session_total, Some(total(700)));
    run.spend("a", 800);
    run.complete("a");
    // Whoever does all of it again goes on with the same session.
    let again = rerun(&run.state, None).unwrap();
    let run = {
        let mut run = Run::new(again.plan);
        run.start();
        run
    };
    assert_eq!(run.request().session_total, Some(total(800)));
}
