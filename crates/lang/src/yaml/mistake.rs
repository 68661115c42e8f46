//! What was most likely meant where the YAML library gives up, and where.
//!
//! The library knows what it expected; people know what they wrote. This looks
//! at the line to say it in their terms. What is not known here is said in the
//! library's words.

use serde_saphyr::granit_parser::ScanError;

use super::{DEPTH_MAX, point};
use crate::report::Finding;
use crate::rules::{self, e0101::Mistake};

/// What no text without quotes begins with.
const MARKS_OF_CONFLICTS: [&str; 3] = ["<<<<<<<", "=======", ">>>>>>>"];

/// The finding for an error of the library; all was well until `read_to`.
pub(super) fn finding(error: &ScanError, text: &str, start: usize, read_to: usize) -> Finding {
    let offset = error.marker().byte_offset().unwrap_or_default();
    let words = error.info();
    if words.starts_with("recursion limit") {
        return rules::e0105::nested_too_deep(point(start + offset), DEPTH_MAX);
    }
    let (offset, mistake) = mistake(text, offset, read_to, &words);
    rules::e0101::not_yaml(point(start + offset), &mistake)
}

/// Where the mistake is, which may be before the place that the library
/// points at, and what it is.
fn mistake<'t>(
    text: &'t str,
    offset: usize,
    read_to: usize,
    words: &'t str,
) -> (usize, Mistake<'t>) {
    if words.contains("found a tab") || words.contains("tabs disallowed") {
        let tab = find_from(text, offset, "\t").unwrap_or(offset);
        return (tab, Mistake::Tab);
    }
    if words.contains("quot") {
        return in_quotes(text, offset, read_to, words);
    }
    let line = Line::around(text, offset);
    if words.starts_with("mapping values are not allowed")
        && line.key_before().is_none()
        && let Some((place, key)) = key_above(text, offset)
    {
        return (place, Mistake::KeyWithoutColon(key));
    }
    let mistake = match words {
        _ if MARKS_OF_CONFLICTS
            .iter()
            .any(|mark| line.text.starts_with(mark)) =>
        {
            Mistake::MarkOfConflict
        }
        _ if words.starts_with("mapping values are not allowed") => match line.key_before() {
            Some((key, value)) => Mistake::ColonInText { key, value },
            None => Mistake::KeyTooDeep,
        },
        _ if words.starts_with("simple key expect") => in_place_of_key(&line),
        _ if words.contains("did not find expected key") => Mistake::Indentation,
        _ if words.contains("expected '-' indicator") => match line.trimmed().strip_prefix('-') {
            Some(item) if !item.starts_with(char::is_whitespace) => Mistake::DashWithoutBlank(item),
            Some(_) | None => Mistake::NoItem,
        },
        _ if words.starts_with("block sequence entries") => Mistake::ListOnLineOfKey,
        _ if words.contains("only valid inside a block") => Mistake::DashInBrackets,
        _ if words.contains("unknown anchor") => Mistake::UnknownAnchor,
        _ if words.starts_with("unexpected character") => first_sign(&line),
        _ if words.contains("in flow construct")
            || words.starts_with("illegal placement of ':'") =>
        {
            Mistake::OpenBracketBefore
        }
        _ if words.contains("flow") => in_brackets(text, offset, words),
        _ if words.contains("bracket") => of_brackets(words),
        _ => Mistake::Other(words),
    };
    (offset, mistake)
}

/// The line around a place.
struct Line<'t> {
    text: &'t str,
    /// What stands in it before the place, and after it.
    before: &'t str,
    after: &'t str,
}

impl<'t> Line<'t> {
    fn around(text: &'t str, offset: usize) -> Self {
        let (before, after) = text.split_at_checked(offset).unwrap_or((text, ""));
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let length = after.find('\n').unwrap_or(after.len());
        let end = before.len() + length;
        Self {
            text: text.get(start..end).unwrap_or_default().trim_end(),
            before: before.get(start..).unwrap_or_default(),
            after: after.get(..length).unwrap_or_default().trim_end(),
        }
    }

    fn trimmed(&self) -> &'t str {
        self.text.trim_start()
    }

    /// The key and value of `key: value`, where the place is in the value.
    fn key_before(&self) -> Option<(&'t str, &'t str)> {
        let (key, _) = self.before.split_once(": ")?;
        let (_, value) = self.text.split_once(": ")?;
        let key = key.trim_start_matches([' ', '-']);
        Some((key, without_comment(value)))
    }
}

fn without_comment(text: &str) -> &str {
    text.split(" #").next().unwrap_or(text).trim()
}

fn find_from(text: &str, start: usize, what: &str) -> Option<usize> {
    text.get(start..)?.find(what).map(|found| start + found)
}

