//! SWDL-W0406: a dependency is listed twice.

use crate::report::{Finding, Place};

code!("SWDL-W0406", Warning, Dag, "a dependency is listed twice");

pub(crate) fn repeated_dependency(at: Place, id: &str) -> Finding {
    Finding::new(&CODE, at, format!("`{id}` is listed twice"))
}
