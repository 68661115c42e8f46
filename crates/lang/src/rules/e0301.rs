//! SWDL-E0301: an expression does not parse.

use baton_expr::SyntaxError;

use crate::report::{Finding, Place};

code!(
    "SWDL-E0301",
    Error,
    Expression,
    "an expression does not parse"
);

pub(crate) fn expression_syntax(at: Place, error: SyntaxError) -> Finding {
    Finding::new(&CODE, at, error.message).help_if(error.help)
}
