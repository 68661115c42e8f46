//! One command carried through: decided, applied, and followed by everything
//! that is due by itself, until nothing more follows.

use std::collections::BTreeSet;

use baton_model::event::RunCreated;
use baton_model::{Command, Event, HookKey, Recorded, RunId, Timestamp};

use crate::apply::{IllegalEvent, apply, from_first};
use crate::decide::{Outcome, decide};
use crate::hooks::hook_requests;
use crate::pending::Effect;
use crate::request;
use crate::state::RunState;

/// What a command led to. The events are applied already; they must be made
/// durable before the effects are performed or the outcome is told anybody.
#[derive(Clone, Debug, PartialEq)]
pub struct Transition {
    /// The answer to the command.
    pub outcome: Outcome,
    /// New events in order.
    pub events: Vec<Recorded>,
    /// What to do once they are durable.
    pub effects: Vec<Effect>,
}

/// Carries out `command` on `state`.
///
/// An error means that the engine contradicts itself; the state must then be
/// dropped and loaded again.
pub fn transition(
    state: &mut RunState,
    command: &Command,
    now: Timestamp,
) -> Result<Transition, IllegalEvent> {
    let decision = decide(state, command, now);
    let mut done = Transition {
        outcome: decision.outcome,
        events: Vec::new(),
        effects: Vec::new(),
    };
    if matches!(done.outcome, Outcome::Rejected(_)) {
        return Ok(done);
    }
    record(state, decision.events, now, &mut done)?;
    settle_down(state, now, &mut done)?;
    Ok(done)
}

/// The state and the first events of a new run.
pub fn create(
    run: RunId,
    created: RunCreated,
    now: Timestamp,
) -> Result<(RunState, Transition), IllegalEvent> {
    let first = Recorded {
        seq: 1,
        at: now,
        event: Event::RunCreated(Box::new(created)),
    };
    let mut state = from_first(run, &first)?;
    let mut done = Transition {
        outcome: Outcome::Accepted,
        events: vec![first],
        effects: newly_owed_hooks(&state, &BTreeSet::new()).collect(),
    };
    settle_down(&mut state, now, &mut done)?;
    Ok((state, done))
}

/// Lets the run advance until nothing is due any more.
fn settle_down(
    state: &mut RunState,
    now: Timestamp,
    done: &mut Transition,
) -> Result<(), IllegalEvent> {
    loop {
        let decision = decide(state, &Command::Advance, now);
        if decision.events.is_empty() {
            return Ok(());
        }
        record(state, decision.events, now, done)?;
    }
}

fn record(
    state: &mut RunState,
    events: Vec<Event>,
    now: Timestamp,
    done: &mut Transition,
) -> Result<(), IllegalEvent> {
    for event in events {
        let recorded = Recorded {
            seq: state.version() + 1,
            at: now,
            event,
        };
        let owed_before = state.due_hooks.clone();
        apply(state, &recorded)?;
        done.effects.extend(effect_of(state, &recorded.event));
        done.effects.extend(newly_owed_hooks(state, &owed_before));
        done.events.push(recorded);
    }
    Ok(())
}

/// The hooks that an event has made due; those due before are being carried
/// out already.
fn newly_owed_hooks<'s>(
    state: &'s RunState,
    owed_before: &'s BTreeSet<HookKey>,
) -> impl Iterator<Item = Effect> + 's {
    let owed = state.due_hooks.difference(owed_before);
    hook_requests(state, owed).map(|hook| Effect::RunHook(Box::new(hook)))
}

/// The effect an event calls for, in the state just after it.
fn effect_of(state: &RunState, event: &Event) -> Option<Effect> {
    match event {
        Event::StageStarted { stage, .. }
        | Event::StageRestarted { stage, .. }
        | Event::StageRepairing { stage, .. }
        | Event::StageSummarizing { stage, .. } => {
            let index = state.index(stage)?;
            // `decide` has resolved it before and proposed the start only then.
            request::request(state, index)
                .ok()
                .map(|request| Effect::Dispatch(Box::new(request)))
        }
        Event::StageStopping {
            stage, dispatch, ..
        } => {
            let index = state.index(stage)?;
            Some(Effect::CancelAttempt {
                index,
                dispatch: *dispatch,
            })
        }
        Event::RunCreated(_)
        | Event::RunEnded { .. }
        | Event::StageReady { .. }
        | Event::StageSpent { .. }
        | Event::StageAsked { .. }
        | Event::StageAnswered { .. }
        | Event::StageReopened { .. }
        | Event::StageReset { .. }
        | Event::RunPaused { .. }
        | Event::RunResumed { .. }
        | Event::RunReopened { .. }
        | Event::GraphEdited { .. }
        | Event::HookFinished { .. }
        | Event::StageCompleted { .. }
        | Event::StageRetrying { .. }
        | Event::StageFailed { .. }
        | Event::StageSkipped { .. }
        | Event::StageCancelled { .. }
        | Event::GateOpened { .. }
        | Event::GateApproved { .. }
        | Event::GateRejected { .. }
        | Event::RunStopping { .. } => None,
    }
}

impl Transition {
    /// Whether anything happened.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }
}
