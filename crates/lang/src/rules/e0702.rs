//! SWDL-E0702: overrides set what they may not.

use crate::report::{Finding, Place};

code!(
    "SWDL-E0702",
    Error,
    Schema,
    "overrides set what they may not"
);

/// What names a workflow or places a stage is the workflow's own.
pub(crate) fn identity(at: Place, key: &str) -> Finding {
    cannot_be_overridden(at, key).help("change it in the workflow itself")
}

pub(crate) fn unknown_block(
    at: Place,
    key: &str,
    similar: Option<String>,
    known: &[&str],
) -> Finding {
    let help = similar.unwrap_or_else(|| format!("known here: {}", known.join(", ")));
    cannot_be_overridden(at, key).help(help)
}

fn cannot_be_overridden(at: Place, key: &str) -> Finding {
    Finding::new(&CODE, at, format!("`{key}` cannot be overridden"))
}
