//! SWDL-E0503: an agent that a run needs was not found.

use super::w0502;
use crate::report::{Finding, Place};

code!(
    "SWDL-E0503",
    Error,
    Artifact,
    "an agent that a run needs was not found"
);

pub(crate) fn agent_not_found(at: Place, reference: &str, places: &[String]) -> Finding {
    w0502::not_found(&CODE, at, reference, places)
}
