//! SWDL-W0215: `rollback` is treated as `halt`.

use crate::report::{Finding, Place};

code!(
    "SWDL-W0215",
    Warning,
    Schema,
    "`rollback` is treated as `halt`"
);

pub(crate) fn rollback_is_halt(at: Place) -> Finding {
    let message = "`rollback` has no effect of its own; a failing stage halts the run";
    Finding::new(&CODE, at, message).help("write `halt` to say so")
}
