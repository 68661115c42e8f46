//! SWDL-W0316: the marks of an expression lack a sign.

use crate::report::{Finding, Place};

code!(
    "SWDL-W0316",
    Warning,
    Expression,
    "the marks of an expression lack a sign"
);

pub(crate) fn taken_as_text(at: Place, shown: &str, meant: &str) -> Finding {
    let message = format!("`{shown}` is taken as a text, not as an expression");
    Finding::new(&CODE, at, message).help(format!("write `{meant}`"))
}
