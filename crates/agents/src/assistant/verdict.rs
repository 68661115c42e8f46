//! What a turn came to: what the program said, how its process ended, and
//! what was asked of it. Exit code 0 alone proves nothing.
//!
//! Pure: all that was read goes in, a report comes out.

use baton_model::depth;
use baton_model::plan::{OutputSpec, Speech};
use baton_model::{
    AttemptReport, Completion, Failure, FailureLabel, Inquiry, Object, Question, QuestionOption,
    Spent, Usage, Value, ValueType,
};

use super::reader::{Answer, End, Heard, RESULT, in_full, one_line, refusal};
use super::schema;
use super::table::{Assistant, SchemaWay};
use super::{claude, codex, plain};
use crate::attempt_files::{ExitReason, ExitRecord};
use crate::dispatcher::AttemptRequest;
use crate::inquiry;
use crate::result::parse_answer;

/// The output that the structured answer of a skill is.
const OUTPUT: &str = "output";

/// Why Baton itself ended a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Stopped {
    /// It said nothing at all.
    NeverSpoke,
    /// It said nothing any more.
    FellSilent,
    /// It had answered, and did not end.
    Stayed,
}

/// Everything that is known of a turn that is over.
pub(super) struct Facts<'a> {
    pub(super) assistant: &'static Assistant,
    pub(super) request: &'a AttemptRequest,
    pub(super) heard: Heard,
    pub(super) exit: &'a ExitRecord,
    /// The end of standard error.
    pub(super) stderr: &'a str,
    pub(super) stopped: Option<Stopped>,
    /// The attempt was cancelled.
    pub(super) is_cancelled: bool,
    /// A session was to go on.
    pub(super) is_resume: bool,
    /// The session that was chosen, or that was to go on.
    pub(super) session: Option<String>,
}

/// What a turn came to.
#[derive(Debug, PartialEq)]
pub(super) enum Verdict {
    Report(AttemptReport),
    /// The session that was to go on is gone, or another has the name of the
    /// one that was to begin.
    SessionLost,
}

/// Judges a turn.
pub(super) fn judge(facts: &Facts<'_>) -> Verdict {
    if let ExitReason::SpawnFailed { message } = &facts.exit.reason {
        return failed(FailureLabel::UNREACHABLE, message.clone());
    }
    if facts.is_cancelled {
        return failed(
            FailureLabel::CANCELLED,
            "the attempt was cancelled".to_owned(),
        );
    }
    let is_told = facts.heard.end == Some(End::SessionLost);
    let is_taken = facts.heard.end.is_none() && claude::is_taken_session(facts.stderr);
    if is_told || is_taken || (facts.is_resume && is_session_lost(facts)) {
        return Verdict::SessionLost;
    }
    match &facts.heard.end {
        Some(End::Failed(failure)) => Verdict::Report(AttemptReport::Failed(failure.clone())),
        Some(End::Answered(answer)) if is_complete(facts) => {
            Verdict::Report(judge_answer(facts, answer))
        }
        Some(End::Answered(_) | End::SessionLost) | None => {
            Verdict::Report(AttemptReport::Failed(without_answer(facts)))
        }
    }
}

/// What the turn took, when the numbers are about the whole session less what
/// the session had taken before.
pub(super) fn spent(assistant: &Assistant, heard: &Heard, before: Option<&Usage>) -> Option<Spent> {
    let before = before.copied().unwrap_or_default();
    let is_per_session = assistant.counting.is_per_session(heard.version.as_deref());
    let of_call = |usage: Usage| Spent {
        usage,
        session_total: Some(before.plus(&usage)),
    };
    if is_nothing(&heard.usage) {
        // It did not come to its end, or says no more of it than that.
        let so_far = heard.usage_so_far;
        (!is_nothing(&so_far)).then(|| of_call(so_far))
    } else if is_per_session {
        Some(Spent {
            usage: heard.usage.since(&before),
            session_total: Some(heard.usage),
        })
    } else {
        Some(of_call(heard.usage))
    }
}

/// Whether nothing was taken, whatever it is said to have cost.
fn is_nothing(usage: &Usage) -> bool {
    let cost_micros = usage.cost_micros.filter(|cost| *cost > 0);
    Usage {
        cost_micros,
        ..*usage
    }
    .is_empty()
}

