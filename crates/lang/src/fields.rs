//! Reading the keys of a map, one by one, and reporting what is wrong with
//! each: the wrong kind, missing keys, keys that nobody knows.

use std::ops::Range;

use crate::codes;
use crate::definition::Spanned;
use crate::duration::WrittenDuration;
use crate::node::{Entry, Kind, Node};
use crate::report::{Finding, Report};
use crate::suggest;

/// A value under a key or in a list, with the path to it.
pub(crate) struct Field<'n> {
    pub(crate) node: &'n Node,
    pub(crate) path: String,
    /// Where its key stands; its value where it has none.
    pub(crate) key_bytes: Range<usize>,
}

/// The keys of a map; each is asked for once.
pub(crate) struct Fields<'n> {
    entries: &'n [Entry],
    path: String,
    /// Where the map is reported when a key is missing from it.
    bytes: Range<usize>,
    known: Vec<&'static str>,
}

impl<'n> Field<'n> {
    pub(crate) fn new(node: &'n Node, path: impl Into<String>) -> Self {
        Self {
            node,
            path: path.into(),
            key_bytes: node.bytes.clone(),
        }
    }

    fn of_entry(entry: &'n Entry, path: &str) -> Self {
        Self {
            node: &entry.value,
            path: join(path, &entry.key),
            key_bytes: entry.key_bytes.clone(),
        }
    }

    pub(crate) fn wrong_kind(&self, wanted: &str, report: &mut Report<'_>) {
        let message = format!("expected {wanted}, got {}", self.node.describe());
        let help = match (&self.node.kind, wanted) {
            (Kind::Number(_) | Kind::Bool(_), "a text") => Some("put it in quotes".to_owned()),
            (Kind::String(text), "a boolean") if is_yes_or_no(text) => {
                Some("booleans are written `true` and `false`".to_owned())
            }
            (Kind::String(_), "a number" | "a whole number" | "a boolean") => {
                Some("write it without quotes".to_owned())
            }
            (Kind::String(_), "a list") => Some("a list is written [a, b]".to_owned()),
            (Kind::Null, _) => Some("give it a value or remove the key".to_owned()),
            _ => None,
        };
        report.add(
            Finding::new(&codes::WRONG_KIND, &self.path, &self.node.bytes, message).help(help),
        );
    }

    pub(crate) fn spanned<T>(&self, value: T) -> Spanned<T> {
        Spanned {
            value,
            bytes: self.node.bytes.clone(),
        }
    }

    pub(crate) fn text(&self, report: &mut Report<'_>) -> Option<String> {
        if let Kind::String(text) = &self.node.kind {
            return Some(text.clone());
        }
        self.wrong_kind("a text", report);
        None
    }

    pub(crate) fn spanned_text(&self, report: &mut Report<'_>) -> Option<Spanned<String>> {
        self.text(report).map(|text| self.spanned(text))
    }

    pub(crate) fn boolean(&self, report: &mut Report<'_>) -> Option<bool> {
        if let Kind::Bool(flag) = self.node.kind {
            return Some(flag);
        }
        self.wrong_kind("a boolean", report);
        None
    }

    pub(crate) fn number(&self, report: &mut Report<'_>) -> Option<f64> {
        if let Kind::Number(number) = &self.node.kind {
            return number.as_f64();
        }
        self.wrong_kind("a number", report);
        None
    }

    /// A whole number of at least `least`; `2.0` is one.
    pub(crate) fn count(&self, least: u32, report: &mut Report<'_>) -> Option<u32> {
        let whole = self.whole(report)?;
        let count = u32::try_from(whole).ok().filter(|count| *count >= least);
        if count.is_none() {
            let message = format!("expected a whole number of at least {least}, got {whole}");
            self.out_of_range(message, report);
        }
        count
    }

    /// A whole number; `2.0` is one.
    pub(crate) fn whole(&self, report: &mut Report<'_>) -> Option<i64> {
        if let Kind::Number(number) = &self.node.kind
            && let Some(whole) = whole_number(number)
        {
            return Some(whole);
        }
        self.wrong_kind("a whole number", report);
        None
    }

    pub(crate) fn out_of_range(&self, message: String, report: &mut Report<'_>) {
        report.add(Finding::new(
            &codes::OUT_OF_RANGE,
            &self.path,
            &self.node.bytes,
            message,
        ));
    }

    pub(crate) fn duration(&self, report: &mut Report<'_>) -> Option<WrittenDuration> {
        let text = self.text(report)?;
        let duration = WrittenDuration::parse(&text);
        if duration.is_none() {
            let message = format!("`{text}` is not a duration");
            let help = "write days, hours, minutes and seconds, such as 1h30m or 90s";
            report.add(
                Finding::new(&codes::BAD_DURATION, &self.path, &self.node.bytes, message)
                    .help(help.to_owned()),
            );
        }
        duration
    }

