//! The law of one truth: rows are what a fresh look at the log would make of
//! it. The projection is written down here a second time, on purpose.

use std::sync::Arc;

use baton_engine::{RunState, StageIndex, StageState, is_idle, next_deadline};
use baton_model::{Object, Value};
use baton_store::{Attention, ExecutionRow, StepRow, StepUpdate};
use serde_json::json;

use super::{Law, Lawful, hold};

/// Compares the rows of a run with its state.
pub(crate) fn check(state: &RunState, execution: &ExecutionRow, steps: &[StepRow]) -> Lawful {
    check_execution(state, execution)?;
    let n_stages = state.stages().count();
    hold(steps.len() == n_stages, Law::OneTruth, || {
        format!("{} steps are stored for {n_stages} stages", steps.len())
    })?;
    for ((index, planned, stage), step) in state.stages().zip(steps) {
        let same_place = step.order_index as usize == index.get() && step.stage == planned.id;
        let same_plan = step.depends_on == planned.depends_on
            && step.stage_name == planned.name
            && step.batch_index == state.batch(index);
        hold(same_place && same_plan, Law::OneTruth, || {
            format!("the step of `{}` is of another plan: {step:?}", planned.id)
        })?;
        check_progress(index, stage, &step.progress).map_err(|mut breach| {
            breach.how = format!("`{}`: {}", planned.id, breach.how);
            breach
        })?;
    }
    Ok(())
}

fn check_execution(state: &RunState, row: &ExecutionRow) -> Lawful {
    let attention = match (is_idle(state), state.status().is_terminal()) {
        (false, _) => Attention::Working,
        (true, true) => Attention::Done,
        (true, false) => Attention::Idle,
    };
    same("status", &row.status, &state.status())?;
    same("version", &row.version, &state.version())?;
    same("started_at", &row.started_at, &state.started_at())?;
    same("completed_at", &row.completed_at, &state.ended_at())?;
    same("error", &row.error_message.as_deref(), &state.error())?;
    same("attention", &row.attention, &attention)?;
    // Whoever works on a run knows its deadlines.
    let wake_at = next_deadline(state).filter(|_| attention == Attention::Idle);
    same("wake_at", &row.wake_at, &wake_at)
}

fn check_progress(index: StageIndex, stage: &StageState, row: &StepUpdate) -> Lawful {
    let failure = stage.failure.as_ref();
    same("place", &(row.order_index as usize), &index.get())?;
    same("status", &row.status, &stage.status)?;
    let numbers = (stage.iteration, stage.attempt, stage.dispatch);
    same(
        "numbers",
        &(row.iteration, row.attempt, row.dispatch),
        &numbers,
    )?;
    let label = failure.map(|failure| failure.label.as_str());
    same("label", &row.error_label.as_deref(), &label)?;
    let message = failure.map(|failure| failure.message.as_str());
    same("message", &row.error_message.as_deref(), &message)?;
    let times = (stage.started_at, stage.ended_at);
    same("times", &(row.started_at, row.completed_at), &times)?;
    let outputs = stage.outputs.as_deref().cloned().map(Value::Object);
    same("outputs", &parsed(row.outputs.as_ref()), &outputs)?;
    let handed = stage.handed.as_ref();
    let summary = handed.and_then(|handed| handed.summary.as_deref());
    same("summary", &row.summary.as_deref(), &summary)?;
    let gate = parsed(row.gate.as_ref());
    same("decision", &decision_in(gate.as_ref()), &decision_of(stage))?;
    same(
        "question",
        &parsed(row.question.as_ref()),
        &question_of(stage),
    )?;
    same(
        "feedback",
        &parsed(row.feedback.as_ref()),
        &feedback_of(stage),
    )
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, row: &T, state: &T) -> Lawful {
    hold(row == state, Law::OneTruth, || {
        format!("{what} is {row:?} in the row, {state:?} in the log")
    })
}

fn parsed(text: Option<&Arc<str>>) -> Option<Value> {
    text.map(|text| serde_json::from_str(text).unwrap_or(Value::Null))
}

/// Who decided a gate, as the row has it.
fn decision_in(gate: Option<&Value>) -> Option<(Value, Value)> {
    let gate: &Object = gate?.as_object()?;
    Some((
        gate.get("decided_by")?.clone(),
        gate.get("message")?.clone(),
    ))
}

fn decision_of(stage: &StageState) -> Option<(Value, Value)> {
    let gate = stage.gate.as_ref()?;
    let by = gate.decision.as_ref().map(|decision| &decision.by);
    Some((json!(by), json!(gate.message)))
}

fn question_of(stage: &StageState) -> Option<Value> {
    let asked = stage.talk.as_ref()?.asked.as_ref()?;
    let answered = asked.answered.as_ref();
    Some(json!({
        "asker": asked.asker,
        "questions": asked.questions,
        "deadline": asked.deadline.map(|deadline| deadline.to_string()),
        "answers": answered.map(|(answers, _)| answers),
        "answered_by": answered.map(|(_, by)| by),
    }))
}

fn feedback_of(stage: &StageState) -> Option<Value> {
    let feedback = stage.talk.as_ref()?.feedback.as_ref()?;
    Some(json!({ "text": feedback.text, "by": feedback.by }))
}
