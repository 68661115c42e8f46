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
            by,
            ..
        } => {
            let summary_error = summary_failure.as_ref().map(|failure| &failure.message);
            let mut data = json!({ "stage_id": stage, "outputs": outputs, "summary": summary, "summary_error": summary_error });
            // Nobody but its agent, as a rule.
            if let Some(by) = by {
                data["by"] = json!(by);
            }
            ("stage_completed", data)
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
            dispatch,
            asker,
            questions,
            deadline,
            ..
        } => {
            let deadline = deadline.map(|at| at.to_string());
            let asked = convert::questions(*asker, questions, deadline);
            (
                "stage_waiting_for_input",
                json!({ "stage_id": stage, "dispatch": dispatch, "message": first_words(questions), "question": asked }),
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
            details: _,
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

#[cfg(test)]
mod tests {
    use baton_model::Timestamp;

    use super::*;

    /// Stored events, and how the stream calls them; `-` for nothing.
    const NAMES: &str = r#"
{"type":"stage_ready","stage":"a"} = -
{"type":"stage_started","stage":"a","iteration":1,"attempt":1,"dispatch":1} = stage_started
{"type":"stage_restarted","stage":"a","dispatch":2} = stage_started
{"type":"stage_stopping","stage":"a","dispatch":1,"reason":"timeout"} = -
{"type":"stage_completed","stage":"a","dispatch":1} = stage_completed
{"type":"stage_spent","stage":"a","dispatch":1,"usage":{"output_tokens":1}} = -
{"type":"stage_repairing","stage":"a","dispatch":2,"failure":FAILURE,"session":"s"} = stage_repairing
{"type":"stage_summarizing","stage":"a","dispatch":2} = stage_summarizing
{"type":"stage_asked","stage":"a","dispatch":1,"questions":[{"question":"Why?"}]} = stage_waiting_for_input
{"type":"stage_answered","stage":"a","answers":{"Why?":"so"},"by":"local"} = stage_answered
{"type":"stage_reopened","stage":"a","iteration":2,"by":"local"} = stage_reopened
{"type":"stage_reset","stage":"a","iteration":2} = stage_reset
{"type":"stage_retrying","stage":"a","dispatch":1,"failure":FAILURE,"retry_at":0} = stage_retrying
{"type":"stage_failed","stage":"a","failure":FAILURE} = stage_failed
{"type":"stage_skipped","stage":"a","reason":"condition_false"} = stage_skipped
{"type":"stage_cancelled","stage":"a"} = stage_cancelled
{"type":"gate_opened","stage":"a"} = stage_waiting_for_approval
{"type":"gate_approved","stage":"a","decision":{"by":"local"}} = gate_approved
{"type":"gate_rejected","stage":"a","decision":{"by":"local"}} = gate_rejected
{"type":"run_paused","by":"local"} = execution_paused
{"type":"run_resumed","by":"local"} = execution_resumed
{"type":"run_reopened","by":"local"} = execution_reopened
{"type":"graph_edited","edits":[],"by":"local"} = graph_edited
{"type":"hook_finished","point":"on_start","place":0} = -
{"type":"run_stopping","outcome":"failed","reason":"a"} = -
{"type":"run_ended","status":"completed"} = execution_completed
"#;
    const FAILURE: &str = r#"{"label":"exit","message":"code 3"}"#;

    fn recorded(event: &str) -> Recorded {
        Recorded {
            seq: 1,
            at: Timestamp::from_micros(0),
            event: serde_json::from_str(event).unwrap(),
        }
    }

    #[test]
    fn what_means_something_to_a_client_has_a_name() {
        for row in NAMES.trim().lines() {
            let (event, expected) = row.split_once(" = ").unwrap();
            let recorded = recorded(&event.replace("FAILURE", FAILURE));
            let name = of(&recorded).map_or("-", |(name, _)| name);
            assert_eq!(name, expected, "{event}");
        }
    }

    #[test]
    fn questions_come_with_the_names_of_their_answers() {
        let asked = r#"{"type":"stage_asked","stage":"a","dispatch":1,"questions":[
            {"question":"Why?","header":"Reason"},{"question":"How?"}]}"#;
        let (_, data) = of(&recorded(asked)).unwrap();
        assert_eq!(data["dispatch"], 1);
        assert_eq!(data["message"], "Why? (and 1 more)");
        assert_eq!(data["question"]["asker"], "agent");
        assert_eq!(data["question"]["questions"][0]["name"], "Reason");
        assert_eq!(data["question"]["questions"][1]["name"], "How?");
    }
}
