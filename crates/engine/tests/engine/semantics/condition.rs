//! Conditions see the full scope; false skips; an evaluation error fails the
//! stage with a clear message and never skips.

use baton_model::FailureLabel;
use baton_model::plan::PlannedStage;
use serde_json::json;

use super::conditional;
use crate::harness::{Run, id, plan, stage};

#[test]
fn a_condition_sees_all_six_namespaces() {
    for condition in [
        "${{ parameters.go == 'yes' }}",
        "${{ stages.a.status == 'success' }}",
        "${{ stages.a.outputs.n > 1 }}",
        "${{ context.anything == null }}",
        "${{ env.MODE == 'fast' }}",
        "${{ run.id == '00000000-0000-0000-0000-000000000000' }}",
        "${{ workflow.name == 'W' }}",
    ] {
        let mut plan = plan(vec![stage("a", &[]), conditional("b", &["a"], condition)]);
        plan.parameters.insert("go".to_owned(), json!("yes"));
        plan.env.insert("MODE".to_owned(), "fast".to_owned());
        let mut run = Run::new(plan);
        run.start();
        run.complete_with("a", json!({ "n": 2 }));
        assert_eq!(run.startable(), [id("b")], "{condition}");
    }
}

#[test]
fn a_false_condition_skips() {
    let run = Run::new(plan(vec![conditional("a", &[], "${{ false }}")]));
    assert_eq!(run.summary(), "completed a:skipped");
}

#[test]
fn a_condition_is_looked_at_when_its_stage_is_due_and_not_before() {
    let condition = "${{ stages.a.outputs.n > 1 }}";
    let mut run = Run::new(plan(vec![
        stage("a", &[]),
        conditional("b", &["a"], condition),
    ]));
    run.start();
    run.complete_with("a", json!({ "n": 1 }));
    assert_eq!(run.summary(), "completed a:completed b:skipped");
}

#[test]
fn a_condition_that_cannot_be_evaluated_fails_the_stage() {
    let mut run = Run::new(plan(vec![conditional("a", &[], "${{ parameters.n > 1 }}")]));
    assert_eq!(run.summary(), "failed a:failed");
    assert_eq!(
        run.of("a").failure.clone().unwrap().label,
        FailureLabel::EXPRESSION
    );
    assert!(run.error().starts_with("stage `a` failed: condition: "));
    assert!(!run.wait());
}

#[test]
fn a_condition_error_is_not_tried_again() {
    let tried = PlannedStage {
        condition: Some("${{ parameters.n > 1 }}".to_owned()),
        ..super::retried("a", 5)
    };
    assert_eq!(Run::new(plan(vec![tried])).summary(), "failed a:failed");
}
