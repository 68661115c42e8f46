//! Somebody brings the result of a stage instead of its agent.

use baton_model::plan::StageKind;
use baton_model::{Event, Object, StageId, StepStatus};

use super::{Decision, Rejection, ensure_active, find};
use crate::state::{RunState, StageIndex};

/// Ends a stage whose turn it is with what somebody brings. An attempt at it
/// answers too late from then on, whether or not it has begun.
///
/// Nothing is held against the contract: that is between a stage and its
/// agent, who could mend what is wrong.
pub(super) fn complete_stage(
    state: &RunState,
    (stage, meant): (&StageId, Option<u32>),
    outputs: &Object,
    by: &str,
) -> Decision {
    let index = match find(state, stage) {
        Ok(index) => index,
        Err(rejected) => return rejected,
    };
    let entry = state.stage(index);
    let now = entry.iteration;
    if let Some(meant) = meant.filter(|meant| *meant != now) {
        return Decision::rejected(Rejection::OtherWork {
            stage: stage.clone(),
            meant,
            now,
        });
    }
    if let StageKind::Gate(_) = &state.planned(index).kind {
        return Decision::rejected(Rejection::NoAgent(stage.clone()));
    }
    if entry.status == StepStatus::Completed {
        return Decision::already_done();
    }
    if let Err(rejected) = ensure_active(state) {
        return rejected;
    }
    if !is_its_turn(state, index) {
        return Decision::rejected(Rejection::NotAtWork {
            stage: stage.clone(),
            status: entry.status,
        });
    }
    Decision::accepted(vec![Event::StageCompleted {
        stage: stage.clone(),
        dispatch: entry.dispatch,
        outputs: outputs.clone(),
        session: entry.session.clone(),
        text: None,
        summary: None,
        summary_failure: None,
        by: Some(by.to_owned()),
    }])
}

/// Whether its agent is at work, or would be if there were room or an answer.
fn is_its_turn(state: &RunState, index: StageIndex) -> bool {
    let entry = state.stage(index);
    match entry.status {
        StepStatus::Running => entry.stopping.is_none(),
        StepStatus::WaitingForInput => true,
        StepStatus::Pending => {
            entry.ready_since.is_some() || state.queues.retrying.contains(&index)
        }
        StepStatus::WaitingForApproval
        | StepStatus::Completed
        | StepStatus::Failed
        | StepStatus::Skipped
        | StepStatus::TimedOut
        | StepStatus::Cancelled => false,
    }
}
