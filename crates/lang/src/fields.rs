//! Reading the keys of a map, one by one, and reporting what is wrong with
//! each: the wrong kind, missing keys, keys that nobody knows.

use std::ops::Range;

use crate::definition::Spanned;
use crate::duration::{DurationError, WrittenDuration};
use crate::node::{Entry, Kind, Node};
use crate::read::words;
use crate::report::{Place, Report};
use crate::rules;

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

    /// Where its value stands.
    pub(crate) fn place(&self) -> Place {
        Place::new(&self.path, &self.node.bytes)
    }

    /// Where its key stands.
    pub(crate) fn key_place(&self) -> Place {
        Place::new(&self.path, &self.key_bytes)
    }

    /// Reports a value of another kind; not where the mistake is that `{{` was
    /// read as a map in a map, which its key says.
    pub(crate) fn wrong_kind(&self, wanted: &str, report: &mut Report<'_>) {
        if self.node.is_braced_twice() {
            return;
        }
        report.add(rules::e0201::wrong_kind(self.place(), wanted, self.node));
    }

    pub(crate) fn spanned<T>(&self, value: T) -> Spanned<T> {
        Spanned {
            value,
            bytes: self.node.bytes.clone(),
        }
    }

    pub(crate) fn text(&self, report: &mut Report<'_>) -> Option<String> {
        self.text_of("a text", report)
    }

    /// A text that stands for something, such as `a duration`.
    pub(crate) fn text_of(&self, wanted: &str, report: &mut Report<'_>) -> Option<String> {
        if let Kind::String(text) = &self.node.kind {
            return Some(text.clone());
        }
        self.wrong_kind(wanted, report);
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
        let finding = match u32::try_from(whole) {
            Ok(count) if count >= least => return Some(count),
            Err(_) if whole > 0 => rules::e0210::count_too_large(self.place(), u32::MAX, whole),
            Ok(_) | Err(_) => rules::e0210::count(self.place(), least, whole),
        };
        report.add(finding);
        None
    }

    /// A whole number; `2.0` is one.
    pub(crate) fn whole(&self, report: &mut Report<'_>) -> Option<i64> {
        if let Kind::Number(number) = &self.node.kind {
            if let Some(whole) = whole_number(number) {
                return Some(whole);
            }
            if number.as_f64().is_some_and(|float| float.fract() == 0.0) {
                report.add(rules::e0210::whole_out_of_range(self.place()));
                return None;
            }
        }
        self.wrong_kind("a whole number", report);
        None
    }

    pub(crate) fn duration(&self, report: &mut Report<'_>) -> Option<WrittenDuration> {
        let text = self.text_of("a duration", report)?;
        let finding = match WrittenDuration::read(&text) {
            Ok(duration) => return Some(duration),
            Err(DurationError::Malformed) => rules::e0207::bad_duration(self.place(), &text),
            Err(DurationError::TooLong) => rules::e0207::too_long(self.place(), &text),
        };
        report.add(finding);
        None
    }

    /// One of a few words.
    pub(crate) fn word<T: Copy>(
        &self,
        known: &[(&'static str, T)],
        report: &mut Report<'_>,
    ) -> Option<T> {
        let offered = || {
            let known = known.iter().map(|(word, _)| *word);
            known.filter(|word| words::is_offered(word))
        };
        let finding = match self.node.as_text() {
            Some(text) => match known.iter().find(|(word, _)| *word == text) {
                Some((_, value)) => return Some(*value),
                None => rules::e0204::unknown_word(self.place(), text, offered()),
            },
            None => rules::e0201::no_word(self.place(), self.node, offered()),
        };
        report.add(finding);
        None
    }

    /// The values of a list.
    pub(crate) fn items(
        &self,
        report: &mut Report<'_>,
    ) -> impl Iterator<Item = Field<'n>> + use<'n> {
        let items = match &self.node.kind {
            Kind::List(items) => items.as_slice(),
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::Map(_) => {
                self.wrong_kind("a list", report);
                &[]
            }
        };
        let path = self.path.clone();
        let items = items.iter().enumerate();
        items.map(move |(index, node)| Field::new(node, format!("{path}[{index}]")))
    }

    pub(crate) fn texts(&self, report: &mut Report<'_>) -> Vec<Spanned<String>> {
        let items = self.items(report);
        items.filter_map(|item| item.spanned_text(report)).collect()
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
    fn map_bytes(&self, entries: &[Entry]) -> Range<usize> {
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
            bytes: self.map_bytes(entries),
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

    /// Where a key stands.
    pub(crate) fn key_bytes(&self, key: &str) -> Option<Range<usize>> {
        let entry = self.entries.iter().rfind(|entry| entry.key == key)?;
        Some(entry.key_bytes.clone())
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
            let at = Place::new(&self.path, &self.bytes);
            report.add(rules::e0202::missing_key(at, key));
        }
        field
    }

    /// Reports the keys nobody asked for. Keys that begin with `x-` are free.
    pub(crate) fn finish(self, report: &mut Report<'_>) {
        for entry in self.entries {
            if report.is_full() {
                return;
            }
            if self.known.contains(&entry.key.as_str()) || entry.key.starts_with("x-") {
                continue;
            }
            let at = Place::new(join(&self.path, &entry.key), &entry.key_bytes);
            report.add(rules::w0203::unknown_key(at, &entry.key, &self.known));
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
