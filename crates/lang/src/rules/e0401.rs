//! SWDL-E0401: a stage depends on one that does not exist.

use crate::report::{Finding, Place};

code!(
    "SWDL-E0401",
    Error,
    Dag,
    "a stage depends on one that does not exist"
);

pub(crate) fn unknown_dependency(
    at: Place,
    (stage, dependency): (&str, &str),
    similar: Option<String>,
) -> Finding {
    let message = format!("`{stage}` depends on `{dependency}`, which does not exist");
    Finding::new(&CODE, at, message).help_if(similar)
}
