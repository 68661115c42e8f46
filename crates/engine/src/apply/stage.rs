//! What an event changes of the stage it concerns.

use std::sync::Arc;

use baton_model::plan::StageKind;
use baton_model::{Answers, Asker, Event, Failure, FailureLabel, StepStatus, Timestamp};

use super::queues::{end_stage, leave_queues, make_ready, open_again, set_timer};
use crate::state::{
    Asked, Draft, Feedback, GateState, Handed, RunState, StageIndex, StageState, Work,
};
use crate::table::status_after;

pub(super) fn change_stage(state: &mut RunState, index: StageIndex, event: &Event, at: Timestamp) {
    match event {
        Event::StageReady { .. } => {
            leave_queues(state, index);
            make_ready(state, index);
        }
        Event::StageStarted {
            iteration,
            attempt,
            dispatch,
            deadline,
            ..
        } => start(
            state,
            index,
            at,
            (*iteration, *attempt, *dispatch),
            *deadline,
        ),
        Event::StageRestarted {
            dispatch, deadline, ..
        } => {
            begin_again(begin(state, index, at, *dispatch, *deadline));
        }
        Event::StageStopping { reason, .. } => {
            set_timer(state, index, None);
            state.stage_mut(index).stopping = Some(reason.clone());
        }
        Event::StageSpent { .. }
        | Event::StageRepairing { .. }
        | Event::StageSummarizing { .. }
        | Event::StageAsked { .. }
        | Event::StageAnswered { .. } => change_turn(state, index, event, at),
        Event::StageCompleted { .. } => complete(state, index, event, at),
        Event::StageRetrying {
            failure, retry_at, ..
        } => wait_for_retry(state, index, failure, *retry_at),
        Event::StageFailed { failure, .. } => fail(state, index, failure.clone(), at),
        Event::StageSkipped { .. } => end_stage(state, index, StepStatus::Skipped, at),
        Event::StageCancelled { .. } => end_stage(state, index, StepStatus::Cancelled, at),
        Event::StageReopened {
            iteration,
            feedback,
            by,
            ..
        } => reopen(state, index, *iteration, feedback.as_deref(), by),
        Event::StageReset { iteration, .. } => {
            forget_session(state, index);
            state.stage_mut(index).talk = None;
            open_again(state, index, *iteration);
        }
        Event::GateOpened { .. } | Event::GateApproved { .. } | Event::GateRejected { .. } => {
            change_gate(state, index, event, at);
        }
        // These concern no stage.
        Event::RunCreated(_)
        | Event::RunPaused { .. }
        | Event::RunResumed { .. }
        | Event::RunReopened { .. }
        | Event::GraphEdited { .. }
        | Event::HookFinished { .. }
        | Event::RunStopping { .. }
        | Event::RunEnded { .. } => {}
    }
}

/// What changes within one attempt.
fn change_turn(state: &mut RunState, index: StageIndex, event: &Event, at: Timestamp) {
    if let Event::StageSpent {
        dispatch,
        usage,
        session_total,
        ..
    } = event
    {
        let entry = state.stage_mut(index);
        entry.spent = entry.spent.plus(usage);
        entry.spent_by = *dispatch;
        entry.session_total = *session_total;
    } else if let Event::StageRepairing {
        dispatch,
        failure,
        session,
        ..
    } = event
    {
        let deadline = state.stage(index).deadline;
        let entry = begin(state, index, at, *dispatch, deadline);
        entry.repairs += 1;
        entry.session = Some(session.clone());
        let reason = failure.message.clone();
        begin_turn(entry, Work::Repair { reason });
    } else if let Event::StageSummarizing {
        dispatch,
        outputs,
        text,
        session,
        deadline,
        ..
    } = event
    {
        let entry = begin(state, index, at, *dispatch, *deadline);
        entry.session.clone_from(session);
        let draft = Draft {
            outputs: outputs.clone(),
            text: text.clone(),
        };
        begin_turn(entry, Work::Summary(Arc::new(draft)));
    } else if let Event::StageAsked {
        dispatch,
        asker,
        questions,
        session,
        deadline,
        ..
    } = event
    {
        let asked = Asked {
            asker: *asker,
            dispatch: *dispatch,
            questions: questions.clone(),
            deadline: *deadline,
            answered: None,
        };
        ask(state, index, asked, session.as_ref());
    } else if let Event::StageAnswered { answers, by, .. } = event {
        answer(state, index, answers, by);
    }
}

fn change_gate(state: &mut RunState, index: StageIndex, event: &Event, at: Timestamp) {
    if let Event::GateOpened {
        message, deadline, ..
    } = event
    {
        open_gate(state, index, message.as_deref(), *deadline, at);
    } else if let Event::GateApproved { decision, .. } = event {
        state.stage_mut(index).gate.get_or_insert_default().decision = Some(decision.clone());
        end_stage(state, index, StepStatus::Completed, at);
    } else if let Event::GateRejected { decision, .. } = event {
        state.stage_mut(index).gate.get_or_insert_default().decision = Some(decision.clone());
        let words = decision.reason.as_deref().unwrap_or("gate rejected");
        fail(state, index, Failure::new(FailureLabel::DENIED, words), at);
    }
}

fn start(
    state: &mut RunState,
    index: StageIndex,
    at: Timestamp,
    (iteration, attempt, dispatch): (u32, u32, u32),
    deadline: Option<Timestamp>,
) {
    let entry = begin(state, index, at, dispatch, deadline);
    entry.iteration = iteration;
    entry.attempt = attempt;
    if !std::mem::take(&mut entry.continues) {
        entry.turn = 1;
        entry.work = Work::Stage;
        entry.repairs = 0;
        entry.crash_restarts = 0;
        entry.turn_restarts = 0;
    }
}

