//! SWDL-E0403: stages wait for each other in a circle.

use std::ops::Range;

use crate::report::{Finding, Place};

code!(
    "SWDL-E0403",
    Error,
    Dag,
    "stages wait for each other in a circle"
);

/// `ids` is the way around, its first stage not named again at the end. The
/// labels are where each but the first waits for the one before it.
pub(crate) fn cycle<'s>(
    at: Place,
    ids: &[&str],
    waits: impl Iterator<Item = &'s Range<usize>>,
) -> Finding {
    let around: Vec<_> = ids.iter().chain(ids.first()).copied().collect();
    let message = format!("stages wait for each other: {}", around.join(" -> "));
    let finding = Finding::new(&CODE, at, message).help("remove one of these dependencies");
    let pairs = ids.iter().zip(ids.iter().skip(1));
    pairs
        .zip(waits)
        .fold(finding, |finding, ((before, after), bytes)| {
            finding.label(bytes, format!("`{after}` waits for `{before}`"))
        })
}
