//! SWDL-E0402: a stage depends on itself.

use crate::report::{Finding, Place};

code!("SWDL-E0402", Error, Dag, "a stage depends on itself");

pub(crate) fn self_dependency(at: Place, id: &str) -> Finding {
    Finding::new(&CODE, at, format!("the stage `{id}` depends on itself"))
        .help("remove it from `depends_on`")
}
