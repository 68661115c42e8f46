//! A stage that has ended is to run again, and what depends on it starts over.

use baton_model::{Event, FailureLabel, Object, StageId, StepStatus};

use super::{Decision, Rejection, ensure_active, failing, find};
use crate::state::{Phase, RunState, StageIndex};

pub(super) fn reopen_stage(
    state: &RunState,
    stage: &StageId,
    (feedback, details): (Option<&str>, &Object),
    by: &str,
) -> Decision {
    let index = match find(state, stage) {
        Ok(index) => index,
        Err(rejected) => return rejected,
    };
    let has_ended = matches!(state.phase, Phase::Ended { .. });
    let reopens_run = has_ended && state.plan.settings.reopenable;
    if !reopens_run && let Err(rejected) = ensure_active(state) {
        return rejected;
    }
    let entry = state.stage(index);
    if !entry.status.is_terminal() || entry.status == StepStatus::Cancelled {
        return Decision::rejected(Rejection::NotEnded {
            stage: stage.clone(),
            status: entry.status,
        });
    }
    if entry.waiting_for > 0 {
        return Decision::rejected(Rejection::DependencyOpen(stage.clone()));
    }
    let mut events = Vec::new();
    if reopens_run {
        events.push(Event::RunReopened { by: by.to_owned() });
    }
    events.push(Event::StageReopened {
        stage: stage.clone(),
        iteration: entry.iteration + 1,
        feedback: feedback.map(str::to_owned),
        details: details.clone(),
        by: by.to_owned(),
    });
    let dependents = state.topology.all_dependents(index);
    let starts_over = dependents.iter().copied().chain([index]).collect();
    let hopeless = failing::behind_skipping_failures(state, &starts_over);
    let stays_skipped = |index: &StageIndex| {
        state.stage(*index).status == StepStatus::Skipped && hopeless.contains(index)
    };
    events.extend(
        dependents
            .iter()
            .filter(|index| !stays_skipped(index))
            .filter_map(|index| start_over(state, *index)),
    );
    Decision::accepted(events)
}

/// What happens to a stage that depends on one that was reopened. One that is
/// at work is ended first; nothing need happen to one that only waits.
fn start_over(state: &RunState, index: StageIndex) -> Option<Event> {
    let entry = state.stage(index);
    let stage = &state.planned(index).id;
    match entry.status {
        // Reopening the run has put it back already.
        StepStatus::Cancelled => None,
        StepStatus::Pending if entry.attempt == 0 => None,
        StepStatus::Running => Some(Event::StageStopping {
            stage: stage.clone(),
            dispatch: entry.dispatch,
            reason: FailureLabel::REWORK,
        }),
        StepStatus::Pending
        | StepStatus::WaitingForApproval
        | StepStatus::WaitingForInput
        | StepStatus::Completed
        | StepStatus::Failed
        | StepStatus::Skipped
        | StepStatus::TimedOut => Some(reset(state, index)),
    }
}

/// The stage starts over.
pub(super) fn reset(state: &RunState, index: StageIndex) -> Event {
    Event::StageReset {
        stage: state.planned(index).id.clone(),
        iteration: state.stage(index).iteration + 1,
    }
}
