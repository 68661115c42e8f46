//! What the status of a stage can be where an expression reads it.

use baton_expr::{Namespace, Node, NodeKind};

/// How a stage can have ended when others read of it.
pub(super) const WORDS: [&str; 4] = ["completed", "skipped", "failed", "timed_out"];

/// `success` stands for `completed` in older definitions; `cancelled` is a
/// status, too, though seldom one that is read.
const ALSO_TAKEN: [&str; 2] = ["success", "cancelled"];

/// The text that the status of a stage is compared with, if no status is so
/// called.
pub(super) fn impossible_word<'n>(left: &'n Node, right: &'n Node) -> Option<&'n str> {
    let word = word_for(left, right).or_else(|| word_for(right, left))?;
    (!WORDS.contains(&word) && !ALSO_TAKEN.contains(&word)).then_some(word)
}

/// The text `literal` is, if `other` is a status.
fn word_for<'n>(literal: &'n Node, other: &Node) -> Option<&'n str> {
    let reference = other.reference()?;
    let is_status = reference.namespace == Namespace::Stages
        && matches!(reference.path.as_slice(), [_, last] if last == "status");
    match &literal.kind {
        NodeKind::Literal(value) if is_status => value.as_str(),
        NodeKind::Literal(_)
        | NodeKind::Root(_)
        | NodeKind::Access { .. }
        | NodeKind::Call { .. }
        | NodeKind::Not(_)
        | NodeKind::Compare { .. }
        | NodeKind::All(_)
        | NodeKind::Any(_)
        | NodeKind::Choice { .. } => None,
    }
}
