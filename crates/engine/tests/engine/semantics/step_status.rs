//! Where a step stands, and that `success` is another word for `completed`.

use std::collections::BTreeSet;
use std::time::Duration;

use baton_model::plan::FailurePolicy;
use baton_model::{FailureLabel, StepStatus};

use super::{conditional, with_policy};
use crate::harness::{Run, gate, id, plan, stage};

#[test]
fn every_status_is_met() {
    let mut timed = with_policy(FailurePolicy::Continue, stage("timed", &[]));
    timed.timeout = Some(Duration::from_secs(1));
    let mut plan = plan(vec![
        stage("asks", &[]),
        stage("done", &[]),
        stage("runs", &[]),
        with_policy(FailurePolicy::Continue, stage("fails", &[])),
        timed,
        conditional("skipped", &[], "${{ false }}"),
        gate("gate", &[]),
        stage("late", &["gate"]),
    ]);
    plan.settings.stages_at_once_max = 9;
    let mut run = Run::new(plan);
    run.start();
    run.wait();
    run.fail("timed", FailureLabel::CANCELLED);
    run.ask("asks", "Which?");
    run.complete("done");
    run.fail("fails", FailureLabel::EXIT);
    assert_eq!(
        run.summary(),
        "running asks:waiting_for_input done:completed runs:running fails:failed timed:timed_out \
         skipped:skipped gate:waiting_for_approval late:pending"
    );
    let mut seen: BTreeSet<StepStatus> = statuses(&run);
    run.cancel();
    seen.extend(statuses(&run));
    assert_eq!(seen, StepStatus::ALL.iter().copied().collect());
}

fn statuses(run: &Run) -> BTreeSet<StepStatus> {
    run.state.stages().map(|(.., stage)| stage.status).collect()
}

#[test]
fn success_is_another_word_for_completed() {
    for word in ["success", "completed"] {
        let condition = format!("${{{{ stages.a.status == '{word}' }}}}");
        let mut run = Run::new(plan(vec![
            stage("a", &[]),
            conditional("b", &["a"], &condition),
        ]));
        run.start();
        run.complete("a");
        assert_eq!(run.startable(), [id("b")], "{word}");
    }
}
