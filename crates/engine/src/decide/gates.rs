//! Decisions of people at gates.

use baton_model::event::GateDecision;
use baton_model::plan::StageKind;
use baton_model::{Event, ExecutionStatus, Object, StageId, StepStatus};

use super::{Decision, Rejection, find};
use crate::state::{Phase, RunState, StageIndex};

pub(super) fn decision(by: &str, reason: Option<&str>, details: &Object) -> GateDecision {
    GateDecision {
        by: by.to_owned(),
        reason: reason.map(str::to_owned),
        details: details.clone(),
    }
}

/// Refuses what is asked for at a gate that is not open, or not in this
/// iteration any more.
pub(super) fn expect_open(
    state: &RunState,
    (stage, iteration): &(StageId, u32),
) -> Result<(), Decision> {
    match find_gate(state, (stage, Some(*iteration)))? {
        (_, StepStatus::WaitingForApproval) => Ok(()),
        (_, status) => Err(not_open(state, stage, status)),
    }
}

/// A gate and the iteration of it that is meant.
type Meant<'c> = (&'c StageId, Option<u32>);

pub(super) fn approve(state: &RunState, gate: Meant<'_>, decision: GateDecision) -> Decision {
    let (stage, _) = gate;
    match find_gate(state, gate) {
        Err(rejected) => rejected,
        Ok((_, StepStatus::WaitingForApproval)) => Decision::accepted(vec![Event::GateApproved {
            stage: stage.clone(),
            decision,
        }]),
        Ok((_, StepStatus::Completed)) => Decision::already_done(),
        Ok((_, status)) => not_open(state, stage, status),
    }
}

pub(super) fn reject(state: &RunState, gate: Meant<'_>, decision: GateDecision) -> Decision {
    let (stage, _) = gate;
    match find_gate(state, gate) {
        Err(rejected) => rejected,
        Ok((_, StepStatus::WaitingForApproval)) => Decision::accepted(rejection(stage, decision)),
        Ok((index, StepStatus::Failed)) if was_decided(state, index) => Decision::already_done(),
        Ok((_, status)) => not_open(state, stage, status),
    }
}

/// A rejected gate always stops the run, whatever `on_failure` says: nobody
/// who rejects a release means that it should go on.
pub(super) fn rejection(stage: &StageId, decision: GateDecision) -> Vec<Event> {
    let because = decision
        .reason
        .as_deref()
        .map(|reason| format!(": {reason}"));
    let reason = format!(
        "gate `{stage}` was rejected by {}{}",
        decision.by,
        because.unwrap_or_default()
    );
    vec![
        Event::GateRejected {
            stage: stage.clone(),
            decision,
        },
        Event::RunStopping {
            outcome: ExecutionStatus::Failed,
            reason,
        },
    ]
}

fn was_decided(state: &RunState, index: StageIndex) -> bool {
    state
        .stage(index)
        .gate
        .as_ref()
        .is_some_and(|gate| gate.decision.is_some())
}

fn not_open(state: &RunState, stage: &StageId, status: StepStatus) -> Decision {
    Decision::rejected(match &state.phase {
        Phase::Ended { status, .. } => Rejection::RunEnded(*status),
        Phase::Active | Phase::Stopping { .. } => Rejection::GateNotOpen {
            stage: stage.clone(),
            status,
        },
    })
}

fn find_gate(
    state: &RunState,
    (stage, meant): Meant<'_>,
) -> Result<(StageIndex, StepStatus), Decision> {
    let index = find(state, stage)?;
    if let StageKind::Agent(_) = &state.planned(index).kind {
        return Err(Decision::rejected(Rejection::NotAGate(stage.clone())));
    }
    let entry = state.stage(index);
    let now = entry.iteration;
    match meant {
        // What they looked at has been done again since.
        Some(meant) if meant != now => Err(Decision::rejected(Rejection::OtherIteration {
            stage: stage.clone(),
            meant,
            now,
        })),
        Some(_) | None => Ok((index, entry.status)),
    }
}
