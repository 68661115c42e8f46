//! SWDL-E0206: two stages have the same id.

use std::ops::Range;

use crate::report::{Finding, Place};

code!("SWDL-E0206", Error, Schema, "two stages have the same id");

pub(crate) fn duplicate_stage(at: Place, id: &str, first: &Range<usize>) -> Finding {
    Finding::new(
        &CODE,
        at,
        format!("there are two stages with the id `{id}`"),
    )
    .help("give one of them another id")
    .label(first, "first here")
}
