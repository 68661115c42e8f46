//! SWDL-E0103: the text is too long.

use crate::report::{Finding, Place};

code!("SWDL-E0103", Error, Yaml, "the text is too long");

pub(crate) fn text_too_long(at: Place, bytes_max: usize) -> Finding {
    Finding::new(
        &CODE,
        at,
        format!("a file may be at most {bytes_max} bytes long"),
    )
}
