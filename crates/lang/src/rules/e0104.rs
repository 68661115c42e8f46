//! SWDL-E0104: a key is not a text.

use crate::report::{Finding, Place};

code!("SWDL-E0104", Error, Yaml, "a key is not a text");

pub(crate) fn key_not_text(at: Place, key: &str) -> Finding {
    Finding::new(&CODE, at, format!("the key `{key}` is not a text")).help("put it in quotes")
}
