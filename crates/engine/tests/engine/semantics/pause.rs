//! Paused, nothing new starts and running stages finish; under batches the
//! current batch finishes. Cancelling ends everything.

use baton_engine::{Effect, Outcome, Rejection};
use baton_model::FailureLabel;

use super::{batched, conditional, retried};
use crate::harness::{Run, gate, id, insert, plan, stage, update};

#[test]
fn nothing_new_starts_and_running_stages_finish() {
    let mut run = Run::new(plan(vec![
        stage("a", &[]),
        stage("b", &["a"]),
        gate("g", &["a"]),
    ]));
    run.start();
    assert_eq!(run.pause(), Outcome::Accepted);
    assert_eq!(run.pause(), Outcome::AlreadyDone);
    run.complete("a");
    assert!(run.startable().is_empty());
    assert_eq!(run.summary(), "paused a:completed b:pending g:pending");
}

#[test]
fn conditions_wait_with_the_run() {
    let mut run = Run::new(plan(vec![
        stage("a", &[]),
        conditional("b", &["a"], "${{ false }}"),
    ]));
    run.start();
    run.pause();
    run.complete("a");
    assert_eq!(run.summary(), "paused a:completed b:pending");
    run.resume();
    assert_eq!(run.summary(), "completed a:completed b:skipped");
}

#[test]
fn under_batches_the_current_batch_finishes() {
    let mut plan = batched(vec![
        stage("a", &[]),
        stage("b", &[]),
        gate("g", &[]),
        stage("c", &["a"]),
    ]);
    plan.settings.stages_at_once_max = 1;
    let mut run = Run::new(plan);
    run.start();
    run.pause();
    run.complete("a");
    assert_eq!(run.startable(), [id("b")]);
    run.start();
    run.complete("b");
    run.approve("g");
    assert!(run.startable().is_empty());
    assert!(run.summary().starts_with("paused"));
    run.resume();
    assert_eq!(run.startable(), [id("c")]);
}

#[test]
fn resuming_goes_on_where_it_stood() {
    let mut run = Run::new(plan(vec![stage("a", &[]), stage("b", &["a"])]));
    run.start();
    run.pause();
    run.complete("a");
    assert_eq!(run.resume(), Outcome::Accepted);
    assert_eq!(run.resume(), Outcome::AlreadyDone);
    assert_eq!(run.startable(), [id("b")]);
}

#[test]
fn people_may_decide_while_the_run_is_paused() {
    let mut run = Run::new(plan(vec![
        gate("g", &[]),
        stage("a", &[]),
        stage("b", &["g"]),
    ]));
    run.start();
    run.ask("a", "Which?");
    run.pause();
    assert_eq!(run.approve("g"), Outcome::Accepted);
    assert_eq!(run.answer("a", "Which?", "that"), Outcome::Accepted);
    assert!(run.startable().is_empty());
    run.resume();
    assert_eq!(run.startable().len(), 2);
}

#[test]
fn the_wait_before_an_attempt_goes_on_but_the_attempt_waits() {
    let mut run = Run::new(plan(vec![retried("a", 2)]));
    run.start();
    run.fail("a", FailureLabel::EXIT);
    run.pause();
    assert!(run.wait());
    assert_eq!(run.summary(), "paused a:pending");
    run.resume();
    assert_eq!(run.startable(), [id("a")]);
}

#[test]
fn a_paused_run_ends_when_nothing_is_left_to_do() {
    let mut run = Run::new(plan(vec![stage("a", &[])]));
    run.start();
    run.pause();
    run.complete("a");
    assert_eq!(run.summary(), "completed a:completed");
    assert!(matches!(
        run.resume(),
        Outcome::Rejected(Rejection::RunEnded(_))
    ));
}

#[test]
fn cancelling_ends_what_runs_and_cancels_the_rest() {
    let mut run = Run::new(plan(vec![
        stage("a", &[]),
        gate("g", &[]),
        stage("b", &["a"]),
    ]));
    run.start();
    run.pause();
    assert_eq!(run.cancel(), Outcome::Accepted);
    assert_eq!(run.cancel(), Outcome::AlreadyDone);
    assert!(matches!(
        run.effects.last(),
        Some(Effect::CancelAttempt { dispatch: 1, .. })
    ));
    assert_eq!(run.summary(), "running a:running g:cancelled b:cancelled");
    run.fail("a", FailureLabel::CANCELLED);
    assert_eq!(
        run.summary(),
        "cancelled a:cancelled g:cancelled b:cancelled"
    );
    assert_eq!(run.error(), "cancelled by ann");
    assert!(matches!(
        run.pause(),
        Outcome::Rejected(Rejection::RunEnded(_))
    ));
}

#[test]
fn work_that_finishes_while_the_run_stops_is_kept() {
    let mut run = Run::new(plan(vec![stage("a", &[]), stage("b", &[])]));
    run.start();
    run.cancel();
    run.complete("a");
    run.fail("b", FailureLabel::CANCELLED);
    assert_eq!(run.summary(), "cancelled a:completed b:cancelled");
}

#[test]
fn under_batches_what_comes_while_the_run_is_paused_waits() {
    let mut run = Run::new(batched(vec![stage("a", &[]), stage("b", &[])]));
    run.start();
    run.pause();
    run.edit(vec![insert(stage("new", &[]))]);
    run.complete("a");
    run.reopen("a", "again");
    assert!(run.startable().is_empty(), "{:?}", run.startable());
    run.complete("b");
    assert_eq!(run.summary(), "paused a:pending b:completed new:pending");
    run.resume();
    assert_eq!(run.startable().len(), 2);
}

#[test]
fn under_batches_a_stage_that_leaves_the_batch_waits() {
    let mut plan = batched(vec![stage("a", &[]), stage("b", &[])]);
    plan.settings.stages_at_once_max = 1;
    let mut run = Run::new(plan);
    run.start();
    run.pause();
    run.edit(vec![update(stage("b", &["a"]))]);
    run.complete("a");
    assert!(run.startable().is_empty());
    run.resume();
    assert_eq!(run.startable(), [id("b")]);
}
