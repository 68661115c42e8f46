//! SWDL-E0104: a key is not a text.

use crate::report::{Finding, Place};

code!("SWDL-E0104", Error, Yaml, "a key is not a text");

pub(crate) fn key_not_text(at: Place, key: &str) -> Finding {
    let help = if key.starts_with('{') {
        "a text that begins with `{` is written in quotes, an expression as \"${{ … }}\""
    } else {
        "put it in quotes"
    };
    Finding::new(&CODE, at, format!("the key `{key}` is not a text")).help(help)
}
