//! SWDL-W0310: a condition does not depend on anything.

use baton_expr::Comparison;

use crate::report::{Finding, Place};

code!(
    "SWDL-W0310",
    Warning,
    Expression,
    "a condition does not depend on anything"
);

/// `truth` is what it always comes to, where that is known.
pub(crate) fn constant_condition(at: Place, truth: Option<bool>) -> Finding {
    let message = match truth {
        Some(true) => "this condition is always true",
        Some(false) => "this condition is always false",
        None => "this condition does not depend on anything",
    };
    Finding::new(&CODE, at, message).help("remove it, or compare with a parameter or an output")
}

/// A status is compared with a word that none is called; `known` are those.
pub(crate) fn no_status(at: Place, comparison: Comparison, word: &str, known: &[&str]) -> Finding {
    let truth = comparison == Comparison::NotEqual;
    let message = format!("this is always {truth}: no stage has the status `{word}`");
    Finding::new(&CODE, at, message).help(format!("a status is {}", known.join(", ")))
}
