//! What a command leads to. Nothing is changed here.
//!
//! One file per kind of command. Every function proposes events that
//! [`crate::apply()`] accepts in the same state; what follows from them by
//! itself (dependants, the end of the run) is left to the next
//! [`Command::Advance`], so no decision has to imagine a state.

mod advance;
mod answers;
mod cancel;
mod complete;
mod edits;
mod failing;
mod gates;
mod hooks;
mod pause;
mod rework;
mod settle;
mod start;
mod turns;

use baton_model::{Command, Event, StageId, StepStatus, Timestamp};

use crate::graph::EditError;
use crate::state::{Phase, RunState, StageIndex};

/// What a command leads to.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The answer.
    pub outcome: Outcome,
    /// What happens, in order; empty unless accepted.
    pub events: Vec<Event>,
}

/// The answer to a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It changes something.
    Accepted,
    /// It, or something that came before it, has been done already.
    AlreadyDone,
    /// It cannot be done in this state.
    Rejected(Rejection),
}

/// Why a command is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The plan has no such stage.
    #[error("the run has no stage `{0}`")]
    UnknownStage(StageId),
    /// The stage is worked on by an agent.
    #[error("stage `{0}` is not a gate")]
    NotAGate(StageId),
    /// The gate does not wait for a decision.
    #[error("gate `{stage}` is not waiting for approval, it is {status}")]
    GateNotOpen {
        /// The gate.
        stage: StageId,
        /// Where it stands.
        status: StepStatus,
    },
    /// The decision is about another iteration of the gate.
    #[error("gate `{stage}` is in its iteration {now}; the decision is about iteration {meant}")]
    OtherIteration {
        /// The gate.
        stage: StageId,
        /// The iteration that was seen.
        meant: u32,
        /// The iteration there is.
        now: u32,
    },
    /// What somebody brings is of another iteration of the stage.
    #[error("stage `{stage}` is in its iteration {now}; the result is of iteration {meant}")]
    OtherWork {
        /// The stage.
        stage: StageId,
        /// The iteration that was seen.
        meant: u32,
        /// The iteration there is.
        now: u32,
    },
    /// Nobody brings anything for a gate.
    #[error("stage `{0}` is a gate and has no result")]
    NoAgent(StageId),
    /// It is not the stage's turn.
    #[error("stage `{stage}` takes no result now, it is {status}")]
    NotAtWork {
        /// The stage.
        stage: StageId,
        /// Where it stands.
        status: StepStatus,
    },
    /// The run has ended.
    #[error("the run has ended already: it is {0}")]
    RunEnded(baton_model::ExecutionStatus),
    /// Only a run that has ended can be repeated.
    #[error("the run has not ended yet: it is {0}")]
    NotYetEnded(baton_model::ExecutionStatus),
    /// The run is about to end.
    #[error("the run is being stopped: {0}")]
    RunStopping(String),
    /// The stage asks nothing.
    #[error("stage `{stage}` is not waiting for input, it is {status}")]
    NothingAsked {
        /// The stage.
        stage: StageId,
        /// Where it stands.
        status: StepStatus,
    },
    /// The answer is to what was asked before.
    #[error("stage `{stage}` asked by its dispatch {now}; the answer is to dispatch {meant}")]
    OtherQuestion {
        /// The stage.
        stage: StageId,
        /// The dispatch whose questions were seen.
        meant: u32,
        /// The dispatch that asked last.
        now: u32,
    },
    /// Somebody else was first.
    #[error("stage `{stage}` was answered already by {by}")]
    AnsweredAlready {
        /// The stage.
        stage: StageId,
        /// Who.
        by: String,
    },
    /// The answer is none of those that can be given.
    #[error("{0}")]
    BadAnswer(String),
    /// Only a stage that has ended can run again.
    #[error("stage `{stage}` cannot be reopened, it is {status}")]
    NotEnded {
        /// The stage.
        stage: StageId,
        /// Where it stands.
        status: StepStatus,
    },
    /// A stage before it did not end well, so it could not run.
    #[error("stage `{0}` cannot be reopened before the stages it depends on have ended well")]
    DependencyOpen(StageId),
    /// The stages cannot be changed like that.
    #[error(transparent)]
    BadEdit(#[from] EditError),
}

