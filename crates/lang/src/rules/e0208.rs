//! SWDL-E0208: a version is not a semantic version.

use crate::report::{Finding, Place};

code!(
    "SWDL-E0208",
    Error,
    Schema,
    "a version is not a semantic version"
);

pub(crate) fn bad_version(at: Place, text: &str) -> Finding {
    Finding::new(&CODE, at, format!("`{text}` is not a semantic version"))
        .help("write three numbers, such as 1.0.0")
}
