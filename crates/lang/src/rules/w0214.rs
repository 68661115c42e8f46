//! SWDL-W0214: this is read, but not in effect yet.

use crate::report::{Finding, Place};

code!(
    "SWDL-W0214",
    Warning,
    Schema,
    "this is read, but not in effect yet"
);

pub(crate) fn context_not_in_effect(at: Place) -> Finding {
    Finding::new(
        &CODE,
        at,
        "the context block is read, but not in effect yet",
    )
}

/// In an expression.
pub(crate) fn context_reads_null(at: Place) -> Finding {
    Finding::new(
        &CODE,
        at,
        "nothing is in `context` yet, so this reads as null",
    )
    .help("read a parameter or an output instead")
}
