//! An agent of this server that is called as one behind a hub.

use async_trait::async_trait;
use baton_model::{AttemptKey, AttemptReport};

use crate::dispatcher::{
    AttemptControl, AttemptRequest, Recovery, SharedDispatcher, StageDispatcher,
};

/// Works as another dispatcher does, for the agent under its own reference.
pub struct LocalAgent {
    reference: String,
    inner: SharedDispatcher,
}

impl LocalAgent {
    /// `reference` is what the agent is called on this server, such as
    /// `agent:baron`.
    pub fn new(reference: String, inner: SharedDispatcher) -> Self {
        Self { reference, inner }
    }

    fn renamed(&self, request: AttemptRequest) -> AttemptRequest {
        AttemptRequest {
            artifact: self.reference.clone(),
            ..request
        }
    }
}

#[async_trait]
impl StageDispatcher for LocalAgent {
    fn adapter(&self) -> &'static str {
        self.inner.adapter()
    }

    fn needs_slot(&self) -> bool {
        self.inner.needs_slot()
    }

    async fn run(&self, request: AttemptRequest, control: AttemptControl) -> AttemptReport {
        let request = self.renamed(request);
        self.inner.run(request, control).await
    }

    async fn recover(
        &self,
        request: AttemptRequest,
        control: AttemptControl,
        lines_known: u64,
    ) -> Recovery {
        let request = self.renamed(request);
        self.inner.recover(request, control, lines_known).await
    }

    async fn forget(&self, key: &AttemptKey) {
        self.inner.forget(key).await;
    }
}
