//! What became of a hook: noted, and nothing else, also after the run's end.

use baton_model::{Event, HookKey};

use super::Decision;
use crate::state::RunState;

pub(super) fn finish_hook(state: &RunState, hook: HookKey, error: Option<&str>) -> Decision {
    if !state.due_hooks.contains(&hook) {
        return Decision::already_done();
    }
    let HookKey { end, point, place } = hook;
    Decision::accepted(vec![Event::HookFinished {
        point,
        place,
        end: (end > 0).then_some(end),
        error: error.map(str::to_owned),
    }])
}
