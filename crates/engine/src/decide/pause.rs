//! Pausing a run, and letting it go on.

use baton_model::Event;

use super::{Decision, ensure_active};
use crate::state::RunState;

pub(super) fn pause_run(state: &RunState, by: &str, reason: Option<&str>) -> Decision {
    match ensure_active(state) {
        Err(rejected) => rejected,
        Ok(()) if state.pause.is_some() => Decision::already_done(),
        Ok(()) => Decision::accepted(vec![Event::RunPaused {
            by: by.to_owned(),
            reason: reason.map(str::to_owned),
        }]),
    }
}

pub(super) fn resume_run(state: &RunState, by: &str) -> Decision {
    match ensure_active(state) {
        Err(rejected) => rejected,
        Ok(()) if state.pause.is_none() => Decision::already_done(),
        Ok(()) => Decision::accepted(vec![Event::RunResumed { by: by.to_owned() }]),
    }
}
