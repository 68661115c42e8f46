//! What is made of a program's output, whichever program it is.

use baton_model::{Failure, FailureLabel, Usage, Value};

use super::session::is_session_name;

/// The output that an agent's own words are.
pub(super) const RESULT: &str = "result";
/// Longest part of a message that goes into a log line.
const LOGGED_CHARS_MAX: usize = 240;
/// Stands where a text was cut. Secrets are looked for before it in pieces.
const CUT: char = '…';
/// As much of a text is kept as a whole.
const DOCUMENT_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Reads what one program prints, line by line.
pub(crate) trait Reader: Send {
    /// Takes a line, and gives back what people should see of it.
    fn line(&mut self, line: &[u8]) -> Vec<String>;

    /// A line came that was too long to be taken.
    fn missed(&mut self) {}

    /// Whether the program has said how its turn ended.
    fn has_answered(&self) -> bool;

    /// There is nothing more to come.
    fn finish(self: Box<Self>) -> Heard;
}

/// What a program has said.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Heard {
    /// The session, as it calls it.
    pub(crate) session: Option<String>,
    /// Its own version.
    pub(crate) version: Option<String>,
    /// What it told of its use at its end.
    pub(crate) usage: Usage,
    /// What it told of it while it worked: of this call alone, and only as much
    /// as it had come to.
    pub(crate) usage_so_far: Usage,
    /// How its turn ended in its own words.
    pub(crate) end: Option<End>,
    /// What it was not allowed to do.
    pub(crate) denials: Vec<String>,
    /// What it was waiting for the last time it said so.
    pub(crate) waits_for: Option<String>,
    /// Whether anything of what it printed was in its own form.
    pub(crate) has_form: bool,
    /// The beginning of what was not.
    pub(crate) formless: String,
    /// Whether more of its answer came than is kept.
    pub(crate) is_cut: bool,
}

/// How a turn ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum End {
    Answered(Answer),
    Failed(Failure),
    /// There is no such session (any more), or another is called so.
    SessionLost,
}

/// An answer that was not looked at yet.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Answer {
    pub(crate) text: String,
    /// In the form that was asked for, as the program says.
    pub(crate) structured: Option<Value>,
    /// Its model was not asked at all.
    pub(crate) is_untouched: bool,
}

impl Heard {
    /// Notes a line that is not in the program's form.
    pub(super) fn note_formless(&mut self, line: &[u8]) -> Option<String> {
        const FORMLESS_BYTES_MAX: usize = 200;
        let words = String::from_utf8_lossy(line);
        let words = words.trim_end();
        if words.is_empty() {
            return None;
        }
        if self.formless.len() < FORMLESS_BYTES_MAX {
            if !self.formless.is_empty() {
                self.formless.push('\n');
            }
            self.formless.push_str(words);
            let end = self.formless.floor_char_boundary(FORMLESS_BYTES_MAX);
            if end < self.formless.len() {
                self.formless.truncate(end);
                self.formless.push(CUT);
            }
        }
        Some(words.to_owned())
    }

    /// Notes what the program calls its session, if that can be said to it again.
    pub(super) fn note_session(&mut self, name: Option<&str>) {
        if let Some(name) = name.filter(|name| is_session_name(name)) {
            self.session = Some(name.to_owned());
        }
    }
}

/// The beginning of a text, as far as it can be one document.
#[derive(Debug, Default)]
pub(super) struct Document {
    bytes: Vec<u8>,
    is_cut: bool,
}

impl Document {
    pub(super) fn push(&mut self, line: &[u8]) {
        if self.is_cut || self.bytes.len() + line.len() >= DOCUMENT_BYTES_MAX {
            self.is_cut = true;
            return;
        }
        self.bytes.extend_from_slice(line);
        self.bytes.push(b'\n');
    }

    /// Something of it is missing.
    pub(super) fn miss(&mut self) {
        self.is_cut = true;
    }

    pub(super) fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// The whole of it as JSON.
    pub(super) fn json(&self) -> Option<Value> {
        if self.is_cut {
            return None;
        }
        serde_json::from_slice(&self.bytes).ok()
    }

    /// All of it, without empty lines around it.
    pub(super) fn text(&self) -> String {
        let text = String::from_utf8_lossy(&self.bytes);
        text.trim_end().trim_start_matches(['\r', '\n']).to_owned()
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

/// A text on one line, as long as is good to read.
pub(super) fn one_line(text: &str) -> String {
    let mut line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = line.char_indices().nth(LOGGED_CHARS_MAX) {
        line.truncate(end);
        line.push(CUT);
    }
    line
}

/// The member of an object, as a text.
pub(super) fn text_of<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name)?.as_str()
}

pub(super) fn number_of(value: &Value, name: &str) -> Option<u64> {
    value.get(name)?.as_u64()
}

