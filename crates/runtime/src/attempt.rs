//! One attempt at work: hands it to its dispatcher, stores its log lines, and
//! reports to the run's actor how it ended.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use baton_agents::{AttemptControl, AttemptRequest, Recovery, SharedDispatcher};
use baton_engine::StageRequest;
use baton_model::plan::{AgentSpec, PlannedStage, StageKind};
use baton_model::{AttemptReport, Failure, FailureLabel};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio_util::sync::CancellationToken;

use crate::actor::Message;
use crate::log_lines::{self, LogCursor};
use crate::registry::Shared;

/// Lines between an agent and the store.
const LINES_MAX: usize = 1_024;

/// What an attempt needs besides its request.
pub(crate) struct Worker {
    pub(crate) shared: Arc<Shared>,
    pub(crate) cursor: Arc<LogCursor>,
    pub(crate) actor: mpsc::Sender<Message>,
    pub(crate) dispatcher: SharedDispatcher,
    pub(crate) cancel: CancellationToken,
    pub(crate) permit: Option<OwnedSemaphorePermit>,
}

impl Worker {
    /// Works on a new attempt and reports how it ended.
    pub(crate) async fn run(self, request: StageRequest) {
        let key = request.key.clone();
        let attempt = to_attempt(&self.shared, &request);
        let (lines, receiver) = mpsc::channel(LINES_MAX);
        let control = AttemptControl {
            cancel: self.cancel.clone(),
            lines,
        };
        let work = async {
            tokio::join!(
                self.dispatcher.run(attempt, control),
                log_lines::pump(&self.shared, &self.cursor, &key, receiver),
            )
        };
        // When this process closes, the agent is left to itself: whoever takes
        // up the run settles it from its files.
        let (report, ()) = tokio::select! {
            () = self.shared.closing.cancelled() => return,
            ended = work => ended,
        };
        // A free slot is worth more than an exact count at this moment.
        drop(self.permit);
        self.actor
            .send(Message::Settled {
                index: request.index,
                dispatch: key.dispatch,
                report,
            })
            .await
            .unwrap_or_else(|_| tracing::debug!(%key.run, "the run was parked meanwhile"));
    }

    /// Finds out what became of an attempt of an earlier server.
    pub(crate) async fn recover(self, request: StageRequest) {
        let key = request.key.clone();
        let (index, dispatch) = (request.index, key.dispatch);
        let known = match log_lines::known(&self.shared, key.run, &key).await {
            Ok(known) => known,
            Err(error) => {
                tracing::warn!(run = %key.run, %error, "the stored log could not be counted");
                0
            }
        };
        let attempt = to_attempt(&self.shared, &request);
        let (lines, receiver) = mpsc::channel(LINES_MAX);
        let control = AttemptControl {
            cancel: self.cancel.clone(),
            lines,
        };
        let work = async {
            tokio::join!(
                self.dispatcher.recover(attempt, control, known),
                log_lines::pump(&self.shared, &self.cursor, &key, receiver),
            )
        };
        let (recovery, ()) = tokio::select! {
            () = self.shared.closing.cancelled() => return,
            ended = work => ended,
        };
        let message = match recovery {
            Recovery::Settled(report) => Message::Settled {
                index,
                dispatch,
                report,
            },
            Recovery::Lost => Message::Lost {
                index,
                dispatch,
                permit: self.permit,
            },
        };
        self.actor
            .send(message)
            .await
            .unwrap_or_else(|_| tracing::debug!(%key.run, "the run was parked meanwhile"));
    }
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

fn to_attempt(shared: &Shared, request: &StageRequest) -> AttemptRequest {
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
    AttemptRequest {
        key: request.key.clone(),
        artifact: agent.artifact.clone(),
        model: agent.model.clone(),
        tools: agent.tools.clone(),
        instructions: request.instructions.clone(),
        inputs: request.inputs.clone(),
        outputs: planned
            .map(|planned| planned.outputs.clone())
            .unwrap_or_default(),
        parameters: plan.parameters.clone(),
        env: request.env.clone(),
        session: request.session.clone(),
        time_left,
        directory: plan.workspace.directory.as_ref().map(PathBuf::from),
        seed: request.seed,
    }
}
