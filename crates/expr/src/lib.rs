//! The expression language of `${{ … }}`: text to tree to value.
//!
//! Relies on: `baton-model` for values. Pure: what an expression sees comes
//! through a [`Scope`] and nothing else.
//! Deliberately absent: what exists in a workflow. Whether `stages.x` names a
//! stage is checked by `baton-lang`, on the [references](Expr::references)
//! found here.

#![warn(
    missing_docs,
    clippy::wildcard_enum_match_arm,
    clippy::indexing_slicing,
    clippy::panic
)]

mod access;
mod check;
mod error;
mod evaluate;
mod function;
mod habit;
mod lexer;
mod parser;
mod print;
mod scope;
mod slip;
mod template;
mod tree;
mod value;

pub use check::{Mistake, MistakeKind};
pub use error::{EvalError, SyntaxError};
pub use function::Function;
pub use scope::{JsonScope, Namespace, Scope};
pub use slip::{Slip, slips};
pub use template::{
    Part, Template, evaluate_condition, interpolate, interpolate_around_secrets, interpolate_text,
    secrets_in,
};
pub use tree::{Comparison, Expr, Node, NodeKind, Reference, Step, StepKind};
pub use value::{equal, truthy};
