//! An attempt ended, or was lost with its server.

use baton_model::plan::OnCrash;
use baton_model::{
    AttemptReport, Completion, Event, Failure, FailureLabel, Spent, StageId, StepStatus, Timestamp,
};

use super::failing::fail_attempt;
use super::{Decision, answers, edits, failing, find, rework, turns};
use crate::outputs;
use crate::request::resolve;
use crate::state::{RunState, StageIndex, Work};

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
    if let Some(events) = broken_off(state, index) {
        return Decision::accepted(events);
    }
    let entry = state.stage(index);
    if let Work::Summary(draft) = &entry.work {
        return Decision::accepted(vec![turns::summarize(state, index, draft, report)]);
    }
    let timed_out = entry.stopping == Some(FailureLabel::TIMEOUT);
    let events = match report {
        // The deadline had passed before this answer came.
        _ if timed_out => fail_attempt(state, index, out_of_time(state, index), now),
        AttemptReport::Completed(completion) => complete(state, index, completion, now),
        AttemptReport::Failed(failure) => failed(state, index, failure.clone(), now),
        AttemptReport::NeedsInput(_) if entry.stopping.is_some() => vec![cancelled(state, index)],
        AttemptReport::NeedsInput(inquiry) => turns::ask(state, index, inquiry, now),
    };
    Decision::accepted(events)
}

/// Takes what a turn took, once for each.
pub(super) fn record_spent(
    state: &RunState,
    stage: &StageId,
    dispatch: u32,
    spent: &Spent,
) -> Decision {
    let index = match find_running(state, stage, dispatch) {
        Ok(index) => index,
        Err(decision) => return decision,
    };
    if state.stage(index).spent_by >= dispatch {
        return Decision::already_done();
    }
    Decision::accepted(vec![Event::StageSpent {
        stage: stage.clone(),
        dispatch,
        usage: spent.usage,
        session_total: spent.session_total,
    }])
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
    if let Some(events) = broken_off(state, index) {
        return Decision::accepted(events);
    }
    let entry = state.stage(index);
    let crash = Failure::new(FailureLabel::CRASH, "the server stopped during the attempt");
    let events = match (&entry.stopping, &entry.work) {
        // The work itself is done, so only the summary is tried again.
        (None, Work::Summary(_)) if entry.crash_restarts < OnCrash::RESTARTS_MAX => {
            restart(state, index, now)
        }
        (_, Work::Summary(draft)) => {
            vec![turns::completed_with(state, index, draft, Err(crash))]
        }
        (Some(reason), _) if *reason == FailureLabel::TIMEOUT => {
            fail_attempt(state, index, out_of_time(state, index), now)
        }
        (Some(_), _) => vec![cancelled(state, index)],
        (None, _) => lost(state, index, crash, now),
    };
    Decision::accepted(events)
}

/// An attempt was lost that nobody wanted ended.
fn lost(state: &RunState, index: StageIndex, crash: Failure, now: Timestamp) -> Vec<Event> {
    match state.planned(index).on_crash {
        OnCrash::Resume if state.stage(index).crash_restarts < OnCrash::RESTARTS_MAX => {
            restart(state, index, now)
        }
        OnCrash::Retry => fail_attempt(state, index, crash, now),
        OnCrash::Ask => vec![answers::ask_after_crash(state, index, now)],
        OnCrash::Resume | OnCrash::Fail => {
            let mut events = Vec::new();
            failing::fail_stage(state, index, crash, &mut events);
            events
        }
    }
}

/// The same attempt again, provided that it can still be said what it is to
/// do. Work that was to be condensed only is done in any case.
fn restart(state: &RunState, index: StageIndex, now: Timestamp) -> Vec<Event> {
    let planned = state.planned(index);
    match resolve(state, index) {
        Ok(_) => vec![Event::StageRestarted {
            stage: planned.id.clone(),
            dispatch: state.stage(index).dispatch + 1,
            deadline: planned.timeout.map(|timeout| now.after(timeout)),
        }],
        Err(failure) => {
            if let Work::Summary(draft) = &state.stage(index).work {
                return vec![turns::completed_with(state, index, draft, Err(failure))];
            }
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

/// An attempt that was ended because its stage starts over: what it brought
/// was made from what is not true any more.
fn broken_off(state: &RunState, index: StageIndex) -> Option<Vec<Event>> {
    let is_rework = state.stage(index).stopping == Some(FailureLabel::REWORK);
    is_rework.then(|| {
        if !state.is_active() {
            return vec![cancelled(state, index)];
        }
        let mut events = vec![rework::reset(state, index)];
        failing::skip_if_hopeless(state, index, &mut events);
        events
    })
}

fn complete(
    state: &RunState,
    index: StageIndex,
    completion: &Completion,
    now: Timestamp,
) -> Vec<Event> {
    let planned = state.planned(index);
    let outputs = match outputs::check(&planned.outputs, completion.outputs.clone()) {
        Ok(outputs) => outputs,
        Err(failure) => return wrong(state, index, failure, completion.session.as_ref(), now),
    };
    match edits::edits_of_agent(state, &planned.id, &completion.edits) {
        Ok(edited) => {
            let ended = turns::complete(state, index, completion, outputs, now);
            [ended].into_iter().chain(edited).collect()
        }
        Err(words) => {
            let failure = Failure::new(FailureLabel::BAD_OUTPUT, words);
            wrong(state, index, failure, completion.session.as_ref(), now)
        }
    }
}

/// What an attempt brought cannot be taken.
fn wrong(
    state: &RunState,
    index: StageIndex,
    failure: Failure,
    session: Option<&String>,
    now: Timestamp,
) -> Vec<Event> {
    if state.stage(index).stopping.is_some() {
        return vec![cancelled(state, index)];
    }
    turns::repair_or_fail(state, index, failure, session, now)
}

fn failed(state: &RunState, index: StageIndex, failure: Failure, now: Timestamp) -> Vec<Event> {
    if state.stage(index).stopping.is_some() {
        return vec![cancelled(state, index)];
    }
    fail_attempt(state, index, failure, now)
}

fn cancelled(state: &RunState, index: StageIndex) -> Event {
    Event::StageCancelled {
        stage: state.planned(index).id.clone(),
    }
}

fn out_of_time(state: &RunState, index: StageIndex) -> Failure {
    let limit = state.planned(index).timeout.unwrap_or_default();
    Failure::new(
        FailureLabel::TIMEOUT,
        format!("ran out of time after {limit:?}"),
    )
}