fn is_session_lost(facts: &Facts<'_>) -> bool {
    let is_answerless = matches!(facts.heard.end, None | Some(End::Failed(_)));
    let by_words = claude::is_lost_session(facts.stderr) || codex::is_lost_session(facts.stderr);
    // It ends well and says nothing.
    let by_silence =
        facts.assistant.name == "opencode" && facts.exit.code == Some(0) && !facts.heard.has_form;
    is_answerless && (by_words || by_silence)
}

/// Whether an answer stands for itself. What is only a text is one as soon as
/// it begins, so its program must have ended well besides.
fn is_complete(facts: &Facts<'_>) -> bool {
    let has_end_of_its_own = matches!(facts.assistant.name, "claude" | "codex");
    let ended_well = facts.exit.reason == ExitReason::Exited && facts.exit.code == Some(0);
    has_end_of_its_own || (ended_well && !facts.exit.stdout_truncated)
}

/// The failure of a program that did not say how its turn ended.
fn without_answer(facts: &Facts<'_>) -> Failure {
    let name = facts.assistant.name;
    let waited = facts.heard.waits_for.as_deref();
    let with_wait = |words: String| match waited {
        Some(waited) => format!("{words}; the last it said was that it waits: {waited}"),
        None => words,
    };
    let timeout = |words: &str| Failure::new(FailureLabel::TIMEOUT, with_wait(words.to_owned()));
    match (facts.stopped, &facts.exit.reason) {
        (Some(Stopped::NeverSpoke), _) => {
            return timeout(&format!("{name} said nothing within `start_timeout`"));
        }
        (Some(Stopped::FellSilent), _) => {
            return timeout(&format!("{name} said nothing more within `idle_timeout`"));
        }
        (_, ExitReason::Timeout) => return timeout(&format!("{name} ran out of time")),
        (_, ExitReason::Cancelled) => {
            return Failure::new(FailureLabel::CANCELLED, "the attempt was cancelled");
        }
        (_, ExitReason::Orphaned) => {
            let words = format!("{name} was ended because its server was gone");
            return Failure::new(FailureLabel::CRASH, words);
        }
        (_, ExitReason::Exited | ExitReason::SpawnFailed { .. }) => {}
    }
    match (facts.exit.code, facts.exit.signal) {
        (Some(0), _) => ended_well_without_answer(facts, with_wait),
        (Some(code), _) => exit_failure(facts, code),
        (None, Some(signal)) => Failure::new(
            FailureLabel::CRASH,
            with_wait(format!("{name} was killed by signal {signal}")),
        ),
        (None, None) => Failure::new(
            FailureLabel::CRASH,
            with_wait(format!("{name} vanished without an exit code")),
        ),
    }
}

fn ended_well_without_answer(facts: &Facts<'_>, with_wait: impl Fn(String) -> String) -> Failure {
    let name = facts.assistant.name;
    let heard = &facts.heard;
    if facts.exit.stdout_truncated || heard.is_cut {
        let words = format!("{name} printed more than is kept, and its answer is not in it");
        Failure::new(FailureLabel::CUT_OFF, words)
    } else if heard.has_form {
        let words = format!("the output of {name} broke off before its answer");
        Failure::new(FailureLabel::CUT_OFF, with_wait(words))
    } else if heard.formless.is_empty() {
        let words = format!("{name} ended well but printed nothing");
        Failure::new(FailureLabel::EMPTY_RESULT, words)
    } else {
        let words = format!(
            "the output of {name} is not in the form that was asked for: {}",
            one_line(&heard.formless)
        );
        in_full(
            Failure::new(FailureLabel::BAD_OUTPUT, words),
            &heard.formless,
        )
    }
}

/// The failure of a program that ended with a code, by its last words.
fn exit_failure(facts: &Facts<'_>, code: i32) -> Failure {
    let name = facts.assistant.name;
    let words = if facts.stderr.trim().is_empty() {
        facts.heard.formless.as_str()
    } else {
        facts.stderr.trim()
    };
    let by_code = plain::label_of_exit(facts.assistant.name, code);
    let label = by_code.unwrap_or_else(|| refusal(None, words).label);
    let message = if words.is_empty() {
        format!("{name} ended with code {code}")
    } else {
        format!("{name} ended with code {code}: {words}")
    };
    Failure::new(label, message)
}

