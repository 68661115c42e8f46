//! What a program tells of tokens while it works, message by message: all that
//! is known of a turn that never comes to its end.
//!
//! A message is told of once for each of its parts, each time with all that it
//! has taken so far, so only the last word about it counts.

use std::collections::HashMap;

use baton_model::Usage;

/// More messages than any turn has. Of those beyond, nothing is counted: too
/// little is better than the same twice.
const MESSAGES_MAX: usize = 10_000;
/// A longer name would be no name.
const NAME_BYTES_MAX: usize = 128;

/// What each message has taken.
#[derive(Debug, Default)]
pub(super) struct Tally(HashMap<String, Usage>);

impl Tally {
    /// Notes what is told of a message.
    pub(super) fn note(&mut self, message: &str, usage: Usage) {
        if let Some(known) = self.0.get_mut(message) {
            *known = usage;
        } else if self.0.len() < MESSAGES_MAX && message.len() <= NAME_BYTES_MAX {
            self.0.insert(message.to_owned(), usage);
        }
    }

    /// All of them together.
    pub(super) fn total(&self) -> Usage {
        let usages = self.0.values();
        usages.fold(Usage::default(), |sum, usage| sum.plus(usage))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(output_tokens: u64) -> Usage {
        Usage {
            output_tokens,
            ..Usage::default()
        }
    }

    #[test]
    fn the_last_word_about_each_message_counts() {
        let mut tally = Tally::default();
        for (message, output_tokens) in [("a", 1), ("b", 5), ("a", 7), ("a", 7)] {
            tally.note(message, usage(output_tokens));
        }
        assert_eq!(tally.total(), usage(12));
        for number in 0..2 * MESSAGES_MAX {
            tally.note(&number.to_string(), usage(1));
        }
        assert_eq!(tally.0.len(), MESSAGES_MAX);
    }
}
