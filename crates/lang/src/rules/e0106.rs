//! SWDL-E0106: there are too many anchors, or aliases stand for too much.

use crate::report::{Finding, Place};

code!(
    "SWDL-E0106",
    Error,
    Yaml,
    "there are too many anchors, or aliases stand for too much"
);

pub(crate) fn too_many_anchors(at: Place, anchors_max: usize) -> Finding {
    let message = format!("a document may have at most {anchors_max} anchors");
    Finding::new(&CODE, at, message)
}

pub(crate) fn aliases_stand_for_too_much(at: Place) -> Finding {
    Finding::new(&CODE, at, "the aliases expand to too many values")
}
