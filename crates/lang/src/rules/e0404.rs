//! SWDL-E0404: a stage reads from one it does not wait for.

use crate::report::{Finding, Place};

code!(
    "SWDL-E0404",
    Error,
    Dag,
    "a stage reads from one it does not wait for"
);

pub(crate) fn not_an_ancestor(at: Place, reader: &str, id: &str) -> Finding {
    let message = format!("`{reader}` does not wait for `{id}`, so it cannot read from it");
    Finding::new(&CODE, at, message).help(format!("add `{id}` to `depends_on` of `{reader}`"))
}
