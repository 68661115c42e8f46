//! SWDL-E0107: the file holds several documents.

use crate::report::{Finding, Place};

code!(
    "SWDL-E0107",
    Error,
    Yaml,
    "the file holds several documents"
);

pub(crate) fn several_documents(at: Place) -> Finding {
    Finding::new(&CODE, at, "a file is one YAML document, not several")
}
