//! The adapter `simulated`: makes up outputs that fit the contract.
//!
//! Everything it does follows from its configuration, the run's seed, the
//! stage, the attempt and its turn, so a run can be repeated exactly. Without a delay it
//! answers at once: no task, no timer, nothing kept.

mod value;

use std::time::Duration;

use async_trait::async_trait;
use baton_model::{
    AttemptReport, Completion, Failure, FailureLabel, Inquiry, Object, Question, Value,
};

use crate::dispatcher::{AttemptControl, AttemptRequest, Recovery, StageDispatcher, Work};
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
    /// Asked once each time the stage is opened, before anything else.
    pub questions: Vec<Question>,
    /// Changes to the workflow, proposed once.
    pub edits: Vec<Value>,
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
        match request.work {
            Work::Stage if self.asks(request) => AttemptReport::NeedsInput(Inquiry {
                questions: self.config.questions.clone(),
                session: Some(Dice::new(request.seed, &request.key).session()),
            }),
            Work::Stage => match self.failure(request) {
                Some(failure) => AttemptReport::Failed(failure),
                None => completed(request, self.config.outputs.clone(), self.edits(request)),
            },
            Work::Repair { .. } => completed(request, self.fitting_outputs(request), Vec::new()),
            Work::Summary => completed(request, Object::new(), Vec::new()),
        }
    }

    /// Whether this is the turn that asks the configured questions.
    fn asks(&self, request: &AttemptRequest) -> bool {
        let is_first = request.key.attempt == 1 && request.turn <= 1;
        is_first && request.answers.is_empty() && !self.config.questions.is_empty()
    }

    /// The failure this attempt is to end with.
    fn failure(&self, request: &AttemptRequest) -> Option<Failure> {
        let attempt = request.key.attempt;
        let failures_before = usize::try_from(attempt.saturating_sub(1)).ok()?;
        let label = self.config.fail.get(failures_before)?;
        let message = format!("simulated failure of attempt {attempt}");
        Some(Failure::new(label.clone(), message))
    }

    /// A stage that is opened again does not ask for the same changes again.
    fn edits(&self, request: &AttemptRequest) -> Vec<Value> {
        if request.key.iteration <= 1 {
            self.config.edits.clone()
        } else {
            Vec::new()
        }
    }

    /// The fixed outputs, without those that break the contract.
    fn fitting_outputs(&self, request: &AttemptRequest) -> Object {
        let mut outputs = self.config.outputs.clone();
        for output in &request.outputs {
            let fits = |value: &Value| output.value_type.check(value).is_ok();
            if !outputs.get(&output.name).is_some_and(fits) {
                outputs.shift_remove(&output.name);
            }
        }
        outputs
    }
}

/// A result with what the contract wants besides `outputs` made up.
fn completed(
    request: &AttemptRequest,
    mut outputs: Object,
    proposed_edits: Vec<Value>,
) -> AttemptReport {
    let mut dice = Dice::new(request.seed, &request.key);
    for output in &request.outputs {
        if !outputs.contains_key(&output.name) {
            let value = dice.value(&output.value_type, &output.name);
            outputs.insert(output.name.clone(), value);
        }
    }
    let text = request
        .wants_text
        .then(|| Value::Object(outputs.clone()).to_string());
    AttemptReport::Completed(Completion {
        outputs,
        session: request.session.clone(),
        text,
        proposed_edits,
        ..Completion::default()
    })
}

#[async_trait]
impl StageDispatcher for SimulatedDispatcher {
    fn adapter(&self) -> &'static str {
        "simulated"
    }

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
