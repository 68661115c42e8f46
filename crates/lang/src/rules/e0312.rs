//! SWDL-E0312: two values cannot be compared.

use baton_expr::Comparison;

use crate::report::{Finding, Place};

code!(
    "SWDL-E0312",
    Error,
    Expression,
    "two values cannot be compared"
);

/// Two values of different kinds, in words. One of them may be a number or a
/// boolean in quotes.
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
    let help = quoted.map(|literal| format!("write {literal} without quotes"));
    let help = help.or_else(|| mend(comparison, left, right).map(str::to_owned));
    Finding::new(&CODE, at, message).help_if(help)
}

fn mend(comparison: Comparison, left: &str, right: &str) -> Option<&'static str> {
    let has = |kind| left == kind || right == kind;
    let is_equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
    if has("a list") && has("a number") {
        return Some("how long a list is, length() tells");
    }
    if has("a list") && is_equality {
        return Some("whether a list has an item, contains() tells");
    }
    if has("a map") {
        return Some("compare something in the map");
    }
    if has("a boolean") {
        return Some("a boolean is compared with `true` or `false`");
    }
    (has("a text") && has("a number")).then_some("write a text in quotes and a number without")
}

pub(crate) fn maps_have_no_order(at: Place, comparison: Comparison) -> Finding {
    Finding::new(
        &CODE,
        at,
        format!("maps have no order: `{}`", comparison.as_str()),
    )
    .help("compare something in the map")
}

pub(crate) fn null_has_no_order(at: Place, comparison: Comparison) -> Finding {
    Finding::new(
        &CODE,
        at,
        format!("`{}` cannot compare with null", comparison.as_str()),
    )
    .help("whether there is a value, `!= null` tells")
}
