//! Events change the state; nothing is chosen here.
//!
//! An event that does not fit the state is refused and leaves the state as it
//! was: either the log is damaged or the engine has a fault, and going on
//! would be guessing.

pub(crate) mod barriers;
pub(crate) mod queues;
mod stage;

use std::collections::BTreeSet;
use std::sync::Arc;

use baton_model::event::{ReusedStage, RunCreated};
use baton_model::plan::HookPoint;
use baton_model::{Edit, Event, ExecutionStatus, HookKey, Recorded, RunId, StepStatus, Timestamp};

use crate::graph::{self, Edited};
use crate::state::{Handed, Phase, Queues, RunState, StageIndex, StageState, WorkClock};
use crate::table;
use crate::topology::Topology;

use queues::{forget_outcome, leave_queues, releases, requeue, run_clock};
use stage::{change_stage, forget_session};

/// An event that cannot have happened in this state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("event {seq} (`{kind}`) cannot follow: {reason}")]
pub struct IllegalEvent {
    /// Its place in the log.
    pub seq: u64,
    /// Its stored name.
    pub kind: &'static str,
    /// What does not fit.
    pub reason: String,
}

/// Rebuilds a run from its whole log.
pub fn replay(run: RunId, events: &[Recorded]) -> Result<RunState, IllegalEvent> {
    let Some((first, rest)) = events.split_first() else {
        return Err(IllegalEvent {
            seq: 0,
            kind: "none",
            reason: "the log is empty".to_owned(),
        });
    };
    let mut state = from_first(run, first)?;
    for recorded in rest {
        apply(&mut state, recorded)?;
    }
    Ok(state)
}

/// The state after a run's first event.
pub(crate) fn from_first(run: RunId, recorded: &Recorded) -> Result<RunState, IllegalEvent> {
    let refuse = |reason: String| illegal(recorded, reason);
    let Event::RunCreated(created) = &recorded.event else {
        return Err(refuse("a log begins with `run_created`".to_owned()));
    };
    if recorded.seq != 1 {
        return Err(refuse("a log begins at 1".to_owned()));
    }
    if created.format > RunCreated::FORMAT {
        return Err(refuse(format!(
            "format {} is newer than this release",
            created.format
        )));
    }
    let stages = &created.plan.stages;
    let topology =
        Topology::new(|| stages.iter(), |_| true).map_err(|bad| refuse(bad.to_string()))?;
    let mut state = RunState {
        id: run,
        version: 1,
        created: Arc::new(RunCreated::clone(created)),
        plan: Arc::clone(&created.plan),
        created_at: recorded.at,
        started_at: None,
        phase: Phase::Active,
        pause: None,
        queues: Queues::default(),
        stages: vec![StageState::pending(0); stages.len()],
        topology: Arc::new(topology),
        clock: WorkClock::default(),
        n_ends: 0,
        due_hooks: BTreeSet::new(),
    };
    for reused in &created.reused {
        reuse(&mut state, reused).map_err(refuse)?;
    }
    requeue(&mut state);
    owe_hooks(&mut state, HookPoint::OnStart);
    run_clock(&mut state, recorded.at);
    Ok(state)
}

/// A stage that need not run, since an earlier run has its result.
fn reuse(state: &mut RunState, reused: &ReusedStage) -> Result<(), String> {
    let index = state
        .index(&reused.stage)
        .ok_or_else(|| format!("there is no stage `{}` to reuse", reused.stage))?;
    let status = match reused.outputs {
        Some(_) => StepStatus::Completed,
        None => StepStatus::Skipped,
    };
    let released = releases(state, index, status);
    let entry = state.stage_mut(index);
    entry.status = status;
    entry.released = released;
    entry.outputs = reused.outputs.clone().map(Arc::new);
    if reused.text.is_some() || reused.summary.is_some() {
        entry.handed = Some(Arc::new(Handed {
            text: reused.text.clone(),
            summary: reused.summary.clone(),
            summary_failure: None,
        }));
    }
    Ok(())
}

/// Notes what the hooks of a point are to do.
fn owe_hooks(state: &mut RunState, point: HookPoint) {
    let n_actions = state.plan.hooks.at(point).len();
    let places = 0..u32::try_from(n_actions).unwrap_or(u32::MAX);
    let end = state.n_ends;
    let keys = places.map(|place| HookKey { end, point, place });
    state.due_hooks.extend(keys);
}

/// Adds one event to the state.
pub fn apply(state: &mut RunState, recorded: &Recorded) -> Result<(), IllegalEvent> {
    if recorded.seq != state.version + 1 {
        let reason = format!("it should have number {}", state.version + 1);
        return Err(illegal(recorded, reason));
    }
    let refuse = |reason: String| illegal(recorded, reason);
    check(state, &recorded.event).map_err(refuse)?;
    if let Event::GraphEdited { edits, by, .. } = &recorded.event {
        let edited = graph::edit(state, edits).map_err(|error| refuse(error.to_string()))?;
        state.version = recorded.seq;
        edit_graph(state, (edits, by), edited);
    } else {
        state.version = recorded.seq;
        change(state, &recorded.event, recorded.at);
    }
    run_clock(state, recorded.at);
    Ok(())
}

fn illegal(recorded: &Recorded, reason: String) -> IllegalEvent {
    IllegalEvent {
        seq: recorded.seq,
        kind: recorded.event.name(),
        reason,
    }
}

