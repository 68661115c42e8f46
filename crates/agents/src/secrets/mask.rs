//! Takes secrets out of what is told: as they are, as programs like to write
//! them, line by line, and what a cut has left of them.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use baton_model::{AttemptReport, Completion, Failure, Inquiry, Value};
use serde::de::IgnoredAny;

/// What stands in the place of a secret.
const MASK: &str = "[secret]";
/// Anything shorter would be masked out of ordinary words.
const MASKED_BYTES_MIN: usize = 6;
/// A shorter part of a secret may be that of an ordinary word.
const PART_BYTES_MIN: usize = 8;
/// Stands where a text was cut.
const CUT: char = '…';

/// What bytes are of the text they were taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// All of it.
    Whole,
    /// Its beginning, cut anywhere.
    Beginning,
    /// Its end, cut anywhere.
    End,
}

impl Part {
    /// What the last bytes of a file are, of which no more than so many were read.
    pub(crate) fn of_tail(tail: &[u8], bytes_max: u64) -> Self {
        if tail.len() as u64 >= bytes_max {
            Self::End
        } else {
            Self::Whole
        }
    }
}

/// Takes secrets out of what an agent says: as they are, and as programs like
/// to write them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mask(Vec<String>);

impl Mask {
    pub(crate) fn of<'s>(secrets: impl IntoIterator<Item = &'s str>) -> Self {
        let mut forms: Vec<String> = secrets
            .into_iter()
            .filter(|secret| secret.len() >= MASKED_BYTES_MIN)
            .flat_map(|secret| forms(secret).into_iter().chain(forms_of_lines(secret)))
            .collect();
        // The longest first: one may lie in another.
        forms.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        forms.dedup();
        Self(forms)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A text without the secrets, and without what is left of one before a
    /// place where the text was cut.
    pub(crate) fn text(&self, text: String) -> String {
        let text = self.0.iter().fold(text, |text, form| {
            if text.contains(form.as_str()) {
                text.replace(form.as_str(), MASK)
            } else {
                text
            }
        });
        if self.is_empty() || !text.contains(CUT) {
            return text;
        }
        let mut pieces = text.split(CUT).peekable();
        let mut masked = String::with_capacity(text.len());
        while let Some(piece) = pieces.next() {
            if pieces.peek().is_none() {
                masked.push_str(piece);
                break;
            }
            // A character that was cut itself.
            let whole = piece.trim_end_matches(char::REPLACEMENT_CHARACTER);
            match self.without_beginning(whole) {
                Some(kept) => masked.extend([kept, MASK]),
                None => masked.push_str(piece),
            }
            masked.push(CUT);
        }
        masked
    }

    /// A text without the beginning of a secret at its end, if there is one.
    fn without_beginning<'t>(&self, text: &'t str) -> Option<&'t str> {
        let beginnings = self.0.iter().filter_map(|form| {
            let longest = form.len().saturating_sub(1).min(text.len());
            let mut lengths = (PART_BYTES_MIN..=longest).rev();
            lengths.find_map(|length| text.strip_suffix(form.get(..length)?))
        });
        beginnings.min_by_key(|kept| kept.len())
    }

    /// A text without the end of a secret at its beginning, if there is one.
    fn without_end<'t>(&self, text: &'t str) -> Option<&'t str> {
        let ends = self.0.iter().filter_map(|form| {
            let longest = form.len().saturating_sub(1).min(text.len());
            let mut lengths = (PART_BYTES_MIN..=longest).rev();
            lengths.find_map(|length| text.strip_prefix(form.get(form.len() - length..)?))
        });
        ends.min_by_key(|kept| kept.len())
    }

    /// The same for a part of a longer text, which may begin or end in the
    /// middle of a secret.
    pub(crate) fn part<'t>(&self, bytes: &'t [u8], part: Part) -> Cow<'t, [u8]> {
        if self.is_empty() || part == Part::Whole {
            return self.bytes(bytes);
        }
        let text = self.text(String::from_utf8_lossy(bytes).into_owned());
        let masked = if part == Part::End {
            // A character that was cut itself.
            let whole = text.trim_start_matches(char::REPLACEMENT_CHARACTER);
            let kept = self.without_end(whole);
            kept.map(|kept| format!("{MASK}{kept}"))
        } else {
            let whole = text.trim_end_matches(char::REPLACEMENT_CHARACTER);
            let kept = self.without_beginning(whole);
            kept.map(|kept| format!("{kept}{MASK}"))
        };
        Cow::Owned(masked.unwrap_or(text).into_bytes())
    }

    /// The same for bytes that are mostly text.
    pub(crate) fn bytes<'t>(&self, bytes: &'t [u8]) -> Cow<'t, [u8]> {
        if self.is_empty() {
            return Cow::Borrowed(bytes);
        }
        let text = String::from_utf8_lossy(bytes);
        let masked = self.text(text.clone().into_owned());
        if masked == text {
            Cow::Borrowed(bytes)
        } else {
            Cow::Owned(masked.into_bytes())
        }
    }

    /// The same for a JSON document, which it is afterwards, too: what would
    /// not be, such as a number that is a secret, stays.
    pub(crate) fn json<'d>(&self, document: &'d [u8]) -> Cow<'d, [u8]> {
        let masked = self.bytes(document);
        match &masked {
            Cow::Owned(text) if serde_json::from_slice::<IgnoredAny>(text).is_err() => {
                Cow::Borrowed(document)
            }
            Cow::Owned(_) | Cow::Borrowed(_) => masked,
        }
    }

    /// The same for what is a JSON document or a text.
    pub(crate) fn document_or_text<'d>(&self, bytes: &'d [u8], part: Part) -> Cow<'d, [u8]> {
        if self.is_empty() {
            return Cow::Borrowed(bytes);
        }
        match serde_json::from_slice::<IgnoredAny>(bytes) {
            Ok(_) => self.json(bytes),
            Err(_) => self.part(bytes, part),
        }
    }

    /// The same for everything that is reported.
    pub(crate) fn report(&self, report: AttemptReport) -> AttemptReport {
        if self.is_empty() {
            return report;
        }
        match report {
            AttemptReport::Completed(completion) => AttemptReport::Completed(Completion {
                outputs: self.object(completion.outputs),
                text: completion.text.map(|text| self.text(text)),
                proposed_edits: completion
                    .proposed_edits
                    .into_iter()
                    .map(|edit| self.value(edit))
                    .collect(),
                ..completion
            }),
            AttemptReport::Failed(failure) => AttemptReport::Failed(Failure {
                message: self.text(failure.message),
                brought: failure.brought.map(|it| Box::new(self.object(*it))),
                ..failure
            }),
            AttemptReport::NeedsInput(inquiry) => AttemptReport::NeedsInput(self.inquiry(inquiry)),
        }
    }

    fn inquiry(&self, mut inquiry: Inquiry) -> Inquiry {
        let masked = |text: &mut String| *text = self.text(std::mem::take(text));
        for question in &mut inquiry.questions {
            masked(&mut question.question);
            question.header.as_mut().map(masked).unwrap_or_default();
            for option in &mut question.options {
                masked(&mut option.label);
                masked(&mut option.description);
            }
        }
        inquiry
    }

    fn object(&self, object: baton_model::Object) -> baton_model::Object {
        let members = object.into_iter();
        members
            .map(|(name, value)| (self.text(name), self.value(value)))
            .collect()
    }

    fn value(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(items) => {
                Value::Array(items.into_iter().map(|item| self.value(item)).collect())
            }
            Value::Object(object) => Value::Object(self.object(object)),
            other @ (Value::Null | Value::Bool(_) | Value::Number(_)) => other,
        }
    }
}

