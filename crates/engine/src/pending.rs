//! What the shell has to do for a run: during a transition, and after a crash
//! from the state alone.

use baton_model::Timestamp;

use crate::request::{StageRequest, bare_request, request};
use crate::state::{Phase, RunState, StageIndex};

/// Something for the shell to do once the events are durable.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Hand an attempt to its agent.
    Dispatch(Box<StageRequest>),
    /// End a running attempt; its answer is still awaited.
    CancelAttempt {
        /// The stage.
        index: StageIndex,
        /// The attempt.
        dispatch: u32,
    },
}

/// The effects that are due in this state: what a server does for a run it
/// takes up. Attempts that are in flight already must not be dispatched again
/// but looked for; which of them are, only the shell can know.
pub fn pending_effects(state: &RunState) -> Vec<Effect> {
    let mut effects = Vec::new();
    for index in &state.work.running {
        let stage = state.stage(*index);
        // What an attempt was asked is only needed to ask it again. Where it
        // cannot be made any more, the attempt is still to be found and ended.
        let request = request(state, *index).unwrap_or_else(|_| bare_request(state, *index));
        effects.push(Effect::Dispatch(Box::new(request)));
        if stage.stopping.is_some() {
            effects.push(Effect::CancelAttempt {
                index: *index,
                dispatch: stage.dispatch,
            });
        }
    }
    effects
}

/// Stages that may start now, first come first served, as far as the run's
/// own limit allows. The shell starts those it has room for with
/// [`baton_model::Command::StartStages`].
pub fn startable(state: &RunState) -> impl Iterator<Item = StageIndex> + '_ {
    let limit = state.plan().settings.stages_at_once_max as usize;
    let room = if state.is_active() {
        limit.saturating_sub(state.work.running.len())
    } else {
        0
    };
    state.work.ready.iter().map(|(_, index)| *index).take(room)
}

/// When [`baton_model::Command::Advance`] will have something to do by itself.
pub fn next_deadline(state: &RunState) -> Option<Timestamp> {
    let stages = state.work.timers.first().map(|(at, _)| *at);
    match &state.phase {
        Phase::Active => [stages, run_deadline(state)].into_iter().flatten().min(),
        Phase::Stopping { .. } | Phase::Ended { .. } => None,
    }
}

/// When the run as a whole runs out of time, if its clock goes on.
pub(crate) fn run_deadline(state: &RunState) -> Option<Timestamp> {
    let limit = state.plan().settings.timeout?;
    let since = state.clock.running_since?;
    Some(since.after(limit.saturating_sub(state.clock.worked)))
}
