//! One attempt at work: waits for a process slot if it needs one, hands it to
//! its dispatcher, stores its log lines, and reports to the run's actor how it
//! ended.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use baton_agents::{
    AttemptControl, AttemptRequest, Feedback, Recovery, SharedDispatcher, SpentCell,
};
use baton_engine::{StageRequest, Work};
use baton_model::plan::{AgentSpec, HandoffFormat, OutputSpec, PlannedStage, StageKind};
use baton_model::{AttemptKey, AttemptReport, Failure, FailureLabel, Object, Value, ValueType};
use futures_util::{FutureExt, future};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::actor::Message;
use crate::handoffs;
use crate::log_lines::{self, LogCursor};
use crate::observe::AttemptEnd;
use crate::registry::Shared;

/// Lines between an agent and the store.
const LINES_MAX: usize = 1_024;

/// What an attempt needs besides its request.
pub(crate) struct Worker {
    pub(crate) shared: Arc<Shared>,
    pub(crate) cursor: Arc<LogCursor>,
    pub(crate) actor: mpsc::Sender<Message>,
    pub(crate) dispatcher: SharedDispatcher,
    /// Fires when the attempt is to be ended.
    pub(crate) cancel: CancellationToken,
    /// Fires, and the other with it, when nobody is to hear of its end.
    pub(crate) abandoned: CancellationToken,
    pub(crate) permit: Option<OwnedSemaphorePermit>,
}

impl Worker {
    /// Works on a new attempt and reports how it ended.
    pub(crate) async fn run(mut self, request: StageRequest) {
        if !self.take_slot().await {
            return;
        }
        let Some(handoffs) = self.unless_abandoned(self.handoffs(&request)).await else {
            return;
        };
        let attempt = to_attempt(&self.shared, &request, handoffs);
        let began = Instant::now();
        let told = SpentCell::default();
        let worked = self
            .work(&request.key, &told, |control| {
                self.dispatcher.run(attempt, control)
            })
            .await;
        let Some(worked) = worked else { return };
        if self.is_abandoned(&request.key).await {
            return;
        }
        let report = worked.unwrap_or_else(panicked);
        self.tell_of_end(&request.key, Some(began.elapsed()), &report);
        // A free slot is worth more than an exact count at this moment.
        drop(self.permit);
        let (run, index, key) = (request.key.run, request.index, request.key);
        let message = Message::Settled {
            index,
            key,
            report,
            spent: told.told(),
        };
        if let Err(unheard) = self.actor.send(message).await {
            // The actor could not go on; whoever comes after it may.
            self.shared.tell(run, unheard.0).await;
        }
    }

    /// Finds out what became of an attempt of an earlier server.
    pub(crate) async fn recover(mut self, request: StageRequest) {
        if !self.take_slot().await {
            return;
        }
        // Also an abandoned attempt is looked for, to be ended; what only
        // matters to its answer is not waited for then.
        let known = self.unless_abandoned(log_lines::known(&self.shared, &request.key));
        let known = known.await.unwrap_or_default();
        let handoffs = self.unless_abandoned(self.handoffs(&request)).await;
        let attempt = to_attempt(&self.shared, &request, handoffs.unwrap_or_default());
        let told = SpentCell::default();
        let worked = self
            .work(&request.key, &told, |control| {
                self.dispatcher.recover(attempt, control, known)
            })
            .await;
        let Some(worked) = worked else { return };
        if self.is_abandoned(&request.key).await {
            return;
        }
        let (run, index, key) = (request.key.run, request.index, request.key);
        let message = match worked.unwrap_or_else(|panic| Recovery::Settled(panicked(panic))) {
            Recovery::Settled(report) => {
                self.tell_of_end(&key, None, &report);
                Message::Settled {
                    index,
                    key,
                    report,
                    spent: told.told(),
                }
            }
            Recovery::Lost => Message::Lost {
                index,
                key,
                permit: self.permit,
            },
        };
        // An actor that could not go on does not need to know: whoever comes
        // after it finds out for itself.
        if self.actor.send(message).await.is_err() {
            tracing::debug!(run = %run, "nobody waits for what became of an attempt");
        }
    }

    fn tell_of_end(&self, key: &AttemptKey, took: Option<Duration>, report: &AttemptReport) {
        self.shared.observer.attempt_ended(&AttemptEnd {
            key,
            adapter: self.dispatcher.adapter(),
            took,
            report,
        });
    }

    /// What the stages before hand over, with their logs.
    async fn handoffs(&self, request: &StageRequest) -> Vec<baton_agents::Handoff> {
        handoffs::of_attempt(&self.shared, request.key.run, &request.handoffs).await
    }

    /// Waits for the store as long as that is of any use: the attempt has to
    /// be over before this process takes its next lease.
    async fn unless_abandoned<T>(&self, reading: impl Future<Output = T>) -> Option<T> {
        self.abandoned.run_until_cancelled(reading).await
    }

    /// Whether nobody is to hear of the attempt any more. Then nothing is left
    /// of it either: whoever owns the run next must not take its end, which was
    /// brought about here, for an answer.
    async fn is_abandoned(&self, key: &AttemptKey) -> bool {
        let is_abandoned = self.abandoned.is_cancelled();
        if is_abandoned && self.dispatcher.needs_slot() {
            self.dispatcher.forget(key).await;
        }
        is_abandoned
    }

