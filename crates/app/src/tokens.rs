//! Tokens: made, listed, revoked.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use baton_model::{ErrorCode, Timestamp};
use baton_store::{Scope, TokenCreated, TokenRow};

use crate::access::hash;
use crate::{App, AppError, Caller};

/// What tokens begin with, so that people and scanners know one when they see
/// it.
const MARK: &str = "baton_";

/// Longest name of a token, in letters.
const NAME_LETTERS_MAX: usize = 64;

/// A token somebody wants to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// What its bearer is to be called.
    pub name: String,
    /// What its bearer may do.
    pub scope: Scope,
    /// From when on it is not believed any more; none: never.
    pub expires_at: Option<Timestamp>,
}

/// A token itself. It is shown once, and cannot be found out again.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    fn new() -> Result<Self, AppError> {
        let mut random = [0; 32];
        getrandom::fill(&mut random).map_err(AppError::internal)?;
        Ok(Self(format!("{MARK}{}", URL_SAFE_NO_PAD.encode(random))))
    }

    /// The token, for whoever has asked for it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl App {
    /// Makes a token.
    pub async fn create_token(
        &self,
        caller: &Caller,
        new: NewToken,
    ) -> Result<(TokenRow, Secret), AppError> {
        check_name(&new.name)?;
        let now = self.runtime.now();
        if new.expires_at.is_some_and(|end| end <= now) {
            let message = "the token would have expired already";
            return Err(AppError::new(ErrorCode::InvalidParameters, message));
        }
        let secret = Secret::new()?;
        let token = TokenRow {
            name: new.name,
            hash: hash(secret.expose()),
            scope: new.scope,
            created_by: caller.name.clone(),
            created_at: now,
            expires_at: new.expires_at,
            last_used_at: None,
        };
        let created = self.store.create_token(token.clone()).await;
        self.tokens.changed();
        match created? {
            TokenCreated::New => {}
            TokenCreated::NameTaken => {
                let message = format!("there is a token `{}` already; revoke it first", token.name);
                return Err(AppError::new(ErrorCode::NameTaken, message));
            }
        }
        tracing::info!(name = %token.name, scope = %token.scope, caller = %caller.name, "token made");
        Ok((token, secret))
    }

    /// All tokens in the order of their names, those that have expired too.
    pub async fn tokens(&self) -> Result<Vec<TokenRow>, AppError> {
        Ok(self.store.tokens().await?)
    }

    /// Makes a token worthless, at once.
    pub async fn revoke_token(&self, caller: &Caller, name: &str) -> Result<(), AppError> {
        let deleted = self.store.delete_token(name).await;
        self.tokens.changed();
        if !deleted? {
            let message = format!("there is no token `{name}`");
            return Err(AppError::new(ErrorCode::NotFound, message));
        }
        tracing::info!(%name, caller = %caller.name, "token revoked");
        Ok(())
    }
}

/// Names are recorded, printed and compared with those of approvers.
fn check_name(name: &str) -> Result<(), AppError> {
    let is_letter = |letter: char| letter.is_alphanumeric() || "-_.@+".contains(letter);
    let n_letters = name.chars().count();
    if !(1..=NAME_LETTERS_MAX).contains(&n_letters) || !name.chars().all(is_letter) {
        let message = format!(
            "the name of a token has 1 to {NAME_LETTERS_MAX} letters, digits and - _ . @ +"
        );
        return Err(AppError::new(ErrorCode::Malformed, message));
    }
    if name == Caller::LOCAL {
        let message = format!("`{name}` is what callers without a token are called");
        return Err(AppError::new(ErrorCode::Malformed, message));
    }
    Ok(())
}
