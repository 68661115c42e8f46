//! How something is asked, and asked again when whoever was asked has gone.

use std::time::Duration;

use baton_server::v1::dto::surroundings::FeatureFlags;
use hyper::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use uuid::Uuid;

use super::{SERVER_LOOK, Session};
use crate::client::ApiError;
use crate::exit::{ComingSoon, Failure};

/// How long a request is asked of one process after the other, when each goes
/// away: many may end at the same time, and each holds the directory for a
/// moment.
const HOLDERS_PATIENCE: Duration = Duration::from_secs(30);
/// How long a server that has answered before is waited for.
const SERVER_PATIENCE: Duration = Duration::from_mins(1);

impl Session {
    /// Waits until the server answers again, whatever it says.
    pub(super) async fn await_server(&self) -> anyhow::Result<()> {
        let start = Instant::now();
        loop {
            match self.api.get::<FeatureFlags>("/config/feature-flags").await {
                Err(error) if !error.is_departure() => return Err(error.into()),
                Err(error) if start.elapsed() > SERVER_PATIENCE => return Err(error.into()),
                Err(error) => tracing::debug!(%error, "the server is away"),
                Ok(_) => return Ok(()),
            }
            tokio::time::sleep(SERVER_LOOK).await;
        }
    }

    pub(crate) async fn get<T: DeserializeOwned>(&mut self, path: &str) -> anyhow::Result<T> {
        let start = Instant::now();
        loop {
            match self.api.get(path).await {
                Ok(answer) => return Ok(self.known(answer)),
                Err(error) => self.next_holder(error, start).await?,
            }
        }
    }

    /// As [`get`](Self::get); none when there is no such thing.
    pub(crate) async fn find<T: DeserializeOwned>(
        &mut self,
        path: &str,
    ) -> anyhow::Result<Option<T>> {
        match self.get(path).await {
            Ok(found) => Ok(Some(found)),
            Err(error) => match error.downcast_ref::<ApiError>() {
                Some(refused) if refused.is_not_found() => Ok(None),
                Some(_) | None => Err(error),
            },
        }
    }

    /// Asks for something that may be asked for again: it either changes
    /// nothing the second time, or is known by its key. So it is done once, even
    /// when the process that holds the directory goes away and the next one is
    /// asked again.
    pub(crate) async fn post<T: DeserializeOwned>(
        &mut self,
        path: &str,
        body: &impl Serialize,
    ) -> anyhow::Result<T> {
        let key = Uuid::now_v7().to_string();
        let start = Instant::now();
        loop {
            match self.api.post(path, body, Some(&key)).await {
                Ok(answer) => return Ok(self.known(answer)),
                Err(error) => self.next_holder(error, start).await?,
            }
        }
    }

    /// As [`post`](Self::post), with a method that changes nothing the second
    /// time.
    pub(crate) async fn change<T: DeserializeOwned>(
        &mut self,
        method: Method,
        path: &str,
        body: &impl Serialize,
    ) -> anyhow::Result<T> {
        let start = Instant::now();
        loop {
            match self.api.change(method.clone(), path, body).await {
                Ok(answer) => return Ok(self.known(answer)),
                Err(error) => self.next_holder(error, start).await?,
            }
        }
    }

    /// Asks for something that is another thing when it is asked for again.
    /// When whoever was asked goes away without a word, nobody knows whether it
    /// was done, and only the user can look: `look` is the command to do so.
    pub(crate) async fn post_once<T: DeserializeOwned>(
        &mut self,
        path: &str,
        look: &str,
        body: &impl Serialize,
    ) -> anyhow::Result<T> {
        let start = Instant::now();
        loop {
            match self.api.post(path, body, None).await {
                Ok(answer) => return Ok(self.known(answer)),
                Err(error) if error.may_be_done() => {
                    let message = format!(
                        "{error}; it may have been done all the same: \
                         look at {look} before you ask again"
                    );
                    return Err(Failure::unreachable(message));
                }
                Err(error) => self.next_holder(error, start).await?,
            }
        }
    }

    fn known<T>(&mut self, answer: T) -> T {
        self.is_known = true;
        answer
    }

    /// Whether an error says no more than that whoever was asked has gone, so
    /// that somebody else may answer.
    pub(crate) fn is_abandoned(&self, error: &ApiError) -> bool {
        self.host.is_none() && error.is_departure()
    }

    async fn next_holder(&mut self, error: ApiError, start: Instant) -> anyhow::Result<()> {
        if error.is_not_found() && self.is_switched_off().await {
            return Err(ComingSoon.into());
        }
        let may_come_back = self.is_known && start.elapsed() <= HOLDERS_PATIENCE;
        if !self.is_abandoned(&error) || !may_come_back {
            return Err(error.into());
        }
        tracing::debug!(%error, "whoever was asked has gone");
        self.reopen().await
    }

    /// Whether nothing is found because workflows are switched off there.
    async fn is_switched_off(&self) -> bool {
        let flags = self.api.get::<FeatureFlags>("/config/feature-flags").await;
        flags.is_ok_and(|flags| !flags.workflow_engine_enabled)
    }
}
