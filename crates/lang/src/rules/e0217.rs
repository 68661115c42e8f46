//! SWDL-E0217: a hook's command is not well formed.

use crate::report::{Finding, Place};

code!(
    "SWDL-E0217",
    Error,
    Schema,
    "a hook's command is not well formed"
);

pub(crate) fn unclosed_quote(at: Place) -> Finding {
    Finding::new(&CODE, at, "this quote is never closed")
        .help("close it, or write `\\` before it where it is meant as it stands")
}

pub(crate) fn no_program(at: Place) -> Finding {
    Finding::new(&CODE, at, "this command names no program")
        .help("write the program first, then its arguments")
}
