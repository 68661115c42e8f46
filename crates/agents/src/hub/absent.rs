//! An agent that nobody works for, while it may still be done without: what it
//! was to bring is left for a while to whoever brings it from outside.

use async_trait::async_trait;
use baton_model::{AttemptReport, Failure, FailureLabel};
use tokio::time::sleep;

use super::PATIENCE;
use crate::dispatcher::{AttemptControl, AttemptRequest, Recovery, StageDispatcher};

/// Waits as long as a hub that does not answer is waited for, and fails then.
#[derive(Debug)]
pub struct AbsentAgent {
    failure: Failure,
}

impl AbsentAgent {
    /// `failure` says why nobody works for the agent, and what helps.
    pub fn new(failure: Failure) -> Self {
        Self { failure }
    }
}

#[async_trait]
impl StageDispatcher for AbsentAgent {
    fn adapter(&self) -> &'static str {
        "none"
    }

    fn needs_slot(&self) -> bool {
        false
    }

    async fn run(&self, _request: AttemptRequest, control: AttemptControl) -> AttemptReport {
        let failure = tokio::select! {
            biased;
            () = control.cancel.cancelled() => {
                Failure::new(FailureLabel::CANCELLED, "the attempt was cancelled")
            }
            () = sleep(PATIENCE) => self.failure.clone(),
        };
        AttemptReport::Failed(failure)
    }

    async fn recover(
        &self,
        _request: AttemptRequest,
        _control: AttemptControl,
        _lines_known: u64,
    ) -> Recovery {
        Recovery::Lost
    }
}
