//! `POST /invoke/{agent}`: the agents of this server, as an agent hub has them.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use baton_app::App;
use baton_app::invoke::{Invoke, InvokeError, Invoked};
use baton_model::{ErrorCode, Failure, FailureLabel, Object, Value};
use serde::Serialize;
use serde_json::json;

use super::error::Refusal;
use super::input::{Document, Fields, Segment};
use crate::http::v1::By;

/// How long a caller waits at most, as clients of hubs expect it.
const TIME_MAX: Duration = Duration::from_mins(5);

/// What an agent brought.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    success: bool,
    result: Object,
    confidence: u64,
    metadata: Object,
    error: Option<String>,
    escalation_id: Option<String>,
}

/// Calls an agent, and waits for what it brings.
pub(super) async fn invoke(
    State(app): State<App>,
    By(caller): By,
    agent: Segment,
    body: Document,
) -> Result<Json<Answer>, Refusal> {
    let Path(agent) = agent.map_err(|error| Refusal::invalid_request(error.body_text()))?;
    let mut fields = Fields::of(body);
    let invoke = Invoke {
        agent: agent.clone(),
        workflow_type: fields.text("workflow_type"),
        context: fields.object("context"),
        parameters: fields.object("parameters"),
        time_max: TIME_MAX,
    };
    fields.expect(!invoke.context.is_empty(), "context must not be empty");
    fields.end(Refusal::invalid_request)?;
    match app.invoke(&caller, invoke).await {
        Ok(invoked) => Ok(Json(answer(invoked))),
        Err(InvokeError::Unknown(why)) => {
            Err(Refusal::unknown_agent(format!("No agent {agent}: {why}")))
        }
        Err(InvokeError::Failed(failure)) => Err(refusal(&failure)),
        Err(InvokeError::Other(error)) => Err(match error.code {
            ErrorCode::Malformed => Refusal::invalid_request(error.message),
            _ => error.into(),
        }),
    }
}

fn refusal(failure: &Failure) -> Refusal {
    let message = failure.to_string();
    if failure.label == FailureLabel::TIMEOUT {
        Refusal::agent_timeout(message)
    } else {
        Refusal::agent_failed(message)
    }
}

/// What an agent brought, in the form that hubs have. What it says of its own
/// certainty is taken; where it says nothing, that is said and nothing made up.
fn answer(invoked: Invoked) -> Answer {
    let mut outputs = invoked.outputs;
    let stated = outputs.shift_remove("confidence");
    let stated = stated
        .and_then(|value| whole(&value))
        .filter(|it| *it <= 100);
    let mut metadata = match outputs.shift_remove("metadata") {
        Some(Value::Object(metadata)) => metadata,
        Some(_) | None => Object::new(),
    };
    let took_ms = u64::try_from(invoked.took.as_millis()).unwrap_or(u64::MAX);
    metadata
        .entry("duration_ms")
        .or_insert_with(|| took_ms.max(1).into());
    metadata
        .entry("model_used")
        .or_insert_with(|| invoked.adapter.into());
    let mut result = Object::from_iter([
        ("output".to_owned(), Value::Null),
        ("files_created".to_owned(), json!([])),
        ("files_read".to_owned(), json!([])),
        ("uncertainty_reasons".to_owned(), Value::Null),
        ("data".to_owned(), Value::Null),
    ]);
    result.extend(outputs);
    if stated.is_none() {
        let reasons = result.entry("uncertainty_reasons").or_insert(Value::Null);
        if reasons.is_null() {
            *reasons = json!(["the agent did not say how certain it is"]);
        }
    }
    Answer {
        success: true,
        result,
        confidence: stated.unwrap_or(0),
        metadata,
        error: None,
        escalation_id: None,
    }
}

/// A whole number, also where it is written as `85.0`; of those only such as
/// certainties are.
fn whole(value: &Value) -> Option<u64> {
    let of_float = || {
        let float = value.as_f64()?;
        (0..=100_u8).find(|it| f64::from(*it).total_cmp(&float).is_eq())
    };
    value.as_u64().or_else(|| of_float().map(u64::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(outputs: Value) -> Value {
        let Value::Object(outputs) = outputs else {
            panic!("an object was written")
        };
        let invoked = Invoked {
            outputs,
            adapter: "command",
            took: Duration::ZERO,
        };
        serde_json::to_value(answer(invoked)).unwrap()
    }

    #[test]
    fn what_an_agent_says_of_itself_is_taken() {
        let answer = of(json!({
            "output": "done",
            "files_created": ["a"],
            "confidence": 70,
            "metadata": { "model_used": "m" },
        }));
        assert_eq!(answer["confidence"], 70);
        assert_eq!(
            answer["metadata"],
            json!({ "model_used": "m", "duration_ms": 1 })
        );
        assert_eq!(answer["result"]["files_created"], json!(["a"]));
        assert_eq!(answer["result"]["uncertainty_reasons"], Value::Null);
    }

    #[test]
    fn a_whole_number_may_be_written_with_a_fraction() {
        assert_eq!(
            of(json!({ "output": "x", "confidence": 85.0 }))["confidence"],
            85
        );
        assert_eq!(
            of(json!({ "output": "x", "confidence": 85.5 }))["confidence"],
            0
        );
        assert_eq!(
            of(json!({ "output": "x", "confidence": -1.0 }))["confidence"],
            0
        );
    }

    #[test]
    fn a_certainty_that_nobody_stated_is_not_made_up() {
        for outputs in [
            json!({ "output": "x" }),
            json!({ "output": "x", "confidence": 101 }),
        ] {
            let answer = of(outputs);
            assert_eq!(answer["confidence"], 0);
            assert!(answer["result"]["uncertainty_reasons"][0].is_string());
            assert_eq!(answer["metadata"]["model_used"], "command");
        }
    }
}
