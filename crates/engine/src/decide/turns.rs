//! The turns of an attempt after its first: questions, repairs, the summary.

use std::sync::Arc;

use baton_model::plan::HandoffFormat;
use baton_model::{
    Asker, AttemptReport, Completion, Event, Failure, FailureLabel, Inquiry, Object, StepStatus,
    Timestamp, Value,
};

use super::answers::question_deadline;
use super::failing::fail_attempt;
use crate::request::{resolve, resolve_summary};
use crate::state::{Draft, RunState, StageIndex};

/// The name of the one output of a turn that condenses a result.
pub(crate) const SUMMARY: &str = "summary";

/// The agent needs answers before it goes on.
pub(super) fn ask(
    state: &RunState,
    index: StageIndex,
    inquiry: &Inquiry,
    now: Timestamp,
) -> Vec<Event> {
    if inquiry.questions.is_empty() {
        let words = "the agent asked for input without a question";
        return fail_attempt(
            state,
            index,
            Failure::new(FailureLabel::BAD_OUTPUT, words),
            now,
        );
    }
    let planned = state.planned(index);
    vec![Event::StageAsked {
        stage: planned.id.clone(),
        dispatch: state.stage(index).dispatch,
        asker: Asker::Agent,
        questions: inquiry.questions.clone(),
        session: inquiry.session.clone(),
        deadline: question_deadline(planned, now),
    }]
}

/// A wrong output: mended in the same session where there is one and the
/// stage has a repair left, else the attempt has failed.
pub(super) fn repair_or_fail(
    state: &RunState,
    index: StageIndex,
    failure: Failure,
    session: Option<&String>,
    now: Timestamp,
) -> Vec<Event> {
    let (planned, entry) = (state.planned(index), state.stage(index));
    let session = session.or(entry.session.as_ref());
    let may_repair =
        state.is_active() && entry.repairs < planned.repairs_max && resolve(state, index).is_ok();
    match session {
        Some(session) if may_repair => vec![Event::StageRepairing {
            stage: planned.id.clone(),
            dispatch: entry.dispatch + 1,
            failure,
            session: session.clone(),
        }],
        Some(_) | None => fail_attempt(state, index, failure, now),
    }
}

/// A result that fits its contract: the stage has completed, or has its
/// result condensed first.
pub(super) fn complete(
    state: &RunState,
    index: StageIndex,
    completion: &Completion,
    outputs: Object,
    now: Timestamp,
) -> Event {
    let (planned, entry) = (state.planned(index), state.stage(index));
    let hands_on_text = planned.handoff.format == HandoffFormat::Raw;
    let text = completion.text.clone().filter(|_| hands_on_text);
    let is_wanted = planned.handoff.summary_prompt.is_some();
    let session = completion.session.clone().or_else(|| entry.session.clone());
    let mut summary_failure = None;
    let draft = Draft { outputs, text };
    if is_wanted && state.is_active() && entry.stopping.is_none() {
        match resolve_summary(state, index, &draft) {
            Err(failure) => summary_failure = Some(failure),
            Ok(_) => {
                return Event::StageSummarizing {
                    stage: planned.id.clone(),
                    dispatch: entry.dispatch + 1,
                    outputs: draft.outputs,
                    text: draft.text,
                    session,
                    deadline: planned.timeout.map(|timeout| now.after(timeout)),
                };
            }
        }
    }
    Event::StageCompleted {
        stage: planned.id.clone(),
        dispatch: entry.dispatch,
        outputs: draft.outputs,
        session,
        text: draft.text,
        summary: None,
        summary_failure,
        by: None,
    }
}

/// The turn that condenses a result has ended. The stage has completed in any
/// case: work that was paid for is not lost for want of a summary.
pub(super) fn summarize(
    state: &RunState,
    index: StageIndex,
    draft: &Arc<Draft>,
    report: &AttemptReport,
) -> Event {
    let entry = state.stage(index);
    let failure = |label, words: &str| Err(Failure::new(label, words));
    let summary = match (&entry.stopping, report) {
        (Some(reason), _) => failure(reason.clone(), "the summary was broken off"),
        (None, AttemptReport::Failed(failure)) => Err(failure.clone()),
        (None, AttemptReport::NeedsInput(_)) => failure(
            FailureLabel::BAD_OUTPUT,
            "the agent asked for input where a summary was due",
        ),
        (None, AttemptReport::Completed(completion)) => match completion.outputs.get(SUMMARY) {
            Some(Value::String(summary)) => Ok(summary.clone()),
            Some(_) | None => failure(FailureLabel::BAD_OUTPUT, "the agent brought no summary"),
        },
    };
    completed_with(state, index, draft, summary)
}

/// The end of a stage whose result was to be condensed.
pub(super) fn completed_with(
    state: &RunState,
    index: StageIndex,
    draft: &Draft,
    summary: Result<String, Failure>,
) -> Event {
    let entry = state.stage(index);
    debug_assert_eq!(entry.status, StepStatus::Running);
    let (summary, summary_failure) = match summary {
        Ok(summary) => (Some(summary), None),
        Err(failure) => (None, Some(failure)),
    };
    Event::StageCompleted {
        stage: state.planned(index).id.clone(),
        dispatch: entry.dispatch,
        outputs: draft.outputs.clone(),
        session: entry.session.clone(),
        text: draft.text.clone(),
        summary,
        summary_failure,
        by: None,
    }
}
