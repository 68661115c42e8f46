//! Parts of the language that are read but not carried out in this release.
//! Each is said once, so that nobody relies on it unknowingly.

use crate::codes;
use crate::definition::{ContextBlock, Definition};
use crate::report::{Finding, Report};

pub(super) fn check(definition: &Definition, report: &mut Report<'_>) {
    if let Some(context) = &definition.context {
        say("context".to_owned(), context, report);
    }
    for stage in &definition.stages {
        if let Some(context) = &stage.context {
            say(format!("{}.context", stage.path), context, report);
        }
    }
}

fn say(path: String, context: &ContextBlock, report: &mut Report<'_>) {
    report.add(Finding::new(
        &codes::NOT_IN_EFFECT_YET,
        path,
        &context.bytes,
        "the context block is read, but not in effect yet",
    ));
}
