//! SWDL-E0101: the text is not YAML.

use crate::report::{Finding, Place};

code!("SWDL-E0101", Error, Yaml, "the text is not YAML");

/// What keeps a text from being YAML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mistake<'t> {
    Tab,
    UnclosedQuote(char),
    TextAfterQuote(char),
    UnknownEscape(char),
    MarkOfConflict,
    ColonInText {
        key: &'t str,
        value: &'t str,
    },
    ColonWithoutBlank {
        key: &'t str,
        value: &'t str,
    },
    KeyWithoutColon(&'t str),
    KeyTooDeep,
    NoKey,
    Indentation,
    DashInBrackets,
    DashWithoutBlank(&'t str),
    NoItem,
    ListOnLineOfKey,
    UnknownAnchor,
    FirstSign {
        sign: char,
        value: &'t str,
    },
    ExpressionInBrackets,
    OpenBracketBefore,
    UnclosedBracket(char),
    MismatchedBrackets {
        open: char,
        close: char,
    },
    MisplacedBracket,
    NoCommaOrClose(char),
    /// In the words of the YAML library.
    Other(&'t str),
}

/// Longest part of a line that is shown in a mend.
const SHOWN_CHARS_MAX: usize = 60;

pub(crate) fn not_yaml(at: Place, mistake: &Mistake<'_>) -> Finding {
    Finding::new(&CODE, at, message(mistake)).help_if(mend(mistake))
}

fn message(mistake: &Mistake<'_>) -> String {
    let message = match *mistake {
        Mistake::Tab => "a tab is no indentation",
        Mistake::TextAfterQuote(_) => "the text in quotes has ended before this",
        Mistake::MarkOfConflict => "this is a mark of a merge conflict",
        Mistake::ColonInText { .. } => "a text without quotes cannot hold `: `",
        Mistake::KeyTooDeep => "this key is indented deeper than what it belongs to",
        Mistake::NoKey => "this line has no key",
        Mistake::Indentation => "this line is indented like nothing before it",
        Mistake::DashWithoutBlank(_) => "a blank is missing after `-`",
        Mistake::DashInBrackets => "no `- ` begins an item inside of `[ ]` or `{ }`",
        Mistake::NoItem => "this line is neither an item of the list nor a part of the last one",
        Mistake::ListOnLineOfKey => "a list does not begin on the line of its key",
        Mistake::UnknownAnchor => "nothing before this is marked with that name",
        Mistake::ExpressionInBrackets => {
            "an expression without quotes cannot stand in `{ }` or `[ ]`"
        }
        Mistake::OpenBracketBefore => "a `[` or `{` before this is not closed",
        Mistake::MisplacedBracket => "nothing was opened that this bracket closes",
        Mistake::UnclosedQuote(quote) => {
            return format!("the text that begins with this {quote} is not closed");
        }
        Mistake::UnknownEscape(sign) => {
            return format!("`\\{}` means nothing in double quotes", sign.escape_debug());
        }
        Mistake::ColonWithoutBlank { key, .. } => {
            return format!("a blank is missing after `{key}:`");
        }
        Mistake::KeyWithoutColon(key) => {
            return format!("a `:` is missing after `{}`", shortened(key));
        }
        Mistake::FirstSign { sign, .. } => {
            return format!("a text without quotes cannot begin with {}", shown(sign));
        }
        Mistake::UnclosedBracket(bracket) => return format!("this `{bracket}` is not closed"),
        Mistake::MismatchedBrackets { open, close } => {
            return format!("this `{open}` is followed by a `{close}` that closes nothing");
        }
        Mistake::NoCommaOrClose(closing) => {
            return format!("a `,` or `{closing}` is missing before this");
        }
        Mistake::Other(words) => {
            let (_, words) = words.split_once(", ").unwrap_or(("", words));
            return words.replace('\'', "`");
        }
    };
    message.to_owned()
}

fn mend(mistake: &Mistake<'_>) -> Option<String> {
    let mend = match *mistake {
        Mistake::Tab => "indent with blanks",
        Mistake::TextAfterQuote('\'') => "a ' inside of '…' is written twice: ''",
        Mistake::TextAfterQuote(_) => {
            "put all of it in quotes; a \" inside of \"…\" is written \\\""
        }
        Mistake::UnknownEscape(_) => "write \\\\ for a backslash, or put the text in single quotes",
        Mistake::MarkOfConflict => "keep one of the two sides, and remove the marks",
        Mistake::KeyTooDeep => "indent it like the keys beside it",
        Mistake::NoKey => {
            "write `key: value`; what continues a text is indented deeper than its key"
        }
        Mistake::Indentation => "indent it like the keys or items it belongs to",
        Mistake::DashInBrackets => "separate items with `,`, or write all of them without brackets",
        Mistake::NoItem => "begin items with `- `, and indent the keys of an item alike",
        Mistake::ListOnLineOfKey => "write each `- item` on a line of its own, or all as [a, b]",
        Mistake::UnknownAnchor => {
            "`*name` is what `&name` marks; a text that begins with `*` is written in quotes"
        }
        Mistake::ExpressionInBrackets => "put it in quotes: \"${{ … }}\"",
        Mistake::OpenBracketBefore => "close it, or put the text in quotes",
        Mistake::MisplacedBracket => "remove it, or put the text in quotes",
        Mistake::MismatchedBrackets { .. } => "close each bracket with one of its own kind",
        Mistake::ColonInText { key, value } => {
            return Some(write(&format!("{key}: {}", quoted(value))));
        }
        Mistake::ColonWithoutBlank { key, value } => {
            return Some(write(&format!("{key}: {}", shortened(value))));
        }
        Mistake::KeyWithoutColon(key) => return Some(write(&format!("{}:", shortened(key)))),
        Mistake::DashWithoutBlank(item) => return Some(write(&format!("- {}", shortened(item)))),
        Mistake::FirstSign { value, .. } => return Some(write(&quoted(value))),
        Mistake::UnclosedQuote(quote) => return Some(format!("end it with {quote}")),
        Mistake::UnclosedBracket('[') => "end it with `]`",
        Mistake::UnclosedBracket(_) => "end it with `}`",
        Mistake::NoCommaOrClose(closing) => {
            return Some(format!("separate with `,`, and end with `{closing}`"));
        }
        Mistake::Other(_) => return None,
    };
    Some(mend.to_owned())
}

/// A line as it would be right.
fn write(example: &str) -> String {
    let mark = if example.contains('`') { "" } else { "`" };
    format!("write {mark}{example}{mark}")
}

/// A sign between others than itself.
fn shown(sign: char) -> String {
    if sign == '`' {
        "a backtick".to_owned()
    } else {
        format!("`{}`", sign.escape_debug())
    }
}

/// A text as YAML has it in quotes.
fn quoted(text: &str) -> String {
    let text = shortened(text);
    if text.contains(['"', '\\']) {
        format!("'{}'", text.replace('\'', "''"))
    } else {
        format!("\"{text}\"")
    }
}

fn shortened(text: &str) -> String {
    let text = text.trim();
    if text.chars().count() <= SHOWN_CHARS_MAX {
        return text.to_owned();
    }
    text.chars().take(SHOWN_CHARS_MAX).chain(['…']).collect()
}

pub(crate) fn number_too_large(at: Place, number: &str) -> Finding {
    let message = format!("`{number}` is not a number that can be held");
    Finding::new(&CODE, at, message).help("put it in quotes if it is a text")
}

pub(crate) fn alias_inside_itself(at: Place) -> Finding {
    Finding::new(&CODE, at, "the alias stands inside the value it names")
        .help("write the value itself")
}

pub(crate) fn two_merge_keys(at: Place) -> Finding {
    Finding::new(&CODE, at, "`<<` stands twice in this map").help("write `<<: [*one, *two]`")
}

pub(crate) fn merge_of_no_map(at: Place) -> Finding {
    Finding::new(&CODE, at, "`<<` takes a map or a list of maps")
        .help("name maps, such as `<<: *defaults`")
}
