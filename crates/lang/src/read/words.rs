//! The words of the language where only a few are allowed; its schema lists
//! the same.

use baton_model::plan::{FailurePolicy, GateTimeout, HandoffFormat, OnCrash, Schedule};

use crate::definition::StageType;

/// Words that are read but have no effect.
const NOT_OFFERED: [&str; 2] = ["fan_out", "rollback"];

/// Whether people are led to write a word.
pub(crate) fn is_offered(word: &str) -> bool {
    !NOT_OFFERED.contains(&word)
}

pub(crate) const SCHEDULES: [(&str, Schedule); 2] =
    [("eager", Schedule::Eager), ("batches", Schedule::Batches)];

pub(crate) const STAGE_TYPES: [(&str, StageType); 3] = [
    ("agent", StageType::Agent),
    ("gate", StageType::Gate),
    ("fan_out", StageType::FanOut),
];

pub(crate) const FORMATS: [(&str, HandoffFormat); 3] = [
    ("structured", HandoffFormat::Structured),
    ("markdown", HandoffFormat::Markdown),
    ("raw", HandoffFormat::Raw),
];

/// There is only one, so there is nothing to keep.
pub(crate) const GATE_KINDS: [(&str, ()); 1] = [("manual_approval", ())];

pub(crate) const ON_TIMEOUT: [(&str, GateTimeout); 3] = [
    ("halt", GateTimeout::Halt),
    ("auto_approve", GateTimeout::AutoApprove),
    ("reject", GateTimeout::Reject),
];

pub(crate) const ON_CRASH: [(&str, OnCrash); 4] = [
    ("resume", OnCrash::Resume),
    ("retry", OnCrash::Retry),
    ("fail", OnCrash::Fail),
    ("ask", OnCrash::Ask),
];

/// `rollback` has no meaning of its own yet, so it is read as none.
pub(crate) const ON_STAGE_FAILURE: [(&str, Option<FailurePolicy>); 3] = [
    ("halt", Some(FailurePolicy::Halt)),
    ("continue", Some(FailurePolicy::Continue)),
    ("rollback", None),
];

pub(crate) const ON_FAILURE: [(&str, FailurePolicy); 3] = [
    ("halt", FailurePolicy::Halt),
    ("continue", FailurePolicy::Continue),
    ("skip_dependents", FailurePolicy::SkipDependents),
];
