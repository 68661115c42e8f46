//! The adapter `simulated`: makes up outputs that fit the contract.
//!
//! Everything it does follows from its configuration, the run's seed, the
//! stage and the attempt, so a run can be repeated exactly. Without a delay it
//! answers at once: no task, no timer, nothing kept.

mod value;

use std::time::Duration;

use async_trait::async_trait;
use baton_model::{AttemptReport, Completion, Failure, FailureLabel, Object};

use crate::dispatcher::{AttemptControl, AttemptRequest, Recovery, StageDispatcher};
use value::Dice;

/// How an agent is simulated, from `baton.toml`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SimulatedConfig {
    /// How long each attempt takes.
    pub delay: Duration,
    /// The first attempts fail with these labels, in order; then it succeeds.
    pub fail: Vec<FailureLabel>,
    /// Fixed outputs; the contract's others are made up.
    pub outputs: Object,
}

/// Works on nothing and reports something.
#[derive(Debug)]
pub struct SimulatedDispatcher {
    config: SimulatedConfig,
}

impl SimulatedDispatcher {
    /// An adapter for one simulated agent.
    pub fn new(config: SimulatedConfig) -> Self {
        Self { config }
    }

    fn report(&self, request: &AttemptRequest) -> AttemptReport {
        let key = &request.key;
        let failures_before = usize::try_from(key.attempt.saturating_sub(1)).ok();
        if let Some(label) = failures_before.and_then(|index| self.config.fail.get(index)) {
            let message = format!("simulated failure of attempt {}", key.attempt);
            return AttemptReport::Failed(Failure::new(label.clone(), message));
        }
        let mut outputs = self.config.outputs.clone();
        let mut dice = Dice::new(request.seed, key);
        for output in &request.outputs {
            if !outputs.contains_key(&output.name) {
                let value = dice.value(&output.value_type, &output.name);
                outputs.insert(output.name.clone(), value);
            }
        }
        let session = request.session.clone();
        AttemptReport::Completed(Completion { outputs, session })
    }
}

#[async_trait]
impl StageDispatcher for SimulatedDispatcher {
    fn needs_slot(&self) -> bool {
        false
    }

    async fn run(&self, request: AttemptRequest, control: AttemptControl) -> AttemptReport {
        if !self.config.delay.is_zero() {
            let ended_early = pass_time(self.config.delay, request.time_left, &control).await;
            if let Err(failure) = ended_early {
                return AttemptReport::Failed(failure);
            }
        }
        self.report(&request)
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

/// Lets the delay pass, as far as the attempt may last.
async fn pass_time(
    delay: Duration,
    time_left: Option<Duration>,
    control: &AttemptControl,
) -> Result<(), Failure> {
    let possible = time_left.map_or(delay, |time_left| time_left.min(delay));
    tokio::select! {
        biased;
        () = control.cancel.cancelled() => {
            Err(Failure::new(FailureLabel::CANCELLED, "the attempt was cancelled"))
        }
        () = tokio::time::sleep(possible) => {
            if possible < delay {
                let message = "the simulated agent ran out of time";
                return Err(Failure::new(FailureLabel::TIMEOUT, message));
            }
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests;
