//! Texts in which secrets are only named: what is secret is put in by whoever
//! starts a program, and is never part of a run.

/// A piece of such a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextPiece {
    /// Stands for itself.
    Text(String),
    /// The secret of this name.
    Secret(String),
}
