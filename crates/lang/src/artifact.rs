//! Findings about artifacts that are not where they are looked for. Where that
//! is, only whoever looks knows.

use baton_model::{Diagnostic, Severity};

use crate::definition::ArtifactReference;
use crate::report::Place;
use crate::rules;

/// An artifact that was not found in any of `places`: a warning where a file
/// is checked, an error where a run needs it.
pub fn unresolved(named: &ArtifactReference, places: &[String], severity: Severity) -> Diagnostic {
    let at = Place::without_text(&named.path);
    let finding = match severity {
        Severity::Warning => rules::w0502::artifact_not_found(at, &named.reference, places),
        Severity::Error => rules::e0503::agent_not_found(at, &named.reference, places),
    };
    Diagnostic {
        file: named.file.clone(),
        span: named.span,
        ..finding.into_placeless()
    }
}
