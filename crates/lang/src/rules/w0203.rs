//! SWDL-W0203: a key is not known here.

use super::e0701;
use crate::report::{Finding, Place};
use crate::suggest;

code!("SWDL-W0203", Warning, Schema, "a key is not known here");

pub(crate) fn unknown_key(at: Place, key: &str, known: &[&str]) -> Finding {
    Finding::new(&CODE, at, format!("unknown key `{key}`"))
        .help_if(suggest::help_for(key, known.iter().copied()))
}

/// At the top of a file of overrides.
pub(crate) fn unknown_in_overrides(at: Place, key: &str) -> Finding {
    let message = format!("`{key}` is not known in a file of overrides");
    Finding::new(&CODE, at, message).help(e0701::LAYOUT)
}
