//! A command written as one text, split into words the way people know it
//! from shells: blanks separate, quotes and backslashes hold together.
//!
//! Deliberately absent: whatever else a shell does. Nothing is expanded, and
//! a placeholder stays inside the word it stands in, so that no value can
//! become a second word.

use std::ops::Range;

use baton_expr::{Part, Template};

/// Unquoted, these ask a shell to do something.
const SHELL_SIGNS: [char; 8] = ['|', '&', ';', '<', '>', '$', '`', '*'];

/// What `\` takes the meaning from inside double quotes.
const ESCAPED_IN_QUOTES: [char; 4] = ['"', '\\', '$', '`'];

/// A command as words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Command {
    /// The program and its arguments; may be empty.
    pub(crate) words: Vec<String>,
    /// The first unquoted sign that only a shell would act on, in bytes of
    /// the text.
    pub(crate) shell_sign: Option<Range<usize>>,
}

/// A quote that is never closed, in bytes of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UnclosedQuote(pub(crate) Range<usize>);

/// Splits a text that may hold `${{ }}`.
pub(crate) fn split(text: &str) -> Result<Command, UnclosedQuote> {
    let (template, _) = Template::parse(text);
    let mut splitter = Splitter::default();
    let mut position = 0;
    for part in template.parts() {
        match part {
            Part::Literal(literal) => {
                splitter.take(literal, position);
                position += literal.len();
            }
            Part::Placeholder { span, .. } => {
                let written = text.get(span.clone()).unwrap_or_default();
                splitter.word().push_str(written);
                position = span.end;
            }
        }
    }
    splitter.finish()
}

#[derive(Default)]
struct Splitter {
    command: Command,
    /// The word that is being read. None between words.
    word: Option<String>,
    /// The quote that is open, and where it was opened.
    quote: Option<(char, usize)>,
}

impl Splitter {
    fn word(&mut self) -> &mut String {
        self.word.get_or_insert_default()
    }

    /// Reads text that stands for itself and begins at `start`.
    fn take(&mut self, text: &str, start: usize) {
        let mut characters = text.char_indices().peekable();
        while let Some((index, c)) = characters.next() {
            let quote = self.quote.map(|(quote, _)| quote);
            match (quote, c) {
                (Some(open), _) if open == c => self.quote = None,
                (None, '\'' | '"') => {
                    self.quote = Some((c, start + index));
                    // Also a word of no characters is one.
                    self.word();
                }
                (None | Some('"'), '\\') => {
                    let next = characters
                        .next_if(|(_, next)| quote.is_none() || ESCAPED_IN_QUOTES.contains(next));
                    self.word().push(next.map_or('\\', |(_, next)| next));
                }
                (None, _) if c.is_whitespace() => self.end_word(),
                (None, _) => {
                    if SHELL_SIGNS.contains(&c) && self.command.shell_sign.is_none() {
                        let place = start + index;
                        self.command.shell_sign = Some(place..place + c.len_utf8());
                    }
                    self.word().push(c);
                }
                (Some(_), _) => self.word().push(c),
            }
        }
    }

    fn end_word(&mut self) {
        self.command.words.extend(self.word.take());
    }

    fn finish(mut self) -> Result<Command, UnclosedQuote> {
        if let Some((quote, start)) = self.quote {
            return Err(UnclosedQuote(start..start + quote.len_utf8()));
        }
        self.end_word();
        Ok(self.command)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_split_as_people_quote_it() {
        for (text, words) in [
            ("", vec![]),
            (" \t\n", vec![]),
            ("./notify.sh done", vec!["./notify.sh", "done"]),
            ("  a\tb\n c ", vec!["a", "b", "c"]),
            ("a 'b c' \"d e\"", vec!["a", "b c", "d e"]),
            ("a'b'\"c\"d", vec!["abcd"]),
            ("a '' \"\"", vec!["a", "", ""]),
            (r"a\ b \'c\' \\", vec!["a b", "'c'", "\\"]),
            (r#""a\"b\\c\d\$" 'a\b'"#, vec![r#"a"b\c\d$"#, r"a\b"]),
            ("it \"isn't\" '\"'", vec!["it", "isn't", "\""]),
            ("end\\", vec!["end\\"]),
            ("#a é", vec!["#a", "é"]),
        ] {
            assert_eq!(split(text).unwrap().words, words, "{text}");
        }
    }

    #[test]
    fn a_placeholder_stays_in_its_word() {
        for (text, words) in [
            ("say ${{ run.id }}", vec!["say", "${{ run.id }}"]),
            (
                "a --by=${{ parameters.x == 'a b' ? \"c d\" : 'e' }}/f g",
                vec![
                    "a",
                    "--by=${{ parameters.x == 'a b' ? \"c d\" : 'e' }}/f",
                    "g",
                ],
            ),
            (
                "a 'b ${{ run.id }} c' \"${{ run.id }}\"",
                vec!["a", "b ${{ run.id }} c", "${{ run.id }}"],
            ),
            (
                "a ${{ run.id }}${{ run.id }}",
                vec!["a", "${{ run.id }}${{ run.id }}"],
            ),
            ("a\\${{ run.id }}", vec!["a\\${{ run.id }}"]),
        ] {
            let command = split(text).unwrap();
            assert_eq!(command.words, words, "{text}");
            assert_eq!(command.shell_sign, None, "{text}");
        }
    }

    #[test]
    fn what_only_a_shell_would_do_is_noticed() {
        for (text, sign) in [
            ("a | b > c", Some(2..3)),
            ("a ${{ run.id }} $HOME", Some(16..17)),
            ("a 'b | c' \"d;\" \\& e", None),
            ("a; b", Some(1..2)),
        ] {
            assert_eq!(split(text).unwrap().shell_sign, sign, "{text}");
        }
    }

    #[test]
    fn a_quote_that_is_never_closed_is_found() {
        for (text, place) in [("a 'b c", 2..3), ("${{ run.id }} \"x 'y'", 14..15)] {
            assert_eq!(split(text).unwrap_err(), UnclosedQuote(place), "{text}");
        }
    }
}
