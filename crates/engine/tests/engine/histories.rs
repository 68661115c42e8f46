//! Small runs told step by step: one test for each rule of BLUEPRINT §3 that
//! this release has.

use std::time::Duration;

use baton_engine::{Effect, Outcome, Rejection, pending_effects};
use baton_model::plan::{
    FailurePolicy, GateTimeout, InputSpec, OnCrash, OutputSpec, PlannedStage, Release, RetryPolicy,
    StageKind,
};
use baton_model::{Command, FailureLabel, Plan, StageId, Value, ValueType};
use serde_json::json;

use crate::harness::{Run, gate, id, plan, stage};

fn retried(name: &str, attempts_max: u32) -> PlannedStage {
    PlannedStage {
        retry: RetryPolicy {
            attempts_max,
            ..RetryPolicy::default()
        },
        ..stage(name, &[])
    }
}

fn with_policy(name: &str, on_failure: FailurePolicy) -> PlannedStage {
    PlannedStage {
        on_failure,
        ..stage(name, &[])
    }
}

fn conditional(name: &str, depends_on: &[&str], condition: &str) -> PlannedStage {
    PlannedStage {
        condition: Some(condition.to_owned()),
        ..stage(name, depends_on)
    }
}

fn output(name: &str, value_type: ValueType, required: bool, default: Value) -> OutputSpec {
    OutputSpec {
        name: name.to_owned(),
        value_type,
        required,
        default,
        description: None,
    }
}

fn input(name: &str, source: &str, required: bool) -> InputSpec {
    let source = Some(source.to_owned());
    InputSpec {
        name: name.to_owned(),
        value_type: ValueType::String,
        source,
        required,
    }
}

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
fn a_diamond_joins_only_when_both_arms_are_done() {
    let stages = vec![
        stage("a", &[]),
        stage("b", &["a"]),
        stage("c", &["a"]),
        stage("d", &["b", "c"]),
    ];
    let mut run = Run::new(plan(stages));
    run.start();
    run.complete("a");
    run.start();
    run.complete("c");
    assert!(run.startable().is_empty());
    run.complete("b");
    assert_eq!(run.startable(), [id("d")]);
}

#[test]
fn no_more_stages_run_at_once_than_the_run_allows() {
    let names = ["a", "b", "c", "d", "e"];
    let mut run = Run::new(plan(names.iter().map(|name| stage(name, &[])).collect()));
    run.start();
    assert_eq!(run.running(), [id("a"), id("b"), id("c")]);
    run.complete("b");
    run.start();
    assert_eq!(run.running(), [id("a"), id("c"), id("d")]);
}

#[test]
fn a_false_condition_skips_and_dependants_run_with_null() {
    let asks = PlannedStage {
        inputs: vec![input("x", "${{ stages.a.outputs.x }}", false)],
        ..stage("b", &["a"])
    };
    let mut run = Run::new(plan(vec![
        conditional("a", &[], "${{ parameters.go }}"),
        asks,
    ]));
    assert_eq!(run.summary(), "pending a:skipped b:pending");
    run.start();
    let Some(Effect::Dispatch(request)) = run.effects.last() else {
        panic!("no dispatch")
    };
    assert_eq!(request.inputs.get("x"), Some(&Value::Null));
}

#[test]
fn a_required_input_refuses_null() {
    let asks = PlannedStage {
        inputs: vec![input("x", "${{ parameters.missing }}", true)],
        ..stage("a", &[])
    };
    let mut run = Run::new(plan(vec![asks]));
    run.start();
    assert_eq!(run.summary(), "failed a:failed");
    assert!(
        run.error().contains("input `x`: is required"),
        "{}",
        run.error()
    );
}

#[test]
fn a_condition_that_cannot_be_evaluated_fails_the_stage() {
    let mut run = Run::new(plan(vec![conditional("a", &[], "${{ parameters.n > 1 }}")]));
    assert_eq!(run.summary(), "failed a:failed");
    assert!(run.error().contains("condition"), "{}", run.error());
    assert!(!run.wait());
}

