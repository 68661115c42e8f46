//! SWDL-E0101: the text is not YAML.

use crate::report::{Finding, Place};

code!("SWDL-E0101", Error, Yaml, "the text is not YAML");

/// In the words of the YAML library.
pub(crate) fn not_yaml(at: Place, words: &str) -> Finding {
    let words = words.strip_prefix("while parsing node, ").unwrap_or(words);
    Finding::new(&CODE, at, words.replace('\'', "`"))
}

pub(crate) fn number_too_large(at: Place, number: &str) -> Finding {
    let message = format!("`{number}` is not a number that can be held");
    Finding::new(&CODE, at, message)
}

pub(crate) fn alias_inside_itself(at: Place) -> Finding {
    Finding::new(&CODE, at, "the alias stands inside the value it names")
}

pub(crate) fn two_merge_keys(at: Place) -> Finding {
    Finding::new(&CODE, at, "`<<` stands twice in this map")
}

pub(crate) fn merge_of_no_map(at: Place) -> Finding {
    Finding::new(&CODE, at, "`<<` takes a map or a list of maps")
}
