//! SWDL-E0216: a default does not have the declared type.

use baton_model::{ContractViolation, ValueType};

use crate::definition::Spanned;
use crate::report::{Finding, Place};

code!(
    "SWDL-E0216",
    Error,
    Schema,
    "a default does not have the declared type"
);

pub(crate) fn bad_default(
    at: Place,
    violation: &ContractViolation,
    declared: &Spanned<ValueType>,
) -> Finding {
    Finding::new(&CODE, at, violation.to_string()).declared(Some(declared))
}
