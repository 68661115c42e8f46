//! The semantics table of BLUEPRINT §3: one module for each of its rows that
//! the engine decides, and in it one test for each of the row's clauses.

mod bringing;
mod concurrency;
mod condition;
mod crash;
mod dependency_settled;
mod execution_status;
mod gate;
mod graph_edits;
mod handoff;
mod honest_results;
mod hooks;
mod identity;
mod outputs;
mod pause;
mod question;
mod readiness;
mod retry;
mod rework;
mod skipped_dependency;
mod snapshot;
mod spending;
mod step_status;
mod timeouts;

use baton_model::plan::{
    FailurePolicy, InputSpec, OutputSpec, PlannedStage, RetryPolicy, Schedule,
};
use baton_model::{Plan, Value, ValueType};

use crate::harness::{plan, stage};

fn retried(name: &str, attempts_max: u32) -> PlannedStage {
    PlannedStage {
        retry: RetryPolicy {
            attempts_max,
            ..RetryPolicy::default()
        },
        ..stage(name, &[])
    }
}

fn with_policy(on_failure: FailurePolicy, planned: PlannedStage) -> PlannedStage {
    PlannedStage {
        on_failure,
        ..planned
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
    InputSpec {
        name: name.to_owned(),
        value_type: ValueType::String,
        source: Some(source.to_owned()),
        required,
    }
}

/// A plan with a barrier between its batches.
fn batched(stages: Vec<PlannedStage>) -> Plan {
    let mut plan = plan(stages);
    plan.settings.schedule = Schedule::Batches;
    plan
}
