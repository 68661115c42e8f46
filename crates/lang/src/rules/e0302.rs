//! SWDL-E0302: a path begins with an unknown name.

use baton_expr::Mistake;

use crate::report::{Finding, Place};

code!(
    "SWDL-E0302",
    Error,
    Expression,
    "a path begins with an unknown name"
);

/// In the words of the expressions, which know their names.
pub(crate) fn unknown_namespace(at: Place, mistake: Mistake) -> Finding {
    Finding::new(&CODE, at, mistake.message).help_if(mistake.help)
}
