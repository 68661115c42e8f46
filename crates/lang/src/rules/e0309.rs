//! SWDL-E0309: a source has another type than its input.

use baton_model::ValueType;

use crate::definition::Spanned;
use crate::report::{Finding, Place};

code!(
    "SWDL-E0309",
    Error,
    Expression,
    "a source has another type than its input"
);

/// `declaration` is that of the source, where it is declared.
pub(crate) fn type_mismatch(
    at: Place,
    wanted: &Spanned<ValueType>,
    given: &ValueType,
    declaration: Option<&Spanned<ValueType>>,
) -> Finding {
    let wanted_type = &wanted.value;
    let message = format!("the input is declared {wanted_type}, but its source is {given}");
    Finding::new(&CODE, at, message)
        .help("change one of the two types")
        .declared(Some(wanted))
        .declared(declaration)
}
