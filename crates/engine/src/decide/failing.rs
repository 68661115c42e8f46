//! What a failure means: another attempt, the end of the stage, or of the run.

use std::collections::BTreeSet;

use baton_model::event::SkipReason;
use baton_model::plan::FailurePolicy;
use baton_model::{Event, ExecutionStatus, Failure, StepStatus, Timestamp};

use crate::retry::{backoff, mix};
use crate::state::{RunState, StageIndex};

/// An attempt failed: retries if the policy says so, else fails the stage.
pub(super) fn fail_attempt(
    state: &RunState,
    index: StageIndex,
    failure: Failure,
    now: Timestamp,
) -> Vec<Event> {
    let mut events = Vec::new();
    fail_attempt_beside(state, index, failure, now, &mut events);
    events
}

/// The same beside other things that happen at once. Says whether the run
/// stops.
pub(super) fn fail_attempt_beside(
    state: &RunState,
    index: StageIndex,
    failure: Failure,
    now: Timestamp,
    events: &mut Vec<Event>,
) -> bool {
    let planned = state.planned(index);
    let stage = state.stage(index);
    let seed = mix(state.seed() ^ mix(index.get() as u64));
    let wait = backoff(&planned.retry, stage.attempt, &failure, seed);
    if let (true, Some(wait)) = (state.is_active(), wait) {
        events.push(Event::StageRetrying {
            stage: planned.id.clone(),
            dispatch: stage.dispatch,
            failure,
            retry_at: now.after(wait),
        });
        return false;
    }
    fail_stage(state, index, failure, events)
}

/// A stage failed for good: proposes that and what its policy asks for.
/// Says whether the run stops.
pub(super) fn fail_stage(
    state: &RunState,
    index: StageIndex,
    failure: Failure,
    events: &mut Vec<Event>,
) -> bool {
    let planned = state.planned(index);
    let reason = format!("stage `{}` failed: {failure}", planned.id);
    events.push(Event::StageFailed {
        stage: planned.id.clone(),
        failure,
    });
    if !state.is_active() {
        return false;
    }
    match planned.on_failure {
        FailurePolicy::Halt => {
            events.push(Event::RunStopping {
                outcome: ExecutionStatus::Failed,
                reason,
            });
            true
        }
        FailurePolicy::SkipDependents => {
            skip_dependents(state, index, events);
            false
        }
        FailurePolicy::Continue | FailurePolicy::Block => false,
    }
}

/// A stage was put back that may have missed being skipped while it was at
/// work: does now what [`skip_dependents`] could not do then.
pub(super) fn skip_if_hopeless(state: &RunState, index: StageIndex, events: &mut Vec<Event>) {
    if depends_on_skipping_failure(state, index) {
        events.push(Event::StageSkipped {
            stage: state.planned(index).id.clone(),
            reason: SkipReason::DependencyFailed,
        });
        skip_dependents(state, index, events);
    }
}

/// Whether a stage before this one, however far away, failed under
/// `skip_dependents`.
fn depends_on_skipping_failure(state: &RunState, index: StageIndex) -> bool {
    let mut seen = BTreeSet::from([index]);
    let mut frontier = vec![index];
    while let Some(stage) = frontier.pop() {
        let dependencies = state.planned(stage).depends_on.iter();
        for dependency in dependencies.filter_map(|id| state.index(id)) {
            if is_skipping_failure(state, dependency) {
                return true;
            }
            if seen.insert(dependency) {
                frontier.push(dependency);
            }
        }
    }
    false
}

/// The stages that depend, however far away, on one that failed under
/// `skip_dependents` and does not start over now.
pub(super) fn behind_skipping_failures(
    state: &RunState,
    starts_over: &BTreeSet<StageIndex>,
) -> BTreeSet<StageIndex> {
    let mut frontier: Vec<StageIndex> = state
        .stages()
        .map(|(index, ..)| index)
        .filter(|index| is_skipping_failure(state, *index) && !starts_over.contains(index))
        .collect();
    let mut behind = BTreeSet::new();
    while let Some(stage) = frontier.pop() {
        for dependent in state.topology.dependents(stage) {
            if behind.insert(*dependent) {
                frontier.push(*dependent);
            }
        }
    }
    behind
}

fn is_skipping_failure(state: &RunState, index: StageIndex) -> bool {
    let status = state.stage(index).status;
    matches!(status, StepStatus::Failed | StepStatus::TimedOut)
        && state.planned(index).on_failure == FailurePolicy::SkipDependents
}

/// Skips every pending stage that depends on `index`, however far away.
/// Stages that `events` skip already are passed over.
fn skip_dependents(state: &RunState, index: StageIndex, events: &mut Vec<Event>) {
    let mut seen: BTreeSet<StageIndex> = events
        .iter()
        .filter(|event| matches!(event, Event::StageSkipped { .. }))
        .filter_map(|event| state.index(event.stage()?))
        .collect();
    let mut skipped = BTreeSet::new();
    let mut frontier = vec![index];
    while let Some(stage) = frontier.pop() {
        for dependent in state.topology.dependents(stage) {
            if state.stage(*dependent).status == StepStatus::Pending && seen.insert(*dependent) {
                skipped.insert(*dependent);
                frontier.push(*dependent);
            }
        }
    }
    events.extend(skipped.into_iter().map(|dependent| Event::StageSkipped {
        stage: state.planned(dependent).id.clone(),
        reason: SkipReason::DependencyFailed,
    }));
}
