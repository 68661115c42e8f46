//! What has to hold for any text, whoever wrote it.
//!
//! [`hold`] panics where a law is broken. `cargo xtask fuzz` looks for texts
//! that make it panic; the tests of `crates/lang`, which include this file, try
//! the texts there are.

pub mod completion;
pub mod definition;
pub mod duration;
pub mod edits;
pub mod expression;
pub mod overrides;
pub mod seeds;

use seeds::Target;

/// Panics when a law of the target does not hold for this text.
pub fn hold(target: Target, text: &str) {
    match target {
        Target::Definition => definition::hold(text),
        Target::Overrides => overrides::hold(text),
        Target::Expression => expression::hold(text),
        Target::Duration => duration::hold(text),
        Target::Edits => edits::hold(text),
        Target::Completion => completion::hold(text),
    }
}