impl Decision {
    fn accepted(events: Vec<Event>) -> Self {
        let outcome = if events.is_empty() {
            Outcome::AlreadyDone
        } else {
            Outcome::Accepted
        };
        Self { outcome, events }
    }

    fn already_done() -> Self {
        Self {
            outcome: Outcome::AlreadyDone,
            events: Vec::new(),
        }
    }

    fn rejected(rejection: Rejection) -> Self {
        Self {
            outcome: Outcome::Rejected(rejection),
            events: Vec::new(),
        }
    }
}

/// Decides one command.
pub fn decide(state: &RunState, command: &Command, now: Timestamp) -> Decision {
    match command {
        Command::Advance => Decision::accepted(advance::advance(state, now)),
        Command::StartStages { stages } => start::start_stages(state, stages, now),
        Command::SettleAttempt {
            stage,
            dispatch,
            report,
        } => settle::settle_attempt(state, stage, *dispatch, report, now),
        Command::RecordSpent {
            stage,
            dispatch,
            spent,
        } => settle::record_spent(state, stage, *dispatch, spent),
        Command::LoseAttempt { stage, dispatch } => {
            settle::lose_attempt(state, stage, *dispatch, now)
        }
        Command::CompleteStage {
            stage,
            iteration,
            outputs,
            by,
        } => complete::complete_stage(state, (stage, *iteration), outputs, by),
        Command::ApproveGate {
            stage,
            iteration,
            by,
            reason,
            details,
        } => {
            let decision = gates::decision(by, reason.as_deref(), details);
            gates::approve(state, (stage, *iteration), decision)
        }
        Command::RejectGate {
            stage,
            iteration,
            by,
            reason,
            details,
        } => {
            let decision = gates::decision(by, reason.as_deref(), details);
            gates::reject(state, (stage, *iteration), decision)
        }
        Command::CancelRun { by, reason } => cancel::cancel_run(state, by, reason.as_deref()),
        Command::PauseRun { by, reason } => pause::pause_run(state, by, reason.as_deref()),
        Command::ResumeRun { by } => pause::resume_run(state, by),
        Command::AnswerStage {
            stage,
            dispatch,
            answers,
            by,
        } => answers::answer_stage(state, (stage, *dispatch), answers, by),
        Command::ReopenStage {
            stage,
            at_gate,
            feedback,
            details,
            by,
        } => match at_gate.as_ref().map(|gate| gates::expect_open(state, gate)) {
            Some(Err(rejected)) => rejected,
            Some(Ok(())) | None => {
                rework::reopen_stage(state, stage, (feedback.as_deref(), details), by)
            }
        },
        Command::EditGraph { edits, by, reason } => {
            edits::edit_graph(state, edits, by, reason.as_deref())
        }
        Command::FinishHook { hook, error } => hooks::finish_hook(state, *hook, error.as_deref()),
    }
}

/// The stage a command names.
fn find(state: &RunState, stage: &StageId) -> Result<StageIndex, Decision> {
    state
        .index(stage)
        .ok_or_else(|| Decision::rejected(Rejection::UnknownStage(stage.clone())))
}

/// Why nobody may change a run that has ended or is about to.
fn ensure_active(state: &RunState) -> Result<(), Decision> {
    match &state.phase {
        Phase::Active => Ok(()),
        Phase::Stopping { reason, .. } => {
            Err(Decision::rejected(Rejection::RunStopping(reason.clone())))
        }
        Phase::Ended { status, .. } => Err(Decision::rejected(Rejection::RunEnded(*status))),
    }
}
