//! SWDL-E0211: `fan_out` is reserved for a later release.

use crate::report::{Finding, Place};

code!(
    "SWDL-E0211",
    Error,
    Schema,
    "`fan_out` is reserved for a later release"
);

pub(crate) fn fan_out_reserved(at: Place) -> Finding {
    Finding::new(
        &CODE,
        at,
        "stages of type `fan_out` are reserved for a later release",
    )
    .help("write one stage per branch")
}
