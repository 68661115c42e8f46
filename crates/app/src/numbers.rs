//! Numbers that runs are given, each once: the next one is the greatest that is
//! claimed and one more. A claim is part of the transaction that creates the
//! run, so two servers cannot give out the same; one that was too late takes
//! the next.

use std::collections::BTreeMap;

use baton_store::{Claim, RunQuery};
use tokio::sync::Mutex;

use crate::AppError;

/// Digits of a claim, so that the order of texts is that of numbers.
const DIGITS: usize = 12;

/// The last numbers this process has given out, by scope. Nobody but the first
/// has to look into the store.
#[derive(Debug, Default)]
pub(crate) struct Numbers(Mutex<BTreeMap<&'static str, u64>>);

impl Numbers {
    /// A number that this process gives to nobody else.
    pub(crate) async fn next(
        &self,
        store: &(impl RunQuery + ?Sized),
        scope: &'static str,
    ) -> Result<u64, AppError> {
        let mut given = self.0.lock().await;
        let last = match given.get(scope) {
            Some(last) => *last,
            None => last_claimed(store, scope).await?,
        };
        let next = last + 1;
        given.insert(scope, next);
        Ok(next)
    }

    /// Another process has given one of these out: the store is to be asked.
    pub(crate) async fn forget(&self, scope: &'static str) {
        self.0.lock().await.remove(scope);
    }
}

/// The claim on a number.
pub(crate) fn claim(scope: &str, number: u64) -> Claim {
    Claim {
        scope: scope.to_owned(),
        key: format!("{number:0DIGITS$}"),
    }
}

async fn last_claimed(store: &(impl RunQuery + ?Sized), scope: &str) -> Result<u64, AppError> {
    let Some(key) = store.last_claim(scope).await? else {
        return Ok(0);
    };
    key.parse().map_err(|error| {
        AppError::internal(format!(
            "the claim `{key}` in `{scope}` is no number: {error}"
        ))
    })
}
