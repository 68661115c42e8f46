//! What happened to a run, in order: the truth everything else is made from.
//!
//! Stored form: `type` names the event; fields are only ever added, with a
//! default; an event is never renamed or removed. Logs of every release must
//! replay for ever (`crates/engine/tests/logs`).

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::command::Edit;
use crate::failure::Failure;
use crate::ids::{RunId, StageId};
use crate::plan::{HookPoint, Plan};
use crate::question::{Answers, Asker, Question};
use crate::status::ExecutionStatus;
use crate::time::Timestamp;
use crate::usage::Usage;
use crate::{FailureLabel, Object};

/// An event with its place in the run's log.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// Place in the log, from 1, without gaps.
    pub seq: u64,
    /// When it was decided.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
}

/// Something that happened to a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// The run exists. Always the first event.
    RunCreated(Box<RunCreated>),
    /// The condition of a stage whose turn it is was true.
    StageReady {
        /// The stage.
        stage: StageId,
    },
    /// A stage was handed to its agent.
    StageStarted {
        /// The stage.
        stage: StageId,
        /// See [`crate::AttemptKey`].
        iteration: u32,
        /// See [`crate::AttemptKey`].
        attempt: u32,
        /// See [`crate::AttemptKey`].
        dispatch: u32,
        /// When this attempt runs out of time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deadline: Option<Timestamp>,
    },
    /// The server died during an attempt, and the attempt is run again.
    StageRestarted {
        /// The stage.
        stage: StageId,
        /// The new dispatch.
        dispatch: u32,
        /// When this attempt runs out of time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deadline: Option<Timestamp>,
    },
    /// A running attempt was told to end; its answer is still awaited.
    StageStopping {
        /// The stage.
        stage: StageId,
        /// The attempt that is ending.
        dispatch: u32,
        /// Why: `timeout`, `cancelled` or `rework`.
        reason: FailureLabel,
    },
    /// A stage ended well.
    StageCompleted {
        /// The stage.
        stage: StageId,
        /// The attempt that brought it.
        dispatch: u32,
        /// What it brought, defaults filled in.
        #[serde(default, skip_serializing_if = "Object::is_empty")]
        outputs: Object,
        /// The agent's session, to resume later.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        session: Option<String>,
        /// What the agent wrote, word for word, where the stage hands that on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        /// The outputs condensed, where the stage asks for that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        summary: Option<String>,
        /// Why there is no summary although the stage asks for one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        summary_failure: Option<Failure>,
        /// Who brought it instead of the stage's agent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
    /// A turn of an agent has ended, and this is what it took.
    StageSpent {
        /// The stage.
        stage: StageId,
        /// The turn.
        dispatch: u32,
        /// The turn's own share.
        usage: Usage,
        /// What the agent's session has told of all it has taken by now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        session_total: Option<Usage>,
    },
    /// What an attempt brought was wrong, and its agent is asked to mend it.
    StageRepairing {
        /// The stage.
        stage: StageId,
        /// The new dispatch, of the same attempt.
        dispatch: u32,
        /// What was wrong.
        failure: Failure,
        /// The session that goes on.
        session: String,
    },
    /// A stage has its outputs, and its agent is asked to condense them.
    StageSummarizing {
        /// The stage.
        stage: StageId,
        /// The new dispatch, of the same attempt.
        dispatch: u32,
        /// What was brought, defaults filled in.
        #[serde(default, skip_serializing_if = "Object::is_empty")]
        outputs: Object,
        /// What the agent wrote, word for word, where the stage hands that on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        /// The session that goes on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        session: Option<String>,
        /// When this turn runs out of time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deadline: Option<Timestamp>,
    },
    /// A stage waits for answers; nobody works on it meanwhile.
    StageAsked {
        /// The stage.
        stage: StageId,
        /// The dispatch that asked, or was lost.
        dispatch: u32,
        /// Who asks.
        #[serde(default)]
        asker: Asker,
        /// What is asked.
        questions: Vec<Question>,
        /// The agent's session, which goes on with the answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        session: Option<String>,
        /// When nobody needs to answer any more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deadline: Option<Timestamp>,
    },
    /// The answers have come; the same attempt goes on.
    StageAnswered {
        /// The stage.
        stage: StageId,
        /// What was answered.
        answers: Answers,
        /// Who answered.
        by: String,
    },
    /// A stage that had ended is to run again.
    StageReopened {
        /// The stage.
        stage: StageId,
        /// How often it was opened by now.
        iteration: u32,
        /// What should be different.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        feedback: Option<String>,
        /// What else was said, as the door it was said at has it.
        #[serde(default, skip_serializing_if = "Object::is_empty")]
        details: Object,
        /// Who asked for it.
        by: String,
    },
    /// A stage starts over because one it depends on was reopened.
    StageReset {
        /// The stage.
        stage: StageId,
        /// How often it was opened by now.
        iteration: u32,
    },
    /// An attempt failed and another will follow.
    StageRetrying {
        /// The stage.
        stage: StageId,
        /// The attempt that failed.
        dispatch: u32,
        /// What went wrong.
        failure: Failure,
        /// When the next attempt may start.
        retry_at: Timestamp,
    },
    /// A stage ended badly.
    StageFailed {
        /// The stage.
        stage: StageId,
        /// What went wrong.
        failure: Failure,
    },
    /// A stage will not run.
    StageSkipped {
        /// The stage.
        stage: StageId,
        /// Why.
        reason: SkipReason,
    },
    /// A stage ended because the run did.
    StageCancelled {
        /// The stage.
        stage: StageId,
    },
    /// A gate waits for a decision.
    GateOpened {
        /// The stage.
        stage: StageId,
        /// What people are asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
        /// When it decides by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deadline: Option<Timestamp>,
    },
    /// A gate was passed.
    GateApproved {
        /// The stage.
        stage: StageId,
        /// Who decided.
        decision: GateDecision,
    },
    /// A gate was closed; the stage has failed.
    GateRejected {
        /// The stage.
        stage: StageId,
        /// Who decided.
        decision: GateDecision,
    },
    /// Nothing new starts until the run is resumed.
    RunPaused {
        /// Who asked for it.
        by: String,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// A paused run goes on.
    RunResumed {
        /// Who asked for it.
        by: String,
    },
    /// A run that had ended goes on, where its plan allows that.
    RunReopened {
        /// Who asked for it.
        by: String,
    },
    /// The stages themselves have changed.
    GraphEdited {
        /// What has changed.
        edits: Vec<Edit>,
        /// Who asked for it.
        by: String,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// A hook has done what it does, or has given up. May follow the end.
    HookFinished {
        /// Which hook.
        point: HookPoint,
        /// Which of its actions, from 0.
        place: u32,
        /// After which end of the run, from 1. None: its start; or, as earlier
        /// releases wrote it, every end so far.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        end: Option<u32>,
        /// What went wrong.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<String>,
    },
    /// Nothing new starts any more; running stages are being cancelled.
    RunStopping {
        /// What the run will end as.
        outcome: ExecutionStatus,
        /// Names the stage and the cause, or who asked for it.
        reason: String,
    },
    /// The run has ended. Only annotations follow, unless it is reopened.
    RunEnded {
        /// `completed`, `failed` or `cancelled`.
        status: ExecutionStatus,
        /// Why it did not complete.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<String>,
    },
}

/// The first event of every run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunCreated {
    /// Version of the stored forms, [`RunCreated::FORMAT`] when written.
    pub format: u32,
    /// What the run carries out.
    pub plan: Arc<Plan>,
    /// Source of everything random in this run (retry jitter).
    pub seed: u64,
    /// Who started it.
    pub created_by: String,
    /// The earlier run this one repeats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rerun_of: Option<RunId>,
    /// Stages that do not run again, since the earlier run has their results.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reused: Vec<ReusedStage>,
}

/// The result of a stage of an earlier run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReusedStage {
    /// The stage.
    pub stage: StageId,
    /// What it brought. None: it was skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outputs: Option<Object>,
    /// See [`Event::StageCompleted`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// See [`Event::StageCompleted`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
}

