//! SWDL-E0407: an edit names a stage that does not exist.

use crate::report::{Finding, Place};

code!(
    "SWDL-E0407",
    Error,
    Dag,
    "an edit names a stage that does not exist"
);

pub(crate) fn edit_of_unknown_stage(at: Place, id: &str, similar: Option<String>) -> Finding {
    Finding::new(&CODE, at, format!("there is no stage `{id}` to change")).help_if(similar)
}
