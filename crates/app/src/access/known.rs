//! The tokens that are known at the moment, so that a request need not read
//! them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use baton_model::Timestamp;
use baton_store::{FullStore, TokenHash, TokenRow};
use subtle::ConstantTimeEq;

use crate::AppError;

/// How long what was read is believed: another server may have revoked a token.
const BELIEVED: Duration = Duration::from_secs(5);

/// Time between two uses of a token that are noted.
const USES_NOTED_EVERY: Duration = Duration::from_mins(1);

/// Tokens that are good.
#[derive(Debug, Default)]
pub(crate) struct KnownTokens {
    given: Vec<TokenRow>,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    /// Grows with each change, so that what was read before is not kept.
    changes: u64,
    read: Option<(Timestamp, Arc<[TokenRow]>)>,
    used: HashMap<TokenHash, Timestamp>,
}

impl KnownTokens {
    /// Tokens that are good besides those that are stored.
    pub(super) fn given(given: Vec<TokenRow>) -> Self {
        Self {
            given,
            seen: Mutex::default(),
        }
    }

    pub(super) fn all_given(&self) -> impl Iterator<Item = &TokenRow> {
        self.given.iter()
    }

    /// The tokens that are stored.
    pub(super) async fn stored(
        &self,
        store: &dyn FullStore,
        now: Timestamp,
    ) -> Result<Arc<[TokenRow]>, AppError> {
        let changes = {
            let seen = self.seen();
            if let Some((read_at, tokens)) = &seen.read
                && is_within(*read_at, now, BELIEVED)
            {
                return Ok(Arc::clone(tokens));
            }
            seen.changes
        };
        let tokens: Arc<[TokenRow]> = store.tokens().await?.into();
        let mut seen = self.seen();
        if seen.changes == changes {
            seen.read = Some((now, Arc::clone(&tokens)));
            seen.used
                .retain(|hash, _| tokens.iter().any(|token| token.hash == *hash));
        }
        Ok(tokens)
    }

    /// Has to be called after each change of what is stored.
    pub(crate) fn changed(&self) {
        let mut seen = self.seen();
        seen.changes += 1;
        seen.read = None;
    }

    /// The token with this hash. All are compared, each in the same time, so
    /// that nothing can be learnt from how long it takes.
    pub(super) fn find<'t>(
        &'t self,
        stored: &'t [TokenRow],
        hash: TokenHash,
    ) -> Option<&'t TokenRow> {
        let all = self.given.iter().chain(stored);
        all.fold(None, |found, token| {
            let is_meant = bool::from(token.hash.0.ct_eq(&hash.0));
            if is_meant { Some(token) } else { found }
        })
    }

    /// Whether it is time to note that a stored token is used.
    pub(super) fn is_use_to_note(&self, token: &TokenRow, now: Timestamp) -> bool {
        if self.given.iter().any(|given| given.hash == token.hash) {
            return false;
        }
        let mut seen = self.seen();
        let noted = seen.used.get(&token.hash).copied().or(token.last_used_at);
        let is_noted = noted.is_some_and(|noted| is_within(noted, now, USES_NOTED_EVERY));
        if !is_noted {
            seen.used.insert(token.hash, now);
        }
        !is_noted
    }

    /// Nothing panics while it holds the lock.
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether so much time has not passed yet. A clock that was set back proves
/// nothing.
fn is_within(since: Timestamp, now: Timestamp, time: Duration) -> bool {
    let passed = now.as_micros().checked_sub(since.as_micros());
    passed
        .and_then(|micros| u64::try_from(micros).ok())
        .is_some_and(|micros| Duration::from_micros(micros) < time)
}
