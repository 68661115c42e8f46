//! What must hold over a whole history, checked event by event.

use std::collections::BTreeSet;

use baton_engine::table::RunPhase;
use baton_engine::{
    Effect, RunState, StageIndex, apply, invariants, next_deadline, pending_effects, replay,
    startable,
};
use baton_model::plan::HookPoint;
use baton_model::{Event, ExecutionStatus, HookKey, Recorded, RunId, StageId, StepStatus};
use uuid::Uuid;

/// A transition that was seen: the event, from where, to where.
pub(crate) type Seen = (&'static str, &'static str, &'static str);

/// Where a run and its stages stood before an event.
struct Before {
    phase: RunPhase,
    stages: Vec<(StageIndex, StepStatus)>,
}

impl Before {
    fn of(state: &RunState) -> Self {
        let stages = state
            .stages()
            .map(|(index, _, stage)| (index, stage.status));
        Self {
            phase: state.phase(),
            stages: stages.collect(),
        }
    }
}

/// What was seen of a run so far.
pub(crate) struct Ledger {
    /// The run, one event at a time.
    shadow: RunState,
    completed: BTreeSet<(StageId, u32)>,
    dispatched: BTreeSet<(StageId, u32)>,
    n_ends: u32,
    hooks_owed: BTreeSet<(u32, HookPoint)>,
    hooks_called: BTreeSet<HookKey>,
    pub(crate) transitions: BTreeSet<Seen>,
}

impl Ledger {
    pub(crate) fn new(events: &[Recorded], effects: &[Effect]) -> Self {
        let (first, rest) = events.split_first().unwrap();
        let shadow = replay(RunId::new(Uuid::nil()), std::slice::from_ref(first)).unwrap();
        invariants::check(&shadow).unwrap();
        let mut ledger = Self {
            shadow,
            completed: BTreeSet::new(),
            dispatched: BTreeSet::new(),
            n_ends: 0,
            hooks_owed: [(0, HookPoint::OnStart)].into(),
            hooks_called: BTreeSet::new(),
            transitions: [("run_created", "", "active")].into(),
        };
        ledger.observe(rest, effects);
        ledger
    }

    pub(crate) fn observe(&mut self, events: &[Recorded], effects: &[Effect]) {
        for recorded in events {
            let before = Before::of(&self.shadow);
            apply(&mut self.shadow, recorded).unwrap();
            if let Err(what) = invariants::check(&self.shadow) {
                panic!("after {recorded:?}: {what}");
            }
            self.note_transitions(&before, &recorded.event);
            self.note_event(&recorded.event);
        }
        for effect in effects {
            self.note_effect(effect);
        }
    }

    /// What must hold between two commands.
    pub(crate) fn check(&self, state: &RunState) {
        assert_eq!(
            &self.shadow, state,
            "event by event is as good as at a stroke"
        );
        assert!(!is_stuck(state), "nothing can ever happen: {state:?}");
        for effect in pending_effects(state) {
            match effect {
                Effect::Dispatch(request) => assert!(
                    self.dispatched
                        .contains(&(request.key.stage.clone(), request.key.dispatch)),
                    "{:?} was never handed to an agent",
                    request.key
                ),
                Effect::RunHook(hook) => assert!(
                    self.hooks_called.contains(&hook.key),
                    "{:?} was never called",
                    hook.key
                ),
                Effect::CancelAttempt { .. } => {}
            }
        }
    }

    fn note_transitions(&mut self, before: &Before, event: &Event) {
        let after = &self.shadow;
        let own = event.stage().and_then(|stage| after.index(stage));
        for (index, from) in &before.stages {
            let to = after.stage(*index).status;
            if own == Some(*index) || *from != to {
                let seen = (event.name(), from.as_str(), to.as_str());
                self.transitions.insert(seen);
            }
        }
        if own.is_none() {
            let (from, to) = (before.phase, after.phase());
            let seen = (event.name(), from.as_str(), to.as_str());
            self.transitions.insert(seen);
        }
    }

    fn note_event(&mut self, event: &Event) {
        if let Event::StageStarted {
            stage, iteration, ..
        } = event
        {
            assert!(
                !self.completed.contains(&(stage.clone(), *iteration)),
                "`{stage}` has completed and starts again"
            );
        } else if let Event::StageCompleted { stage, .. } | Event::GateApproved { stage, .. } =
            event
        {
            let index = self.shadow.index(stage).unwrap();
            let iteration = self.shadow.stage(index).iteration;
            assert!(
                self.completed.insert((stage.clone(), iteration)),
                "`{stage}` completed twice"
            );
        } else if let Event::RunEnded { status, .. } = event {
            self.n_ends += 1;
            let point = match status {
                ExecutionStatus::Completed => HookPoint::OnComplete,
                ExecutionStatus::Failed => HookPoint::OnFailure,
                _ => return,
            };
            self.hooks_owed.insert((self.n_ends, point));
        }
    }

    fn note_effect(&mut self, effect: &Effect) {
        match effect {
            Effect::Dispatch(request) => {
                let key = (request.key.stage.clone(), request.key.dispatch);
                assert!(
                    self.dispatched.insert(key),
                    "{:?} is handed out twice",
                    request.key
                );
            }
            Effect::RunHook(hook) => {
                let is_owed = self.hooks_owed.contains(&(hook.key.end, hook.key.point));
                assert!(is_owed, "{:?} is called, and not owed", hook.key);
                let is_first = self.hooks_called.insert(hook.key);
                assert!(is_first, "{:?} is called twice", hook.key);
            }
            Effect::CancelAttempt { .. } => {}
        }
    }
}

/// Whether a run goes on neither by itself nor through a person.
fn is_stuck(state: &RunState) -> bool {
    let asks = state
        .stages()
        .any(|(.., stage)| stage.status == StepStatus::WaitingForInput);
    !state.status().is_terminal()
        && state.status() != ExecutionStatus::Paused
        && !state.has_attempts_in_flight()
        && startable(state).next().is_none()
        && next_deadline(state).is_none()
        && state.open_gates().next().is_none()
        && !asks
}
