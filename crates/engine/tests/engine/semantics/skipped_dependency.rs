//! Dependants of a skipped stage run; its outputs read as null, or as their
//! declared default.

use baton_model::plan::{FailurePolicy, PlannedStage};
use baton_model::{FailureLabel, Value, ValueType};
use serde_json::json;

use super::{conditional, input, output, with_policy};
use crate::harness::{Run, plan, stage};

fn reading_a(required: bool) -> PlannedStage {
    PlannedStage {
        inputs: vec![input("x", "${{ stages.a.outputs.x }}", required)],
        ..stage("b", &["a"])
    }
}

#[test]
fn dependants_run_and_read_null() {
    let skipped = conditional("a", &[], "${{ parameters.go }}");
    let mut run = Run::new(plan(vec![skipped, reading_a(false)]));
    assert_eq!(run.summary(), "pending a:skipped b:pending");
    run.start();
    assert_eq!(run.request().inputs.get("x"), Some(&Value::Null));
}

#[test]
fn a_declared_default_stands_in() {
    let contract = vec![output("x", ValueType::String, false, json!("dflt"))];
    let skipped = PlannedStage {
        outputs: contract.clone(),
        ..conditional("a", &[], "${{ false }}")
    };
    let mut run = Run::new(plan(vec![skipped, reading_a(true)]));
    run.start();
    assert_eq!(run.request().inputs.get("x"), Some(&json!("dflt")));

    let failed = PlannedStage {
        outputs: contract,
        ..with_policy(FailurePolicy::Continue, stage("a", &[]))
    };
    let mut run = Run::new(plan(vec![failed, reading_a(true)]));
    run.start();
    run.fail("a", FailureLabel::EXIT);
    run.start();
    assert_eq!(run.request().inputs.get("x"), Some(&json!("dflt")));
}
