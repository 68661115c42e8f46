//! SWDL-E0303: a function does not exist.

use baton_expr::Mistake;

use crate::report::{Finding, Place};

code!("SWDL-E0303", Error, Expression, "a function does not exist");

/// In the words of the expressions, which know their names.
pub(crate) fn unknown_function(at: Place, mistake: Mistake) -> Finding {
    Finding::new(&CODE, at, mistake.message).help_if(mistake.help)
}