/// US dollars as millionths.
pub(super) fn micros(dollars: f64) -> Option<u64> {
    const MOST: f64 = 1e12;
    let micros = (dollars * 1e6).round();
    let is_sound = (0.0..=MOST).contains(&micros);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number within bounds"
    )]
    is_sound.then_some(micros as u64)
}

/// What a provider's refusal means, by its HTTP status and its words.
pub(super) fn refusal(status: Option<u64>, words: &str) -> Failure {
    let label = match status {
        Some(401 | 403) => FailureLabel::AUTH_FAILURE,
        Some(408 | 500 | 502 | 504) => FailureLabel::UNREACHABLE,
        Some(402 | 413 | 429 | 503 | 529) => FailureLabel::LIMIT,
        Some(_) | None => label_of_words(words),
    };
    Failure::new(label, one_line(words))
}

/// A failure with all the words that tell of it, and not only a line of them.
pub(super) fn in_full(failure: Failure, words: &str) -> Failure {
    const WORDS_BYTES_MAX: usize = 8 * 1024;
    if failure.message == words {
        return failure;
    }
    let end = words.floor_char_boundary(WORDS_BYTES_MAX);
    let mut kept = words.get(..end).unwrap_or_default().to_owned();
    if end < words.len() {
        kept.push(CUT);
    }
    failure.with_brought(RESULT, kept)
}

/// Words of known refusals, in lower case.
const REFUSALS: [(&str, FailureLabel); 25] = [
    ("cannot be used with root", FailureLabel::DENIED),
    ("permission denied", FailureLabel::DENIED),
    ("invalid api key", FailureLabel::AUTH_FAILURE),
    ("please run /login", FailureLabel::AUTH_FAILURE),
    ("not logged in", FailureLabel::AUTH_FAILURE),
    ("login required", FailureLabel::AUTH_FAILURE),
    ("oauth token", FailureLabel::AUTH_FAILURE),
    ("failed to authenticate", FailureLabel::AUTH_FAILURE),
    ("authentication_", FailureLabel::AUTH_FAILURE),
    ("unauthorized", FailureLabel::AUTH_FAILURE),
    ("usage limit", FailureLabel::LIMIT),
    ("you've hit your", FailureLabel::LIMIT),
    ("rate limit", FailureLabel::LIMIT),
    ("rate_limit", FailureLabel::LIMIT),
    ("overloaded", FailureLabel::LIMIT),
    ("quota", FailureLabel::LIMIT),
    ("credit balance is too low", FailureLabel::LIMIT),
    ("prompt is too long", FailureLabel::LIMIT),
    ("context window", FailureLabel::LIMIT),
    ("connection error", FailureLabel::UNREACHABLE),
    ("unable to connect", FailureLabel::UNREACHABLE),
    ("econnrefused", FailureLabel::UNREACHABLE),
    ("enotfound", FailureLabel::UNREACHABLE),
    ("stream disconnected", FailureLabel::UNREACHABLE),
    ("fetch failed", FailureLabel::UNREACHABLE),
];

fn label_of_words(words: &str) -> FailureLabel {
    let words = words.to_lowercase();
    let known = REFUSALS.iter().find(|(part, _)| words.contains(part));
    known.map_or(FailureLabel::EXIT, |(_, label)| label.clone())
}

/// What a reader makes of these events, and what people see of them.
#[cfg(test)]
pub(super) fn read(mut reader: Box<dyn Reader>, events: &[Value]) -> (Heard, Vec<String>) {
    let lines = events.iter();
    let said = lines
        .flat_map(|event| reader.line(event.to_string().as_bytes()))
        .collect();
    (reader.finish(), said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_are_counted_in_whole_millionths() {
        let rows = [
            (0.0, Some(0)),
            (0.123_456_7, Some(123_457)),
            (-1.0, None),
            (f64::NAN, None),
            (1e30, None),
        ];
        for (dollars, expected) in rows {
            assert_eq!(micros(dollars), expected, "{dollars}");
        }
    }

    #[test]
    fn refusals_are_told_apart() {
        let rows = [
            (Some(401), "x", FailureLabel::AUTH_FAILURE),
            (Some(429), "x", FailureLabel::LIMIT),
            (Some(529), "x", FailureLabel::LIMIT),
            (Some(500), "x", FailureLabel::UNREACHABLE),
            (Some(400), "Prompt is too long", FailureLabel::LIMIT),
            (
                None,
                "Invalid API key · Please run /login",
                FailureLabel::AUTH_FAILURE,
            ),
            (None, "You've hit your session limit", FailureLabel::LIMIT),
            (
                None,
                "API Error: Connection error.",
                FailureLabel::UNREACHABLE,
            ),
            (None, "something else", FailureLabel::EXIT),
        ];
        for (status, words, expected) in rows {
            assert_eq!(refusal(status, words).label, expected, "{status:?} {words}");
        }
    }

    #[test]
    fn long_words_are_cut_to_one_line() {
        assert_eq!(one_line("a\n  b"), "a b");
        assert_eq!(one_line(&"ü".repeat(500)).chars().count(), 241);
    }
}
