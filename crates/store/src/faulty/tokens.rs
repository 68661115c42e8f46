//! The calls about tokens, as the script has them.

use async_trait::async_trait;
use baton_model::Timestamp;

use super::{FaultyStore, Method};
use crate::contract::{TokenCreated, TokenStore};
use crate::error::StoreError;
use crate::token::{TokenHash, TokenRow};

#[async_trait]
impl<S: TokenStore> TokenStore for FaultyStore<S> {
    async fn create_token(&self, token: TokenRow) -> Result<TokenCreated, StoreError> {
        self.call(Method::CreateToken, self.inner.create_token(token))
            .await
    }

    async fn tokens(&self) -> Result<Vec<TokenRow>, StoreError> {
        self.call(Method::Tokens, self.inner.tokens()).await
    }

    async fn touch_token(&self, hash: TokenHash, at: Timestamp) -> Result<(), StoreError> {
        self.call(Method::TouchToken, self.inner.touch_token(hash, at))
            .await
    }

    async fn delete_token(&self, name: &str) -> Result<bool, StoreError> {
        self.call(Method::DeleteToken, self.inner.delete_token(name))
            .await
    }
}
