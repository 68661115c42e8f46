//! An attempt ended, or was lost with its server.

use baton_model::plan::OnCrash;
use baton_model::{
    AttemptReport, Completion, Event, Failure, FailureLabel, StageId, StepStatus, Timestamp,
};

use super::failing::fail_attempt;
use super::{Decision, failing, find};
use crate::outputs;
use crate::request::resolve;
use crate::state::{RunState, StageIndex};

/// Takes an agent's answer. Late and repeated ones change nothing.
pub(super) fn settle_attempt(
    state: &RunState,
    stage: &StageId,
    dispatch: u32,
    report: &AttemptReport,
    now: Timestamp,
) -> Decision {
    let index = match find_running(state, stage, dispatch) {
        Ok(index) => index,
        Err(decision) => return decision,
    };
    let timed_out = state.stage(index).stopping == Some(FailureLabel::TIMEOUT);
    let events = match report {
        // The deadline had passed before this answer came.
        _ if timed_out => fail_attempt(state, index, out_of_time(state, index), now),
        AttemptReport::Completed(completion) => complete(state, index, completion, now),
        AttemptReport::Failed(failure) => failed(state, index, failure.clone(), now),
    };
    Decision::accepted(events)
}

/// Nothing is left of an attempt: what `on_crash` says.
pub(super) fn lose_attempt(
    state: &RunState,
    stage: &StageId,
    dispatch: u32,
    now: Timestamp,
) -> Decision {
    let index = match find_running(state, stage, dispatch) {
        Ok(index) => index,
        Err(decision) => return decision,
    };
    let planned = state.planned(index);
    let entry = state.stage(index);
    let crash = Failure::new(FailureLabel::CRASH, "the server stopped during the attempt");
    let events = match (&entry.stopping, planned.on_crash) {
        (Some(reason), _) if *reason == FailureLabel::TIMEOUT => {
            fail_attempt(state, index, out_of_time(state, index), now)
        }
        (Some(_), _) => vec![Event::StageCancelled {
            stage: stage.clone(),
        }],
        (None, OnCrash::Resume) if entry.crash_restarts < OnCrash::RESTARTS_MAX => {
            restart(state, index, now)
        }
        (None, OnCrash::Retry) => fail_attempt(state, index, crash, now),
        (None, OnCrash::Resume | OnCrash::Fail) => {
            let mut events = Vec::new();
            failing::fail_stage(state, index, crash, &mut events);
            events
        }
    };
    Decision::accepted(events)
}

/// The same attempt again, provided that it can still be said what it is to do.
fn restart(state: &RunState, index: StageIndex, now: Timestamp) -> Vec<Event> {
    let planned = state.planned(index);
    match resolve(state, index) {
        Ok(_) => vec![Event::StageRestarted {
            stage: planned.id.clone(),
            dispatch: state.stage(index).dispatch + 1,
            deadline: planned.timeout.map(|timeout| now.after(timeout)),
        }],
        Err(failure) => {
            let mut events = Vec::new();
            failing::fail_stage(state, index, failure, &mut events);
            events
        }
    }
}

/// The stage, if `dispatch` is what it is running now.
fn find_running(state: &RunState, stage: &StageId, dispatch: u32) -> Result<StageIndex, Decision> {
    let index = find(state, stage)?;
    let entry = state.stage(index);
    if entry.status == StepStatus::Running && entry.dispatch == dispatch {
        Ok(index)
    } else {
        Err(Decision::already_done())
    }
}

fn complete(
    state: &RunState,
    index: StageIndex,
    completion: &Completion,
    now: Timestamp,
) -> Vec<Event> {
    let planned = state.planned(index);
    match outputs::check(&planned.outputs, completion.outputs.clone()) {
        Ok(outputs) => vec![Event::StageCompleted {
            stage: planned.id.clone(),
            dispatch: state.stage(index).dispatch,
            outputs,
            session: completion.session.clone(),
        }],
        Err(failure) => failed(state, index, failure, now),
    }
}

fn failed(state: &RunState, index: StageIndex, failure: Failure, now: Timestamp) -> Vec<Event> {
    if state.stage(index).stopping.is_some() {
        return vec![Event::StageCancelled {
            stage: state.planned(index).id.clone(),
        }];
    }
    fail_attempt(state, index, failure, now)
}

fn out_of_time(state: &RunState, index: StageIndex) -> Failure {
    let limit = state.planned(index).timeout.unwrap_or_default();
    Failure::new(
        FailureLabel::TIMEOUT,
        format!("ran out of time after {limit:?}"),
    )
}
