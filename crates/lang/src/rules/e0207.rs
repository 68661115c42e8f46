//! SWDL-E0207: a duration is not well formed.

use crate::duration::DAYS_MAX;
use crate::report::{Finding, Place};

code!("SWDL-E0207", Error, Schema, "a duration is not well formed");

pub(crate) fn bad_duration(at: Place, text: &str) -> Finding {
    Finding::new(&CODE, at, format!("`{text}` is not a duration"))
        .help("write days, hours, minutes and seconds, such as 1h30m or 90s")
}

pub(crate) fn too_long(at: Place, text: &str) -> Finding {
    Finding::new(&CODE, at, format!("`{text}` is too long for a duration"))
        .help(format!("write at most {DAYS_MAX}d, a thousand years"))
}
