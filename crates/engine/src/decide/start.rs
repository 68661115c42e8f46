//! Starting stages the shell has room for.

use baton_model::{Event, StageId, Timestamp};

use super::{Decision, failing, find};
use crate::pending::startable;
use crate::request::resolve;
use crate::state::{RunState, StageIndex};

/// Starts those of `stages` that may start; the others are passed over, since
/// the shell may have asked on the strength of an older state.
pub(super) fn start_stages(state: &RunState, stages: &[StageId], now: Timestamp) -> Decision {
    let mut room = startable(state).count();
    let mut events = Vec::new();
    for stage in stages {
        let index = match find(state, stage) {
            Ok(index) => index,
            Err(rejected) => return rejected,
        };
        if room == 0 {
            break;
        }
        if state.stage(index).ready_since.is_none() {
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
        attempt: stage.attempt + 1,
        dispatch: stage.dispatch + 1,
        deadline: planned.timeout.map(|timeout| now.after(timeout)),
    }
}
