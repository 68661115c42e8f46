//! Findings about artifacts that are not where they are looked for. Where that
//! is, only whoever looks knows.

use baton_model::{Diagnostic, Severity};

use crate::codes;
use crate::definition::ArtifactReference;

/// An artifact that was not found in any of `places`: a warning where a file
/// is checked, an error where a run needs it.
pub fn unresolved(named: &ArtifactReference, places: &[String], severity: Severity) -> Diagnostic {
    let code = match severity {
        Severity::Warning => &codes::ARTIFACT_NOT_FOUND,
        Severity::Error => &codes::AGENT_NOT_FOUND,
    };
    let help = match places {
        [] => None,
        places => Some(format!("looked for in: {}", places.join(", "))),
    };
    Diagnostic {
        code: code.id,
        severity: code.severity,
        category: code.category,
        message: format!("`{}` was not found", named.reference),
        help,
        path: named.path.clone(),
        file: named.file.clone(),
        span: named.span,
        labels: Vec::new(),
    }
}
