//! SWDL-E0220: there are too many stages.

use crate::report::{Finding, Place};

code!("SWDL-E0220", Error, Schema, "there are too many stages");

pub(crate) fn too_many_stages(at: Place, stages_max: usize) -> Finding {
    Finding::new(
        &CODE,
        at,
        format!("a workflow may have at most {stages_max} stages"),
    )
}