    /// Waits for a process slot where the attempt needs one and has none yet;
    /// false when this process closes first, or the attempt is abandoned.
    async fn take_slot(&mut self) -> bool {
        if self.permit.is_some() || !self.dispatcher.needs_slot() {
            return true;
        }
        tokio::select! {
            biased;
            () = self.shared.closing.cancelled() => false,
            () = self.abandoned.cancelled() => false,
            // There is always room for ending something.
            () = self.cancel.cancelled() => true,
            granted = self.shared.slots.take() => {
                self.permit = granted;
                true
            }
        }
    }

    /// Lets the dispatcher work and stores its lines until both have ended.
    ///
    /// None when this process closes first: the agent is left to itself, and
    /// whoever takes up the run settles it from its files. A panic is an
    /// answer too, since a stage that never hears of its end hangs for ever.
    async fn work<F: Future>(
        &self,
        key: &AttemptKey,
        told: &SpentCell,
        start: impl FnOnce(AttemptControl) -> F,
    ) -> Option<std::thread::Result<F::Output>> {
        let (lines, receiver) = mpsc::channel(LINES_MAX);
        let control = AttemptControl {
            cancel: self.cancel.clone(),
            lines,
            spent: told.clone(),
        };
        // Pinned, because each of them would be moved several times on its way
        // into what waits for both, and every move has a place of its own.
        let work = pin!(AssertUnwindSafe(start(control)).catch_unwind());
        let pump = log_lines::pump(&self.shared, &self.cursor, key, receiver);
        // Lines of an abandoned attempt would be refused, and its end must not
        // wait for a store that is slow to say so.
        let pump = pin!(self.unless_abandoned(pump));
        tokio::select! {
            biased;
            () = self.shared.closing.cancelled() => None,
            (worked, _) = future::join(work, pump) => Some(worked),
        }
    }
}

fn panicked(_panic: Box<dyn Any + Send>) -> AttemptReport {
    let words = "what calls the agent has a fault of its own and broke off";
    AttemptReport::Failed(Failure::new(FailureLabel::CRASH, words))
}

/// The report of an attempt whose agent cannot be found.
pub(crate) fn unresolved(failure: Failure) -> AttemptReport {
    AttemptReport::Failed(Failure {
        label: FailureLabel::UNREACHABLE,
        ..failure
    })
}

/// The reference of the agent that works on a stage; empty for a gate.
pub(crate) fn artifact(planned: &PlannedStage) -> &str {
    match &planned.kind {
        StageKind::Agent(agent) => &agent.artifact,
        StageKind::Gate(_) => "",
    }
}

/// What the stage's one output is called in the turn that condenses a result.
fn summary_contract() -> OutputSpec {
    OutputSpec {
        name: "summary".to_owned(),
        value_type: ValueType::String,
        required: true,
        default: Value::Null,
        description: Some("the result, condensed as the instructions say".to_owned()),
    }
}

fn to_attempt(
    shared: &Shared,
    request: &StageRequest,
    handoffs: Vec<baton_agents::Handoff>,
) -> AttemptRequest {
    let plan = &request.plan;
    let none = AgentSpec::default();
    let planned = plan.stages.get(request.index.get());
    let agent = match planned.map(|planned| &planned.kind) {
        Some(StageKind::Agent(agent)) => agent,
        Some(StageKind::Gate(_)) | None => &none,
    };
    let time_left = request.deadline.map(|deadline| {
        deadline
            .since(shared.clock.now())
            .max(Duration::from_millis(1))
    });
    let contract = planned.map(|planned| planned.outputs.as_slice());
    let (work, outputs) = match &request.work {
        Work::Stage => (
            baton_agents::Work::Stage,
            contract.unwrap_or_default().to_vec(),
        ),
        Work::Repair { reason } => (
            baton_agents::Work::Repair {
                reason: reason.clone(),
            },
            contract.unwrap_or_default().to_vec(),
        ),
        Work::Summary(_) => (baton_agents::Work::Summary, vec![summary_contract()]),
    };
    AttemptRequest {
        key: request.key.clone(),
        turn: request.turn,
        work,
        artifact: agent.artifact.clone(),
        model: agent.model.clone(),
        tools: agent.tools.clone(),
        instructions: request.instructions.clone(),
        inputs: request.inputs.clone(),
        outputs,
        parameters: plan.parameters.clone(),
        env: request.env.clone(),
        secret_env: request.secret_env.clone(),
        speech: agent.speech,
        session: request.session.clone(),
        session_total: request.session_total,
        restarts: request.restarts,
        answers: request.answers.clone(),
        feedback: request.feedback.as_ref().map(|feedback| Feedback {
            text: feedback.text.clone(),
            outputs: feedback
                .outputs
                .as_ref()
                .map(|outputs| Object::clone(outputs))
                .unwrap_or_default(),
        }),
        handoffs,
        wants_text: planned.is_some_and(|planned| planned.handoff.format == HandoffFormat::Raw),
        time_left,
        directory: plan.workspace.directory.as_ref().map(PathBuf::from),
        is_in_project: plan.workspace.project.is_some(),
        seed: request.seed,
    }
}
