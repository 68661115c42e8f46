//! Which stages wait for what: moves them between the queues of a run.

use std::sync::Arc;

use baton_model::plan::Release;
use baton_model::{ExecutionStatus, StepStatus, Timestamp};

use super::barriers;
use crate::state::{RunState, StageIndex, StageState, Work};

/// Counts anew what every stage waits for, and puts it where it belongs.
pub(super) fn requeue(state: &mut RunState) {
    barriers::set_up(state);
    let topology = Arc::clone(&state.topology);
    for place in 0..state.stages.len() {
        let index = StageIndex::from_place(place);
        let entry = state.stage_mut(index);
        entry.waiting_for = topology.n_dependencies(index) + u32::from(entry.is_held);
    }
    for place in 0..state.stages.len() {
        let index = StageIndex::from_place(place);
        if state.stage(index).released {
            for dependent in topology.dependents(index) {
                state.stage_mut(*dependent).waiting_for -= 1;
            }
        }
    }
    for place in 0..state.stages.len() {
        let index = StageIndex::from_place(place);
        let entry = state.stage(index);
        let is_queued = entry.ready_since.is_some() || state.queues.fresh.contains(&index);
        if entry.status != StepStatus::Pending || entry.attempt > 0 {
            continue;
        }
        if entry.waiting_for > 0 {
            leave_queues(state, index);
        } else if !is_queued {
            take_turn_if_due(state, index);
        }
    }
    let open = state
        .stages()
        .filter(|(_, _, stage)| !stage.status.is_terminal());
    state.queues.open = u32::try_from(open.count()).unwrap_or(u32::MAX);
}

/// A stage has ended: its dependants may go on if it ended well enough.
pub(super) fn end_stage(
    state: &mut RunState,
    index: StageIndex,
    status: StepStatus,
    at: Timestamp,
) {
    leave_queues(state, index);
    set_timer(state, index, None);
    state.queues.open -= 1;
    let entry = state.stage_mut(index);
    entry.status = status;
    entry.stopping = None;
    entry.work = Work::Stage;
    entry.continues = false;
    entry.ended_at = Some(at);
    if std::mem::take(&mut entry.is_held) {
        entry.waiting_for -= 1;
    }
    if releases(state, index, status) {
        release_dependents(state, index);
    }
    barriers::stage_ended(state, index);
}

/// A stage is to run (again): whoever did not wait for it any more does so now.
pub(super) fn open_again(state: &mut RunState, index: StageIndex, iteration: u32) {
    leave_queues(state, index);
    set_timer(state, index, None);
    let entry = state.stage_mut(index);
    let is_one_more = entry.status.is_terminal();
    forget_outcome(entry, iteration);
    let was_released = std::mem::take(&mut entry.released);
    state.queues.open += u32::from(is_one_more);
    if let Some(pause) = &mut state.pause {
        pause.finishes.remove(&index);
    }
    if was_released {
        let topology = Arc::clone(&state.topology);
        for dependent in topology.dependents(index) {
            let entry = state.stage_mut(*dependent);
            entry.waiting_for += 1;
            if entry.status == StepStatus::Pending {
                leave_queues(state, *dependent);
            }
        }
    }
    barriers::stage_opened(state, index);
    take_turn_if_due(state, index);
}

/// A stage is as it was before its first attempt, but for what was said.
pub(super) fn forget_outcome(entry: &mut StageState, iteration: u32) {
    entry.status = StepStatus::Pending;
    entry.iteration = iteration;
    entry.attempt = 0;
    entry.work = Work::Stage;
    entry.continues = false;
    entry.stopping = None;
    entry.outputs = None;
    entry.handed = None;
    entry.failure = None;
    entry.gate = None;
    entry.deadline = None;
    entry.ended_at = None;
}

/// Whether dependants may go on once a stage has ended like this.
pub(crate) fn releases(state: &RunState, index: StageIndex, status: StepStatus) -> bool {
    let planned = state.planned(index);
    let settled = planned.release == Release::Settled;
    match status {
        StepStatus::Completed => true,
        StepStatus::Skipped => settled,
        StepStatus::Failed | StepStatus::TimedOut => settled && state.is_forgiven(index),
        StepStatus::Cancelled
        | StepStatus::Pending
        | StepStatus::Running
        | StepStatus::WaitingForApproval
        | StepStatus::WaitingForInput => false,
    }
}

fn release_dependents(state: &mut RunState, index: StageIndex) {
    state.stage_mut(index).released = true;
    let topology = Arc::clone(&state.topology);
    for dependent in topology.dependents(index) {
        state.stage_mut(*dependent).waiting_for -= 1;
        take_turn_if_due(state, *dependent);
    }
}

/// The turn of a stage has come once all it waited for is settled.
pub(super) fn take_turn_if_due(state: &mut RunState, index: StageIndex) {
    let entry = state.stage(index);
    let is_due = entry.waiting_for == 0 && entry.status == StepStatus::Pending;
    if !is_due || entry.is_removed {
        return;
    }
    if RunState::needs_a_look(state.planned(index)) {
        state.queues.fresh.insert(index);
    } else {
        make_ready(state, index);
    }
}

pub(super) fn make_ready(state: &mut RunState, index: StageIndex) {
    let since = state.version;
    state.stage_mut(index).ready_since = Some(since);
    state.queues.ready.insert((since, index));
}

pub(super) fn leave_queues(state: &mut RunState, index: StageIndex) {
    let queues = &mut state.queues;
    queues.fresh.remove(&index);
    queues.running.remove(&index);
    queues.gates.remove(&index);
    queues.questions.remove(&index);
    if queues.retrying.remove(&index) {
        set_timer(state, index, None);
    }
    if let Some(since) = state.stage_mut(index).ready_since.take() {
        state.queues.ready.remove(&(since, index));
    }
}

pub(super) fn set_timer(state: &mut RunState, index: StageIndex, at: Option<Timestamp>) {
    let before = std::mem::replace(&mut state.stage_mut(index).timer, at);
    if let Some(before) = before {
        state.queues.timers.remove(&(before, index));
    }
    if let Some(at) = at {
        state.queues.timers.insert((at, index));
    }
}

/// Starts or stops the run's clock, as its status says.
pub(super) fn run_clock(state: &mut RunState, at: Timestamp) {
    let works = matches!(
        state.status(),
        ExecutionStatus::Pending | ExecutionStatus::Running
    );
    let clock = &mut state.clock;
    match (works, clock.running_since) {
        (true, None) => clock.running_since = Some(at),
        (false, Some(since)) => {
            clock.worked += at.since(since);
            clock.running_since = None;
        }
        (true, Some(_)) | (false, None) => {}
    }
}
