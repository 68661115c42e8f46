//! SWDL-E0102: a key stands twice in one map.

use std::ops::Range;

use crate::report::{Finding, Place};

code!("SWDL-E0102", Error, Yaml, "a key stands twice in one map");

pub(crate) fn duplicate_key(at: Place, key: &str, first: &Range<usize>) -> Finding {
    Finding::new(
        &CODE,
        at,
        format!("the key `{key}` stands twice in this map"),
    )
    .help("remove one of the two")
    .label(first, "first here")
}
