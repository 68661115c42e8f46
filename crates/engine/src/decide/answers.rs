//! Answers of people to what a stage asks.

use baton_model::plan::PlannedStage;
use baton_model::{
    Answers, Asker, Event, Failure, FailureLabel, Question, QuestionOption, StageId, StepStatus,
    Timestamp, Value,
};

use super::{Decision, Rejection, ensure_active, failing, find};
use crate::state::{Asked, RunState, StageIndex};

/// The answers to what Baton asks after a crash (`on_crash: ask`).
const RUN_AGAIN: &str = "run again";
const GIVE_UP: &str = "give up";

pub(super) fn answer_stage(
    state: &RunState,
    (stage, meant): (&StageId, Option<u32>),
    answers: &Answers,
    by: &str,
) -> Decision {
    let index = match find_asked(state, stage, meant) {
        Ok(index) => index,
        Err(rejected) => return rejected,
    };
    let entry = state.stage(index);
    let Some(asked) = entry.open_questions() else {
        return not_asked(state, index, answers);
    };
    if let Err(rejected) = ensure_active(state) {
        return rejected;
    }
    if let Err(reason) = check(asked, answers) {
        return Decision::rejected(Rejection::BadAnswer(reason));
    }
    let mut events = vec![Event::StageAnswered {
        stage: stage.clone(),
        answers: answers.clone(),
        by: by.to_owned(),
    }];
    if asked.asker == Asker::Crash && answers.values().any(|answer| answer == GIVE_UP) {
        let words = format!("the server stopped during the attempt, and {by} gave it up");
        let failure = Failure::new(FailureLabel::CRASH, words);
        failing::fail_stage(state, index, failure, &mut events);
    }
    Decision::accepted(events)
}

/// The stage, unless it has asked something else since.
fn find_asked(
    state: &RunState,
    stage: &StageId,
    meant: Option<u32>,
) -> Result<StageIndex, Decision> {
    let index = find(state, stage)?;
    let talk = state.stage(index).talk.as_ref();
    let asked = talk.and_then(|talk| talk.asked.as_ref());
    match (meant, asked.map(|asked| asked.dispatch)) {
        (Some(meant), Some(now)) if meant != now => {
            Err(Decision::rejected(Rejection::OtherQuestion {
                stage: stage.clone(),
                meant,
                now,
            }))
        }
        _ => Ok(index),
    }
}

/// The same answer again changes nothing; another one comes too late.
fn not_asked(state: &RunState, index: StageIndex, answers: &Answers) -> Decision {
    let entry = state.stage(index);
    let stage = state.planned(index).id.clone();
    let asked = entry.talk.as_ref().and_then(|talk| talk.asked.as_ref());
    match asked.and_then(|asked| asked.answered.as_ref()) {
        Some((given, _)) if given == answers => Decision::already_done(),
        Some((_, by)) => Decision::rejected(Rejection::AnsweredAlready {
            stage,
            by: by.clone(),
        }),
        None => match ensure_active(state) {
            Err(rejected) => rejected,
            Ok(()) => Decision::rejected(Rejection::NothingAsked {
                stage,
                status: entry.status,
            }),
        },
    }
}

/// An agent takes any text; which of its options fit is for the doors to say.
fn check(asked: &Asked, answers: &Answers) -> Result<(), String> {
    for (name, answer) in answers {
        let is_text = answer.is_string()
            || answer
                .as_array()
                .is_some_and(|texts| texts.iter().all(Value::is_string));
        if !is_text {
            return Err(format!(
                "the answer to `{name}` is neither a text nor a list of texts"
            ));
        }
    }
    let decides = |answer: &Value| answer == RUN_AGAIN || answer == GIVE_UP;
    let is_decided = answers.len() == 1 && answers.values().all(decides);
    if asked.asker == Asker::Crash && !is_decided {
        return Err(format!("the answer is either `{RUN_AGAIN}` or `{GIVE_UP}`"));
    }
    Ok(())
}

/// Asks people whether an attempt that a crash cut off is run again.
pub(super) fn ask_after_crash(state: &RunState, index: StageIndex, now: Timestamp) -> Event {
    let option = |label: &str, description: &str| QuestionOption {
        label: label.to_owned(),
        description: description.to_owned(),
    };
    let planned = state.planned(index);
    let question = Question {
        question: format!(
            "The server stopped while `{}` was at work, and nobody knows how far it came. What now?",
            planned.id
        ),
        header: Some("After crash".to_owned()),
        options: vec![
            option(RUN_AGAIN, "start the same attempt once more"),
            option(GIVE_UP, "the stage fails"),
        ],
        multi_select: false,
    };
    Event::StageAsked {
        stage: planned.id.clone(),
        dispatch: state.stage(index).dispatch,
        asker: Asker::Crash,
        questions: vec![question],
        session: None,
        deadline: question_deadline(planned, now),
    }
}

/// When a question that is asked now needs no answer any more.
pub(super) fn question_deadline(planned: &PlannedStage, now: Timestamp) -> Option<Timestamp> {
    planned.question_timeout.map(|timeout| now.after(timeout))
}

/// Nobody answered in time. Says whether the run stops.
pub(super) fn out_of_time(
    state: &RunState,
    index: StageIndex,
    now: Timestamp,
    events: &mut Vec<Event>,
) -> bool {
    debug_assert_eq!(state.stage(index).status, StepStatus::WaitingForInput);
    let limit = state.planned(index).question_timeout.unwrap_or_default();
    let words = format!("nobody answered within {limit:?}");
    let asker = state.stage(index).open_questions().map(|asked| asked.asker);
    if asker == Some(Asker::Crash) {
        let failure = Failure::new(FailureLabel::CRASH, words);
        return failing::fail_stage(state, index, failure, events);
    }
    let failure = Failure::new(FailureLabel::TIMEOUT, words);
    failing::fail_attempt_beside(state, index, failure, now, events)
}