fn judge_answer(facts: &Facts<'_>, answer: &Answer) -> AttemptReport {
    let contract = &facts.request.outputs;
    let envelope = envelope(facts, answer);
    match facts.request.speech {
        Speech::Contract => {}
        Speech::Skill => return of_skill(facts, answer, envelope),
        Speech::Bare => return of_skill(facts, answer, None),
    }
    let Some(envelope) = envelope else {
        return without_envelope(facts, answer);
    };
    if let Some(report) = unfinished(facts, &envelope) {
        return report;
    }
    let outputs = match envelope.get("outputs") {
        Some(Value::Object(outputs)) => outputs.clone(),
        Some(_) | None if contract.is_empty() => Object::new(),
        Some(_) | None => unwrapped(envelope, contract),
    };
    completed(facts, answer, outputs)
}

/// The report of anything but finished work, as the agent tells of it.
fn unfinished(facts: &Facts<'_>, envelope: &Object) -> Option<AttemptReport> {
    if let Err(too_deep) = envelope.values().try_for_each(depth::check) {
        let words = format!("the answer holds a value {too_deep}");
        return Some(AttemptReport::Failed(Failure::new(
            FailureLabel::BAD_OUTPUT,
            words,
        )));
    }
    let message = envelope
        .get("message")
        .and_then(Value::as_str)
        .unwrap_or_default();
    match envelope.get("status").and_then(Value::as_str) {
        Some("completed") => None,
        None if !envelope.contains_key("status") => None,
        Some("needs_input") => Some(asked(facts, envelope)),
        Some("error") => {
            let label = if facts.heard.denials.is_empty() {
                FailureLabel::EXIT
            } else {
                FailureLabel::DENIED
            };
            let mut words = match message.trim() {
                "" => "the agent reported an error".to_owned(),
                words => words.to_owned(),
            };
            if !facts.heard.denials.is_empty() {
                words.push_str(&format!(
                    " (it was not allowed to use {})",
                    facts.heard.denials.join(", ")
                ));
            }
            Some(AttemptReport::Failed(Failure::new(label, words)))
        }
        Some(_) | None => {
            let status = envelope.get("status").unwrap_or(&Value::Null);
            let words = format!(
                "the answer has the status {}; known are completed, needs_input and error",
                one_line(&status.to_string())
            );
            Some(AttemptReport::Failed(Failure::new(
                FailureLabel::BAD_OUTPUT,
                words,
            )))
        }
    }
}

fn asked(facts: &Facts<'_>, envelope: &Object) -> AttemptReport {
    let questions: Vec<Question> = match envelope.get("questions") {
        Some(Value::Array(items)) => items.iter().filter_map(question).collect(),
        Some(_) | None => Vec::new(),
    };
    match inquiry::check(&questions) {
        Ok(()) => AttemptReport::NeedsInput(Inquiry {
            questions,
            session: session(facts),
        }),
        Err(mistake) => {
            let words = format!("the agent asks for input, but its list of questions {mistake}");
            AttemptReport::Failed(Failure::new(FailureLabel::BAD_OUTPUT, words))
        }
    }
}

/// A question, as loosely as its schema is written.
fn question(value: &Value) -> Option<Question> {
    let text = |value: &Value, name: &str| Some(value.get(name)?.as_str()?.to_owned());
    let options = value.get("options").and_then(Value::as_array);
    let options = options.into_iter().flatten().filter_map(|option| {
        let description = text(option, "description").unwrap_or_default();
        let label = text(option, "label").or_else(|| option.as_str().map(str::to_owned));
        let label = label.filter(|label| !label.trim().is_empty());
        Some(QuestionOption {
            label: label.or_else(|| Some(description.clone()))?,
            description,
        })
    });
    Some(Question {
        question: text(value, "question")?,
        header: text(value, "header").filter(|header| !header.trim().is_empty()),
        options: options.filter(|option| !option.label.is_empty()).collect(),
        multi_select: ["multiSelect", "multi_select"]
            .iter()
            .any(|name| value.get(name).and_then(Value::as_bool) == Some(true)),
    })
}

