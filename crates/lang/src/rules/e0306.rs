//! SWDL-E0306: an expression names a stage that does not exist.

use crate::report::{Finding, Place};

code!(
    "SWDL-E0306",
    Error,
    Expression,
    "an expression names a stage that does not exist"
);

pub(crate) fn unknown_stage(at: Place, id: &str, similar: Option<String>) -> Finding {
    Finding::new(&CODE, at, format!("there is no stage `{id}`")).help_if(similar)
}
