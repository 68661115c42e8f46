//! SWDL-E0405: a stage reads from itself.

use crate::report::{Finding, Place};

code!("SWDL-E0405", Error, Dag, "a stage reads from itself");

pub(crate) fn reads_itself(at: Place, id: &str) -> Finding {
    Finding::new(&CODE, at, format!("the stage `{id}` reads from itself"))
        .help("read from a stage that runs before it")
}
