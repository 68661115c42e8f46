//! SWDL-E0210: a number is out of range.

use crate::report::{Finding, Place};

code!("SWDL-E0210", Error, Schema, "a number is out of range");

pub(crate) fn count(at: Place, least: u32, given: i64) -> Finding {
    let message = format!("expected a whole number of at least {least}, got {given}");
    Finding::new(&CODE, at, message)
}

pub(crate) fn count_too_large(at: Place, most: u32, given: i64) -> Finding {
    let message = format!("expected a whole number of at most {most}, got {given}");
    Finding::new(&CODE, at, message)
}

/// One with more digits than are kept.
pub(crate) fn whole_out_of_range(at: Place) -> Finding {
    Finding::new(&CODE, at, "this whole number is out of range")
}

pub(crate) fn confidence(at: Place, given: f64) -> Finding {
    Finding::new(
        &CODE,
        at,
        format!("expected a number from 0 to 1, got {given}"),
    )
}

pub(crate) fn multiplier(at: Place, given: f64) -> Finding {
    Finding::new(
        &CODE,
        at,
        format!("expected a number greater than 0, got {given}"),
    )
}

pub(crate) fn position(at: Place) -> Finding {
    Finding::new(&CODE, at, "expected two whole numbers, x and y")
}
