//! SWDL-E0108: a tag has no meaning here.

use crate::report::{Finding, Place};

code!("SWDL-E0108", Error, Yaml, "a tag has no meaning here");

pub(crate) fn unknown_tag(at: Place, tag: &str) -> Finding {
    Finding::new(&CODE, at, format!("the tag `{tag}` has no meaning here"))
        .help("a value that begins with `!` is written in quotes")
}
