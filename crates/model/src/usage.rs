//! What agents use up: tokens and money, as they tell it themselves.

use serde::{Deserialize, Serialize};

/// Tokens and money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens read, those from a cache not among them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub input_tokens: u64,
    /// Tokens written.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub output_tokens: u64,
    /// Tokens read from a cache.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub cache_read_tokens: u64,
    /// Tokens read and put into a cache.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub cache_write_tokens: u64,
    /// Millionths of a US dollar, so that sums are exact. None: not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_micros: Option<u64>,
}

/// What one turn of an agent took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// The turn's own share.
    pub usage: Usage,
    /// What the agent's session has taken by now, this turn included. Agents
    /// that tell only this are asked for the share by it.
    pub session_total: Option<Usage>,
}

impl Usage {
    /// Whether nothing is known to have been used.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Both together.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        self.combined(other, u64::saturating_add)
    }

    /// What was used since `earlier` was told of the same session; all of it
    /// when less is told now, because the session counts anew.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let counts_on = match (self.cost_micros, earlier.cost_micros) {
            // Tokens are also counted of turns that were broken off, of which a
            // session may know less.
            (Some(now), Some(before)) => now >= before,
            (Some(_) | None, Some(_) | None) => self.output_tokens >= earlier.output_tokens,
        };
        if !counts_on {
            return *self;
        }
        let mut share = self.combined(earlier, u64::saturating_sub);
        share.cost_micros = self
            .cost_micros
            .map(|cost| cost.saturating_sub(earlier.cost_micros.unwrap_or_default()));
        share
    }

    fn combined(&self, other: &Self, of: impl Fn(u64, u64) -> u64) -> Self {
        let costs = [self.cost_micros, other.cost_micros];
        let is_told = costs.iter().any(Option::is_some);
        let [ours, theirs] = costs.map(Option::unwrap_or_default);
        Self {
            input_tokens: of(self.input_tokens, other.input_tokens),
            output_tokens: of(self.output_tokens, other.output_tokens),
            cache_read_tokens: of(self.cache_read_tokens, other.cache_read_tokens),
            cache_write_tokens: of(self.cache_write_tokens, other.cache_write_tokens),
            cost_micros: is_told.then(|| of(ours, theirs)),
        }
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes what it skips by reference"
)]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(output_tokens: u64, cost_micros: Option<u64>) -> Usage {
        Usage {
            output_tokens,
            cost_micros,
            ..Usage::default()
        }
    }

    #[test]
    fn sums_know_a_cost_as_soon_as_one_part_does() {
        let rows = [
            (None, None, None),
            (Some(3), None, Some(3)),
            (Some(3), Some(4), Some(7)),
        ];
        for (one, other, expected) in rows {
            let sum = usage(1, one).plus(&usage(2, other));
            assert_eq!(sum, usage(3, expected));
        }
    }

    #[test]
    fn a_share_is_what_came_since_unless_the_count_began_anew() {
        let rows = [
            ((10, Some(500)), (4, Some(200)), (6, Some(300))),
            ((10, Some(500)), (0, None), (10, Some(500))),
            ((3, Some(100)), (4, Some(200)), (3, Some(100))),
            ((10, None), (4, None), (6, None)),
            ((12, Some(500)), (15, Some(200)), (0, Some(300))),
            ((4, Some(500)), (15, None), (4, Some(500))),
        ];
        for (now, before, expected) in rows {
            let of = |(tokens, cost): (u64, Option<u64>)| usage(tokens, cost);
            assert_eq!(of(now).since(&of(before)), of(expected), "{now:?}");
        }
    }
}
