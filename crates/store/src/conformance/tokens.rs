//! Tokens: made, listed, used, deleted.

use baton_model::Timestamp;

use crate::contract::{FullStore, TokenCreated};
use crate::error::StoreError;
use crate::token::{Scope, TokenHash, TokenRow};

pub(super) fn token(name: &str, number: u8) -> TokenRow {
    TokenRow {
        name: name.to_owned(),
        hash: TokenHash([number; 32]),
        scope: Scope::Run,
        created_by: "local".to_owned(),
        created_at: at(1),
        expires_at: None,
        last_used_at: None,
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * 1_000_000)
}

async fn create(store: &impl FullStore, token: &TokenRow) {
    let created = store.create_token(token.clone()).await;
    assert_eq!(created, Ok(TokenCreated::New), "{}", token.name);
}

/// Every part of a token comes back, and the list is in the order of names.
pub async fn tokens_are_read_back_whole_and_in_order(store: &impl FullStore) {
    assert_eq!(store.tokens().await, Ok(Vec::new()));
    let mut tokens = Vec::new();
    for (number, scope) in (0..).zip(Scope::ALL) {
        tokens.push(TokenRow {
            scope: *scope,
            created_by: "Zoë; DROP TABLE api_tokens".to_owned(),
            expires_at: (number == 1).then(|| at(9)),
            last_used_at: (number == 2).then(|| at(5)),
            ..token(["a", "b'\"", "ä"][usize::from(number)], number)
        });
    }
    for token in tokens.iter().rev() {
        create(store, token).await;
    }
    assert_eq!(store.tokens().await, Ok(tokens));
}

/// Neither a name nor a hash is there twice.
pub async fn a_name_and_a_hash_belong_to_one_token(store: &impl FullStore) {
    create(store, &token("a", 1)).await;
    let named_alike = store.create_token(token("a", 2)).await;
    assert_eq!(named_alike, Ok(TokenCreated::NameTaken));
    for name in ["a", "b"] {
        let hashed_alike = store.create_token(token(name, 1)).await;
        assert_eq!(hashed_alike, Err(StoreError::Conflict { expected: 0 }));
    }
    assert_eq!(store.tokens().await, Ok(vec![token("a", 1)]));
    create(store, &token("A", 2)).await;
}

/// A name has at least one byte and at most 255.
pub async fn a_token_needs_a_name(store: &impl FullStore) {
    for name in [String::new(), "x".repeat(256)] {
        let refused = store.create_token(token(&name, 1)).await;
        assert!(
            matches!(refused, Err(StoreError::Refused(_))),
            "{refused:?}"
        );
    }
    create(store, &token(&"x".repeat(255), 1)).await;
}

/// The latest use stays noted.
pub async fn the_last_use_of_a_token_is_noted(store: &impl FullStore) {
    create(store, &token("a", 1)).await;
    create(store, &token("b", 2)).await;
    for (seconds, noted) in [(3, 3), (7, 7), (5, 7)] {
        let touched = store.touch_token(TokenHash([1; 32]), at(seconds)).await;
        assert_eq!(touched, Ok(()));
        let tokens = store.tokens().await.unwrap();
        assert_eq!(tokens[0].last_used_at, Some(at(noted)));
        assert_eq!(tokens[1], token("b", 2));
    }
    let nobody = store.touch_token(TokenHash([3; 32]), at(1)).await;
    assert_eq!(nobody, Ok(()));
}

/// A deleted token has gone, and its name is free.
pub async fn a_deleted_token_has_gone(store: &impl FullStore) {
    create(store, &token("a", 1)).await;
    create(store, &token("b", 2)).await;
    assert_eq!(store.delete_token("a").await, Ok(true));
    assert_eq!(store.delete_token("a").await, Ok(false));
    assert_eq!(store.tokens().await, Ok(vec![token("b", 2)]));
    create(store, &token("a", 1)).await;
}