#[test]
fn a_skipped_stage_reads_as_its_defaults() {
    let skipped = PlannedStage {
        outputs: vec![output("x", ValueType::String, false, json!("dflt"))],
        ..conditional("a", &[], "${{ false }}")
    };
    let asks = PlannedStage {
        inputs: vec![input("x", "${{ stages.a.outputs.x }}", true)],
        ..stage("b", &["a"])
    };
    let mut run = Run::new(plan(vec![skipped, asks]));
    run.start();
    let Some(Effect::Dispatch(request)) = run.effects.last() else {
        panic!("no dispatch")
    };
    assert_eq!(request.inputs.get("x"), Some(&json!("dflt")));
}

#[test]
fn a_failed_attempt_is_tried_again_after_its_wait() {
    let mut run = Run::new(plan(vec![retried("a", 2)]));
    run.start();
    run.fail("a", FailureLabel::EXIT);
    assert_eq!(run.summary(), "running a:pending");
    assert!(run.startable().is_empty());
    let before = run.now;
    assert!(run.wait());
    let waited = run.now.since(before);
    assert!((27..=33).contains(&waited.as_secs()), "{waited:?}");
    run.start();
    assert_eq!(
        run.state.stage(run.state.index(&id("a")).unwrap()).attempt,
        2
    );
    run.fail("a", FailureLabel::EXIT);
    assert_eq!(run.summary(), "failed a:failed");
    assert_eq!(run.error(), "stage `a` failed: it broke (exit)");
}

#[test]
fn an_attempt_that_runs_out_of_time_is_ended_first_and_then_retried() {
    let timed = PlannedStage {
        timeout: Some(Duration::from_secs(5)),
        ..retried("a", 2)
    };
    let mut run = Run::new(plan(vec![timed]));
    run.start();
    assert!(run.wait());
    let Some(Effect::CancelAttempt { dispatch: 1, .. }) = run.effects.last() else {
        panic!("the attempt was not cancelled: {:?}", run.effects)
    };
    assert_eq!(run.summary(), "running a:running");
    run.fail("a", FailureLabel::CANCELLED);
    assert_eq!(run.summary(), "running a:pending");
    run.wait();
    run.start();
    run.wait();
    run.complete("a");
    assert_eq!(run.summary(), "failed a:timed_out");
}

