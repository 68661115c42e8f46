//! Stages, gates, questions and the whole run may run out of time. Deadlines
//! are part of the state; the run's clock stops while it is paused or only
//! waits for people.

use std::time::Duration;

use baton_engine::{Effect, next_deadline, replay};
use baton_model::plan::PlannedStage;
use baton_model::{Command, FailureLabel, Plan};

use super::retried;
use crate::harness::{Run, gate, plan, stage};

fn timed(name: &str, attempts_max: u32) -> PlannedStage {
    PlannedStage {
        timeout: Some(Duration::from_secs(5)),
        ..retried(name, attempts_max)
    }
}

fn limited(stages: Vec<PlannedStage>) -> Plan {
    let mut plan = plan(stages);
    plan.settings.timeout = Some(Duration::from_secs(30));
    plan
}

#[test]
fn an_attempt_that_runs_out_of_time_is_ended_first() {
    let mut run = Run::new(plan(vec![timed("a", 2)]));
    run.start();
    assert!(run.wait());
    let Some(Effect::CancelAttempt { dispatch: 1, .. }) = run.effects.last() else {
        panic!("the attempt was not cancelled: {:?}", run.effects)
    };
    assert_eq!(run.summary(), "running a:running");
}

#[test]
fn an_answer_after_the_deadline_is_too_late() {
    let mut run = Run::new(plan(vec![timed("a", 1)]));
    run.start();
    run.wait();
    run.complete("a");
    assert_eq!(run.summary(), "failed a:timed_out");
    assert_eq!(
        run.error(),
        "stage `a` failed: ran out of time after 5s (timeout)"
    );
}

#[test]
fn every_attempt_has_the_whole_time() {
    let mut run = Run::new(plan(vec![timed("a", 2)]));
    run.start();
    run.wait();
    run.fail("a", FailureLabel::CANCELLED);
    run.wait();
    run.start();
    assert_eq!(
        run.of("a").deadline,
        Some(run.now.after(Duration::from_secs(5)))
    );
}

#[test]
fn deadlines_hold_across_a_restart() {
    let mut run = Run::new(limited(vec![timed("a", 1), gate("g", &[])]));
    run.start();
    let again = replay(run.state.id(), &run.log).unwrap();
    assert_eq!(next_deadline(&again), next_deadline(&run.state));
    assert_eq!(
        next_deadline(&again),
        Some(run.now.after(Duration::from_secs(5)))
    );
}

#[test]
fn a_question_that_nobody_answers_fails_the_attempt() {
    let asks = PlannedStage {
        question_timeout: Some(Duration::from_mins(1)),
        ..retried("a", 2)
    };
    let mut run = Run::new(plan(vec![asks]));
    for end in ["running a:pending", "failed a:timed_out"] {
        run.start();
        run.ask("a", "Which?");
        let before = run.now;
        run.wait();
        assert_eq!(run.now.since(before), Duration::from_mins(1));
        assert_eq!(run.summary(), end);
        run.wait();
    }
    assert!(run.error().contains("nobody answered within 60s"));
}

#[test]
fn a_question_without_a_limit_waits_for_ever() {
    let mut run = Run::new(plan(vec![timed("a", 1)]));
    run.start();
    run.ask("a", "Which?");
    assert_eq!(next_deadline(&run.state), None);
}

#[test]
fn a_run_that_works_too_long_fails_and_says_so() {
    let mut run = Run::new(limited(vec![stage("a", &[])]));
    run.start();
    assert!(run.wait());
    run.fail("a", FailureLabel::CANCELLED);
    assert_eq!(run.summary(), "failed a:cancelled");
    assert_eq!(run.error(), "the run exceeded its time limit of 30s");
}

#[test]
fn the_run_clock_stands_still_while_a_gate_is_all_that_is_open() {
    let mut run = Run::new(limited(vec![gate("g", &[]), stage("a", &["g"])]));
    run.now = run.now.after(Duration::from_secs(50));
    run.command(&Command::Advance);
    run.approve("g");
    run.start();
    let before = run.now;
    assert!(run.wait());
    assert_eq!(run.now.since(before), Duration::from_secs(30));
}

#[test]
fn the_run_clock_stands_still_while_a_question_is_all_that_is_open() {
    let mut run = Run::new(limited(vec![stage("a", &[])]));
    run.start();
    run.now = run.now.after(Duration::from_secs(10));
    run.ask("a", "Which?");
    assert_eq!(next_deadline(&run.state), None);
    run.now = run.now.after(Duration::from_secs(500));
    run.answer("a", "Which?", "that one");
    run.start();
    assert_eq!(
        next_deadline(&run.state),
        Some(run.now.after(Duration::from_secs(20)))
    );
}

#[test]
fn the_run_clock_stands_still_while_the_run_is_paused() {
    let mut run = Run::new(limited(vec![stage("a", &[])]));
    run.start();
    run.pause();
    run.now = run.now.after(Duration::from_secs(500));
    run.resume();
    assert_eq!(
        next_deadline(&run.state),
        Some(run.now.after(Duration::from_secs(30)))
    );
}

#[test]
fn the_run_clock_goes_on_while_anything_works() {
    let mut run = Run::new(limited(vec![gate("g", &[]), stage("a", &[])]));
    run.start();
    let before = run.now;
    run.wait();
    assert_eq!(run.now.since(before), Duration::from_secs(30));
}
