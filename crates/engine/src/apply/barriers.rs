//! The barriers between batches (`schedule: batches`): a stage is held while
//! a stage of a batch before its own is awaited. Awaited is whatever has not
//! ended, unless it can never start as things stand: what nobody will do
//! holds nobody back.
//!
//! A barrier counts as one more stage to wait for. Under the eager schedule
//! nothing here does anything.

use std::sync::Arc;

use baton_model::StepStatus;

use super::queues::{leave_queues, take_turn_if_due};
use crate::state::{RunState, StageIndex};

/// Counts what is awaited in each batch, and says who is held. `waiting_for`
/// is left to the caller.
pub(super) fn set_up(state: &mut RunState) {
    if !state.has_barriers() {
        return;
    }
    let blocked_by = blocked_by(state);
    let mut counts = Vec::new();
    for (place, blocked_by) in blocked_by.into_iter().enumerate() {
        let index = StageIndex::from_place(place);
        state.stage_mut(index).blocked_by = blocked_by;
        let blocks = blocks(state, index, blocked_by);
        let is_awaited = is_awaited(state, index, blocks);
        let entry = state.stage_mut(index);
        entry.blocks = blocks;
        entry.is_awaited = is_awaited;
        if is_awaited {
            *count_of(&mut counts, state.topology.batch(index)) += 1;
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
    if state.has_barriers() {
        let reopened = recount(state, index);
        move_barrier(state, reopened);
    }
}

/// A stage waits for its turn again.
pub(super) fn stage_opened(state: &mut RunState, index: StageIndex) {
    if state.has_barriers() {
        let reopened = recount(state, index);
        move_barrier(state, reopened);
        hold_if_early(state, index);
    }
}

/// Counts a stage anew, and whoever can start no more, or again, because of
/// it. Says which is the first batch in which one more is awaited.
fn recount(state: &mut RunState, index: StageIndex) -> Option<u32> {
    let topology = Arc::clone(&state.topology);
    let mut reopened: Option<u32> = None;
    let mut changed = vec![index];
    while let Some(index) = changed.pop() {
        let blocks = blocks(state, index, state.stage(index).blocked_by);
        let is_awaited = is_awaited(state, index, blocks);
        let entry = state.stage_mut(index);
        let was_awaited = std::mem::replace(&mut entry.is_awaited, is_awaited);
        let has_blocked = std::mem::replace(&mut entry.blocks, blocks);
        let batch = topology.batch(index);
        let count = count_of(&mut state.queues.open_in_batch, batch);
        if is_awaited && !was_awaited {
            *count += 1;
            reopened = Some(reopened.map_or(batch, |first| first.min(batch)));
        } else if was_awaited && !is_awaited {
            *count -= 1;
        }
        if blocks == has_blocked {
            continue;
        }
        for dependent in topology.dependents(index) {
            let entry = state.stage_mut(*dependent);
            if blocks {
                entry.blocked_by += 1;
            } else {
                entry.blocked_by -= 1;
            }
            changed.push(*dependent);
        }
    }
    reopened
}

/// Puts the barrier before the first batch in which a stage is awaited.
fn move_barrier(state: &mut RunState, reopened: Option<u32>) {
    let batch = state.queues.batch;
    let next = match reopened.filter(|reopened| *reopened < batch) {
        Some(reopened) => reopened,
        None => first_open(&state.queues.open_in_batch, batch),
    };
    state.queues.batch = next;
    if next < batch {
        for place in 0..state.stages.len() {
            hold_if_early(state, StageIndex::from_place(place));
        }
    } else if next > batch {
        for member in state.topology.members(batch + 1, next).to_vec() {
            let entry = state.stage_mut(member);
            if std::mem::take(&mut entry.is_held) {
                entry.waiting_for -= 1;
                take_turn_if_due(state, member);
            }
        }
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
    state.has_barriers()
        && has_not_begun(state, index)
        && state.topology.batch(index) > state.queues.batch
}

/// Whether later batches wait for a stage that `blocks` its dependents or not.
pub(crate) fn is_awaited(state: &RunState, index: StageIndex, blocks: bool) -> bool {
    let entry = state.stage(index);
    !entry.is_removed && !entry.status.is_terminal() && !blocks
}

/// For each stage, how many of those it depends on will never let it start
/// as things stand; counted from nothing.
pub(crate) fn blocked_by(state: &RunState) -> Vec<u32> {
    let mut counts = vec![0_u32; state.stages.len()];
    // Batch by batch, so that a stage comes after all it depends on.
    for index in state.topology.members(0, u32::MAX) {
        let blocked_by = counts.get(index.get()).copied().unwrap_or_default();
        if !blocks(state, *index, blocked_by) {
            continue;
        }
        for dependent in state.topology.dependents(*index) {
            if let Some(count) = counts.get_mut(dependent.get()) {
                *count += 1;
            }
        }
    }
    counts
}

/// Whether what depends on a stage can never start as things stand: it has
/// not ended well enough, or cannot start itself. Rework may change that.
pub(crate) fn blocks(state: &RunState, index: StageIndex, blocked_by: u32) -> bool {
    let entry = state.stage(index);
    let has_ended = entry.status.is_terminal() && !entry.is_removed;
    (has_ended && !entry.released) || (has_not_begun(state, index) && blocked_by > 0)
}

/// Whether the stage waits for its first attempt.
fn has_not_begun(state: &RunState, index: StageIndex) -> bool {
    let entry = state.stage(index);
    !entry.is_removed && entry.status == StepStatus::Pending && entry.attempt == 0
}

/// The count of a batch, which may be the first that is heard of it.
fn count_of(counts: &mut Vec<u32>, batch: u32) -> &mut u32 {
    let place = batch as usize;
    if counts.len() <= place {
        counts.resize(place + 1, 0);
    }
    counts
        .get_mut(place)
        .expect("the list has just been made long enough")
}

/// The first batch from `from` on with a stage that is awaited; [`u32::MAX`]
/// when there is none.
fn first_open(counts: &[u32], from: u32) -> u32 {
    let rest = counts.get(from as usize..).unwrap_or_default();
    let found = rest.iter().position(|count| *count > 0);
    let batches_on = found.and_then(|place| u32::try_from(place).ok());
    batches_on.map_or(u32::MAX, |place| from + place)
}
