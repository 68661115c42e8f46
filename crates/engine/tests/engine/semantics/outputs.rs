//! Outputs are checked against the contract; a wrong one is one repair turn in
//! the same session where the agent has sessions, then a failed attempt.

use baton_engine::Work;
use baton_model::plan::PlannedStage;
use baton_model::{FailureLabel, StepStatus, Value, ValueType};
use serde_json::json;

use super::{output, retried};
use crate::harness::{Run, bringing, plan};

fn contracted() -> Run {
    let stage = PlannedStage {
        outputs: vec![
            output("n", ValueType::Integer, true, Value::Null),
            output("s", ValueType::String, false, json!("dflt")),
            output("free", ValueType::String, false, Value::Null),
        ],
        ..retried("a", 2)
    };
    let mut run = Run::new(plan(vec![stage]));
    run.start();
    run
}

#[test]
fn a_right_output_gets_its_defaults_and_keeps_what_was_not_asked_for() {
    let mut run = contracted();
    run.complete_with("a", json!({ "n": 1, "more": true, "free": null }));
    let outputs = run.of("a").outputs.clone().unwrap();
    let whole = json!({ "n": 1, "more": true, "free": null, "s": "dflt" });
    assert_eq!(Value::Object((*outputs).clone()), whole);
}

#[test]
fn every_mistake_is_named() {
    for (outputs, words) in [
        (json!({ "n": "one" }), "output `n`: expected integer"),
        (json!({}), "output `n` is missing"),
        (json!({ "n": null }), "output `n` is missing"),
        (json!({ "n": 1, "s": 2 }), "output `s`: expected string"),
    ] {
        let mut run = contracted();
        run.complete_with("a", outputs);
        let failure = run.of("a").failure.clone().unwrap();
        assert_eq!(failure.label, FailureLabel::BAD_OUTPUT);
        assert!(failure.message.contains(words), "{failure}");
    }
}

#[test]
fn a_wrong_output_is_mended_once_in_the_same_session() {
    let mut run = contracted();
    run.settle("a", bringing(json!({ "n": "one" }), Some("s-1")));
    assert_eq!(run.of("a").status, StepStatus::Running);
    let request = run.request();
    assert_eq!(request.session.as_deref(), Some("s-1"));
    assert!(matches!(&request.work, Work::Repair { reason } if reason.contains("output `n`")));
    let key = &request.key;
    assert_eq!((key.attempt, key.dispatch, request.turn), (1, 2, 2));
    run.settle("a", bringing(json!({ "n": 1 }), None));
    assert_eq!(run.summary(), "completed a:completed");
}

#[test]
fn what_is_wrong_a_second_time_is_a_failed_attempt() {
    let mut run = contracted();
    run.settle("a", bringing(json!({ "n": "one" }), Some("s-1")));
    run.settle("a", bringing(json!({ "n": "two" }), Some("s-1")));
    assert_eq!(run.summary(), "running a:pending");
    run.wait();
    run.start();
    let request = run.request();
    assert_eq!((request.key.attempt, request.turn), (2, 1));
    assert_eq!(request.session, None, "a new attempt is a new session");
    assert_eq!(request.work, Work::Stage);
}

#[test]
fn without_a_session_there_is_nobody_to_mend_it() {
    let mut run = contracted();
    run.complete_with("a", json!({ "n": "one" }));
    assert_eq!(run.summary(), "running a:pending");
}

#[test]
fn a_repair_has_what_is_left_of_the_attempts_time() {
    let mut stage = retried("a", 1);
    stage.timeout = Some(std::time::Duration::from_secs(9));
    stage.outputs = vec![output("n", ValueType::Integer, true, Value::Null)];
    let mut run = Run::new(plan(vec![stage]));
    run.start();
    let deadline = run.of("a").deadline;
    run.now = run.now.after(std::time::Duration::from_secs(5));
    run.settle("a", bringing(json!({}), Some("s-1")));
    assert_eq!(run.request().deadline, deadline);
    run.wait();
    run.settle("a", bringing(json!({ "n": 1 }), Some("s-1")));
    assert_eq!(run.summary(), "failed a:timed_out");
}

#[test]
fn nothing_is_mended_for_a_run_that_is_stopping() {
    let mut run = contracted();
    run.cancel();
    run.settle("a", bringing(json!({ "n": "one" }), Some("s-1")));
    assert_eq!(run.summary(), "cancelled a:cancelled");
}
