//! SWDL-E0305: a parameter is not declared.

use crate::report::{Finding, Place};

code!(
    "SWDL-E0305",
    Error,
    Expression,
    "a parameter is not declared"
);

pub(crate) fn unknown_parameter(at: Place, name: &str, similar: Option<String>) -> Finding {
    let help = similar.unwrap_or_else(|| "declare it under config.parameters".to_owned());
    Finding::new(&CODE, at, format!("the parameter `{name}` is not declared")).help(help)
}
