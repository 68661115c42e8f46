//! The barriers between batches (`schedule: batches`): a stage is held while
//! a stage of a batch before its own has not ended.
//!
//! A barrier counts as one more stage to wait for. Under the eager schedule
//! nothing here does anything.

use baton_model::StepStatus;

use super::queues::{leave_queues, take_turn_if_due};
use crate::state::{RunState, StageIndex};

/// Counts what is open in each batch, and says who is held. `waiting_for`
/// is left to the caller.
pub(super) fn set_up(state: &mut RunState) {
    if !state.has_barriers() {
        return;
    }
    let open: Vec<u32> = state
        .stages()
        .filter(|(_, _, stage)| !stage.status.is_terminal())
        .map(|(index, _, _)| state.topology.batch(index))
        .collect();
    let n_batches = open.iter().max().map_or(0, |last| *last as usize + 1);
    let mut counts = vec![0_u32; n_batches];
    for batch in open {
        if let Some(count) = counts.get_mut(batch as usize) {
            *count += 1;
        }
    }
    state.queues.batch = first_open(&counts, 0);
    state.queues.open_in_batch = counts;
    for place in 0..state.stages.len() {
        let index = StageIndex::from_place(place);
        let is_held = belongs_behind_barrier(state, index);
        state.stage_mut(index).is_held = is_held;
    }
}

/// A stage has ended; perhaps it was the last of its batch.
pub(super) fn stage_ended(state: &mut RunState, index: StageIndex) {
    if !state.has_barriers() {
        return;
    }
    let batch = state.topology.batch(index);
    let counts = &mut state.queues.open_in_batch;
    if let Some(count) = counts.get_mut(batch as usize) {
        *count -= 1;
    }
    let next = first_open(counts, state.queues.batch);
    if next == state.queues.batch {
        return;
    }
    state.queues.batch = next;
    for member in state.topology.members(next).to_vec() {
        let entry = state.stage_mut(member);
        if std::mem::take(&mut entry.is_held) {
            entry.waiting_for -= 1;
            take_turn_if_due(state, member);
        }
    }
}

/// A stage waits for its turn again; it had ended if `is_one_more`.
pub(super) fn stage_opened(state: &mut RunState, index: StageIndex, is_one_more: bool) {
    if !state.has_barriers() {
        return;
    }
    let batch = state.topology.batch(index);
    let counts = &mut state.queues.open_in_batch;
    if counts.len() <= batch as usize {
        counts.resize(batch as usize + 1, 0);
    }
    if let (true, Some(count)) = (is_one_more, counts.get_mut(batch as usize)) {
        *count += 1;
    }
    if batch < state.queues.batch {
        state.queues.batch = batch;
        for place in 0..state.stages.len() {
            hold_if_early(state, StageIndex::from_place(place));
        }
    } else {
        hold_if_early(state, index);
    }
}

fn hold_if_early(state: &mut RunState, index: StageIndex) {
    let is_held = belongs_behind_barrier(state, index);
    let entry = state.stage_mut(index);
    if is_held && !entry.is_held {
        entry.is_held = true;
        entry.waiting_for += 1;
        leave_queues(state, index);
    }
}

/// Whether a stage has to wait for batches before its own. An attempt that
/// is only interrupted, by a question or a retry, goes on all the same.
pub(crate) fn belongs_behind_barrier(state: &RunState, index: StageIndex) -> bool {
    let entry = state.stage(index);
    state.has_barriers()
        && !entry.is_removed
        && entry.status == StepStatus::Pending
        && entry.attempt == 0
        && state.topology.batch(index) > state.queues.batch
}

/// The first batch from `from` on with a stage that has not ended;
/// [`u32::MAX`] when there is none.
fn first_open(counts: &[u32], from: u32) -> u32 {
    let rest = counts.get(from as usize..).unwrap_or_default();
    let found = (from..).zip(rest).find(|(_, count)| **count > 0);
    found.map_or(u32::MAX, |(batch, _)| batch)
}
