//! What a hub's answer means. Pure: status and bytes in, a report out.
//!
//! Hubs word their errors in two ways: `{"error": {…}}`, and the same inside
//! `{"detail": …}`. Both are read, so that people see what the hub has said.

use std::fmt::Write as _;

use baton_model::plan::OutputSpec;
use baton_model::{AttemptReport, Completion, Failure, FailureLabel, Object, Value};
use reqwest::StatusCode;

use crate::dispatcher::AttemptRequest;
use crate::egress::Answer;
use crate::result::{is_due, only_text_output, parse_object};

/// Longest part of an answer that goes into a message.
const WORDS_BYTES_MAX: usize = 2 * 1024;
/// Longest part of one that cannot be read.
const GARBAGE_BYTES_MAX: usize = 200;

/// What is said beside a result and kept with it.
const BESIDE: [&str; 4] = [
    "confidence",
    "metadata",
    "uncertainty_reasons",
    "escalation_id",
];

/// What the attempt came to.
pub(super) fn report(answer: &Answer, request: &AttemptRequest) -> AttemptReport {
    let judged = if answer.status.is_success() {
        success(&answer.body, &request.outputs)
    } else {
        Err(refusal(answer))
    };
    match judged {
        Ok(outputs) => AttemptReport::Completed(Completion {
            text: request.wants_text.then(|| text_of(&outputs)).flatten(),
            outputs,
            ..Completion::default()
        }),
        Err(failure) => AttemptReport::Failed(failure),
    }
}

fn text_of(outputs: &Object) -> Option<String> {
    outputs
        .get("output")
        .and_then(Value::as_str)
        .map(str::to_owned)
}

/// The outputs in an answer that says to be a success.
fn success(body: &[u8], contract: &[OutputSpec]) -> Result<Object, Failure> {
    let mut answer = parse_object(body).map_err(|error| {
        let message = format!(
            "the hub's answer is no JSON object, {error}: {}",
            excerpt(body, GARBAGE_BYTES_MAX)
        );
        Failure::new(FailureLabel::BAD_OUTPUT, message.trim_end())
    })?;
    match answer.get("success") {
        Some(Value::Bool(true)) | None => {}
        Some(Value::Bool(false)) => {
            let words = said_of(answer.get("error"));
            let message = match words {
                Some(words) => format!("the agent did not succeed: {words}"),
                None => "the agent did not succeed, and the hub does not say why".to_owned(),
            };
            return Err(Failure::new(FailureLabel::EXIT, message));
        }
        Some(other) => {
            let message = format!("the hub's answer has `success`: {other}");
            return Err(Failure::new(FailureLabel::BAD_OUTPUT, message));
        }
    }
    let result = match answer.shift_remove("result") {
        Some(Value::Object(result)) => result,
        Some(Value::String(text)) => Object::from_iter([("output".to_owned(), text.into())]),
        Some(Value::Null) | None => Object::new(),
        Some(other) => {
            let message = format!("the hub's `result` is {}, not a map", kind_of(&other));
            return Err(Failure::new(FailureLabel::BAD_OUTPUT, message));
        }
    };
    if result.values().all(is_nothing) {
        let message = "the hub says that the agent has succeeded, but brings no result";
        return Err(Failure::new(FailureLabel::EMPTY_RESULT, message));
    }
    Ok(outputs(&result, answer, contract))
}

/// The result, with what the contract asks for where that is elsewhere, and
/// what was said beside it.
fn outputs(result: &Object, answer: Object, contract: &[OutputSpec]) -> Object {
    let is_missing = |outputs: &Object, name: &str| outputs.get(name).is_none_or(Value::is_null);
    let mut outputs = result.clone();
    if let Some(Value::Object(data)) = result.get("data") {
        for output in contract {
            if let (true, Some(value)) =
                (is_missing(&outputs, &output.name), data.get(&output.name))
            {
                outputs.insert(output.name.clone(), value.clone());
            }
        }
    }
    if let Some(name) = only_text_output(contract)
        && is_missing(&outputs, name)
        && contract.iter().any(is_due)
    {
        let whole = || Value::Object(result.clone()).to_string();
        let text = text_of(result).unwrap_or_else(whole);
        outputs.insert(name.to_owned(), text.into());
    }
    for (name, value) in answer {
        let is_kept = BESIDE.contains(&name.as_str()) && !value.is_null();
        if is_kept && is_missing(&outputs, &name) {
            outputs.insert(name, value);
        }
    }
    outputs
}

/// Whether a value says nothing at all.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Array(_) => "a list",
        Value::Number(_) => "a number",
        Value::Bool(_) => "true or false",
        Value::Null | Value::String(_) | Value::Object(_) => "another value",
    }
}

/// The failure behind an answer that is no success.
fn refusal(answer: &Answer) -> Failure {
    let status = answer.status;
    if status.is_redirection() {
        let message = format!("the hub answered {status}; it is not gone to where that leads");
        return Failure::new(FailureLabel::UNREACHABLE, message);
    }
    let mut message = format!("the hub answered {status}");
    let words = match parse_object(&answer.body) {
        Ok(body) => said_of(envelope(&body)),
        Err(_no_json) => Some(excerpt(&answer.body, GARBAGE_BYTES_MAX)),
    };
    if let Some(words) = words.filter(|words| !words.is_empty()) {
        write!(message, ": {words}").expect("writing into a String cannot fail");
    }
    Failure::new(label(status), message)
}

fn label(status: StatusCode) -> FailureLabel {
    match status {
        StatusCode::UNAUTHORIZED => FailureLabel::AUTH_FAILURE,
        StatusCode::FORBIDDEN => FailureLabel::DENIED,
        StatusCode::NOT_FOUND | StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE => {
            FailureLabel::UNREACHABLE
        }
        StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => FailureLabel::TIMEOUT,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::PAYLOAD_TOO_LARGE => FailureLabel::LIMIT,
        _ => FailureLabel::EXIT,
    }
}

/// The error in a body, in whichever of the two ways it is worded.
fn envelope(body: &Object) -> Option<&Value> {
    let plain = body
        .get("error")
        .or_else(|| body.get("detail")?.get("error"));
    plain.or_else(|| body.get("detail"))
}

/// An error in words: a text as it is, an object as its code and message.
fn said_of(error: Option<&Value>) -> Option<String> {
    let error = error?;
    let part = |name: &str| error.get(name).and_then(Value::as_str);
    let words = match (error, part("code"), part("message")) {
        (Value::Null, ..) => return None,
        (Value::String(text), ..) => text.clone(),
        (_, Some(code), Some(message)) => format!("{code}: {message}"),
        (_, Some(word), None) | (_, None, Some(word)) => word.to_owned(),
        _ => error.to_string(),
    };
    let words = excerpt(words.as_bytes(), WORDS_BYTES_MAX);
    (!words.is_empty()).then_some(words)
}

/// The beginning of a text, without what stands around it.
fn excerpt(bytes: &[u8], bytes_max: usize) -> String {
    let bytes = bytes.trim_ascii();
    let start = bytes.get(..bytes_max).unwrap_or(bytes);
    String::from_utf8_lossy(start)
        .trim_end_matches('\u{fffd}')
        .to_owned()
}

#[cfg(test)]
mod tests;
