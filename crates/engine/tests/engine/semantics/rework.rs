//! A reopened stage runs again with the feedback and its last output, its
//! session resumed where it has one; what depends on it starts over.

use baton_engine::{Effect, Outcome, Rejection};
use baton_model::plan::{FailurePolicy, Handoff, PlannedStage};
use baton_model::{Command, Event, FailureLabel, Object, StepStatus};
use serde_json::json;

use super::{batched, conditional, with_policy};
use crate::harness::{Run, bringing, gate, id, plan, stage};

#[test]
fn it_runs_again_with_the_feedback_its_last_output_and_its_session() {
    let mut run = Run::new(plan(vec![stage("a", &[]), gate("g", &["a"])]));
    run.start();
    run.settle("a", bringing(json!({ "n": 1 }), Some("s-1")));
    assert_eq!(run.reopen("a", "twice as much"), Outcome::Accepted);
    run.start();
    let request = run.request();
    let feedback = request.feedback.clone().unwrap();
    assert_eq!(feedback.text.as_deref(), Some("twice as much"));
    assert_eq!(feedback.by, "ann");
    assert_eq!(json!(*feedback.outputs.unwrap()), json!({ "n": 1 }));
    assert_eq!(request.session.as_deref(), Some("s-1"));
    let key = &request.key;
    assert_eq!((key.iteration, key.attempt, key.dispatch), (2, 1, 2));
}

#[test]
fn dependents_are_reset_wherever_they_stand() {
    let mut run = Run::new(plan(vec![
        stage("a", &[]),
        stage("done", &["a"]),
        conditional("skipped", &["a"], "${{ false }}"),
        gate("gate", &["a"]),
        stage("asks", &["a"]),
        stage("waits", &["gate"]),
        stage("beside", &[]),
    ]));
    run.start();
    run.complete("a");
    run.complete("beside");
    run.start();
    run.complete("done");
    run.ask("asks", "Which?");
    run.reopen("a", "again");
    assert_eq!(
        run.summary(),
        "running a:pending done:pending skipped:pending gate:pending asks:pending waits:pending \
         beside:completed"
    );
    for (stage, iteration) in [("done", 2), ("skipped", 2), ("gate", 2), ("asks", 2)] {
        assert_eq!(run.of(stage).iteration, iteration, "{stage}");
    }
    assert_eq!(run.of("waits").iteration, 1, "nothing was done for it yet");
    assert_eq!(run.startable(), [id("a")]);
    assert!(run.of("done").outputs.is_none());
}

#[test]
fn a_dependent_at_work_is_ended_and_then_starts_over() {
    let mut run = Run::new(plan(vec![stage("a", &[]), stage("b", &["a"])]));
    run.start();
    run.complete("a");
    run.start();
    run.reopen("a", "again");
    assert!(
        run.effects
            .iter()
            .any(|effect| matches!(effect, Effect::CancelAttempt { dispatch: 1, .. }))
    );
    run.start();
    run.complete("a");
    assert_eq!(run.summary(), "running a:completed b:running");
    run.complete("b");
    assert_eq!(
        run.of("b").status,
        StepStatus::Pending,
        "its result is void"
    );
    assert_eq!(run.startable(), [id("b")]);
    run.start();
    run.complete("b");
    assert_eq!(run.summary(), "completed a:completed b:completed");
}

#[test]
fn a_dependent_that_was_being_condensed_starts_over_with_its_own_work() {
    let condensed = PlannedStage {
        handoff: Handoff {
            summary_prompt: Some("Condense it.".to_owned()),
            ..Handoff::default()
        },
        ..stage("b", &["a"])
    };
    let mut run = Run::new(plan(vec![stage("a", &[]), condensed]));
    run.start();
    run.complete("a");
    run.start();
    run.complete("b");
    run.reopen("a", "again");
    run.complete("b");
    run.start();
    run.complete("a");
    run.start();
    assert_eq!(run.request().key.stage, id("b"));
    assert_eq!(run.request().instructions, None, "not the summary prompt");
}

#[test]
fn a_failed_stage_may_be_opened_again_and_the_run_may_then_complete() {
    let mut plan = plan(vec![stage("a", &[]), stage("b", &["a"])]);
    plan.settings.reopenable = true;
    let mut run = Run::new(plan);
    run.start();
    run.fail("a", FailureLabel::EXIT);
    assert_eq!(run.summary(), "failed a:failed b:cancelled");
    assert_eq!(run.reopen("a", "try harder"), Outcome::Accepted);
    assert_eq!(run.summary(), "running a:pending b:pending");
    run.start();
    run.complete("a");
    run.start();
    run.complete("b");
    assert_eq!(run.summary(), "completed a:completed b:completed");
}

#[test]
fn what_was_cancelled_with_its_run_forgets_what_was_said() {
    let mut plan = plan(vec![stage("a", &[]), stage("b", &[])]);
    plan.settings.reopenable = true;
    let mut run = Run::new(plan);
    run.start();
    run.ask("b", "Which?");
    run.answer("b", "Which?", "that");
    run.start();
    run.complete("a");
    run.cancel();
    run.fail("b", FailureLabel::CANCELLED);
    run.reopen("a", "again");
    assert_eq!(run.of("b").iteration, 2);
    assert!(run.of("b").session.is_none());
    assert!(run.of("b").talk.clone().unwrap().answers.is_empty());
}

#[test]
fn a_run_that_has_ended_stays_so_unless_its_plan_says_otherwise() {
    let mut run = Run::new(plan(vec![stage("a", &[])]));
    run.start();
    run.complete("a");
    assert!(matches!(
        run.reopen("a", "again"),
        Outcome::Rejected(Rejection::RunEnded(_))
    ));
}

