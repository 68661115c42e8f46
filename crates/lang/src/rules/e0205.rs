//! SWDL-E0205: an id is not well formed.

use baton_model::InvalidId;

use crate::report::{Finding, Place};

code!("SWDL-E0205", Error, Schema, "an id is not well formed");

pub(crate) fn bad_id(at: Place, id: &str, chars_max: usize) -> Finding {
    let shown = match id.char_indices().nth(chars_max) {
        Some((end, _)) => format!("{}…", id.get(..end).unwrap_or(id)),
        None => id.to_owned(),
    };
    let help = format!(
        "begin with a letter; go on with letters, digits, `-` and `_`; at most {chars_max}"
    );
    Finding::new(&CODE, at, format!("`{shown}` is not an id")).help(help)
}

/// One that runs cannot have, in a definition that has errors.
pub(crate) fn no_stage_id(at: Place, invalid: InvalidId) -> Finding {
    Finding::new(&CODE, at, invalid.to_string())
}
