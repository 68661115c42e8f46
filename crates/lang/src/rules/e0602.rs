//! SWDL-E0602: a parameter has the wrong type.

use baton_model::ContractViolation;
use baton_model::depth::TooDeep;

use crate::report::{Finding, Place};

code!(
    "SWDL-E0602",
    Error,
    Schema,
    "a parameter has the wrong type"
);

pub(crate) fn bad_parameter(at: Place, name: &str, violation: &ContractViolation) -> Finding {
    Finding::new(&CODE, at, format!("the parameter `{name}`: {violation}"))
}

pub(crate) fn parameter_too_deep(at: Place, name: &str, too_deep: TooDeep) -> Finding {
    Finding::new(&CODE, at, format!("the parameter `{name}` is {too_deep}"))
}
