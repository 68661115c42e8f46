//! SWDL-E0312: two values cannot be compared.

use baton_expr::Comparison;

use crate::report::{Finding, Place};

code!(
    "SWDL-E0312",
    Error,
    Expression,
    "two values cannot be compared"
);

/// Two values of different kinds, in words. One of them may be a number in
/// quotes.
pub(crate) fn different_kinds(
    at: Place,
    comparison: Comparison,
    (left, right): (&str, &str),
    quoted: Option<&str>,
) -> Finding {
    let message = match comparison {
        Comparison::Equal => format!("{left} is never equal to {right}"),
        Comparison::NotEqual => format!("{left} is always different from {right}"),
        Comparison::Less
        | Comparison::LessEqual
        | Comparison::Greater
        | Comparison::GreaterEqual => {
            format!(
                "`{}` cannot compare {left} with {right}",
                comparison.as_str()
            )
        }
    };
    let help = quoted.map(|number| format!("write {number} without quotes"));
    Finding::new(&CODE, at, message).help_if(help)
}

pub(crate) fn maps_have_no_order(at: Place, comparison: Comparison) -> Finding {
    Finding::new(
        &CODE,
        at,
        format!("maps have no order: `{}`", comparison.as_str()),
    )
}

pub(crate) fn null_has_no_order(at: Place, comparison: Comparison) -> Finding {
    Finding::new(
        &CODE,
        at,
        format!("`{}` cannot compare with null", comparison.as_str()),
    )
}
