//! SWDL-W0203: a key is not known here.

use super::e0701;
use crate::home;
use crate::report::{Finding, Place};
use crate::suggest;

code!("SWDL-W0203", Warning, Schema, "a key is not known here");

pub(crate) fn unknown_key(at: Place, key: &str, known: &[&str]) -> Finding {
    let help = mend(&at.path, key, known);
    Finding::new(&CODE, at, format!("unknown key `{key}`")).help_if(help)
}

/// What is most like it here, or else where it belongs.
fn mend(path: &str, key: &str, known: &[&str]) -> Option<String> {
    if let Some(similar) = suggest::nearest(key, known.iter().copied()) {
        return Some(suggest::did_you_mean(similar));
    }
    if let Some(blocks) = home::of(key, path) {
        return Some(format!("it belongs {blocks}"));
    }
    let Some(meant) = home::known_as(key) else {
        return suggest::listed(known.iter().copied());
    };
    if known.contains(&meant) {
        return Some(suggest::did_you_mean(meant));
    }
    let blocks = home::of(meant, path)?;
    Some(format!("did you mean `{meant}`? it belongs {blocks}"))
}

/// At the top of a file of overrides.
pub(crate) fn unknown_in_overrides(at: Place, key: &str) -> Finding {
    let message = format!("`{key}` is not known in a file of overrides");
    Finding::new(&CODE, at, message).help(e0701::LAYOUT)
}
