//! SWDL-W0502: an artifact was not found.

use super::Code;
use crate::report::{Finding, Place};

code!("SWDL-W0502", Warning, Artifact, "an artifact was not found");

pub(crate) fn artifact_not_found(at: Place, reference: &str, places: &[String]) -> Finding {
    not_found(&CODE, at, reference, places)
}

pub(super) fn not_found(
    code: &'static Code,
    at: Place,
    reference: &str,
    places: &[String],
) -> Finding {
    let looked_for = match places {
        [] => None,
        places => Some(format!("looked for in: {}", places.join(", "))),
    };
    Finding::new(code, at, format!("`{reference}` was not found")).help_if(looked_for)
}
