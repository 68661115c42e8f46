//! SWDL-E0601: a required parameter was not given.

use crate::report::{Finding, Place};

code!(
    "SWDL-E0601",
    Error,
    Schema,
    "a required parameter was not given"
);

/// What it is for is all there is to say about what to give.
pub(crate) fn missing_parameter(at: Place, name: &str, description: Option<&str>) -> Finding {
    Finding::new(&CODE, at, format!("the parameter `{name}` is required")).help_if(description)
}
