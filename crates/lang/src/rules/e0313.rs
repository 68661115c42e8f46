//! SWDL-E0313: a function is given a value it cannot take.

use crate::report::{Finding, Place};

code!(
    "SWDL-E0313",
    Error,
    Expression,
    "a function is given a value it cannot take"
);

pub(crate) fn no_length(at: Place, given: &str) -> Finding {
    let message = format!("length() takes a text, a list or a map, and this is {given}");
    Finding::new(&CODE, at, message)
}

pub(crate) fn nothing_to_look_into(at: Place, given: &str) -> Finding {
    let message = format!("contains() looks into a text, a list or a map, and this is {given}");
    Finding::new(&CODE, at, message)
}

pub(crate) fn no_text_to_look_for(at: Place, given: &str) -> Finding {
    let message = format!("contains() looks for a text in a text, and this is {given}");
    Finding::new(&CODE, at, message)
}

pub(crate) fn no_json(at: Place, given: &str) -> Finding {
    let message = format!("fromJSON() takes a text, and this is {given}");
    Finding::new(&CODE, at, message)
}
