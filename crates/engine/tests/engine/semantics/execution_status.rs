//! Where an execution stands: `waiting_*` only while nothing runs or can run.

use baton_model::{ExecutionStatus, FailureLabel};

use super::retried;
use crate::harness::{Run, gate, plan, stage};

#[test]
fn every_status_is_met() {
    use ExecutionStatus::{
        Cancelled, Completed, Failed, Paused, Pending, Running, WaitingForApproval, WaitingForInput,
    };
    let mut run = Run::new(plan(vec![stage("a", &[]), gate("g", &["a"])]));
    let mut seen = vec![run.state.status()];
    run.start();
    seen.push(run.state.status());
    run.ask("a", "Which?");
    seen.push(run.state.status());
    run.answer("a", "Which?", "that");
    run.start();
    run.complete("a");
    seen.push(run.state.status());
    run.pause();
    seen.push(run.state.status());
    run.approve("g");
    seen.push(run.state.status());
    let ways = [
        Pending,
        Running,
        WaitingForInput,
        WaitingForApproval,
        Paused,
        Completed,
    ];
    assert_eq!(seen, ways);

    let mut run = Run::new(plan(vec![gate("g", &[])]));
    run.reject("g", "no");
    assert_eq!(run.state.status(), Failed);
    let mut run = Run::new(plan(vec![gate("g", &[])]));
    run.cancel();
    assert_eq!(run.state.status(), Cancelled);
    assert_eq!(ExecutionStatus::ALL.len(), ways.len() + 2);
}

#[test]
fn a_run_waits_for_people_only_while_nothing_else_runs_or_can_run() {
    let mut run = Run::new(plan(vec![gate("g", &[]), retried("a", 2), stage("q", &[])]));
    assert_eq!(run.state.status(), ExecutionStatus::Running, "a can run");
    run.start();
    run.ask("q", "Which?");
    assert_eq!(run.state.status(), ExecutionStatus::Running, "a runs");
    run.fail("a", FailureLabel::EXIT);
    assert_eq!(
        run.state.status(),
        ExecutionStatus::Running,
        "a comes again"
    );
    run.wait();
    run.start();
    run.complete("a");
    assert_eq!(run.state.status(), ExecutionStatus::WaitingForApproval);
    run.approve("g");
    assert_eq!(run.state.status(), ExecutionStatus::WaitingForInput);
}
