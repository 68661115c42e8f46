//! `POST /workflows/{workflow_id}/advance`.

use axum::Json;
use axum::extract::State;
use baton_app::App;
use baton_app::rounds::{Advanced, Say, Step};
use baton_model::{ErrorCode, Object, Value};

use super::error::Refusal;
use super::input::{Document, Fields, Segment};
use super::look::{run_of, uuid_text};
use super::wire::WorkflowResponse;
use super::{DOOR, status};
use crate::http::v1::By;

/// What clients may say; what else is in histories happens by itself.
const TRIGGERS: [&str; 3] = ["agent_complete", "human_approved", "human_rejected"];

/// Moves a workflow on.
pub(super) async fn advance(
    State(app): State<App>,
    By(caller): By,
    id: Segment,
    body: Document,
) -> Result<Json<WorkflowResponse>, Refusal> {
    let mut fields = Fields::of(body);
    let trigger = fields.text("trigger");
    let details = fields.object("phase_result");
    fields.end(Refusal::validation)?;
    let id = uuid_text(id)?;
    let run = run_of(&id)?;
    let say = say(&trigger, details)?;
    let advanced = app.advance_rounds(&caller, (run, DOOR), say).await;
    match advanced {
        Ok(Advanced::Done(rounds)) => Ok(Json((*rounds).into())),
        Ok(Advanced::Refused(rounds)) if rounds.is_paused() => {
            Err(Refusal::paused(status::word(rounds.status), &trigger))
        }
        Ok(Advanced::Refused(rounds)) => {
            Err(Refusal::wrong_state(status::word(rounds.status), &trigger))
        }
        Err(error) if error.code == ErrorCode::NotFound => Err(Refusal::unknown_workflow(&id)),
        Err(error) => Err(error.into()),
    }
}

/// What a trigger means. A result does not sway an approval.
fn say(trigger: &str, details: Object) -> Result<Say, Refusal> {
    let text = |name: &str| {
        let text = details.get(name).and_then(Value::as_str);
        text.filter(|text| !text.trim().is_empty())
            .map(str::to_owned)
    };
    let comments = text("comments");
    let (step, words) = match trigger {
        "agent_complete" => (Step::Bring, None),
        "human_approved" => (Step::Approve, comments),
        "human_rejected" if is_abort(&details) => {
            let words = text("error").or(comments);
            let words = words.unwrap_or_else(|| "the workflow was aborted".to_owned());
            (Step::Abandon, Some(words))
        }
        "human_rejected" => (Step::SendBack, comments),
        _ => return Err(Refusal::unknown_trigger(trigger, &TRIGGERS)),
    };
    Ok(Say {
        step,
        words,
        details,
    })
}

/// Whether whoever rejects wants an end, and not the same again.
fn is_abort(details: &Object) -> bool {
    let says = |name: &str, value: Value| details.get(name) == Some(&value);
    says("abort", true.into()) || says("action", "abort".into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Trigger, `phase_result`, and what is made of them.
    #[test]
    fn only_whoever_says_so_aborts() {
        let aborted = "the workflow was aborted";
        let rows = [
            ("human_rejected", json!({}), Step::SendBack, None),
            (
                "human_rejected",
                json!({ "comments": "shorter" }),
                Step::SendBack,
                Some("shorter"),
            ),
            (
                "human_rejected",
                json!({ "abort": "true" }),
                Step::SendBack,
                None,
            ),
            (
                "human_rejected",
                json!({ "abort": true }),
                Step::Abandon,
                Some(aborted),
            ),
            (
                "human_rejected",
                json!({ "abort": true, "error": " " }),
                Step::Abandon,
                Some(aborted),
            ),
            (
                "human_rejected",
                json!({ "action": "abort", "comments": "no" }),
                Step::Abandon,
                Some("no"),
            ),
            (
                "human_rejected",
                json!({ "abort": true, "comments": "no", "error": "too dear" }),
                Step::Abandon,
                Some("too dear"),
            ),
            (
                "human_approved",
                json!({ "approved": false, "abort": true }),
                Step::Approve,
                None,
            ),
            (
                "agent_complete",
                json!({ "output": "x" }),
                Step::Bring,
                None,
            ),
        ];
        for (trigger, details, step, words) in rows {
            let Value::Object(details) = details else {
                panic!("an object was written")
            };
            let said = say(trigger, details.clone()).unwrap();
            assert_eq!(said.step, step, "{trigger} {details:?}");
            assert_eq!(said.words.as_deref(), words, "{trigger} {details:?}");
            assert_eq!(said.details, details);
        }
        for trigger in ["start", "error", "", "HUMAN_APPROVED"] {
            assert!(say(trigger, Object::new()).is_err(), "{trigger}");
        }
    }
}
