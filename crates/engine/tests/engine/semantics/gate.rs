//! A gate opens at its turn, blocks its dependents only, and is approved,
//! rejected, or decided by time. Who, when and why are recorded.

use baton_engine::{Outcome, Rejection};
use baton_model::plan::{FailurePolicy, GateTimeout, PlannedStage, StageKind};
use baton_model::{Command, Object};
use serde_json::json;

use super::with_policy;
use crate::harness::{Run, gate, id, plan, stage};

fn with_message(mut stage: PlannedStage, message: &str) -> PlannedStage {
    if let StageKind::Gate(spec) = &mut stage.kind {
        spec.message = Some(message.to_owned());
    }
    stage
}

#[test]
fn a_gate_opens_at_its_turn_and_its_message_is_evaluated_then() {
    let asks = with_message(gate("g", &["a"]), "Ship ${{ stages.a.outputs.n }}?");
    let mut run = Run::new(plan(vec![stage("a", &[]), asks]));
    run.start();
    assert_eq!(run.summary(), "running a:running g:pending");
    run.complete_with("a", json!({ "n": 3 }));
    assert_eq!(
        run.summary(),
        "waiting_for_approval a:completed g:waiting_for_approval"
    );
    let gate = run.of("g").gate.clone().unwrap();
    assert_eq!(gate.message.as_deref(), Some("Ship 3?"));
}

#[test]
fn a_message_that_cannot_be_evaluated_fails_the_gate() {
    let asks = with_message(gate("g", &[]), "${{ parameters.n > 1 }}");
    let run = Run::new(plan(vec![asks]));
    assert_eq!(run.summary(), "failed g:failed");
    assert!(run.error().contains("gate message"), "{}", run.error());
}

#[test]
fn an_open_gate_blocks_its_dependents_only() {
    let mut run = Run::new(plan(vec![
        gate("g", &[]),
        stage("a", &[]),
        stage("b", &["g"]),
        stage("c", &["a"]),
    ]));
    run.start();
    run.complete("a");
    run.start();
    assert_eq!(
        run.summary(),
        "running g:waiting_for_approval a:completed b:pending c:running"
    );
}

#[test]
fn an_approval_lets_pass() {
    let mut run = Run::new(plan(vec![gate("g", &[]), stage("b", &["g"])]));
    assert_eq!(run.approve("g"), Outcome::Accepted);
    assert_eq!(run.approve("g"), Outcome::AlreadyDone);
    assert_eq!(run.startable(), [id("b")]);
    let decision = run.of("g").gate.clone().unwrap().decision.unwrap();
    assert_eq!(decision.by, "ann");
    assert_eq!(run.of("g").ended_at, Some(run.now));
}

#[test]
fn a_rejection_stops_the_run_with_its_reason_even_under_continue() {
    let lenient = with_policy(FailurePolicy::Continue, gate("g", &[]));
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

#[test]
fn a_rejected_gate_holds_even_when_its_run_is_opened_again() {
    let lenient = with_policy(FailurePolicy::Continue, gate("g", &["a"]));
    let mut plan = plan(vec![
        stage("a", &[]),
        stage("x", &[]),
        lenient,
        stage("b", &["g"]),
    ]);
    plan.settings.reopenable = true;
    let mut run = Run::new(plan);
    run.start();
    run.complete("a");
    run.complete("x");
    run.reject("g", "not today");
    run.reopen("x", "again");
    run.start();
    run.complete("x");
    assert_eq!(
        run.summary(),
        "failed a:completed x:completed g:failed b:cancelled"
    );
}

fn timing_out(on_timeout: GateTimeout) -> Run {
    let mut stage = with_policy(FailurePolicy::Continue, gate("g", &[]));
    if let StageKind::Gate(spec) = &mut stage.kind {
        spec.on_timeout = on_timeout;
    }
    let mut run = Run::new(plan(vec![stage]));
    assert!(run.wait());
    run
}

#[test]
fn a_gate_nobody_decides_does_what_it_says() {
    let halted = timing_out(GateTimeout::Halt);
    assert_eq!(halted.summary(), "failed g:timed_out");
    let words = "gate `g` ran out of time: nobody decided within 60s";
    assert_eq!(halted.error(), words);

    let approved = timing_out(GateTimeout::AutoApprove);
    assert_eq!(approved.summary(), "completed g:completed");
    let decision = approved.of("g").gate.clone().unwrap().decision.unwrap();
    assert_eq!(decision.by, "timeout");

    let rejected = timing_out(GateTimeout::Reject);
    assert_eq!(rejected.summary(), "failed g:failed");
    assert_eq!(rejected.error(), "gate `g` was rejected by timeout");
}

#[test]
fn only_an_open_gate_can_be_decided() {
    let mut run = Run::new(plan(vec![stage("a", &[]), gate("g", &["a"])]));
    let unknown = Rejection::UnknownStage(id("x"));
    assert_eq!(run.approve("x"), Outcome::Rejected(unknown));
    let agent = Rejection::NotAGate(id("a"));
    assert_eq!(run.approve("a"), Outcome::Rejected(agent));
    assert!(matches!(
        run.approve("g"),
        Outcome::Rejected(Rejection::GateNotOpen { .. })
    ));
}

#[test]
fn a_decision_is_about_the_iteration_that_was_seen() {
    let mut run = Run::new(plan(vec![
        stage("a", &[]),
        gate("g", &["a"]),
        stage("b", &["g"]),
    ]));
    run.start();
    run.complete("a");
    run.reopen("a", "again");
    run.start();
    run.complete("a");
    let decided = |iteration| Command::ApproveGate {
        stage: id("g"),
        iteration,
        by: "ann".to_owned(),
        reason: None,
        details: Object::new(),
    };
    let refused = |meant| {
        Outcome::Rejected(Rejection::OtherIteration {
            stage: id("g"),
            meant,
            now: 2,
        })
    };
    assert_eq!(run.command(&decided(Some(1))), refused(1));
    let rejected = Command::RejectGate {
        stage: id("g"),
        iteration: Some(3),
        by: "ann".to_owned(),
        reason: None,
        details: Object::new(),
    };
    assert_eq!(run.command(&rejected), refused(3));
    assert_eq!(run.command(&decided(Some(2))), Outcome::Accepted);
    assert_eq!(run.command(&decided(Some(2))), Outcome::AlreadyDone);
    assert_eq!(run.command(&decided(Some(1))), refused(1));
}
