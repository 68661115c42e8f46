//! Tokens on the wire. A token itself is there once, in the answer to the
//! request that has made it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::words;

/// What is known of a token.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Token {
    /// What its bearer is called.
    pub name: String,
    /// What its bearer may do: `read`, `run` or `admin`.
    #[schema(value_type = words::TokenScope)]
    pub scope: String,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// From when on it is not believed any more.
    #[schema(required, format = DateTime)]
    pub expires_at: Option<String>,
    /// When it was last used, to the minute.
    #[schema(required, format = DateTime)]
    pub last_used_at: Option<String>,
}

/// Asks for a token.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateTokenRequest)]
pub struct CreateRequest {
    /// What its bearer is to be called.
    #[schema(min_length = 1, max_length = 64, pattern = "^[\\w.@+-]+$")]
    pub name: String,
    /// What its bearer may do: `read`, `run` or `admin`.
    #[schema(value_type = words::TokenScope)]
    pub scope: String,
    /// From when on it is not believed any more; never, when it is left out.
    #[serde(default)]
    #[schema(format = DateTime)]
    pub expires_at: Option<String>,
}

/// A token that was made.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct CreatedToken {
    /// What is known of it.
    #[serde(flatten)]
    pub details: Token,
    /// The token itself, which cannot be found out again.
    pub token: String,
}
