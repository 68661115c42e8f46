//! SWDL-E0110: the text holds too many values.

use crate::report::{Finding, Place};

code!("SWDL-E0110", Error, Yaml, "the text holds too many values");

pub(crate) fn too_many_values(at: Place, values_max: usize) -> Finding {
    Finding::new(
        &CODE,
        at,
        format!("a file may hold at most {values_max} keys and values"),
    )
}

pub(crate) fn too_many_collections(at: Place, collections_max: usize) -> Finding {
    let message = format!("a file may hold at most {collections_max} lists and maps");
    Finding::new(&CODE, at, message)
}
