//! SWDL-E0207: a duration is not well formed.

use crate::report::{Finding, Place};

code!("SWDL-E0207", Error, Schema, "a duration is not well formed");

pub(crate) fn bad_duration(at: Place, text: &str) -> Finding {
    Finding::new(&CODE, at, format!("`{text}` is not a duration"))
        .help("write days, hours, minutes and seconds, such as 1h30m or 90s")
}
