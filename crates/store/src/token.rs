//! Tokens: what is kept of the words by which callers on the network are known.
//!
//! A store never sees a token, only its hash.

use std::fmt;
use std::str::FromStr;

use baton_model::Timestamp;

/// What somebody may do. Each may do what those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// See what is stored.
    Read,
    /// Store workflows, start and steer runs.
    Run,
    /// Make and revoke tokens.
    Admin,
}

impl Scope {
    /// All of them, the least first.
    pub const ALL: &'static [Self] = &[Self::Read, Self::Run, Self::Admin];

    /// The word in JSON and SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Run => "run",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Self::ALL
            .iter()
            .copied()
            .find(|scope| scope.as_str() == word)
            .ok_or_else(|| format!("unknown scope `{word}`; there is read, run and admin"))
    }
}

/// The SHA-256 of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenHash(pub [u8; 32]);

/// What is kept of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRow {
    /// What its bearer is called; each name is given once.
    pub name: String,
    /// What it is recognised by.
    pub hash: TokenHash,
    /// What its bearer may do.
    pub scope: Scope,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is not believed any more; none: never.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, roughly.
    pub last_used_at: Option<Timestamp>,
}
