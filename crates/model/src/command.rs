//! What may be asked of a run. A command never names an outcome: the engine
//! decides what it leads to.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Object;
use crate::failure::Failure;
use crate::ids::{HookKey, StageId};
use crate::plan::PlannedStage;
use crate::question::{Answers, Question};
use crate::usage::Spent;

/// Something asked of a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Do whatever is due by itself: open gates, skip, retry, time out, end.
    Advance,
    /// The shell has room to work on these stages now.
    StartStages {
        /// Stages that [`startable`](../../baton_engine/fn.startable.html) named.
        stages: Vec<StageId>,
    },
    /// An agent answered.
    SettleAttempt {
        /// The stage.
        stage: StageId,
        /// The dispatch it answers; any other than the current one is late.
        dispatch: u32,
        /// The answer.
        report: AttemptReport,
    },
    /// An agent tells what its turn took; comes before its answer.
    RecordSpent {
        /// The stage.
        stage: StageId,
        /// The dispatch it is about.
        dispatch: u32,
        /// What it took.
        spent: Spent,
    },
    /// After a crash, nothing is left of this attempt.
    LoseAttempt {
        /// The stage.
        stage: StageId,
        /// The dispatch that was lost.
        dispatch: u32,
    },
    /// Somebody brings the result of a stage instead of its agent, to whom
    /// nobody listens any more.
    CompleteStage {
        /// The stage.
        stage: StageId,
        /// The iteration they have seen; in any other, nothing is changed.
        /// None: whichever is the present one.
        iteration: Option<u32>,
        /// What they bring; it is taken as it is.
        outputs: Object,
        /// Who.
        by: String,
    },
    /// Somebody lets a gate pass.
    ApproveGate {
        /// The stage.
        stage: StageId,
        /// The iteration they have seen; in any other, nothing is decided.
        /// None: whichever is open.
        iteration: Option<u32>,
        /// Who.
        by: String,
        /// Why.
        reason: Option<String>,
        /// What else they say, as the door they came through has it.
        details: Object,
    },
    /// Somebody closes a gate.
    RejectGate {
        /// The stage.
        stage: StageId,
        /// The iteration they have seen; in any other, nothing is decided.
        /// None: whichever is open.
        iteration: Option<u32>,
        /// Who.
        by: String,
        /// Why.
        reason: Option<String>,
        /// What else they say, as the door they came through has it.
        details: Object,
    },
    /// Somebody ends the run.
    CancelRun {
        /// Who.
        by: String,
        /// Why.
        reason: Option<String>,
    },
    /// Nothing new is to start.
    PauseRun {
        /// Who.
        by: String,
        /// Why.
        reason: Option<String>,
    },
    /// A paused run goes on.
    ResumeRun {
        /// Who.
        by: String,
    },
    /// Somebody answers what a stage asked.
    AnswerStage {
        /// The stage.
        stage: StageId,
        /// The dispatch that asked; what another one asks is not answered.
        /// None: whichever asks now.
        dispatch: Option<u32>,
        /// The answers; see [`answer_keys`](crate::question::answer_keys).
        answers: Answers,
        /// Who.
        by: String,
    },
    /// A stage that has ended is to run again with what somebody has to say
    /// about it; what depends on it starts over.
    ReopenStage {
        /// The stage.
        stage: StageId,
        /// The gate they were asked at, and the iteration of it they have
        /// seen; unless just that is open, nothing is changed. None: whatever
        /// is open.
        at_gate: Option<(StageId, u32)>,
        /// What should be different.
        feedback: Option<String>,
        /// What else they say, as the door they came through has it.
        details: Object,
        /// Who.
        by: String,
    },
    /// The stages themselves change. All edits are taken, or none.
    EditGraph {
        /// What changes; looked at as a whole.
        edits: Vec<Edit>,
        /// Who.
        by: String,
        /// Why.
        reason: Option<String>,
    },
    /// A hook has done what it does, or has given up.
    FinishHook {
        /// Which action.
        hook: HookKey,
        /// What went wrong; the run goes on all the same.
        error: Option<String>,
    },
}

/// A change to the stages of a run that is under way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Edit {
    /// A new stage.
    Insert {
        /// The stage.
        stage: Box<PlannedStage>,
    },
    /// A stage that has not started becomes this.
    Update {
        /// The stage as it is to be; its id says which one is meant.
        stage: Box<PlannedStage>,
    },
    /// A stage that has not started goes away; what depended on it depends on
    /// it no more.
    Delete {
        /// The stage.
        stage: StageId,
    },
}

impl Edit {
    /// The stage that is meant.
    pub const fn stage(&self) -> &StageId {
        match self {
            Self::Insert { stage } | Self::Update { stage } => &stage.id,
            Self::Delete { stage } => stage,
        }
    }
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq)]
pub enum AttemptReport {
    /// With a result, not yet checked against the contract.
    Completed(Completion),
    /// Without one.
    Failed(Failure),
    /// Not yet: the agent needs answers to go on.
    NeedsInput(Inquiry),
}

/// What an agent asks before it goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inquiry {
    /// The questions, at least one.
    pub questions: Vec<Question>,
    /// The agent's session, which goes on with the answers.
    pub session: Option<String>,
}

/// What an agent brought back.
#[derive(Clone, Debug, PartialEq)]
pub struct Completion {
    /// Values by output name.
    pub outputs: Object,
    /// The agent's session, if it has sessions.
    pub session: Option<String>,
    /// What the agent wrote, word for word, where its stage hands that on.
    pub text: Option<String>,
    /// Changes to the run's stages that the agent asks for, in its own words;
    /// the runtime turns them into `edits`.
    pub proposed_edits: Vec<Value>,
    /// Changes to the run's stages; or why no sense can be made of those that
    /// were proposed.
    pub edits: Result<Vec<Edit>, String>,
}

/// Nothing at all.
impl Default for Completion {
    fn default() -> Self {
        Self {
            outputs: Object::new(),
            session: None,
            text: None,
            proposed_edits: Vec::new(),
            edits: Ok(Vec::new()),
        }
    }
}
