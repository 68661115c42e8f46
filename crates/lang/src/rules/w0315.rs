//! SWDL-W0315: a text looks like an expression.

use crate::report::{Finding, Place};

code!(
    "SWDL-W0315",
    Warning,
    Expression,
    "a text looks like an expression"
);

pub(crate) fn path_as_text(at: Place, path: &str) -> Finding {
    let message = format!("`{path}` is taken as a text, not as an expression");
    Finding::new(&CODE, at, message).help(format!("write \"${{{{ {path} }}}}\""))
}