impl RunCreated {
    /// The version of the stored forms that this release writes.
    pub const FORMAT: u32 = 2;

    /// The first event of a run that repeats no other.
    pub fn new(plan: Arc<Plan>, seed: u64, created_by: String) -> Self {
        Self {
            format: Self::FORMAT,
            plan,
            seed,
            created_by,
            rerun_of: None,
            reused: Vec::new(),
        }
    }
}

/// Why a stage did not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// Its condition was false.
    ConditionFalse,
    /// A stage it depends on failed under `skip_dependents`.
    DependencyFailed,
}

impl SkipReason {
    /// The word used in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ConditionFalse => "condition_false",
            Self::DependencyFailed => "dependency_failed",
        }
    }
}

/// Who decided a gate, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateDecision {
    /// A person, or `timeout` when nobody decided in time.
    pub by: String,
    /// Their words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What else they said, as the door they came through has it.
    #[serde(default, skip_serializing_if = "Object::is_empty")]
    pub details: Object,
}

impl Event {
    /// The stored name of the event.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::RunCreated(_) => "run_created",
            Self::StageReady { .. } => "stage_ready",
            Self::StageStarted { .. } => "stage_started",
            Self::StageRestarted { .. } => "stage_restarted",
            Self::StageStopping { .. } => "stage_stopping",
            Self::StageCompleted { .. } => "stage_completed",
            Self::StageSpent { .. } => "stage_spent",
            Self::StageRepairing { .. } => "stage_repairing",
            Self::StageSummarizing { .. } => "stage_summarizing",
            Self::StageAsked { .. } => "stage_asked",
            Self::StageAnswered { .. } => "stage_answered",
            Self::StageReopened { .. } => "stage_reopened",
            Self::StageReset { .. } => "stage_reset",
            Self::StageRetrying { .. } => "stage_retrying",
            Self::StageFailed { .. } => "stage_failed",
            Self::StageSkipped { .. } => "stage_skipped",
            Self::StageCancelled { .. } => "stage_cancelled",
            Self::GateOpened { .. } => "gate_opened",
            Self::GateApproved { .. } => "gate_approved",
            Self::GateRejected { .. } => "gate_rejected",
            Self::RunPaused { .. } => "run_paused",
            Self::RunResumed { .. } => "run_resumed",
            Self::RunReopened { .. } => "run_reopened",
            Self::GraphEdited { .. } => "graph_edited",
            Self::HookFinished { .. } => "hook_finished",
            Self::RunStopping { .. } => "run_stopping",
            Self::RunEnded { .. } => "run_ended",
        }
    }

    /// The stage it concerns, if it concerns one.
    pub const fn stage(&self) -> Option<&StageId> {
        match self {
            Self::RunCreated(_)
            | Self::RunPaused { .. }
            | Self::RunResumed { .. }
            | Self::RunReopened { .. }
            | Self::GraphEdited { .. }
            | Self::HookFinished { .. }
            | Self::RunStopping { .. }
            | Self::RunEnded { .. } => None,
            Self::StageReady { stage }
            | Self::StageStarted { stage, .. }
            | Self::StageRestarted { stage, .. }
            | Self::StageStopping { stage, .. }
            | Self::StageCompleted { stage, .. }
            | Self::StageSpent { stage, .. }
            | Self::StageRepairing { stage, .. }
            | Self::StageSummarizing { stage, .. }
            | Self::StageAsked { stage, .. }
            | Self::StageAnswered { stage, .. }
            | Self::StageReopened { stage, .. }
            | Self::StageReset { stage, .. }
            | Self::StageRetrying { stage, .. }
            | Self::StageFailed { stage, .. }
            | Self::StageSkipped { stage, .. }
            | Self::StageCancelled { stage }
            | Self::GateOpened { stage, .. }
            | Self::GateApproved { stage, .. }
            | Self::GateRejected { stage, .. } => Some(stage),
        }
    }
}
