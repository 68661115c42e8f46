//! Who asks, and what they may do: callers on the network are known by their
//! tokens, and approvers of gates by their names.

mod known;

use std::sync::Arc;

use baton_model::{ErrorCode, RunId, StageId, StepStatus};
use baton_store::{Scope, StepRow, TokenHash, TokenRow};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::{App, AppError};

pub(crate) use known::KnownTokens;

/// Who is asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Name that is recorded with what they do.
    pub name: String,
    /// What they may do.
    pub scope: Scope,
}

impl Caller {
    /// Whoever sits at this machine. No token has this name.
    pub const LOCAL: &str = "local";

    /// The caller when nobody has to say who they are.
    pub fn local() -> Self {
        Self {
            name: Self::LOCAL.to_owned(),
            scope: Scope::Admin,
        }
    }

    /// Whether they are known only as somebody at this machine.
    pub fn is_local(&self) -> bool {
        self.name == Self::LOCAL
    }
}

/// Who needs a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Authentication {
    /// Callers on other machines.
    #[default]
    Auto,
    /// Everybody on the network, this machine included.
    Always,
}

impl App {
    /// The same, with another rule of who needs a token.
    #[must_use]
    pub fn with_authentication(self, authentication: Authentication) -> Self {
        Self {
            authentication,
            ..self
        }
    }

    /// Who needs a token.
    pub const fn authentication(&self) -> Authentication {
        self.authentication
    }

    /// The same, with tokens that are good besides those that are stored: each
    /// with the name of its bearer.
    #[must_use]
    pub fn with_given_tokens(self, tokens: Vec<(Caller, String)>) -> Self {
        let now = self.runtime.now();
        let given = tokens.into_iter().map(|(caller, token)| TokenRow {
            name: caller.name,
            hash: hash(&token),
            scope: caller.scope,
            created_by: Caller::LOCAL.to_owned(),
            created_at: now,
            expires_at: None,
            last_used_at: None,
        });
        let tokens = KnownTokens::given(given.collect()).into();
        Self { tokens, ..self }
    }

    /// Who has this token.
    pub async fn authenticate(&self, token: &str) -> Result<Caller, AppError> {
        let now = self.runtime.now();
        let stored = self.tokens.stored(self.store.as_ref(), now).await?;
        let Some(known) = self.tokens.find(&stored, hash(token)) else {
            let message = "the token is not known; it may have been revoked";
            return Err(AppError::new(ErrorCode::Unauthenticated, message));
        };
        if known.expires_at.is_some_and(|end| end <= now) {
            let message = "the token has expired";
            return Err(AppError::new(ErrorCode::Unauthenticated, message));
        }
        if self.tokens.is_use_to_note(known, now) {
            let (store, hash) = (Arc::clone(&self.store), known.hash);
            // Nobody waits for a note.
            tokio::spawn(async move {
                if let Err(error) = store.touch_token(hash, now).await {
                    tracing::debug!(%error, "the use of a token was not noted");
                }
            });
        }
        Ok(Caller {
            name: known.name.clone(),
            scope: known.scope,
        })
    }

    /// Whether there is a token that is good.
    pub async fn has_tokens(&self) -> Result<bool, AppError> {
        let now = self.runtime.now();
        let stored = self.tokens.stored(self.store.as_ref(), now).await?;
        let mut known = stored.iter().chain(self.tokens.all_given());
        Ok(known.any(|token| token.expires_at.is_none_or(|end| end > now)))
    }

    /// Whether callers are known by names. That a token has expired does not
    /// make everybody an approver.
    async fn have_callers_names(&self) -> Result<bool, AppError> {
        let now = self.runtime.now();
        let stored = self.tokens.stored(self.store.as_ref(), now).await?;
        Ok(self.authentication == Authentication::Always
            || !stored.is_empty()
            || self.tokens.all_given().next().is_some())
    }

    /// Refuses whoever is not among the approvers of a gate, where callers have
    /// names: elsewhere everybody is whoever they say. Answers the iteration it
    /// looked at, which the decision then has to be about: who may decide on a
    /// gate that has not opened yet is not known.
    pub(crate) async fn expect_approver(
        &self,
        caller: &Caller,
        run: RunId,
        gate: &StageId,
    ) -> Result<Option<u32>, AppError> {
        if !self.have_callers_names().await? {
            return Ok(None);
        }
        let steps = self.steps(run).await?;
        let Some(step) = steps.iter().find(|step| step.stage == *gate) else {
            let message = format!("the run has no stage `{gate}`");
            return Err(AppError::new(ErrorCode::NotFound, message));
        };
        if step.progress.status != StepStatus::WaitingForApproval {
            let status = step.progress.status;
            let message = format!("stage `{gate}` does not wait for approval; it is {status}");
            return Err(AppError::new(ErrorCode::IllegalState, message));
        }
        let approvers = approvers(step)?;
        if approvers.is_empty() || approvers.contains(&caller.name) {
            return Ok(Some(step.progress.iteration));
        }
        let message = format!(
            "gate `{gate}` is decided by {}, and the caller is `{}`; \
             use the token of an approver",
            approvers.join(", "),
            caller.name
        );
        Err(AppError::new(ErrorCode::Forbidden, message))
    }
}

fn approvers(gate: &StepRow) -> Result<Vec<String>, AppError> {
    #[derive(Default, Deserialize)]
    struct Gate {
        #[serde(default)]
        approvers: Vec<String>,
    }
    let stored = gate.progress.gate.as_deref().map(serde_json::from_str);
    let gate: Option<Gate> = stored.transpose().map_err(AppError::internal)?;
    Ok(gate.unwrap_or_default().approvers)
}

/// What a token is recognised by.
pub(crate) fn hash(token: &str) -> TokenHash {
    TokenHash(Sha256::digest(token).into())
}
