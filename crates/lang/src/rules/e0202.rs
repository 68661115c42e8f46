//! SWDL-E0202: a required key is missing.

use crate::report::{Finding, Place};

code!("SWDL-E0202", Error, Schema, "a required key is missing");

/// `at` is the map that lacks it.
pub(crate) fn missing_key(at: Place, key: &str) -> Finding {
    let message = match at.path.as_str() {
        "" => format!("the key `{key}` is missing"),
        path => format!("`{path}` lacks the key `{key}`"),
    };
    Finding::new(&CODE, at, message)
}
