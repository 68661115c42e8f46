//! Tokens as a table.

use baton_server::v1::dto::tokens::Token;
use jiff::Timestamp;

use super::execution::{minute, table};
use super::style::harmless;

/// All tokens, without what they are.
pub(crate) fn list(tokens: &[Token]) -> String {
    if tokens.is_empty() {
        return "No tokens".to_owned();
    }
    let mut rows = table(&["Name", "Scope", "Made by", "Made", "Used", "Ends"]);
    for token in tokens {
        let when = |time: &Option<String>| time.as_deref().map_or("-".to_owned(), minute);
        rows.add_row([
            harmless(&token.name),
            token.scope.clone(),
            harmless(&token.created_by),
            minute(&token.created_at),
            when(&token.last_used_at),
            if is_over(token) {
                "expired".to_owned()
            } else {
                when(&token.expires_at)
            },
        ]);
    }
    rows.to_string()
}

fn is_over(token: &Token) -> bool {
    let end = token.expires_at.as_deref().map(str::parse::<Timestamp>);
    matches!(end, Some(Ok(end)) if end <= Timestamp::now())
}
