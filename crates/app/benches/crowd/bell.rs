//! An agent that never finishes but says when it was called.

use async_trait::async_trait;
use baton_agents::{AttemptControl, AttemptRequest, Recovery, StageDispatcher};
use baton_model::{AttemptReport, Failure, FailureLabel};
use tokio::sync::Notify;

/// Rings whenever a stage is handed to it.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    pub(crate) rung: Notify,
}

#[async_trait]
impl StageDispatcher for Bell {
    fn needs_slot(&self) -> bool {
        false
    }

    async fn run(&self, _: AttemptRequest, control: AttemptControl) -> AttemptReport {
        self.rung.notify_one();
        control.cancel.cancelled().await;
        AttemptReport::Failed(Failure::new(FailureLabel::CANCELLED, "told to end"))
    }

    async fn recover(&self, _: AttemptRequest, _: AttemptControl, _: u64) -> Recovery {
        Recovery::Lost
    }
}
