//! What agents took, in few words.

use baton_model::Usage;
use baton_server::v1::dto;

/// What an event tells, as it would be shown elsewhere.
pub(super) fn told(usage: &Usage) -> dto::Usage {
    #[expect(
        clippy::cast_precision_loss,
        reason = "exact for up to nine thousand million dollars"
    )]
    let dollars = |micros: u64| micros as f64 / 1e6;
    dto::Usage {
        input_tokens: usage.input_tokens,
        output_tokens: usage.output_tokens,
        cache_read_tokens: usage.cache_read_tokens,
        cache_write_tokens: usage.cache_write_tokens,
        cost_usd: usage.cost_micros.map(dollars),
    }
}

/// `$0.0125, 1200 + 40 tokens`: what was read, from caches or not, and what
/// was written.
pub(super) fn words(usage: &dto::Usage) -> String {
    let read = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens;
    let tokens = format!("{read} + {} tokens", usage.output_tokens);
    match usage.cost_usd {
        Some(cost_usd) => format!("${cost_usd:.4}, {tokens}"),
        None => tokens,
    }
}
