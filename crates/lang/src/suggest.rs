//! "Did you mean": the known word most like an unknown one.

use std::borrow::Cow;
use std::fmt::Display;

/// Likeness is quadratic in the length; no name of the language is longer.
const CHARS_MAX: usize = 64;

/// A help text naming the most similar word, or listing them when there are
/// few and none is similar.
pub(crate) fn help_for<'w>(word: &str, known: impl Iterator<Item = &'w str>) -> Option<String> {
    let known: Vec<_> = known.collect();
    if let Some(similar) = nearest(word, known.iter().copied()) {
        return Some(did_you_mean(similar));
    }
    listed(known.into_iter())
}

/// A help text that names what was most likely meant.
pub(crate) fn did_you_mean(what: impl Display) -> String {
    format!("did you mean `{what}`?")
}

/// A help text that lists the known words when there are few.
pub(crate) fn listed<'w>(known: impl Iterator<Item = &'w str>) -> Option<String> {
    const LISTED_MAX: usize = 8;
    let known: Vec<_> = known.take(LISTED_MAX + 1).collect();
    if known.is_empty() || known.len() > LISTED_MAX {
        return None;
    }
    Some(format!("known here: {}", known.join(", ")))
}

/// The most similar word, if one is similar.
pub(crate) fn nearest<'w>(word: &str, known: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    const LIKENESS_MIN: f64 = 0.75;
    if word.chars().count() > CHARS_MAX {
        return None;
    }
    let word = lowercase(word);
    let n_chars = word.chars().count();
    known
        .filter(|candidate| is_of_like_length(candidate.chars().count(), n_chars))
        .map(|candidate| (likeness(&word, &lowercase(candidate)), candidate))
        .filter(|(likeness, _)| *likeness >= LIKENESS_MIN)
        .max_by(|(left, _), (right, _)| left.total_cmp(right))
        .map(|(_, candidate)| candidate)
}

/// Names of which one is four times as long are never alike enough.
fn is_of_like_length(left: usize, right: usize) -> bool {
    left.max(right) <= CHARS_MAX && left.max(right) <= 4 * left.min(right)
}

/// Most names are lower-case already.
fn lowercase(name: &str) -> Cow<'_, str> {
    if name
        .chars()
        .any(|c| !c.is_ascii() || c.is_ascii_uppercase())
    {
        Cow::Owned(name.to_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

fn likeness(left: &str, right: &str) -> f64 {
    strsim::normalized_damerau_levenshtein(left, right).max(strsim::jaro_winkler(left, right) - 0.1)
}