/// How a secret may be written.
fn forms(secret: &str) -> [String; 7] {
    let bytes = secret.as_bytes();
    let hex = |upper: bool| {
        let digits = bytes.iter().map(|byte| {
            if upper {
                format!("{byte:02X}")
            } else {
                format!("{byte:02x}")
            }
        });
        digits.collect::<String>()
    };
    let percent = bytes.iter().map(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
            char::from(*byte).to_string()
        }
        byte => format!("%{byte:02X}"),
    });
    [
        secret.to_owned(),
        json_form(secret),
        STANDARD_NO_PAD.encode(bytes),
        URL_SAFE_NO_PAD.encode(bytes),
        hex(false),
        hex(true),
        percent.collect(),
    ]
}

/// The lines of a secret that has several, for logs go line by line.
fn forms_of_lines(secret: &str) -> Vec<String> {
    if !secret.contains('\n') {
        return Vec::new();
    }
    let lines = secret.lines().map(str::trim);
    lines
        .filter(|line| line.len() >= MASKED_BYTES_MIN)
        .flat_map(|line| [line.to_owned(), json_form(line)])
        .collect()
}

/// How a text is written in a JSON document, without the quotation marks.
fn json_form(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    let inside = quoted.get(1..quoted.len().saturating_sub(1));
    inside.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_masked_however_they_are_written() {
        let mask = Mask::of(["p/ss word?", "tiny"]);
        let rows = [
            ("it is p/ss word?.", "it is [secret]."),
            ("cC9zcyB3b3JkPw==", "[secret]=="),
            ("702f737320776f72643f", "[secret]"),
            ("p%2Fss%20word%3F", "[secret]"),
            ("tiny words stay", "tiny words stay"),
        ];
        for (text, expected) in rows {
            assert_eq!(mask.text(text.to_owned()), expected);
        }
        let report = AttemptReport::Completed(Completion {
            outputs: [("a".to_owned(), json!([{"b": "p/ss word?"}, 3]))]
                .into_iter()
                .collect(),
            ..Completion::default()
        });
        let AttemptReport::Completed(masked) = mask.report(report) else {
            panic!("it completed");
        };
        assert_eq!(json!(masked.outputs), json!({"a": [{"b": "[secret]"}, 3]}));
    }

    #[test]
    fn every_line_of_a_secret_is_one() {
        let mask = Mask::of(["-----BEGIN-----\nMIIEvQIB/\"x\n  ab\nAgEAAoIB\n"]);
        let rows = [
            ("key: MIIEvQIB/\"x", "key: [secret]"),
            (r#"{"key": "MIIEvQIB/\"x"}"#, r#"{"key": "[secret]"}"#),
            (
                r#""-----BEGIN-----\nMIIEvQIB/\"x\n  ab\nAgEAAoIB\n""#,
                r#""[secret]""#,
            ),
            ("AgEAAoIB ab", "[secret] ab"),
        ];
        for (text, expected) in rows {
            assert_eq!(mask.text(text.to_owned()), expected);
        }
    }

    #[test]
    fn what_a_cut_leaves_of_a_secret_is_masked() {
        let mask = Mask::of(["sk-zürich-0123456789", "other-secret"]);
        let rows = [
            ("a sk-zürich-01…", "a [secret]…"),
            (
                "a sk-zürich-012345678… [line cut]",
                "a [secret]… [line cut]",
            ),
            (
                "a sk-zürich-0\u{fffd}… b other-se… c",
                "a [secret]… b [secret]… c",
            ),
            ("a sk-züri…", "a [secret]…"),
            ("a sk-zü… wait…", "a sk-zü… wait…"),
            ("sk-zürich-0 is no cut", "sk-zürich-0 is no cut"),
        ];
        for (text, expected) in rows {
            assert_eq!(mask.text(text.to_owned()), expected);
        }
    }

    #[test]
    fn what_is_left_of_a_secret_at_either_end_is_masked() {
        let mask = Mask::of(["sk-zürich-0123456789", "other-secret"]);
        let rows = [
            (Part::End, "rich-0123456789 said", "[secret] said"),
            (Part::End, "er-secret, other-secret", "[secret], [secret]"),
            (Part::End, "56789 is too short", "56789 is too short"),
            (Part::End, "it is sk-zürich-01", "it is sk-zürich-01"),
            (Part::Beginning, "it is sk-zürich-01", "it is [secret]"),
            (
                Part::Beginning,
                "er-secret, other-secret",
                "er-secret, [secret]",
            ),
            (Part::Whole, "er-secret, other-se", "er-secret, other-se"),
        ];
        for (part, text, expected) in rows {
            let masked = mask.part(text.as_bytes(), part);
            assert_eq!(
                String::from_utf8_lossy(&masked),
                expected,
                "{part:?} {text}"
            );
        }
        // Cut in the middle of a character.
        let cut = &"zürich-0123456789 said".as_bytes()[2..];
        assert_eq!(*mask.part(cut, Part::End), *b"[secret] said");
    }

    #[test]
    fn a_document_stays_one() {
        let mask = Mask::of(["123456", "a\"b\"c\"d"]);
        let rows = [
            (r#"{"a": "x 123456"}"#, r#"{"a": "x [secret]"}"#),
            (r#"{"a": 123456}"#, r#"{"a": 123456}"#),
            (r#"{"a": "a\"b\"c\"d"}"#, r#"{"a": "[secret]"}"#),
            ("no document 123456", "no document 123456"),
        ];
        for (text, expected) in rows {
            assert_eq!(*mask.json(text.as_bytes()), *expected.as_bytes(), "{text}");
        }
    }
}