/// The answer as an object, if it is one.
fn envelope(facts: &Facts<'_>, answer: &Answer) -> Option<Object> {
    let found = match &answer.structured {
        Some(Value::Object(object)) => object.clone(),
        Some(_) => return None,
        None => parse_answer(&answer.text)?,
    };
    if facts.assistant.schema != SchemaWay::StrictFile {
        return Some(found);
    }
    match schema::relax(Value::Object(found), &facts.request.outputs) {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

/// Outputs that were brought without the envelope around them.
fn unwrapped(mut envelope: Object, contract: &[OutputSpec]) -> Object {
    let is_named = |name: &str| contract.iter().any(|output| output.name == name);
    for name in ["status", "message", "questions", "phase", "artifacts"] {
        if !is_named(name) {
            envelope.shift_remove(name);
        }
    }
    envelope
}

/// An answer that is only a text.
fn without_envelope(facts: &Facts<'_>, answer: &Answer) -> AttemptReport {
    let contract = &facts.request.outputs;
    let name = facts.assistant.name;
    let fail = |label, words: String| AttemptReport::Failed(Failure::new(label, words));
    if answer.text.trim().is_empty() {
        let words = format!("{name} ended its turn without a word");
        return fail(FailureLabel::EMPTY_RESULT, words);
    }
    if contract.is_empty() {
        if answer.is_untouched {
            let words = format!("{name} ended before its model was asked");
            return fail(FailureLabel::EMPTY_RESULT, words);
        }
        return completed(facts, answer, Object::new());
    }
    let is_told_in_words = facts.assistant.schema == SchemaWay::InWords;
    if let (true, [only]) = (is_told_in_words, contract.as_slice())
        && only.value_type == ValueType::String
    {
        let outputs = Object::from_iter([(only.name.clone(), answer.text.as_str().into())]);
        return completed(facts, answer, outputs);
    }
    let is_any_due = contract
        .iter()
        .any(|output| output.required && output.default.is_null());
    if is_any_due && session(facts).is_some() {
        // What is missing is said by who knows the contract, and mended in the session.
        return completed(facts, answer, Object::new());
    }
    let words = format!(
        "{name} answered in words where a structured answer was due: {}",
        one_line(&answer.text)
    );
    fail(FailureLabel::BAD_OUTPUT, words)
}

/// Skills are judged as leniently as by whom they were written for.
fn of_skill(facts: &Facts<'_>, answer: &Answer, envelope: Option<Object>) -> AttemptReport {
    let structured = answer.structured.is_some() || facts.assistant.name != "claude";
    let envelope = envelope.filter(|it| structured && it.contains_key("status"));
    let mut outputs = Object::new();
    if let Some(envelope) = envelope {
        if let Some(report) = unfinished(facts, &envelope) {
            return with_answer(report, envelope);
        }
        outputs.insert(OUTPUT.to_owned(), Value::Object(envelope));
    }
    outputs.insert(RESULT.to_owned(), answer.text.as_str().into());
    completed(facts, answer, outputs)
}

/// The report of a skill that says by itself that it has failed, with all it
/// has answered. An answer in no known form is nothing to keep.
fn with_answer(report: AttemptReport, envelope: Object) -> AttemptReport {
    const KEPT_BYTES_MAX: usize = 256 * 1024;
    match report {
        AttemptReport::Failed(failure) if failure.label != FailureLabel::BAD_OUTPUT => {
            let answer = Value::Object(envelope);
            let is_kept = answer.to_string().len() <= KEPT_BYTES_MAX;
            AttemptReport::Failed(if is_kept {
                failure.with_brought(OUTPUT, answer)
            } else {
                failure
            })
        }
        other => other,
    }
}

fn completed(facts: &Facts<'_>, answer: &Answer, outputs: Object) -> AttemptReport {
    let text = facts.request.wants_text.then(|| answer.text.clone());
    AttemptReport::Completed(Completion {
        outputs,
        session: session(facts),
        text,
        ..Completion::default()
    })
}

/// The session that may go on: as the program calls it, else as we do.
fn session(facts: &Facts<'_>) -> Option<String> {
    facts
        .heard
        .session
        .clone()
        .or_else(|| facts.session.clone())
}

fn failed(label: FailureLabel, message: String) -> Verdict {
    Verdict::Report(AttemptReport::Failed(Failure::new(label, message)))
}

#[cfg(test)]
mod tests;
