//! Parts of the language that are read but not carried out in this release.
//! Each is said once, so that nobody relies on it unknowingly.

use std::ops::Range;

use crate::codes;
use crate::definition::{Definition, Handoff, HandoffFormat, Stage};
use crate::report::{Finding, Report};

pub(super) fn check(definition: &Definition, report: &mut Report<'_>) {
    for hook in &definition.hooks {
        let path = format!("hooks.{}", hook.event);
        say(report, &path, &hook.bytes, "hooks are");
    }
    if let Some(context) = &definition.context {
        say(report, "context", &context.bytes, "the context block is");
    }
    for stage in &definition.stages {
        check_stage(stage, report);
    }
}

fn check_stage(stage: &Stage, report: &mut Report<'_>) {
    if let Some(context) = &stage.context {
        let path = format!("{}.context", stage.path);
        say(report, &path, &context.bytes, "the context block is");
    }
    if let Some(handoff) = stage.handoff.as_ref().filter(|handoff| !is_plain(handoff)) {
        let path = format!("{}.handoff", stage.path);
        say(report, &path, &handoff.bytes, "this form of handoff is");
    }
}

/// Results are handed on as they are, structured; nothing else is made of them.
fn is_plain(handoff: &Handoff) -> bool {
    handoff.format == HandoffFormat::Structured
        && !handoff.include_run_log
        && handoff.summary_prompt.is_none()
}

fn say(report: &mut Report<'_>, path: &str, bytes: &Range<usize>, what: &str) {
    let message = format!("{what} read, but not in effect yet");
    report.add(Finding::new(
        &codes::NOT_IN_EFFECT_YET,
        path,
        bytes,
        message,
    ));
}
