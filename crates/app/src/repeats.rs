//! Starts that come twice: under one key there is one run, and whoever repeats
//! the start is led to it, whatever has gone away since.

use baton_model::RunId;
use baton_store::Claim;

use crate::{App, AppError};

/// The claims of a run that is started under a key: the key itself, and a
/// place under it that says which run that is.
pub(crate) fn start_claims(scope: &str, key: Option<String>, run: RunId) -> Vec<Claim> {
    let Some(key) = key else {
        return Vec::new();
    };
    let scope = scope.to_owned();
    let key = Claim { scope, key };
    let place = Claim {
        scope: place_under(&key),
        key: run.to_string(),
    };
    vec![key, place]
}

/// Where the run is found that holds a key.
fn place_under(key: &Claim) -> String {
    format!("{} {}", key.scope, key.key)
}

impl App {
    /// The run that was started under a key before. It is asked for ahead of all
    /// that a first start needs.
    pub(crate) async fn started_under(
        &self,
        scope: &str,
        key: Option<&str>,
    ) -> Result<Option<RunId>, AppError> {
        let Some(key) = key else {
            return Ok(None);
        };
        let key = Claim {
            scope: scope.to_owned(),
            key: key.to_owned(),
        };
        let Some(run) = self.store.last_claim(&place_under(&key)).await? else {
            return Ok(None);
        };
        let run = run.parse().map_err(AppError::internal)?;
        // Whoever started it may have died since.
        self.runtime.take_up(run).await;
        Ok(Some(run))
    }
}
