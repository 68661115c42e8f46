//! The two ways an expression can go wrong: its text, or its evaluation.

use std::ops::Range;

/// A text that is not an expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SyntaxError {
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// How to mend it.
    pub help: Option<String>,
    /// Where, in bytes of the parsed text.
    pub span: Range<usize>,
}

impl SyntaxError {
    pub(crate) fn new(message: impl Into<String>, span: Range<usize>) -> Self {
        Self {
            message: message.into(),
            help: None,
            span,
        }
    }

    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// An expression that has no value in the scope it was evaluated in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct EvalError {
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// The part of the text that failed, in bytes.
    pub span: Range<usize>,
}

impl EvalError {
    pub(crate) fn new(message: impl Into<String>, span: &Range<usize>) -> Self {
        Self {
            message: message.into(),
            span: span.clone(),
        }
    }
}

impl From<SyntaxError> for EvalError {
    fn from(error: SyntaxError) -> Self {
        Self {
            message: match error.help {
                Some(help) => format!("{}; {help}", error.message),
                None => error.message,
            },
            span: error.span,
        }
    }
}
