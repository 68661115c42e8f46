//! SWDL-E0304: a function is given too few or too many arguments.

use baton_expr::Mistake;

use crate::report::{Finding, Place};

code!(
    "SWDL-E0304",
    Error,
    Expression,
    "a function is given too few or too many arguments"
);

/// In the words of the expressions, which know their names.
pub(crate) fn wrong_arity(at: Place, mistake: Mistake) -> Finding {
    Finding::new(&CODE, at, mistake.message).help_if(mistake.help)
}