/// Whether the event fits the state.
fn check(state: &RunState, event: &Event) -> Result<(), String> {
    match event.stage() {
        Some(id) => {
            let index = state
                .index(id)
                .ok_or_else(|| format!("there is no stage `{id}`"))?;
            if matches!(state.phase, Phase::Ended { .. }) {
                return Err("the run has ended".to_owned());
            }
            check_stage(state.stage(index), event)
        }
        None => check_run(state, event),
    }
}

fn check_stage(stage: &StageState, event: &Event) -> Result<(), String> {
    if !table::allows_stage(event, stage.status) {
        return Err(format!("the stage is {}", stage.status));
    }
    if matches!(event, Event::StageStarted { .. }) && stage.ready_since.is_none() {
        return Err("the stage is not ready".to_owned());
    }
    if let Event::StageSpent { dispatch, .. } = event
        && (*dispatch <= stage.spent_by || *dispatch > stage.dispatch)
    {
        return Err("what it took is known already".to_owned());
    }
    if matches!(event, Event::StageReset { .. }) && stage.is_untouched() {
        return Err("nothing was done for the stage yet".to_owned());
    }
    Ok(())
}

fn check_run(state: &RunState, event: &Event) -> Result<(), String> {
    if !table::allows_run(event, state.phase()) {
        return Err(format!("the run is {}", state.phase()));
    }
    if let Event::HookFinished {
        point, place, end, ..
    } = event
    {
        let is_due = |key: &HookKey| is_meant(key, (*point, *place), *end);
        if !state.due_hooks.iter().any(is_due) {
            return Err("no such hook is due".to_owned());
        }
    }
    if matches!(event, Event::RunReopened { .. }) && !state.plan.settings.reopenable {
        return Err("the run cannot be reopened".to_owned());
    }
    if matches!(event, Event::RunEnded { .. }) && state.queues.open > 0 {
        return Err("stages are still open".to_owned());
    }
    Ok(())
}

fn change(state: &mut RunState, event: &Event, at: Timestamp) {
    if let Some(index) = event.stage().and_then(|stage| state.index(stage)) {
        change_stage(state, index, event, at);
    } else {
        change_run(state, event, at);
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "events that concern a stage are `change_stage`'s"
)]
fn change_run(state: &mut RunState, event: &Event, at: Timestamp) {
    match event {
        Event::RunPaused { .. } => {
            state.pause = Some(state.unfinished_batch());
        }
        Event::RunResumed { .. } => state.pause = None,
        Event::RunReopened { .. } => reopen_run(state),
        Event::HookFinished {
            point, place, end, ..
        } => {
            let is_done = |key: &HookKey| is_meant(key, (*point, *place), *end);
            state.due_hooks.retain(|key| !is_done(key));
        }
        Event::RunStopping { outcome, reason } => {
            state.pause = None;
            state.phase = Phase::Stopping {
                outcome: *outcome,
                reason: reason.clone(),
            };
        }
        Event::RunEnded { status, error } => end_run(state, *status, error.as_ref(), at),
        _ => {}
    }
}

/// Whether the end of an action of a hook is that of `key`. Without a number
/// of its own it is that of every one so far.
fn is_meant(key: &HookKey, action: (HookPoint, u32), end: Option<u32>) -> bool {
    (key.point, key.place) == action && end.is_none_or(|end| end == key.end)
}

fn end_run(state: &mut RunState, status: ExecutionStatus, error: Option<&String>, at: Timestamp) {
    state.pause = None;
    state.n_ends += 1;
    state.phase = Phase::Ended {
        status,
        error: error.cloned(),
        at,
    };
    if status == ExecutionStatus::Completed {
        owe_hooks(state, HookPoint::OnComplete);
    } else if status == ExecutionStatus::Failed {
        owe_hooks(state, HookPoint::OnFailure);
    }
}

/// What was cancelled with the run waits for its turn again.
fn reopen_run(state: &mut RunState) {
    state.phase = Phase::Active;
    for place in 0..state.stages.len() {
        let index = StageIndex::from_place(place);
        let entry = state.stage(index);
        if entry.status == StepStatus::Cancelled && !entry.is_removed {
            let iteration = entry.iteration + u32::from(entry.dispatch > 0);
            let entry = state.stage_mut(index);
            forget_outcome(entry, iteration);
            if let Some(talk) = &mut entry.talk {
                talk.forget_questions();
            }
            forget_session(state, index);
        }
    }
    requeue(state);
}

fn edit_graph(state: &mut RunState, (edits, by): (&[Edit], &str), edited: Edited) {
    for edit in edits {
        // Its condition may be another now.
        if let Some(index) = state.index(edit.stage()) {
            leave_queues(state, index);
        }
    }
    for index in edited.removed {
        leave_queues(state, index);
        state.stage_mut(index).is_removed = true;
    }
    let plan = Arc::make_mut(&mut state.plan);
    for (index, stage) in edited.stages {
        match plan.stages.get_mut(index.get()) {
            Some(place) => *place = stage,
            None => plan.stages.push(stage),
        }
    }
    let n_stages = plan.stages.len();
    state.topology = Arc::new(edited.topology);
    state
        .stages
        .resize_with(n_stages, || StageState::pending(0));
    let by: Arc<str> = Arc::from(by);
    for edit in edits {
        if let Some(index) = state.index(edit.stage()) {
            state.stage_mut(index).written_by = Some(Arc::clone(&by));
        }
    }
    requeue(state);
}
