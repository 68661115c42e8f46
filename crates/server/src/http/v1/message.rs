//! How the stream calls what happens to a run, and what it tells of it.

use baton_model::{Edit, Event, Failure, Question, Recorded, StageId};
use serde_json::{Value, json};

use super::convert;

/// Name and data; None for what means nothing to a client.
pub(super) fn of(recorded: &Recorded) -> Option<(&'static str, Value)> {
    let event = &recorded.event;
    of_attempt(event)
        .or_else(|| of_end(event))
        .or_else(|| of_people(event))
        .or_else(|| of_run(event))
}

/// An agent begins or goes on.
fn of_attempt(event: &Event) -> Option<(&'static str, Value)> {
    Some(match event {
        Event::StageStarted {
            stage,
            attempt,
            iteration,
            ..
        } => (
            "stage_started",
            json!({ "stage_id": stage, "attempt": attempt, "iteration": iteration }),
        ),
        Event::StageRestarted { stage, .. } => (
            "stage_started",
            json!({ "stage_id": stage, "restarted": true }),
        ),
        Event::StageRepairing { stage, failure, .. } => ("stage_repairing", failed(stage, failure)),
        Event::StageSummarizing { stage, .. } => {
            ("stage_summarizing", json!({ "stage_id": stage }))
        }
        Event::StageRetrying {
            stage,
            failure,
            retry_at,
            ..
        } => {
            let mut data = failed(stage, failure);
            data["retry_at"] = Value::String(retry_at.to_string());
            ("stage_retrying", data)
        }
        _ => return None,
    })
}

/// A stage comes to its end.
fn of_end(event: &Event) -> Option<(&'static str, Value)> {
    Some(match event {
        Event::StageCompleted {
            stage,
            outputs,
            summary,
            summary_failure,
            ..
        } => {
            let summary_error = summary_failure.as_ref().map(|failure| &failure.message);
            (
                "stage_completed",
                json!({ "stage_id": stage, "outputs": outputs, "summary": summary, "summary_error": summary_error }),
            )
        }
        Event::StageFailed { stage, failure } => ("stage_failed", failed(stage, failure)),
        Event::StageSkipped { stage, reason } => (
            "stage_skipped",
            json!({ "stage_id": stage, "reason": reason }),
        ),
        Event::StageCancelled { stage } => ("stage_cancelled", json!({ "stage_id": stage })),
        Event::StageReset { stage, iteration } => (
            "stage_reset",
            json!({ "stage_id": stage, "iteration": iteration }),
        ),
        _ => return None,
    })
}

/// A stage waits for people, or people have had their say.
fn of_people(event: &Event) -> Option<(&'static str, Value)> {
    Some(match event {
        Event::StageAsked {
            stage,
            asker,
            questions,
            deadline,
            ..
        } => {
            let deadline = deadline.map(|at| at.to_string());
            let asked = convert::questions(*asker, questions, deadline);
            (
                "stage_waiting_for_input",
                json!({ "stage_id": stage, "message": first_words(questions), "question": asked }),
            )
        }
        Event::StageAnswered { stage, answers, by } => (
            "stage_answered",
            json!({ "stage_id": stage, "answers": answers, "by": by }),
        ),
        Event::StageReopened {
            stage,
            iteration,
            feedback,
            by,
        } => (
            "stage_reopened",
            json!({ "stage_id": stage, "iteration": iteration, "feedback": feedback, "by": by }),
        ),
        Event::GateOpened {
            stage,
            message,
            deadline,
        } => (
            "stage_waiting_for_approval",
            json!({ "stage_id": stage, "message": message, "deadline": deadline.map(|at| at.to_string()) }),
        ),
        Event::GateApproved { stage, decision } => (
            "gate_approved",
            json!({ "stage_id": stage, "by": decision.by, "reason": decision.reason }),
        ),
        Event::GateRejected { stage, decision } => (
            "gate_rejected",
            json!({ "stage_id": stage, "by": decision.by, "reason": decision.reason }),
        ),
        _ => return None,
    })
}

/// Something concerns the run as a whole.
fn of_run(event: &Event) -> Option<(&'static str, Value)> {
    Some(match event {
        Event::RunCreated(created) => {
            let workflow = &created.plan.workflow;
            let reused: Vec<&StageId> = created.reused.iter().map(|one| &one.stage).collect();
            (
                "execution_started",
                json!({ "workflow_id": workflow.id, "workflow_name": workflow.name, "rerun_of": created.rerun_of, "reused": reused }),
            )
        }
        Event::RunPaused { by, reason } => {
            ("execution_paused", json!({ "by": by, "reason": reason }))
        }
        Event::RunResumed { by } => ("execution_resumed", json!({ "by": by })),
        Event::RunReopened { by } => ("execution_reopened", json!({ "by": by })),
        Event::GraphEdited { edits, by, reason } => {
            let edits: Vec<Value> = edits.iter().map(edit).collect();
            (
                "graph_edited",
                json!({ "edits": edits, "by": by, "reason": reason }),
            )
        }
        Event::RunEnded { status, error } => (
            "execution_completed",
            json!({ "status": status, "error": error }),
        ),
        _ => return None,
    })
}

fn failed(stage: &StageId, failure: &Failure) -> Value {
    json!({ "stage_id": stage, "error": failure.message, "error_label": failure.label })
}

/// What is asked, for those who have one line for it.
fn first_words(questions: &[Question]) -> String {
    match questions {
        [] => String::new(),
        [only] => only.question.clone(),
        [first, rest @ ..] => format!("{} (and {} more)", first.question, rest.len()),
    }
}

fn edit(edit: &Edit) -> Value {
    match edit {
        Edit::Insert { stage } => json!({ "type": "insert", "stage_id": stage.id }),
        Edit::Update { stage } => json!({ "type": "update", "stage_id": stage.id }),
        Edit::Delete { stage } => json!({ "type": "delete", "stage_id": stage }),
    }
}