/// The library points at what follows a text in quotes; the mistake is at its
/// beginning or inside of it.
fn in_quotes<'t>(
    text: &'t str,
    offset: usize,
    read_to: usize,
    words: &'t str,
) -> (usize, Mistake<'t>) {
    if words.contains("trailing content") {
        let mistake = if words.contains("single") {
            Mistake::TextAfterQuote('\'')
        } else {
            Mistake::TextAfterQuote('"')
        };
        return (offset, mistake);
    }
    let quote = ["\"", "'"].map(|quote| find_from(text, read_to, quote));
    let opening = quote.into_iter().flatten().min();
    let opening = opening.filter(|quote| *quote < offset).unwrap_or(offset);
    if words.contains("escape") || words.contains("hexadecimal") {
        let (place, sign) = unknown_escape(text, opening).unwrap_or((opening, '\\'));
        return (place, Mistake::UnknownEscape(sign));
    }
    if words.contains("surrogate") {
        return (opening, Mistake::Other(words));
    }
    let quote = text.get(opening..).and_then(|rest| rest.chars().next());
    (opening, Mistake::UnclosedQuote(quote.unwrap_or('"')))
}

/// The first backslash of a text in double quotes that begins no escape of
/// YAML, and what follows it.
fn unknown_escape(text: &str, opening: usize) -> Option<(usize, char)> {
    const KNOWN: &str = "0abt\tnvfre \"/\\N_LPxuU\r\n";
    let mut characters = text.get(opening..)?.char_indices();
    while let Some((place, c)) = characters.next() {
        if c == '\\' {
            let (_, escaped) = characters.next()?;
            if !KNOWN.contains(escaped) {
                return Some((opening + place, escaped));
            }
        }
    }
    None
}

/// The line above, when it is a key whose colon is missing: the library takes it
/// for a text that goes on.
fn key_above(text: &str, offset: usize) -> Option<(usize, &str)> {
    let (above, _) = text.get(..offset)?.rsplit_once('\n')?;
    let above = above.trim_end();
    let line = above.rsplit_once('\n').map_or(above, |(_, line)| line);
    let key = line.trim_start();
    let key = key.strip_prefix("- ").unwrap_or(key).trim_start();
    is_key(key).then_some((above.len() - key.len(), key))
}

fn is_key(text: &str) -> bool {
    let is_sign = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    !text.is_empty() && text.chars().all(is_sign)
}

/// A line where the library expects `key: value`.
fn in_place_of_key<'t>(line: &Line<'t>) -> Mistake<'t> {
    let written = without_comment(line.trimmed());
    let written = written.strip_prefix("- ").unwrap_or(written).trim_start();
    match written.split_once(':') {
        Some((key, value)) if is_key(key) && !value.starts_with(' ') => {
            Mistake::ColonWithoutBlank { key, value }
        }
        None if is_key(written) => Mistake::KeyWithoutColon(written),
        Some(_) | None => Mistake::NoKey,
    }
}

/// What no text without quotes may begin with.
fn first_sign<'t>(line: &Line<'t>) -> Mistake<'t> {
    match line.after.chars().next() {
        Some(sign) => {
            let is_inside = line.before.contains(['[', '{']);
            let mut value = without_comment(line.after);
            if is_inside {
                value = value.split([',', ']', '}']).next().unwrap_or(value).trim();
            }
            Mistake::FirstSign { sign, value }
        }
        None => Mistake::NoKey,
    }
}

/// Something in `[ ]` or `{ }` that is neither followed by a comma nor closed.
fn in_brackets<'t>(text: &'t str, offset: usize, words: &'t str) -> Mistake<'t> {
    let before = text.get(..offset).unwrap_or_default();
    let after = text.get(offset..).unwrap_or_default();
    if before.ends_with('$') && after.starts_with('{') {
        return Mistake::ExpressionInBrackets;
    }
    match words {
        _ if words.contains("'}'") => Mistake::NoCommaOrClose('}'),
        _ if words.contains("']'") => Mistake::NoCommaOrClose(']'),
        _ if words.contains("EOF") => Mistake::OpenBracketBefore,
        _ => Mistake::Other(words),
    }
}

/// A bracket that has no counterpart; the library names it, or two.
fn of_brackets(words: &str) -> Mistake<'_> {
    let mut named = words.split('\'').skip(1).step_by(2);
    let mut next = || named.next().and_then(|sign| sign.chars().next());
    match (next(), next()) {
        (Some(open), Some(close)) => Mistake::MismatchedBrackets { open, close },
        (Some(open), None) => Mistake::UnclosedBracket(open),
        (None, _) => Mistake::MisplacedBracket,
    }
}
