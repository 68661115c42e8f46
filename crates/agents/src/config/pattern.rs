//! Agent references and the patterns that cover them.

use std::collections::BTreeMap;
use std::path::Path;

use globset::{Glob, GlobMatcher};

use super::AdapterConfig;
use super::error::most_similar;

/// Characters that make a name a pattern.
const WILDCARDS: [char; 4] = ['*', '?', '[', '{'];

/// The adapter that works for a reference.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resolved<'a> {
    /// Its settings.
    pub adapter: &'a AdapterConfig,
    /// Which entry it came from; none: `default_adapter`.
    pub(crate) entry: Option<usize>,
}

impl<'a> Resolved<'a> {
    /// Whether no entry says so, but `default_adapter`.
    pub fn is_default(&self) -> bool {
        self.entry.is_none()
    }

    pub(super) fn by_default(adapter: &'a AdapterConfig) -> Self {
        Self {
            adapter,
            entry: None,
        }
    }
}

/// A reference that no entry covers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no agent is configured for `{reference}` (looked at: {})", looked_at.join(", "))]
pub struct Unresolved {
    /// What was to be resolved.
    pub reference: String,
    /// Where it was looked for.
    pub looked_at: Vec<String>,
    /// How to mend it, several lines.
    pub help: String,
}

impl Unresolved {
    pub(super) fn new(reference: &str, file: Option<&Path>, patterns: &Patterns) -> Self {
        let looked_at = match file {
            None => vec!["no baton.toml was found".to_owned()],
            Some(file) => {
                let mut places = vec![file.display().to_string()];
                places.extend(
                    patterns
                        .names()
                        .map(|name| format!("[agents.{}]", quoted(name))),
                );
                places.push("default_adapter, which is not set".to_owned());
                places
            }
        };
        Self {
            reference: reference.to_owned(),
            looked_at,
            help: help(reference, patterns),
        }
    }
}

fn help(reference: &str, patterns: &Patterns) -> String {
    let meant = most_similar(reference, patterns.exact.keys().map(String::as_str))
        .map(|similar| format!("did you mean `{similar}`? Otherwise "))
        .unwrap_or_default();
    format!(
        "{meant}add to baton.toml:\n\n\
         [agents.{}]\n\
         adapter = \"command\"\n\
         command = [\"./agent.sh\"]\n\n\
         or, to try the workflow with made-up results, before the first section:\n\n\
         default_adapter = \"simulated\"\n",
        quoted(reference)
    )
}

/// A name as a TOML key; every JSON string is one.
fn quoted(name: &str) -> String {
    serde_json::Value::from(name).to_string()
}

/// All entries of a file, ready to be asked.
#[derive(Debug, Default)]
pub(super) struct Patterns {
    entries: Vec<AdapterConfig>,
    exact: BTreeMap<String, usize>,
    /// Most specific first.
    globs: Vec<Pattern>,
}

#[derive(Debug)]
struct Pattern {
    text: String,
    matcher: GlobMatcher,
    entry: usize,
}

impl Patterns {
    /// Adds an entry. Names come in no particular order.
    pub(super) fn add(&mut self, name: &str, adapter: AdapterConfig) -> Result<(), globset::Error> {
        let entry = self.entries.len();
        if name.contains(WILDCARDS) {
            self.globs.push(Pattern {
                text: name.to_owned(),
                matcher: Glob::new(name)?.compile_matcher(),
                entry,
            });
            // The text decides between equals, so that the order is total.
            self.globs.sort_by(|one, other| {
                let rank = |it: &Pattern| (literal_prefix(&it.text), it.text.len());
                rank(other)
                    .cmp(&rank(one))
                    .then_with(|| one.text.cmp(&other.text))
            });
        } else {
            self.exact.insert(name.to_owned(), entry);
        }
        self.entries.push(adapter);
        Ok(())
    }

    pub(super) fn resolve(&self, reference: &str) -> Option<Resolved<'_>> {
        let is_match = |pattern: &&Pattern| pattern.matcher.is_match(reference);
        let by_pattern = || self.globs.iter().find(is_match).map(|it| it.entry);
        let entry = self.exact.get(reference).copied().or_else(by_pattern)?;
        let adapter = self.entries.get(entry)?;
        Some(Resolved {
            adapter,
            entry: Some(entry),
        })
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = &AdapterConfig> {
        self.entries.iter()
    }

    pub(super) fn named(&self) -> impl Iterator<Item = (&str, &AdapterConfig)> {
        let exact = self
            .exact
            .iter()
            .map(|(name, entry)| (name.as_str(), *entry));
        let globs = self
            .globs
            .iter()
            .map(|glob| (glob.text.as_str(), glob.entry));
        let all = exact.chain(globs);
        all.filter_map(|(name, entry)| Some((name, self.entries.get(entry)?)))
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        let globs = self.globs.iter().map(|pattern| pattern.text.as_str());
        self.exact.keys().map(String::as_str).chain(globs)
    }
}

/// How much of a pattern stands before its first wildcard.
fn literal_prefix(pattern: &str) -> usize {
    pattern.find(WILDCARDS).unwrap_or(pattern.len())
}
