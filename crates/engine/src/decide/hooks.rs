//! What became of a hook: noted, and nothing else, also after the run's end.

use baton_model::Event;
use baton_model::plan::HookPoint;

use super::Decision;
use crate::state::RunState;

pub(super) fn finish_hook(
    state: &RunState,
    point: HookPoint,
    place: u32,
    error: Option<&str>,
) -> Decision {
    if !state.due_hooks.contains(&(point, place)) {
        return Decision::already_done();
    }
    Decision::accepted(vec![Event::HookFinished {
        point,
        place,
        error: error.map(str::to_owned),
    }])
}