fn begin(
    state: &mut RunState,
    index: StageIndex,
    at: Timestamp,
    dispatch: u32,
    deadline: Option<Timestamp>,
) -> &mut StageState {
    leave_queues(state, index);
    state.queues.running.insert(index);
    state.started_at.get_or_insert(at);
    set_timer(state, index, deadline);
    let entry = state.stage_mut(index);
    entry.status = StepStatus::Running;
    entry.dispatch = dispatch;
    entry.deadline = deadline;
    entry.started_at = Some(at);
    entry
}

/// The attempt goes on with a turn of its own.
fn begin_turn(entry: &mut StageState, work: Work) {
    entry.turn += 1;
    entry.turn_restarts = 0;
    entry.work = work;
}

/// A crash broke the turn off.
fn begin_again(entry: &mut StageState) {
    entry.crash_restarts += 1;
    entry.turn_restarts += 1;
}

fn ask(state: &mut RunState, index: StageIndex, asked: Asked, session: Option<&String>) {
    leave_queues(state, index);
    state.queues.questions.insert(index);
    set_timer(state, index, asked.deadline);
    let entry = state.stage_mut(index);
    entry.status = StepStatus::WaitingForInput;
    if session.is_some() {
        entry.session = session.cloned();
    }
    entry.talk_mut().asked = Some(asked);
}

fn answer(state: &mut RunState, index: StageIndex, answers: &Answers, by: &str) {
    leave_queues(state, index);
    set_timer(state, index, None);
    let entry = state.stage_mut(index);
    entry.status = StepStatus::Pending;
    entry.continues = true;
    let talk = entry.talk_mut();
    let asker = talk.asked.as_ref().map(|asked| asked.asker);
    if let Some(asked) = &mut talk.asked {
        asked.answered = Some((answers.clone(), by.to_owned()));
    }
    if asker == Some(Asker::Agent) {
        talk.answers.extend(
            answers
                .iter()
                .map(|(name, value)| (name.clone(), value.clone())),
        );
        begin_turn(entry, Work::Stage);
    } else {
        begin_again(entry);
    }
    make_ready(state, index);
}

fn complete(state: &mut RunState, index: StageIndex, event: &Event, at: Timestamp) {
    let Event::StageCompleted {
        outputs,
        session,
        text,
        summary,
        summary_failure,
        ..
    } = event
    else {
        return;
    };
    let entry = state.stage_mut(index);
    entry.outputs = Some(Arc::new(outputs.clone()));
    entry.session.clone_from(session);
    entry.failure = None;
    let hands_on = text.is_some() || summary.is_some() || summary_failure.is_some();
    entry.handed = hands_on.then(|| {
        Arc::new(Handed {
            text: text.clone(),
            summary: summary.clone(),
            summary_failure: summary_failure.clone(),
        })
    });
    end_stage(state, index, StepStatus::Completed, at);
}

fn wait_for_retry(state: &mut RunState, index: StageIndex, failure: &Failure, at: Timestamp) {
    leave_queues(state, index);
    state.queues.retrying.insert(index);
    set_timer(state, index, Some(at));
    let entry = state.stage_mut(index);
    entry.status = StepStatus::Pending;
    entry.stopping = None;
    entry.work = Work::Stage;
    entry.failure = Some(failure.clone());
    // Whatever went wrong may be the session's fault.
    forget_session(state, index);
}

/// The stage begins anew: with a session of its own, or with that of an earlier
/// run, which has taken by now what it has taken.
pub(super) fn forget_session(state: &mut RunState, index: StageIndex) {
    let earlier = match &state.planned(index).kind {
        StageKind::Agent(agent) => agent.session.clone(),
        StageKind::Gate(_) => None,
    };
    let entry = state.stage_mut(index);
    let own = entry.session.take();
    if earlier.is_none() || own.is_some_and(|own| Some(own) != earlier) {
        entry.session_total = None;
    }
}

fn fail(state: &mut RunState, index: StageIndex, failure: Failure, at: Timestamp) {
    let status = status_after(&failure);
    state.stage_mut(index).failure = Some(failure);
    end_stage(state, index, status, at);
}

fn reopen(
    state: &mut RunState,
    index: StageIndex,
    iteration: u32,
    feedback: Option<&str>,
    by: &str,
) {
    let entry = state.stage_mut(index);
    let brought = entry.outputs.take();
    let talk = entry.talk_mut();
    let earlier = talk.feedback.take().and_then(|feedback| feedback.outputs);
    talk.feedback = Some(Feedback {
        text: feedback.map(str::to_owned),
        by: by.to_owned(),
        outputs: brought.or(earlier),
    });
    talk.forget_questions();
    open_again(state, index, iteration);
}

fn open_gate(
    state: &mut RunState,
    index: StageIndex,
    message: Option<&str>,
    deadline: Option<Timestamp>,
    at: Timestamp,
) {
    leave_queues(state, index);
    state.queues.gates.insert(index);
    state.started_at.get_or_insert(at);
    set_timer(state, index, deadline);
    let entry = state.stage_mut(index);
    entry.status = StepStatus::WaitingForApproval;
    entry.started_at = Some(at);
    entry.gate = Some(Box::new(GateState {
        message: message.map(str::to_owned),
        deadline,
        decision: None,
    }));
}
