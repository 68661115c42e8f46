//! SWDL-W0221: a hook does nothing.

use crate::report::{Finding, Place};

code!("SWDL-W0221", Warning, Schema, "a hook does nothing");

pub(crate) fn nothing_to_do(at: Place) -> Finding {
    Finding::new(&CODE, at, "this hook does nothing")
        .help("say what to `run` or whom to `notify`, or remove it")
}