    /// One of a few words.
    pub(crate) fn word<T: Copy>(
        &self,
        words: &[(&'static str, T)],
        report: &mut Report<'_>,
    ) -> Option<T> {
        let text = self.text(report)?;
        let found = words.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let known = words.iter().map(|(word, _)| *word);
            report.add(
                Finding::new(
                    &codes::UNKNOWN_WORD,
                    &self.path,
                    &self.node.bytes,
                    format!("`{text}` is not allowed here"),
                )
                .help(suggest::help_for(&text, known)),
            );
        }
        found.map(|(_, value)| *value)
    }

    pub(crate) fn items(&self, report: &mut Report<'_>) -> Vec<Field<'n>> {
        let Kind::List(items) = &self.node.kind else {
            self.wrong_kind("a list", report);
            return Vec::new();
        };
        items
            .iter()
            .enumerate()
            .map(|(index, node)| Field::new(node, format!("{}[{index}]", self.path)))
            .collect()
    }

    pub(crate) fn texts(&self, report: &mut Report<'_>) -> Vec<Spanned<String>> {
        let items = self.items(report);
        items
            .iter()
            .filter_map(|item| item.spanned_text(report))
            .collect()
    }

    pub(crate) fn plain_texts(&self, report: &mut Report<'_>) -> Vec<String> {
        let texts = self.texts(report);
        texts.into_iter().map(|text| text.value).collect()
    }

    /// The entries of a map whose keys are names of the user's choice.
    pub(crate) fn named(&self, report: &mut Report<'_>) -> Vec<(&'n str, Field<'n>)> {
        let Kind::Map(entries) = &self.node.kind else {
            self.wrong_kind("a map", report);
            return Vec::new();
        };
        entries
            .iter()
            .map(|entry| (entry.key.as_str(), Field::of_entry(entry, &self.path)))
            .collect()
    }

    /// Where a map is reported when something is missing from it: at its own
    /// key, or, for items of a list, at its first one.
    fn place(&self, entries: &[Entry]) -> Range<usize> {
        let first = entries
            .first()
            .filter(|_| self.key_bytes == self.node.bytes);
        first
            .map_or(&self.key_bytes, |entry| &entry.key_bytes)
            .clone()
    }

    /// The keys of a map whose keys are fixed.
    pub(crate) fn open(&self, report: &mut Report<'_>) -> Option<Fields<'n>> {
        let Kind::Map(entries) = &self.node.kind else {
            self.wrong_kind("a map", report);
            return None;
        };
        Some(Fields {
            entries,
            path: self.path.clone(),
            bytes: self.place(entries),
            known: Vec::new(),
        })
    }
}

impl<'n> Fields<'n> {
    /// The value under a key, also when it is null.
    pub(crate) fn take(&mut self, key: &'static str) -> Option<Field<'n>> {
        self.known.push(key);
        self.entries
            .iter()
            .rev()
            .find(|entry| entry.key == key)
            .map(|entry| Field::of_entry(entry, &self.path))
    }

    /// The value under a key for which null means absent.
    pub(crate) fn take_optional(&mut self, key: &'static str) -> Option<Field<'n>> {
        self.take(key).filter(|field| !field.node.is_null())
    }

    /// The value under a key that must be there.
    pub(crate) fn require(
        &mut self,
        key: &'static str,
        report: &mut Report<'_>,
    ) -> Option<Field<'n>> {
        let field = self.take(key);
        if field.is_none() {
            let message = if self.path.is_empty() {
                format!("the key `{key}` is missing")
            } else {
                format!("`{}` lacks the key `{key}`", self.path)
            };
            report.add(Finding::new(
                &codes::MISSING_KEY,
                &self.path,
                &self.bytes,
                message,
            ));
        }
        field
    }

    /// Reports the keys nobody asked for. Keys that begin with `x-` are free.
    pub(crate) fn finish(self, report: &mut Report<'_>) {
        for entry in self.entries {
            if self.known.contains(&entry.key.as_str()) || entry.key.starts_with("x-") {
                continue;
            }
            let help = suggest::help_for(&entry.key, self.known.iter().copied());
            let path = join(&self.path, &entry.key);
            let message = format!("unknown key `{}`", entry.key);
            report
                .add(Finding::new(&codes::UNKNOWN_KEY, path, &entry.key_bytes, message).help(help));
        }
    }
}

pub(crate) fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

fn is_yes_or_no(text: &str) -> bool {
    ["yes", "no", "on", "off", "y", "n"].contains(&text.to_lowercase().as_str())
}

fn whole_number(number: &serde_json::Number) -> Option<i64> {
    number.as_i64().or_else(|| {
        let float = number.as_f64()?;
        let is_whole = float.fract() == 0.0 && float.abs() < 1e15;
        // Formatting is the only conversion that cannot round.
        is_whole
            .then(|| format!("{float:.0}"))
            .and_then(|digits| digits.parse().ok())
    })
}