#[test]
fn halt_cancels_what_runs_and_starts_nothing_more() {
    let stages = vec![stage("a", &[]), stage("b", &[]), stage("c", &["a"])];
    let mut run = Run::new(plan(stages));
    run.start();
    run.fail("a", FailureLabel::EXIT);
    assert_eq!(run.summary(), "running a:failed b:running c:cancelled");
    run.fail("b", FailureLabel::CANCELLED);
    assert_eq!(run.summary(), "failed a:failed b:cancelled c:cancelled");
    assert_eq!(run.error(), "stage `a` failed: it broke (exit)");
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
fn continue_goes_on_as_if_nothing_were() {
    let stages = vec![
        with_policy("a", FailurePolicy::Continue),
        stage("b", &["a"]),
    ];
    let mut run = Run::new(plan(stages));
    run.start();
    run.fail("a", FailureLabel::EXIT);
    run.start();
    run.complete("b");
    assert_eq!(run.summary(), "completed a:failed b:completed");
}

#[test]
fn skip_dependents_skips_all_of_them_and_lets_the_rest_finish() {
    let stages = vec![
        with_policy("a", FailurePolicy::SkipDependents),
        stage("b", &["a"]),
        stage("c", &["b"]),
        stage("d", &[]),
        stage("e", &["d"]),
    ];
    let mut run = Run::new(plan(stages));
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
fn block_keeps_dependants_from_starting_and_ends_the_run_after_the_rest() {
    let stages = vec![
        with_policy("a", FailurePolicy::Block),
        stage("b", &["a"]),
        stage("c", &[]),
    ];
    let mut run = Run::new(plan(stages));
    run.start();
    run.fail("a", FailureLabel::EXIT);
    assert_eq!(run.summary(), "running a:failed b:pending c:running");
    run.complete("c");
    assert_eq!(run.summary(), "failed a:failed b:cancelled c:completed");
}

#[test]
fn release_passed_is_not_given_by_a_skipped_stage() {
    let first = PlannedStage {
        release: Release::Passed,
        ..conditional("a", &[], "${{ false }}")
    };
    let run = Run::new(plan(vec![first, stage("b", &["a"])]));
    assert_eq!(run.summary(), "failed a:skipped b:cancelled");
}

#[test]
fn a_gate_waits_and_an_approval_lets_pass() {
    let mut run = Run::new(plan(vec![
        stage("a", &[]),
        gate("g", &["a"]),
        stage("b", &["g"]),
    ]));
    run.start();
    run.complete("a");
    assert_eq!(
        run.summary(),
        "waiting_for_approval a:completed g:waiting_for_approval b:pending"
    );
    assert_eq!(run.approve("g"), Outcome::Accepted);
    assert_eq!(run.approve("g"), Outcome::AlreadyDone);
    run.start();
    run.complete("b");
    assert_eq!(
        run.summary(),
        "completed a:completed g:completed b:completed"
    );
}

#[test]
fn an_open_gate_blocks_only_its_dependants() {
    let mut run = Run::new(plan(vec![
        gate("g", &[]),
        stage("a", &[]),
        stage("b", &["g"]),
    ]));
    run.start();
    assert_eq!(
        run.summary(),
        "running g:waiting_for_approval a:running b:pending"
    );
    run.complete("a");
    assert_eq!(
        run.summary(),
        "waiting_for_approval g:waiting_for_approval a:completed b:pending"
    );
}

#[test]
fn a_rejection_stops_the_run_even_under_continue() {
    let lenient = PlannedStage {
        on_failure: FailurePolicy::Continue,
        ..gate("g", &[])
    };
    let mut run = Run::new(plan(vec![lenient, stage("b", &["g"])]));
    assert_eq!(run.reject("g", "not today"), Outcome::Accepted);
    assert_eq!(run.summary(), "failed g:failed b:cancelled");
    assert_eq!(run.error(), "gate `g` was rejected by ann: not today");
    assert_eq!(run.reject("g", "again"), Outcome::AlreadyDone);
    assert!(matches!(
        run.approve("g"),
        Outcome::Rejected(Rejection::RunEnded(_))
    ));
}

fn gate_timing_out(on_timeout: GateTimeout) -> Run {
    let mut stage = gate("g", &[]);
    if let StageKind::Gate(spec) = &mut stage.kind {
        spec.on_timeout = on_timeout;
    }
    let mut run = Run::new(plan(vec![stage]));
    assert!(run.wait());
    run
}

#[test]
fn a_gate_nobody_decides_does_what_it_says() {
    assert_eq!(
        gate_timing_out(GateTimeout::Halt).summary(),
        "failed g:timed_out"
    );
    assert_eq!(
        gate_timing_out(GateTimeout::AutoApprove).summary(),
        "completed g:completed"
    );
    assert_eq!(
        gate_timing_out(GateTimeout::Reject).summary(),
        "failed g:failed"
    );
}

#[test]
fn only_gates_can_be_approved() {
    let mut run = Run::new(plan(vec![stage("a", &[]), gate("g", &["a"])]));
    assert_eq!(
        run.approve("x"),
        Outcome::Rejected(Rejection::UnknownStage(id("x")))
    );
    assert_eq!(
        run.approve("a"),
        Outcome::Rejected(Rejection::NotAGate(id("a")))
    );
    assert!(matches!(
        run.approve("g"),
        Outcome::Rejected(Rejection::GateNotOpen { .. })
    ));
}

#[test]
fn outputs_are_held_against_the_contract() {
    let contract = vec![
        output("n", ValueType::Integer, true, Value::Null),
        output("s", ValueType::String, false, json!("dflt")),
    ];
    let asked = PlannedStage {
        outputs: contract,
        ..retried("a", 2)
    };
    let mut run = Run::new(plan(vec![asked]));
    run.start();
    run.complete_with("a", json!({ "n": "one" }));
    let failure = run
        .state
        .stages()
        .next()
        .unwrap()
        .2
        .failure
        .clone()
        .unwrap();
    assert_eq!(failure.label, FailureLabel::BAD_OUTPUT);
    assert!(
        failure.message.contains("output `n`: expected integer"),
        "{failure}"
    );
    run.wait();
    run.start();
    run.complete_with("a", json!({ "n": 1, "more": true }));
    let outputs = run
        .state
        .stages()
        .next()
        .unwrap()
        .2
        .outputs
        .clone()
        .unwrap();
    assert_eq!(
        Value::Object((*outputs).clone()),
        json!({ "n": 1, "more": true, "s": "dflt" })
    );
}

#[test]
fn the_run_clock_stands_still_while_people_are_asked() {
    let mut limited: Plan = plan(vec![gate("g", &[]), stage("a", &["g"])]);
    limited.settings.timeout = Some(Duration::from_secs(30));
    let mut run = Run::new(limited);
    run.now = run.now.after(Duration::from_secs(50));
    assert_eq!(run.command(&Command::Advance), Outcome::AlreadyDone);
    run.approve("g");
    run.start();
    let before = run.now;
    assert!(run.wait());
    assert_eq!(run.now.since(before), Duration::from_secs(30));
    run.fail("a", FailureLabel::CANCELLED);
    assert_eq!(run.summary(), "failed g:completed a:cancelled");
    assert!(run.error().contains("time limit"), "{}", run.error());
}

#[test]
fn a_lost_attempt_is_run_again_three_times_and_then_fails() {
    let mut run = Run::new(plan(vec![stage("a", &[])]));
    run.start();
    for restart in 1..=OnCrash::RESTARTS_MAX {
        run.lose("a");
        assert_eq!(run.dispatch_of(&id("a")), restart + 1);
        assert_eq!(run.state.stages().next().unwrap().2.attempt, 1);
    }
    run.lose("a");
    assert_eq!(run.summary(), "failed a:failed");
    assert!(run.error().ends_with("(crash)"), "{}", run.error());
}

#[test]
fn on_crash_may_count_as_an_attempt_or_fail_at_once() {
    let counted = PlannedStage {
        on_crash: OnCrash::Retry,
        ..retried("a", 2)
    };
    let mut run = Run::new(plan(vec![counted]));
    run.start();
    run.lose("a");
    assert_eq!(run.summary(), "running a:pending");

    let strict = PlannedStage {
        on_crash: OnCrash::Fail,
        ..retried("a", 2)
    };
    let mut run = Run::new(plan(vec![strict]));
    run.start();
    run.lose("a");
    assert_eq!(run.summary(), "failed a:failed");
}

#[test]
fn an_answer_to_an_older_dispatch_is_late() {
    let mut run = Run::new(plan(vec![stage("a", &[])]));
    run.start();
    let late = |dispatch| Command::SettleAttempt {
        stage: id("a"),
        dispatch,
        report: baton_model::AttemptReport::Completed(Default::default()),
    };
    run.lose("a");
    assert_eq!(run.command(&late(1)), Outcome::AlreadyDone);
    assert_eq!(run.command(&late(2)), Outcome::Accepted);
    assert_eq!(run.command(&late(2)), Outcome::AlreadyDone);
}

#[test]
fn effects_are_known_again_after_a_crash() {
    let asks = PlannedStage {
        inputs: vec![input("x", "${{ stages.a.outputs.x }}", true)],
        ..stage("b", &["a"])
    };
    let mut run = Run::new(plan(vec![stage("a", &[]), asks]));
    run.start();
    run.complete_with("a", json!({ "x": "hello" }));
    run.start();
    assert_eq!(
        pending_effects(&run.state),
        run.effects.split_off(run.effects.len() - 1)
    );
    run.cancel();
    assert_eq!(pending_effects(&run.state).len(), 2);
}

#[test]
fn starting_what_may_not_start_changes_nothing() {
    let mut run = Run::new(plan(vec![stage("a", &[]), stage("b", &["a"])]));
    let stages: Vec<StageId> = vec![id("b")];
    assert_eq!(
        run.command(&Command::StartStages { stages }),
        Outcome::AlreadyDone
    );
}

#[test]
fn an_empty_workflow_completes_at_once() {
    assert_eq!(Run::new(plan(Vec::new())).summary(), "completed");
}
