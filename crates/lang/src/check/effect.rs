//! Parts of the language that are read but not carried out in this release.
//! Each is said once, so that nobody relies on it unknowingly.

use crate::definition::{ContextBlock, Definition};
use crate::report::{Place, Report};
use crate::rules;

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
    let at = Place::new(path, &context.bytes);
    report.add(rules::w0214::context_not_in_effect(at));
}
