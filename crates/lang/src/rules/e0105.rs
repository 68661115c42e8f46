//! SWDL-E0105: lists and maps are nested too deep.

use baton_model::depth::TooDeep;

use crate::report::{Finding, Place};

code!(
    "SWDL-E0105",
    Error,
    Yaml,
    "lists and maps are nested too deep"
);

pub(crate) fn nested_too_deep(at: Place, depth_max: usize) -> Finding {
    let message = format!("lists and maps may be nested at most {depth_max} deep");
    Finding::new(&CODE, at, message)
}

pub(crate) fn edit_too_deep(at: Place, too_deep: TooDeep) -> Finding {
    Finding::new(&CODE, at, format!("the edit is {too_deep}"))
}
