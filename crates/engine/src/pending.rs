//! What the shell has to do for a run: during a transition, and after a crash
//! from the state alone.

use baton_model::Timestamp;

use crate::hooks::{HookRequest, hook_requests};
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
    /// Carry out an action of a hook, and say with
    /// [`baton_model::Command::FinishHook`] what became of it.
    RunHook(Box<HookRequest>),
}

/// The effects that are due in this state: what a server does for a run it
/// takes up. Attempts that are in flight already must not be dispatched again
/// but looked for; which of them are, only the shell can know.
pub fn pending_effects(state: &RunState) -> Vec<Effect> {
    let mut effects = Vec::new();
    for index in &state.queues.running {
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
    let hooks = hook_requests(state, state.due_hooks.iter());
    effects.extend(hooks.map(|hook| Effect::RunHook(Box::new(hook))));
    effects
}

/// Whether nothing is to be done before [`next_deadline`], or before somebody
/// comes: no attempt is in flight, none may start, and no hook is due.
pub fn is_idle(state: &RunState) -> bool {
    state.queues.running.is_empty()
        && startable(state).next().is_none()
        && state.due_hooks.is_empty()
}

/// Stages that may start now, first come first served, as far as the run's
/// own limit allows. The shell starts those it has room for with
/// [`baton_model::Command::StartStages`].
pub fn startable(state: &RunState) -> impl Iterator<Item = StageIndex> + '_ {
    let room = if state.is_active() {
        let limit = state.stages_at_once_max();
        limit.saturating_sub(state.queues.running.len())
    } else {
        0
    };
    let ready = state.queues.ready.iter().map(|(_, index)| *index);
    ready.filter(|index| state.may_start(*index)).take(room)
}

/// When [`baton_model::Command::Advance`] will have something to do by itself.
pub fn next_deadline(state: &RunState) -> Option<Timestamp> {
    let stages = state.queues.timers.first().map(|(at, _)| *at);
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
