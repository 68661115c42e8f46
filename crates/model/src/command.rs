//! What may be asked of a run. A command never names an outcome: the engine
//! decides what it leads to.

use crate::Object;
use crate::failure::Failure;
use crate::ids::StageId;

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
    /// After a crash, nothing is left of this attempt.
    LoseAttempt {
        /// The stage.
        stage: StageId,
        /// The dispatch that was lost.
        dispatch: u32,
    },
    /// Somebody lets a gate pass.
    ApproveGate {
        /// The stage.
        stage: StageId,
        /// Who.
        by: String,
        /// Why.
        reason: Option<String>,
    },
    /// Somebody closes a gate.
    RejectGate {
        /// The stage.
        stage: StageId,
        /// Who.
        by: String,
        /// Why.
        reason: Option<String>,
    },
    /// Somebody ends the run.
    CancelRun {
        /// Who.
        by: String,
        /// Why.
        reason: Option<String>,
    },
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq)]
pub enum AttemptReport {
    /// With a result, not yet checked against the contract.
    Completed(Completion),
    /// Without one.
    Failed(Failure),
}

/// What an agent brought back.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Completion {
    /// Values by output name.
    pub outputs: Object,
    /// The agent's session, if it has sessions.
    pub session: Option<String>,
}
