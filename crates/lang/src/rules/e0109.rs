//! SWDL-E0109: there are more findings than are shown.

use crate::report::{Finding, Place};

code!(
    "SWDL-E0109",
    Error,
    Yaml,
    "there are more findings than are shown"
);

pub(crate) fn too_many_findings(at: Place, findings_max: usize) -> Finding {
    let message = format!("there are more than {findings_max} findings; the rest is left out");
    Finding::new(&CODE, at, message)
}
