//! A stage starts the moment all its dependencies are settled;
//! `config.schedule: batches` puts a barrier between batches.

use baton_model::FailureLabel;
use baton_model::plan::{FailurePolicy, PlannedStage, Release};

use super::{batched, conditional, retried, with_policy};
use crate::harness::{Run, gate, id, insert, plan, stage, update};

#[test]
fn a_sequence_runs_in_order() {
    let mut run = Run::new(plan(vec![stage("a", &[]), stage("b", &["a"])]));
    assert_eq!(run.summary(), "pending a:pending b:pending");
    run.start();
    assert_eq!(run.summary(), "running a:running b:pending");
    run.complete("a");
    run.start();
    run.complete("b");
    assert_eq!(run.summary(), "completed a:completed b:completed");
}

#[test]
fn a_join_waits_for_all_its_arms() {
    let mut run = Run::new(plan(vec![
        stage("a", &[]),
        stage("b", &["a"]),
        stage("c", &["a"]),
        stage("d", &["b", "c"]),
    ]));
    run.start();
    run.complete("a");
    run.start();
    run.complete("c");
    assert!(run.startable().is_empty());
    run.complete("b");
    assert_eq!(run.startable(), [id("d")]);
}

#[test]
fn eager_is_the_default_and_waits_for_nobody_else() {
    let mut run = Run::new(plan(vec![
        stage("a", &[]),
        stage("slow", &[]),
        stage("b", &["a"]),
    ]));
    run.start();
    run.complete("a");
    assert_eq!(run.startable(), [id("b")]);
}

#[test]
fn a_barrier_holds_a_batch_until_the_one_before_has_ended() {
    let mut run = Run::new(batched(vec![
        stage("a", &[]),
        stage("slow", &[]),
        stage("b", &["a"]),
    ]));
    run.start();
    run.complete("a");
    assert!(run.startable().is_empty());
    run.complete("slow");
    assert_eq!(run.startable(), [id("b")]);
}

#[test]
fn a_gate_behind_a_barrier_does_not_open_early() {
    let mut run = Run::new(batched(vec![
        stage("a", &[]),
        stage("slow", &[]),
        gate("g", &["a"]),
    ]));
    run.start();
    run.complete("a");
    assert_eq!(run.summary(), "running a:completed slow:running g:pending");
    run.complete("slow");
    assert!(run.summary().ends_with("g:waiting_for_approval"));
}

#[test]
fn a_batch_whose_stages_are_all_skipped_is_passed_over() {
    let stages = vec![
        with_policy(FailurePolicy::SkipDependents, stage("a", &[])),
        stage("slow", &[]),
        stage("b", &["a"]),
        stage("c", &["b"]),
        stage("x", &["slow"]),
        stage("y", &["x"]),
    ];
    let mut run = Run::new(batched(stages));
    run.start();
    run.fail("a", FailureLabel::EXIT);
    run.complete("slow");
    run.start();
    run.complete("x");
    run.start();
    run.complete("y");
    assert_eq!(
        run.summary(),
        "failed a:failed slow:completed b:skipped c:skipped x:completed y:completed"
    );
}

#[test]
fn rework_of_an_earlier_batch_holds_the_later_ones_again() {
    let mut run = Run::new(batched(vec![
        stage("a", &[]),
        stage("b", &[]),
        stage("c", &["b"]),
    ]));
    run.start();
    run.complete("a");
    run.complete("b");
    assert_eq!(run.startable(), [id("c")]);
    run.reopen("a", "again");
    assert_eq!(run.startable(), [id("a")]);
    run.start();
    run.complete("a");
    assert_eq!(run.startable(), [id("c")]);
}

#[test]
fn a_stage_that_was_skipped_behind_a_barrier_can_still_be_opened_again() {
    let mut plan = batched(vec![
        with_policy(FailurePolicy::SkipDependents, stage("a", &[])),
        stage("b", &["a"]),
        stage("s", &[]),
        stage("t", &["s"]),
        conditional("u", &["t"], "${{ true }}"),
    ]);
    plan.settings.reopenable = true;
    let mut run = Run::new(plan);
    run.start();
    run.fail("a", FailureLabel::EXIT);
    for stage in ["s", "t", "u"] {
        run.complete(stage);
        run.start();
    }
    run.reopen("a", "again");
    run.start();
    run.complete("a");
    run.start();
    run.complete("b");
    assert_eq!(
        run.summary(),
        "completed a:completed b:completed s:completed t:completed u:completed"
    );
}