#[test]
fn only_what_has_ended_and_could_run_is_opened_again() {
    let mut run = Run::new(plan(vec![
        stage("a", &[]),
        stage("b", &["a"]),
        stage("c", &[]),
    ]));
    run.start();
    assert!(matches!(
        run.reopen("a", "x"),
        Outcome::Rejected(Rejection::NotEnded { .. })
    ));
    assert!(matches!(
        run.reopen("b", "x"),
        Outcome::Rejected(Rejection::NotEnded { .. })
    ));
    run.complete("a");
    run.start();
    run.complete("b");
    run.reopen("a", "again");
    assert!(matches!(
        run.reopen("b", "x"),
        Outcome::Rejected(Rejection::NotEnded { .. })
    ));
}

#[test]
fn the_last_output_is_kept_through_an_iteration_that_failed() {
    let mut run = Run::new(plan(vec![
        with_policy(FailurePolicy::Continue, stage("a", &[])),
        stage("beside", &[]),
    ]));
    run.start();
    run.complete_with("a", json!({ "n": 1 }));
    run.reopen("a", "better");
    run.start();
    run.fail("a", FailureLabel::EXIT);
    run.reopen("a", "once more");
    run.start();
    let feedback = run.request().feedback.clone().unwrap();
    assert_eq!(feedback.text.as_deref(), Some("once more"));
    assert_eq!(json!(*feedback.outputs.unwrap()), json!({ "n": 1 }));
}

#[test]
fn what_waits_for_another_stage_cannot_be_opened_before_it() {
    let mut run = Run::new(plan(vec![
        with_policy(FailurePolicy::SkipDependents, stage("a", &[])),
        stage("b", &["a"]),
        stage("beside", &[]),
    ]));
    run.start();
    run.fail("a", FailureLabel::EXIT);
    let waits = Rejection::DependencyOpen(id("b"));
    assert_eq!(run.reopen("b", "again"), Outcome::Rejected(waits));
    run.reopen("a", "again");
    assert_eq!(run.summary(), "running a:pending b:pending beside:running");
}

#[test]
fn attempts_count_anew_in_each_iteration() {
    let mut run = Run::new(plan(vec![super::retried("a", 2), stage("b", &[])]));
    run.start();
    run.fail("a", FailureLabel::EXIT);
    run.wait();
    run.start();
    run.complete("a");
    assert_eq!(run.of("a").attempt, 2);
    run.reopen("a", "again");
    run.start();
    assert_eq!(run.of("a").attempt, 1);
    assert_eq!(run.of("a").dispatch, 3, "dispatches never repeat");
}

#[test]
fn a_dependent_that_still_cannot_run_stays_skipped() {
    let failing = |name: &str| with_policy(FailurePolicy::SkipDependents, stage(name, &[]));
    let stages = vec![
        failing("bad1"),
        failing("bad2"),
        stage("n", &["bad1", "bad2"]),
        stage("m", &["n"]),
        stage("only1", &["bad1"]),
        stage("g", &[]),
        stage("x", &["g"]),
        stage("y", &["x"]),
    ];
    let mut run = Run::new(batched(stages));
    run.start();
    run.fail("bad1", FailureLabel::EXIT);
    run.fail("bad2", FailureLabel::EXIT);
    run.reopen("bad1", "again");
    let stood = "bad1:pending bad2:failed n:skipped m:skipped only1:pending";
    assert!(run.summary().contains(stood), "{}", run.summary());
    for name in ["g", "bad1", "only1", "x", "y"] {
        run.start();
        run.complete(name);
    }
    assert_eq!(
        run.summary(),
        "failed bad1:completed bad2:failed n:skipped m:skipped only1:completed g:completed \
         x:completed y:completed"
    );
}

#[test]
fn a_dependent_runs_once_the_last_failure_before_it_was_mended() {
    let failing = |name: &str| with_policy(FailurePolicy::SkipDependents, stage(name, &[]));
    let mut run = Run::new(plan(vec![
        failing("bad1"),
        failing("bad2"),
        stage("n", &["bad1", "bad2"]),
        gate("open", &[]),
    ]));
    run.start();
    run.fail("bad1", FailureLabel::EXIT);
    run.fail("bad2", FailureLabel::EXIT);
    for name in ["bad1", "bad2"] {
        run.reopen(name, "again");
        run.start();
        run.complete(name);
    }
    assert_eq!(run.startable(), [id("n")]);
}

#[test]
fn at_a_gate_it_is_asked_for_only_while_just_that_gate_is_open() {
    let stages = vec![stage("a", &[]), gate("g", &["a"]), stage("b", &["g"])];
    let mut run = Run::new(plan(stages));
    let send_back = |iteration| Command::ReopenStage {
        stage: id("a"),
        at_gate: Some((id("g"), iteration)),
        feedback: Some("shorter".to_owned()),
        details: Object::from_iter([("page".to_owned(), json!(3))]),
        by: "ann".to_owned(),
    };
    let refused = |outcome| matches!(outcome, Outcome::Rejected(_));
    run.start();
    assert!(refused(run.command(&send_back(1))), "it is not open yet");
    run.complete("a");
    assert!(refused(run.command(&send_back(2))), "of another iteration");
    assert_eq!(run.command(&send_back(1)), Outcome::Accepted);
    let details = run
        .log
        .iter()
        .rev()
        .find_map(|recorded| match &recorded.event {
            Event::StageReopened { details, .. } => Some(json!(details)),
            _ => None,
        });
    assert_eq!(details, Some(json!({ "page": 3 })));
    run.start();
    run.complete("a");
    assert!(
        refused(run.command(&send_back(1))),
        "it has been sent back since"
    );
    run.approve("g");
    assert!(
        refused(run.command(&send_back(2))),
        "it has been passed since"
    );
    assert_eq!(run.of("a").iteration, 2);
}
