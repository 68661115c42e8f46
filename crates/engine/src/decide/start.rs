//! Starting stages the shell has room for.

use std::collections::BTreeSet;

use baton_model::{Event, StageId, Timestamp};

use super::{Decision, failing};
use crate::pending::startable;
use crate::request::resolve;
use crate::state::{RunState, StageIndex};

/// Starts those of `stages` that may start; the others are passed over, since
/// the shell may have asked on the strength of an older state.
pub(super) fn start_stages(state: &RunState, stages: &[StageId], now: Timestamp) -> Decision {
    let mut room = startable(state).count();
    let mut events = Vec::new();
    let mut seen = BTreeSet::new();
    for index in stages.iter().filter_map(|stage| state.index(stage)) {
        if room == 0 {
            break;
        }
        let is_ready = state.stage(index).ready_since.is_some() && state.may_start(index);
        if !is_ready || !seen.insert(index) {
            continue;
        }
        room -= 1;
        match resolve(state, index) {
            Ok(_) => events.push(started(state, index, now)),
            Err(failure) => {
                let halts = failing::fail_stage(state, index, failure, &mut events);
                if halts {
                    break;
                }
            }
        }
    }
    Decision::accepted(events)
}

fn started(state: &RunState, index: StageIndex, now: Timestamp) -> Event {
    let planned = state.planned(index);
    let stage = state.stage(index);
    Event::StageStarted {
        stage: planned.id.clone(),
        iteration: stage.iteration,
        attempt: stage.attempt + u32::from(!stage.continues),
        dispatch: stage.dispatch + 1,
        deadline: planned.timeout.map(|timeout| now.after(timeout)),
    }
}
