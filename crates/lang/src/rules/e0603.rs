//! SWDL-E0603: a parameter that was given is not declared.

use crate::report::{Finding, Place};
use crate::suggest;

code!(
    "SWDL-E0603",
    Error,
    Schema,
    "a parameter that was given is not declared"
);

pub(crate) fn undeclared_parameter<'w>(
    at: Place,
    name: &str,
    declared: impl Iterator<Item = &'w str>,
) -> Finding {
    Finding::new(&CODE, at, format!("the parameter `{name}` is not declared"))
        .help_if(suggest::help_for(name, declared))
}
