//! The tokens of [`MemoryStore`](super::MemoryStore).

use async_trait::async_trait;
use baton_model::Timestamp;

use super::{MemoryStore, State};
use crate::check;
use crate::contract::{TokenCreated, TokenStore};
use crate::error::StoreError;
use crate::token::{TokenHash, TokenRow};

impl State {
    fn create_token(&mut self, token: TokenRow) -> Result<TokenCreated, StoreError> {
        check::token(&token)?;
        if self.tokens.values().any(|known| known.hash == token.hash) {
            return Err(StoreError::Conflict { expected: 0 });
        }
        if self.tokens.contains_key(&token.name) {
            return Ok(TokenCreated::NameTaken);
        }
        self.tokens.insert(token.name.clone(), token);
        Ok(TokenCreated::New)
    }
}

#[async_trait]
impl TokenStore for MemoryStore {
    async fn create_token(&self, token: TokenRow) -> Result<TokenCreated, StoreError> {
        self.open()?.create_token(token)
    }

    async fn tokens(&self) -> Result<Vec<TokenRow>, StoreError> {
        Ok(self.open()?.tokens.values().cloned().collect())
    }

    async fn touch_token(&self, hash: TokenHash, at: Timestamp) -> Result<(), StoreError> {
        let mut state = self.open()?;
        let known = state.tokens.values_mut().find(|token| token.hash == hash);
        if let Some(token) = known {
            token.last_used_at = token.last_used_at.max(Some(at));
        }
        Ok(())
    }

    async fn delete_token(&self, name: &str) -> Result<bool, StoreError> {
        Ok(self.open()?.tokens.remove(name).is_some())
    }
}
