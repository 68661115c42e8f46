//! Answers of hubs, and what is made of them.

use baton_model::ValueType;
use serde_json::json;

use super::*;
use crate::testing;

fn judged(status: u16, body: &str, contract: Vec<OutputSpec>) -> AttemptReport {
    let answer = Answer {
        status: StatusCode::from_u16(status).unwrap(),
        body: body.as_bytes().to_vec(),
    };
    let mut request = testing::request();
    request.outputs = contract;
    report(&answer, &request)
}

#[track_caller]
fn outputs_of(report: AttemptReport) -> Value {
    match report {
        AttemptReport::Completed(completion) => Value::Object(completion.outputs),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn failure_of(report: AttemptReport) -> Failure {
    match report {
        AttemptReport::Failed(failure) => failure,
        other => panic!("{other:?}"),
    }
}

fn output(name: &str, value_type: ValueType) -> OutputSpec {
    OutputSpec {
        name: name.to_owned(),
        value_type,
        required: true,
        default: Value::Null,
        description: None,
    }
}

#[test]
fn a_result_is_kept_with_what_was_said_beside_it() {
    let answer = json!({
        "success": true,
        "result": { "output": "# Spec", "files_created": ["spec.md"], "data": null },
        "confidence": 40,
        "metadata": { "model_used": "m" },
        "error": null,
        "escalation_id": "e-1",
    });
    let outputs = outputs_of(judged(200, &answer.to_string(), Vec::new()));
    assert_eq!(
        outputs,
        json!({
            "output": "# Spec",
            "files_created": ["spec.md"],
            "data": null,
            "confidence": 40,
            "metadata": { "model_used": "m" },
            "escalation_id": "e-1",
        })
    );
}

/// Result, contract, and what the contract's outputs come to.
#[test]
fn outputs_are_found_where_hubs_put_them() {
    let text = || vec![output("page", ValueType::String)];
    let rows = [
        (json!("plain"), Vec::new(), json!({ "output": "plain" })),
        (
            json!("plain"),
            text(),
            json!({ "output": "plain", "page": "plain" }),
        ),
        (
            json!({ "data": { "n": 2, "other": 1 } }),
            vec![output("n", ValueType::Integer)],
            json!({ "data": { "n": 2, "other": 1 }, "n": 2 }),
        ),
        (
            json!({ "files_created": ["a"] }),
            text(),
            json!({ "files_created": ["a"], "page": "{\"files_created\":[\"a\"]}" }),
        ),
        (
            json!({ "output": null, "files_created": ["a"] }),
            vec![OutputSpec {
                required: false,
                ..output("output", ValueType::String)
            }],
            json!({ "output": null, "files_created": ["a"] }),
        ),
        (
            json!({ "page": "own", "output": "other" }),
            text(),
            json!({ "page": "own", "output": "other" }),
        ),
    ];
    for (result, contract, expected) in rows {
        let body = json!({ "success": true, "result": result }).to_string();
        assert_eq!(outputs_of(judged(200, &body, contract)), expected, "{body}");
    }
}

/// Status, body, label, and what the message holds.
const FAILURES: &[(u16, &str, &str, &str)] = &[
    (
        200,
        r#"{"success":false,"result":{"output":"x"},"error":"no model"}"#,
        "exit",
        "no model",
    ),
    (
        200,
        r#"{"success":false,"error":{"code":"E","message":"m"}}"#,
        "exit",
        "E: m",
    ),
    (
        200,
        r#"{"success":false,"error":null}"#,
        "exit",
        "does not say why",
    ),
    (
        200,
        r#"{"success":"yes","result":{}}"#,
        "bad_output",
        "`success`",
    ),
    (
        200,
        r#"{"success":true,"result":null}"#,
        "empty_result",
        "no result",
    ),
    (200, r#"{"success":true}"#, "empty_result", "no result"),
    (
        200,
        r#"{"success":true,"result":{"output":" "}}"#,
        "empty_result",
        "no result",
    ),
    (
        200,
        r#"{"success":true,"result":[1]}"#,
        "bad_output",
        "a list",
    ),
    (200, "<html>hello</html>", "bad_output", "<html>"),
    (200, "", "bad_output", "not JSON"),
    (
        500,
        r#"{"error":{"code":"AGENT_INVOCATION_FAILED","message":"boom"}}"#,
        "exit",
        "AGENT_INVOCATION_FAILED: boom",
    ),
    (
        500,
        r#"{"detail":{"error":{"code":"AGENT_INVOCATION_FAILED","message":"boom"}}}"#,
        "exit",
        "AGENT_INVOCATION_FAILED: boom",
    ),
    (
        422,
        r#"{"detail":[{"msg":"field required"}]}"#,
        "exit",
        "field required",
    ),
    (404, r#"{"detail":"Not Found"}"#, "unreachable", "Not Found"),
    (
        400,
        r#"{"error":{"code":"INVALID_REQUEST"}}"#,
        "exit",
        "INVALID_REQUEST",
    ),
    (
        500,
        "<h1>oops</h1>",
        "exit",
        "500 Internal Server Error: <h1>oops</h1>",
    ),
    (502, "", "unreachable", "502 Bad Gateway"),
    (
        504,
        r#"{"error":{"code":"AGENT_TIMEOUT","message":"slow"}}"#,
        "timeout",
        "AGENT_TIMEOUT: slow",
    ),
    (401, "{}", "auth_failure", "401"),
    (403, "{}", "denied", "403"),
    (429, "{}", "limit", "429"),
    (302, "", "unreachable", "302 Found"),
];

#[test]
fn whatever_is_no_result_is_a_failure_that_says_what_the_hub_said() {
    for (status, body, label, part) in FAILURES {
        let failure = failure_of(judged(*status, body, Vec::new()));
        assert_eq!(failure.label.as_str(), *label, "{status} {body}: {failure}");
        assert!(failure.message.contains(part), "{status} {body}: {failure}");
    }
}

#[test]
fn what_a_hub_says_is_not_repeated_without_bound() {
    let long = "x".repeat(100_000);
    let body = json!({ "error": { "code": "E", "message": long } }).to_string();
    let failure = failure_of(judged(500, &body, Vec::new()));
    assert!(failure.message.len() < 2 * WORDS_BYTES_MAX);
}
