//! The JSON document a program reads on its standard input.

use baton_model::plan::{HandoffFormat, OutputSpec};
use baton_model::{Answers, Object, RunId, StageId, Value};
use serde::Serialize;

use crate::dispatcher::{AttemptRequest, Feedback, Handoff, Work};

#[derive(Serialize)]
struct Document<'a> {
    run_id: RunId,
    stage_id: &'a StageId,
    attempt: u32,
    idempotency_key: String,
    instructions: Option<&'a str>,
    inputs: &'a Object,
    /// The contract: what must come back.
    outputs: &'a [OutputSpec],
    /// Null until context is packed for stages.
    context: Option<&'a str>,
    parameters: &'a Object,
    session_id: Option<&'a str>,
    /// By question; empty when nothing was asked.
    answers: &'a Answers,
    turn: u32,
    work: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    repair_reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feedback: Option<FeedbackPart<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    handoffs: Vec<HandoffPart<'a>>,
}

#[derive(Serialize)]
struct FeedbackPart<'a> {
    text: Option<&'a str>,
    /// What was brought the last time.
    outputs: &'a Object,
}

#[derive(Serialize)]
struct HandoffPart<'a> {
    stage_id: &'a StageId,
    format: HandoffFormat,
    content: &'a Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    run_log: Option<&'a str>,
}

/// The document for one turn of an attempt.
pub(super) fn document(request: &AttemptRequest) -> serde_json::Result<Vec<u8>> {
    let (work, repair_reason) = match &request.work {
        Work::Stage => ("stage", None),
        Work::Repair { reason } => ("repair", Some(reason.as_str())),
        Work::Summary => ("summary", None),
    };
    serde_json::to_vec(&Document {
        run_id: request.key.run,
        stage_id: &request.key.stage,
        attempt: request.key.attempt,
        idempotency_key: request.idempotency_key(),
        instructions: request.instructions.as_deref(),
        inputs: &request.inputs,
        outputs: &request.outputs,
        context: None,
        parameters: &request.parameters,
        session_id: request.session.as_deref(),
        answers: &request.answers,
        turn: request.turn,
        work,
        repair_reason,
        feedback: request.feedback.as_ref().map(feedback),
        handoffs: request.handoffs.iter().map(handoff).collect(),
    })
}

fn feedback(feedback: &Feedback) -> FeedbackPart<'_> {
    FeedbackPart {
        text: feedback.text.as_deref(),
        outputs: &feedback.outputs,
    }
}

fn handoff(handoff: &Handoff) -> HandoffPart<'_> {
    HandoffPart {
        stage_id: &handoff.stage,
        format: handoff.format,
        content: &handoff.content,
        summary: handoff.summary.as_deref(),
        run_log: handoff.run_log.as_deref(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing;

    fn read(request: &AttemptRequest) -> Value {
        serde_json::from_slice(&document(request).unwrap()).unwrap()
    }

    #[test]
    fn what_was_not_said_is_left_out_and_the_order_of_the_keys_holds() {
        let text = String::from_utf8(document(&testing::request()).unwrap()).unwrap();
        assert_eq!(
            text,
            "{\"run_id\":\"00000000-0000-0000-0000-000000000000\",\"stage_id\":\"build\",\
             \"attempt\":1,\
             \"idempotency_key\":\"00000000-0000-0000-0000-000000000000/build/1/1\",\
             \"instructions\":null,\"inputs\":{},\"outputs\":[],\"context\":null,\
             \"parameters\":{},\"session_id\":null,\"answers\":{},\"turn\":1,\"work\":\"stage\"}"
        );
    }

    #[test]
    fn later_turns_say_what_they_are_for() {
        let mut request = testing::request();
        request.turn = 2;
        request.work = Work::Repair {
            reason: "output `a` is missing".to_owned(),
        };
        let repair = read(&request);
        assert_eq!(repair["work"], "repair");
        assert_eq!(repair["repair_reason"], "output `a` is missing");
        let key = repair["idempotency_key"].as_str().unwrap();
        assert!(key.ends_with("/build/1/1/2"), "{key}");
        request.work = Work::Summary;
        let summary = read(&request);
        assert_eq!(summary["work"], "summary");
        assert_eq!(summary.get("repair_reason"), None);
    }

    #[test]
    fn answers_feedback_and_handoffs_are_passed_on() {
        let mut request = testing::request();
        request.answers = Object::from_iter([("Colour".to_owned(), json!(["red"]))]);
        request.feedback = Some(Feedback {
            text: Some("shorter".to_owned()),
            outputs: Object::from_iter([("body".to_owned(), json!("long"))]),
        });
        request.handoffs = vec![
            Handoff {
                stage: StageId::new("plan").unwrap(),
                format: HandoffFormat::Markdown,
                content: json!("# plan"),
                summary: Some("a plan".to_owned()),
                run_log: Some("line".to_owned()),
            },
            Handoff {
                stage: StageId::new("read").unwrap(),
                format: HandoffFormat::Structured,
                content: json!({"n": 1}),
                summary: None,
                run_log: None,
            },
        ];
        let document = read(&request);
        assert_eq!(document["answers"], json!({"Colour": ["red"]}));
        assert_eq!(
            document["feedback"],
            json!({"text": "shorter", "outputs": {"body": "long"}})
        );
        assert_eq!(
            document["handoffs"],
            json!([
                {"stage_id": "plan", "format": "markdown", "content": "# plan",
                 "summary": "a plan", "run_log": "line"},
                {"stage_id": "read", "format": "structured", "content": {"n": 1}},
            ])
        );
    }
}
