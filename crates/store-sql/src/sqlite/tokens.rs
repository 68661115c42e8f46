//! Tokens. A row that was altered is never believed: it would let somebody in.

use async_trait::async_trait;
use baton_model::Timestamp;
use baton_store::{StoreError, TokenCreated, TokenHash, TokenRow, TokenStore, check};
use rusqlite::{Connection, Row, params};

use super::SqliteStore;
use super::failure::Failure;
use super::sums;
use super::values::{micros, micros_option, time, time_option, word};

#[async_trait]
impl TokenStore for SqliteStore {
    async fn create_token(&self, token: TokenRow) -> Result<TokenCreated, StoreError> {
        self.write_timed(move |connection, _now| create(connection, &token))
            .await
    }

    async fn tokens(&self) -> Result<Vec<TokenRow>, StoreError> {
        self.readers.read(all).await
    }

    async fn touch_token(&self, hash: TokenHash, at: Timestamp) -> Result<(), StoreError> {
        self.write_timed(move |connection, _now| touch(connection, hash, at))
            .await
    }

    async fn delete_token(&self, name: &str) -> Result<bool, StoreError> {
        let name = name.to_owned();
        self.write_timed(move |connection, _now| delete(connection, &name))
            .await
    }
}

fn create(connection: &Connection, token: &TokenRow) -> Result<TokenCreated, Failure> {
    check::token(token).map_err(Failure::Declined)?;
    let mut with_hash = connection.prepare_cached("SELECT 1 FROM api_tokens WHERE hash = ?1")?;
    if with_hash.exists([&token.hash.0])? {
        return Err(Failure::Declined(StoreError::Conflict { expected: 0 }));
    }
    let inserted = connection
        .prepare_cached(
            "INSERT INTO api_tokens
                 (name, hash, scope, created_by, created_at, expires_at, last_used_at, sum)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (name) DO NOTHING",
        )?
        .execute(params![
            token.name,
            token.hash.0,
            token.scope.as_str(),
            token.created_by,
            micros(token.created_at),
            micros_option(token.expires_at),
            micros_option(token.last_used_at),
            sums::token(token),
        ])?;
    Ok(match inserted {
        0 => TokenCreated::NameTaken,
        _ => TokenCreated::New,
    })
}

fn all(connection: &Connection) -> Result<Vec<TokenRow>, Failure> {
    connection
        .prepare_cached("SELECT * FROM api_tokens ORDER BY name")?
        .query_and_then([], token_row)?
        .collect()
}

fn token_row(row: &Row<'_>) -> Result<TokenRow, Failure> {
    let token = TokenRow {
        name: row.get("name")?,
        hash: TokenHash(row.get("hash")?),
        scope: word(row, "scope")?,
        created_by: row.get("created_by")?,
        created_at: time(row, "created_at")?,
        expires_at: time_option(row, "expires_at")?,
        last_used_at: time_option(row, "last_used_at")?,
    };
    sums::expect(row.get("sum")?, sums::token(&token), "the row of a token")?;
    Ok(token)
}

/// The tokens whose rows do not hold together: what stands there as the name,
/// and why.
pub(super) fn damaged(connection: &Connection) -> Result<Vec<(String, String)>, Failure> {
    let mut statement = connection.prepare_cached("SELECT * FROM api_tokens ORDER BY name")?;
    let mut rows = statement.query([])?;
    let mut damaged = Vec::new();
    while let Some(row) = rows.next()? {
        if let Err(failure) = token_row(row) {
            damaged.push((row.get("name")?, failure.to_string()));
        }
    }
    Ok(damaged)
}

fn touch(connection: &Connection, hash: TokenHash, at: Timestamp) -> Result<(), Failure> {
    connection
        .prepare_cached(
            "UPDATE api_tokens SET last_used_at = ?2
             WHERE hash = ?1 AND (last_used_at IS NULL OR last_used_at < ?2)",
        )?
        .execute(params![hash.0, micros(at)])?;
    Ok(())
}

pub(super) fn delete(connection: &Connection, name: &str) -> Result<bool, Failure> {
    let n_deleted = connection
        .prepare_cached("DELETE FROM api_tokens WHERE name = ?1")?
        .execute([name])?;
    Ok(n_deleted > 0)
}
