//! SWDL-E0408: two edits of one list name the same stage.

use crate::report::{Finding, Place};

code!(
    "SWDL-E0408",
    Error,
    Dag,
    "two edits of one list name the same stage"
);

/// `earlier` is the path of the first of the two.
pub(crate) fn repeated_edit(at: Place, id: &str, earlier: &str) -> Finding {
    Finding::new(&CODE, at, format!("`{id}` is named by {earlier} already"))
        .help("make one edit of the two")
}
