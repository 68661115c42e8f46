//! A mistake in `baton.toml`, with the place it was made at.

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use baton_model::Position;

/// Why a `baton.toml` cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file could not be read.
    #[error("cannot read {}", file.display())]
    Unreadable {
        /// Which.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file has a mistake.
    #[error(transparent)]
    Invalid(Box<Mistake>),
}

/// A mistake and its place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{}:{}:{}: {message}{}", file.display(), position.line, position.column,
    help.as_ref().map(|help| format!("; {help}")).unwrap_or_default()
)]
pub struct Mistake {
    /// The file as it was named.
    pub file: PathBuf,
    /// Where in it.
    pub position: Position,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub help: Option<String>,
}

/// A mistake whose place is still a byte offset.
#[derive(Debug)]
pub(super) struct UnplacedMistake {
    span: Range<usize>,
    message: String,
    help: Option<String>,
}

impl UnplacedMistake {
    pub(super) fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            help: None,
        }
    }

    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Self {
            help: Some(help.into()),
            ..self
        }
    }

    /// Suggests the known name that looks most like the one that was used.
    pub(super) fn did_you_mean(self, used: &str, known: &[&str]) -> Self {
        match most_similar(used, known.iter().copied()) {
            Some(similar) => self.help(format!("did you mean `{similar}`?")),
            None => self,
        }
    }

    pub(super) fn span_text<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.span.clone()).unwrap_or_default()
    }

    pub(super) fn place(self, text: &str, file: &Path) -> Mistake {
        let before = text.get(..self.span.start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let column = before.get(line_start..).unwrap_or_default().chars().count();
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Mistake {
            file: file.to_owned(),
            position: Position {
                line: count(before.matches('\n').count() + 1),
                column: count(column + 1),
            },
            message: self.message,
            help: self.help,
        }
    }
}

/// The known name that looks most like `used`, if any is similar enough.
pub(super) fn most_similar<'a>(
    used: &str,
    known: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    const SIMILARITY_MIN: f64 = 0.8;
    known
        .map(|name| (strsim::jaro_winkler(used, name), name))
        .filter(|(similarity, _)| *similarity >= SIMILARITY_MIN)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, name)| name)
}
