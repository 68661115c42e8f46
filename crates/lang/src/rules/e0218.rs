//! SWDL-E0218: a notification does not have one target.

use crate::report::{Finding, Place};

code!(
    "SWDL-E0218",
    Error,
    Schema,
    "a notification does not have one target"
);

const NOBODY: &str = "this says nobody to notify";

pub(crate) fn no_target(at: Place) -> Finding {
    Finding::new(&CODE, at, NOBODY).help("name a `target`")
}

pub(crate) fn empty_target(at: Place) -> Finding {
    Finding::new(&CODE, at, NOBODY).help("write a target, such as slack:#releases")
}

pub(crate) fn two_targets(at: Place) -> Finding {
    Finding::new(&CODE, at, "`channel` and `target` mean the same").help("remove one of them")
}
