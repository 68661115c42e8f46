//! Every failure has a label, and labels say whether another attempt makes
//! sense. (That exit code 0 alone proves nothing is the agents' part.)

use baton_model::{FailureLabel, StepStatus};

use super::retried;
use crate::harness::{Run, plan};

/// Each label with whether it is tried again by default, and how its stage
/// ends when it is not.
const LABELS: [(FailureLabel, bool, StepStatus); 13] = [
    (FailureLabel::BAD_OUTPUT, true, StepStatus::Failed),
    (FailureLabel::EMPTY_RESULT, true, StepStatus::Failed),
    (FailureLabel::CUT_OFF, true, StepStatus::Failed),
    (FailureLabel::DENIED, false, StepStatus::Failed),
    (FailureLabel::LIMIT, true, StepStatus::Failed),
    (FailureLabel::AUTH_FAILURE, false, StepStatus::Failed),
    (FailureLabel::CRASH, true, StepStatus::Failed),
    (FailureLabel::EXIT, true, StepStatus::Failed),
    (FailureLabel::TIMEOUT, true, StepStatus::TimedOut),
    (FailureLabel::UNREACHABLE, true, StepStatus::Failed),
    (FailureLabel::CANCELLED, false, StepStatus::Failed),
    (FailureLabel::EXPRESSION, false, StepStatus::Failed),
    (FailureLabel::REWORK, true, StepStatus::Failed),
];

#[test]
fn every_label_an_agent_may_report_is_tried_again_or_not() {
    for label in FailureLabel::KNOWN {
        assert!(LABELS.iter().any(|(known, ..)| *known == label), "{label}");
    }
    for (label, is_retried, _) in LABELS {
        let mut run = Run::new(plan(vec![retried("a", 2)]));
        run.start();
        run.fail("a", label.clone());
        let is_pending = run.of("a").status == StepStatus::Pending;
        assert_eq!(is_pending, is_retried, "{label}");
    }
}

#[test]
fn every_label_ends_its_stage_under_its_own_name() {
    for (label, _, status) in LABELS {
        let mut run = Run::new(plan(vec![retried("a", 1)]));
        run.start();
        run.fail("a", label.clone());
        assert_eq!(run.of("a").status, status, "{label}");
        assert_eq!(run.of("a").failure.clone().unwrap().label, label);
        assert_eq!(run.error(), format!("stage `a` failed: it broke ({label})"));
    }
}

#[test]
fn a_label_of_an_agents_own_is_tried_again() {
    let mut run = Run::new(plan(vec![retried("a", 2)]));
    run.start();
    run.fail("a", FailureLabel::new("out-of-coffee"));
    assert_eq!(run.summary(), "running a:pending");
}
