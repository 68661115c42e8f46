//! Starts that come twice: under one key there is one run, and whoever repeats
//! the start is led to it, whatever has gone away since.

use baton_model::RunId;
use baton_store::Claim;

use crate::{App, AppError, Started};

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
    /// The run that was started under these claims before.
    pub(crate) async fn started_under(&self, claims: &[Claim]) -> Result<Option<RunId>, AppError> {
        let Some(key) = claims.first() else {
            return Ok(None);
        };
        let place = self.store.last_claim(&place_under(key)).await?;
        let run = place.map(|run| run.parse().map_err(AppError::internal));
        run.transpose()
    }

    /// What a start that has to be refused now was answered when it came first;
    /// the refusal, if this is the first time.
    pub(crate) async fn unless_started(
        &self,
        claims: &[Claim],
        refusal: AppError,
    ) -> Result<Started, AppError> {
        let run = self.started_under(claims).await?.ok_or(refusal)?;
        // Whoever started it may have died since.
        self.runtime.take_up(run).await;
        Ok(Started {
            run,
            made: None,
            warnings: Vec::new(),
        })
    }
}
