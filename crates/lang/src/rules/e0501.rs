//! SWDL-E0501: an artifact reference is not well formed.

use crate::report::{Finding, Place};

code!(
    "SWDL-E0501",
    Error,
    Artifact,
    "an artifact reference is not well formed"
);

/// `kinds` are those that may be named here.
pub(crate) fn bad_reference(at: Place, text: &str, kinds: &[&str]) -> Finding {
    let help = if text.contains(':') {
        format!(
            "write `<kind>:<name>` with one of the kinds {}",
            kinds.join(", ")
        )
    } else {
        let example = kinds.first().copied().unwrap_or_default();
        format!("did you mean `{example}:{text}`?")
    };
    Finding::new(
        &CODE,
        at,
        format!("`{text}` is not a reference to an artifact"),
    )
    .help(help)
}
