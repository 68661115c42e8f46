//! A mistake of the user as data: what, where, why, and how to mend it.
//!
//! Rendering (colours, carets, SARIF) is done in `baton-cli`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One finding in a user's text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Stable, such as `SWDL-E0301`.
    pub code: &'static str,
    /// Whether it stops anything.
    pub severity: Severity,
    /// The area of the language it belongs to.
    pub category: Category,
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// How to mend it.
    pub help: Option<String>,
    /// Where in the document, such as `stages[2].inputs.body.source`.
    pub path: String,
    /// The text it is in, by its name, unless it is the definition's own: such
    /// as a file of overrides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Where in the text; none when there is no text to point at.
    pub span: Option<Span>,
    /// Other places that matter, such as the first of two duplicates.
    pub labels: Vec<Label>,
}

/// How serious a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The definition cannot run.
    Error,
    /// It can, but probably not as meant.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// The area of the language a finding belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// The text is not YAML that can be read.
    Yaml,
    /// A key, a type or a value is not what the language has there.
    Schema,
    /// A `${{ }}` does not parse, or names what is not there.
    Expression,
    /// The stages do not form a graph that can run.
    Dag,
    /// A reference to an agent or another artifact.
    Artifact,
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Yaml => "yaml",
            Self::Schema => "schema",
            Self::Expression => "expression",
            Self::Dag => "dag",
            Self::Artifact => "artifact",
        })
    }
}

/// A place in a text. Lines and columns count from 1; columns count
/// characters, not bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
}

/// A stretch of text; `end` is the first position after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First character.
    pub start: Position,
    /// After the last character.
    pub end: Position,
}

impl Span {
    /// From 1-based line and column pairs.
    pub const fn new(start: (u32, u32), end: (u32, u32)) -> Self {
        Self {
            start: Position {
                line: start.0,
                column: start.1,
            },
            end: Position {
                line: end.0,
                column: end.1,
            },
        }
    }
}

/// Another place that explains a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Label {
    /// The text it is in, unless it is the definition's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Where.
    pub span: Span,
    /// What is there.
    pub message: String,
}
