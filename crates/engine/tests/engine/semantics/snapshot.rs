//! A run keeps the plan it started with; a rerun keeps results of the run it
//! repeats.

use baton_model::StepStatus;
use baton_model::event::ReusedStage;
use serde_json::json;

use super::input;
use crate::harness::{Run, id, plan, stage};

/// A result of an earlier run.
pub(super) fn reused(name: &str) -> ReusedStage {
    ReusedStage {
        stage: id(name),
        outputs: Some([("x".to_owned(), json!("old"))].into_iter().collect()),
        text: None,
        summary: None,
    }
}

#[test]
fn the_first_event_carries_the_whole_plan() {
    let mut plan = plan(vec![stage("a", &[])]);
    plan.parameters.insert("go".to_owned(), json!("yes"));
    plan.workflow.definition_hash = "abc".to_owned();
    let run = Run::new(plan.clone());
    assert_eq!(run.state.plan().as_ref(), &plan);
    let again = baton_engine::replay(run.state.id(), &run.log).unwrap();
    assert_eq!(again.plan().as_ref(), &plan);
}

#[test]
fn a_rerun_does_not_repeat_what_it_reuses() {
    let reads = baton_model::plan::PlannedStage {
        inputs: vec![input("x", "${{ stages.a.outputs.x }}", true)],
        ..stage("b", &["a", "s"])
    };
    let skipped = ReusedStage {
        outputs: None,
        ..reused("s")
    };
    let plan = plan(vec![stage("a", &[]), stage("s", &[]), reads]);
    let mut run = Run::reusing(plan, vec![reused("a"), skipped]);
    assert_eq!(run.summary(), "pending a:completed s:skipped b:pending");
    run.start();
    assert_eq!(run.request().inputs.get("x"), Some(&json!("old")));
    run.complete("b");
    assert_eq!(run.summary(), "completed a:completed s:skipped b:completed");
    assert_eq!(run.of("a").dispatch, 0);
}

#[test]
fn a_reused_result_can_be_reworked() {
    let mut run = Run::reusing(
        plan(vec![stage("a", &[]), stage("b", &["a"])]),
        vec![reused("a")],
    );
    run.reopen("a", "newer");
    assert_eq!(run.of("a").status, StepStatus::Pending);
    assert_eq!(run.startable(), [id("a")]);
}

#[test]
fn a_rerun_that_reuses_everything_has_nothing_to_do() {
    let run = Run::reusing(plan(vec![stage("a", &[])]), vec![reused("a")]);
    assert_eq!(run.summary(), "completed a:completed");
}
