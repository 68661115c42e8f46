//! SWDL-E0204: a value is none of the allowed words.

use crate::report::{Finding, Place};
use crate::suggest;

code!(
    "SWDL-E0204",
    Error,
    Schema,
    "a value is none of the allowed words"
);

pub(crate) fn unknown_word<'w>(
    at: Place,
    word: &str,
    known: impl Iterator<Item = &'w str>,
) -> Finding {
    Finding::new(&CODE, at, format!("`{word}` is not allowed here"))
        .help_if(suggest::help_for(word, known))
}
