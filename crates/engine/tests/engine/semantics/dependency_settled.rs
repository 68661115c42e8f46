//! Settled is completed, or skipped, or failed under `on_failure: continue`;
//! and what the other policies do.

use baton_model::FailureLabel;
use baton_model::plan::{FailurePolicy, InputSpec, PlannedStage, Release};
use baton_model::{StepStatus, ValueType};

use super::{conditional, input, with_policy};
use crate::harness::{Run, gate, id, plan, stage};

#[test]
fn a_completed_stage_is_settled() {
    let mut run = Run::new(plan(vec![stage("a", &[]), stage("b", &["a"])]));
    run.start();
    run.complete("a");
    assert_eq!(run.startable(), [id("b")]);
}

#[test]
fn a_skipped_stage_is_settled() {
    let run = Run::new(plan(vec![
        conditional("a", &[], "${{ false }}"),
        stage("b", &["a"]),
    ]));
    assert_eq!(run.startable(), [id("b")]);
}

#[test]
fn a_stage_that_failed_under_continue_is_settled() {
    let mut run = Run::new(plan(vec![
        with_policy(FailurePolicy::Continue, stage("a", &[])),
        stage("b", &["a"]),
    ]));
    run.start();
    run.fail("a", FailureLabel::EXIT);
    run.start();
    run.complete("b");
    assert_eq!(run.summary(), "completed a:failed b:completed");
}

#[test]
fn skip_dependents_skips_all_of_them_and_lets_the_rest_finish() {
    let mut run = Run::new(plan(vec![
        with_policy(FailurePolicy::SkipDependents, stage("a", &[])),
        stage("b", &["a"]),
        stage("c", &["b"]),
        stage("d", &[]),
        stage("e", &["d"]),
    ]));
    run.start();
    run.fail("a", FailureLabel::EXIT);
    run.complete("d");
    run.start();
    run.complete("e");
    assert_eq!(
        run.summary(),
        "failed a:failed b:skipped c:skipped d:completed e:completed"
    );
}

#[test]
fn two_stages_that_run_out_of_questions_together_skip_a_dependant_once() {
    let asking = |name| PlannedStage {
        question_timeout: Some(std::time::Duration::from_secs(5)),
        ..with_policy(FailurePolicy::SkipDependents, stage(name, &[]))
    };
    let mut run = Run::new(plan(vec![
        asking("a"),
        asking("b"),
        stage("c", &["a", "b"]),
    ]));
    run.start();
    run.ask("a", "Which?");
    run.ask("b", "Which?");
    assert!(run.wait());
    assert_eq!(run.summary(), "failed a:timed_out b:timed_out c:skipped");
}

#[test]
fn a_stage_that_was_at_work_when_its_dependency_failed_again_is_skipped_too() {
    let mut run = Run::new(plan(vec![
        with_policy(FailurePolicy::SkipDependents, stage("a", &[])),
        stage("b", &["a"]),
        stage("c", &["b"]),
        stage("d", &[]),
    ]));
    run.start();
    run.complete("a");
    run.start();
    run.reopen("a", "again");
    run.start();
    run.fail("a", FailureLabel::EXIT);
    run.fail("b", FailureLabel::CANCELLED);
    assert_eq!(
        run.summary(),
        "running a:failed b:skipped c:skipped d:running"
    );
}

#[test]
fn halt_cancels_what_runs_and_starts_nothing_more() {
    let mut run = Run::new(plan(vec![
        stage("a", &[]),
        stage("b", &[]),
        stage("c", &["a"]),
    ]));
    run.start();
    run.fail("a", FailureLabel::EXIT);
    assert_eq!(run.summary(), "running a:failed b:running c:cancelled");
    run.fail("b", FailureLabel::CANCELLED);
    assert_eq!(run.summary(), "failed a:failed b:cancelled c:cancelled");
}

#[test]
fn the_run_names_the_stage_and_the_cause() {
    let mut run = Run::new(plan(vec![stage("a", &[])]));
    run.start();
    run.fail("a", FailureLabel::EXIT);
    assert_eq!(run.error(), "stage `a` failed: it broke (exit)");
}

#[test]
fn block_keeps_dependants_from_starting_and_ends_the_run_after_the_rest() {
    let mut run = Run::new(plan(vec![
        with_policy(FailurePolicy::Block, stage("a", &[])),
        stage("b", &["a"]),
        stage("c", &[]),
    ]));
    run.start();
    run.fail("a", FailureLabel::EXIT);
    assert_eq!(run.summary(), "running a:failed b:pending c:running");
    run.complete("c");
    assert_eq!(run.summary(), "failed a:failed b:cancelled c:completed");
}

#[test]
fn release_passed_is_given_by_nothing_less_than_completion() {
    let first = PlannedStage {
        release: Release::Passed,
        ..conditional("a", &[], "${{ false }}")
    };
    let run = Run::new(plan(vec![first, stage("b", &["a"])]));
    assert_eq!(run.summary(), "failed a:skipped b:cancelled");

    let first = PlannedStage {
        release: Release::Passed,
        ..with_policy(FailurePolicy::Continue, stage("a", &[]))
    };
    let mut run = Run::new(plan(vec![first, stage("b", &["a"])]));
    run.start();
    run.fail("a", FailureLabel::EXIT);
    assert_eq!(run.summary(), "failed a:failed b:cancelled");
}

#[test]
fn a_stage_whose_input_cannot_be_had_fails_by_its_own_policy() {
    let asks = PlannedStage {
        inputs: vec![InputSpec {
            value_type: ValueType::String,
            ..input("x", "${{ parameters.missing }}", true)
        }],
        ..with_policy(FailurePolicy::Continue, stage("a", &[]))
    };
    let mut run = Run::new(plan(vec![asks, stage("b", &["a"]), gate("g", &["b"])]));
    run.start();
    assert_eq!(run.of("a").status, StepStatus::Failed);
    assert_eq!(run.of("b").status, StepStatus::Running);
    let failure = run.of("a").failure.clone().unwrap();
    assert_eq!(failure.label, FailureLabel::EXPRESSION);
    assert!(
        failure.message.contains("input `x`: is required"),
        "{failure}"
    );
}
