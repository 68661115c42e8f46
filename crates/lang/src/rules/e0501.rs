//! SWDL-E0501: an artifact reference is not well formed.

use crate::report::{Finding, Place};
use crate::suggest;

code!(
    "SWDL-E0501",
    Error,
    Artifact,
    "an artifact reference is not well formed"
);

/// `kinds` are those that may be named here.
pub(crate) fn bad_reference(at: Place, text: &str, kinds: &[&str]) -> Finding {
    let message = format!("`{text}` is not a reference to an artifact");
    Finding::new(&CODE, at, message).help(mend(text, kinds))
}

/// Names only what is accepted.
fn mend(text: &str, kinds: &[&str]) -> String {
    if text.contains("${{") {
        return "no expressions are computed here; name the artifact itself".to_owned();
    }
    let nearest = |word: &str| suggest::nearest(word, kinds.iter().copied());
    let (kind, name) = match text.split_once(':') {
        Some((kind, name)) => (nearest(kind.trim()), name),
        // `agent one` is meant as `agent:one`, and `one` as one of the first kind.
        None => match text.trim().split_once(char::is_whitespace) {
            Some((kind, name)) if nearest(kind).is_some() => (nearest(kind), name),
            Some(_) | None => (kinds.first().copied(), text),
        },
    };
    let words = name.split(|c: char| c.is_whitespace() || c.is_control());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    match (kind, kinds) {
        (Some(kind), _) if !words.is_empty() => {
            suggest::did_you_mean(format_args!("{kind}:{}", words.join("-")))
        }
        (_, [only]) => format!("write `{only}:<name>`"),
        _ => format!(
            "write `<kind>:<name>` with one of the kinds {}",
            kinds.join(", ")
        ),
    }
}