#[test]
fn an_attempt_between_two_tries_is_not_held_when_the_batches_change() {
    let mut run = Run::new(batched(vec![stage("a", &[]), {
        let mut late = retried("b", 2);
        late.depends_on = vec![id("a")];
        late
    }]));
    run.start();
    run.complete("a");
    run.start();
    run.fail("b", FailureLabel::EXIT);
    run.edit(vec![insert(stage("c", &[]))]);
    run.wait();
    assert_eq!(run.startable(), [id("c"), id("b")]);
    run.start();
    run.complete("c");
    run.complete("b");
    assert_eq!(
        run.summary(),
        "completed a:completed b:completed c:completed"
    );
}

#[test]
fn a_run_whose_stages_have_all_ended_can_be_opened_behind_its_barriers() {
    let mut plan = batched(vec![stage("a", &[]), stage("b", &["a"])]);
    plan.settings.reopenable = true;
    let reused = ["a", "b"].map(super::snapshot::reused);
    let mut run = Run::reusing(plan, reused.into());
    assert_eq!(run.summary(), "completed a:completed b:completed");
    run.reopen("b", "again");
    assert_eq!(run.startable(), [id("b")]);
}

#[test]
fn an_empty_workflow_completes_at_once() {
    assert_eq!(Run::new(plan(Vec::new())).summary(), "completed");
}

/// Two batches beside a stage that fails, and what can then never start.
fn beside(failing: PlannedStage, never: PlannedStage) -> Run {
    let mut run = Run::new(batched(vec![
        failing,
        never,
        stage("after", &["never"]),
        stage("g", &[]),
        stage("x", &["g"]),
        stage("y", &["x"]),
        stage("z", &["y"]),
    ]));
    run.start();
    run.complete("g");
    run
}

#[test]
fn what_can_never_start_holds_no_batch_back() {
    let blocking = with_policy(FailurePolicy::Block, stage("bad", &[]));
    let lenient = PlannedStage {
        release: Release::Passed,
        ..with_policy(FailurePolicy::Continue, stage("bad", &[]))
    };
    for failing in [blocking, lenient] {
        let mut run = beside(failing, stage("never", &["bad"]));
        run.fail("bad", FailureLabel::EXIT);
        for name in ["x", "y", "z"] {
            assert_eq!(run.startable(), [id(name)]);
            run.start();
            run.complete(name);
        }
        let ended = "never:cancelled after:cancelled g:completed x:completed y:completed";
        assert!(run.summary().contains(ended), "{}", run.summary());
    }
}

#[test]
fn what_can_start_again_holds_its_batch_again() {
    let blocking = with_policy(FailurePolicy::Block, stage("bad", &[]));
    let mut run = beside(blocking, stage("never", &["bad"]));
    run.fail("bad", FailureLabel::EXIT);
    run.start();
    run.complete("x");
    assert_eq!(run.startable(), [id("y")]);
    run.reopen("bad", "again");
    assert_eq!(run.startable(), [id("bad")]);
    run.start();
    run.complete("bad");
    assert_eq!(run.startable(), [id("never")]);
    run.start();
    run.complete("never");
    assert_eq!(run.startable(), [id("after"), id("y")]);
}

#[test]
fn an_edit_may_set_free_what_could_never_start() {
    let blocking = with_policy(FailurePolicy::Block, stage("bad", &[]));
    let mut run = beside(blocking, stage("never", &["bad"]));
    run.fail("bad", FailureLabel::EXIT);
    run.edit(vec![update(stage("never", &[]))]);
    assert_eq!(run.startable(), [id("never")]);
    run.start();
    run.complete("never");
    assert_eq!(run.startable(), [id("after"), id("x")]);
}
