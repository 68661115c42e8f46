//! What a hub is sent: an attempt in the words of `POST /invoke/{agent}`.
//!
//! | Of the stage | In the request |
//! |---|---|
//! | input `workflow_type`, a text; else the stage's id | `workflow_type` |
//! | input `parameters`, a map | `parameters` |
//! | input `context`, a map | its entries, in `context` |
//! | every other input that is not null | `context`, under its name |
//! | instructions | `context.instructions` |
//! | what a person wants to be different | `context.comments` |
//! | what was brought before that | `context.rejected_result` |
//! | what earlier stages hand on | `context.handoffs` |
//! | outputs, unless it is one text alone | `context.expected_outputs` |

use baton_model::{Object, Value};
use serde_json::json;

use crate::dispatcher::{AttemptRequest, Handoff};
use crate::result::only_text_output;

/// The document for one attempt.
pub(super) fn of(request: &AttemptRequest) -> serde_json::Result<Vec<u8>> {
    let workflow_type = match request.inputs.get("workflow_type") {
        Some(Value::String(word)) => word,
        _ => request.key.stage.as_str(),
    };
    let parameters = match request.inputs.get("parameters") {
        Some(Value::Object(parameters)) => parameters.clone(),
        _ => Object::new(),
    };
    serde_json::to_vec(&json!({
        "workflow_type": workflow_type,
        "context": context(request),
        "parameters": parameters,
    }))
}

/// Everything there is to know; never empty, for hubs refuse that.
fn context(request: &AttemptRequest) -> Object {
    let mut context = Object::new();
    for (name, value) in &request.inputs {
        match (name.as_str(), value) {
            (_, Value::Null)
            | ("workflow_type", Value::String(_))
            | ("parameters", Value::Object(_)) => {}
            ("context", Value::Object(entries)) => context.extend(entries.clone()),
            _ => {
                context.insert(name.clone(), value.clone());
            }
        }
    }
    // What the author of the workflow has named is not covered up.
    for (name, value) in surroundings(request) {
        context.entry(name).or_insert(value);
    }
    if context.is_empty() {
        context.insert("stage".to_owned(), json!(request.key.stage));
    }
    context
}

/// What an agent is told besides its inputs.
fn surroundings(request: &AttemptRequest) -> Vec<(&'static str, Value)> {
    let mut told = Vec::new();
    if let Some(instructions) = &request.instructions {
        told.push(("instructions", json!(instructions)));
    }
    if let Some(feedback) = &request.feedback {
        if let Some(words) = &feedback.text {
            told.push(("comments", json!(words)));
        }
        if !feedback.outputs.is_empty() {
            told.push(("rejected_result", json!(feedback.outputs)));
        }
    }
    if !request.handoffs.is_empty() {
        let handoffs = request.handoffs.iter().map(handoff);
        told.push(("handoffs", handoffs.collect()));
    }
    if !request.outputs.is_empty() && only_text_output(&request.outputs).is_none() {
        told.push(("expected_outputs", json!(request.outputs)));
    }
    told
}

fn handoff(handoff: &Handoff) -> Value {
    json!({
        "stage": handoff.stage,
        "format": handoff.format,
        "content": handoff.content,
        "summary": handoff.summary,
        "run_log": handoff.run_log,
    })
}

#[cfg(test)]
mod tests {
    use baton_model::ValueType;
    use baton_model::plan::OutputSpec;

    use super::*;
    use crate::dispatcher::Feedback;
    use crate::testing;

    fn sent(request: &AttemptRequest) -> Value {
        serde_json::from_slice(&of(request).unwrap()).unwrap()
    }

    fn object(value: Value) -> Object {
        match value {
            Value::Object(object) => object,
            other => panic!("{other} is no object"),
        }
    }

    #[test]
    fn inputs_become_the_context_and_nothing_else_is_added() {
        let mut request = testing::request();
        request.inputs = object(json!({
            "workflow_type": "plan",
            "phase": "phase_2",
            "additional_context": null,
            "context": { "priority": "P1" },
        }));
        assert_eq!(
            sent(&request),
            json!({
                "workflow_type": "plan",
                "context": { "phase": "phase_2", "priority": "P1" },
                "parameters": {},
            })
        );
    }

    #[test]
    fn a_stage_without_anything_says_who_it_is() {
        assert_eq!(
            sent(&testing::request()),
            json!({ "workflow_type": "build", "context": { "stage": "build" }, "parameters": {} })
        );
    }

    #[test]
    fn a_stage_that_was_sent_back_says_why() {
        let mut request = testing::request();
        request.inputs = object(json!({ "comments": "of the author", "parameters": { "n": 1 } }));
        request.instructions = Some("Do it.".to_owned());
        request.feedback = Some(Feedback {
            text: Some("shorter".to_owned()),
            outputs: object(json!({ "output": "long" })),
        });
        let output = |name: &str, value_type| OutputSpec {
            name: name.to_owned(),
            value_type,
            required: true,
            default: Value::Null,
            description: None,
        };
        request.outputs = vec![output("output", ValueType::String)];
        let context = json!({
            "comments": "of the author",
            "instructions": "Do it.",
            "rejected_result": { "output": "long" },
        });
        let document = sent(&request);
        assert_eq!(document["context"], context);
        assert_eq!(document["parameters"], json!({ "n": 1 }));
        request.outputs = vec![output("n", ValueType::Integer)];
        let expected = &sent(&request)["context"]["expected_outputs"];
        assert_eq!(expected[0]["name"], "n");
    }
}
