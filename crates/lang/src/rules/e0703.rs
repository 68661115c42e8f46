//! SWDL-E0703: overrides name a stage that does not exist.

use crate::report::{Finding, Place};

code!(
    "SWDL-E0703",
    Error,
    Schema,
    "overrides name a stage that does not exist"
);

pub(crate) fn override_of_unknown_stage(at: Place, id: &str, similar: Option<String>) -> Finding {
    Finding::new(&CODE, at, format!("the workflow has no stage `{id}`")).help_if(similar)
}
