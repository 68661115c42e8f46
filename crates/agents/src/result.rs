//! What a finished program's output means: exit code 0 alone proves nothing.
//!
//! Pure: bytes and an exit record in, a report out. Whether the outputs have
//! the types their contract names is not checked here; the engine does that
//! for every kind of agent alike.

mod directive;
mod json;

use baton_model::plan::OutputSpec;
use baton_model::{AttemptReport, Completion, Failure, FailureLabel, Inquiry, Object, ValueType};

use crate::attempt_files::{ExitReason, ExitRecord};
use directive::{Directive, Status};

pub(crate) use directive::EDITS_MAX;
pub(crate) use json::parse_answer;
pub(crate) use json::parse_object;

/// Longest part of a program's own words that goes into a message.
const EXCERPT_BYTES_MAX: usize = 2 * 1024;
/// Longest part of an unreadable result that goes into a message.
const GARBAGE_BYTES_MAX: usize = 200;

/// What a program left behind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Captured<'a> {
    /// How it ended.
    pub(crate) exit: &'a ExitRecord,
    /// Standard output, as far as it was kept.
    pub(crate) stdout: &'a [u8],
    /// The end of standard error.
    pub(crate) stderr_tail: &'a [u8],
}

/// What the attempt came to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Verdict {
    pub(crate) report: AttemptReport,
    /// Whether standard output is not part of the report, so that people
    /// find it nowhere unless it is logged.
    pub(crate) is_stdout_unused: bool,
}

impl Verdict {
    fn failed(failure: Failure) -> Self {
        Self {
            report: AttemptReport::Failed(failure),
            is_stdout_unused: true,
        }
    }

    fn asked(inquiry: Inquiry) -> Self {
        Self {
            report: AttemptReport::NeedsInput(inquiry),
            is_stdout_unused: false,
        }
    }

    fn completed(completion: Completion) -> Self {
        Self {
            report: AttemptReport::Completed(completion),
            is_stdout_unused: false,
        }
    }
}

/// Judges what a program left behind against what it was asked for.
pub(crate) fn judge(captured: Captured<'_>, contract: &[OutputSpec]) -> Verdict {
    match ended_early(captured.exit) {
        Some(failure) => Verdict::failed(failure),
        None => judge_exited(captured, contract),
    }
}

/// What went wrong with a program of which nothing is asked but to end well.
pub(crate) fn failure_of(captured: Captured<'_>) -> Option<Failure> {
    ended_early(captured.exit).or_else(|| abnormal_end(captured))
}

/// The failure of a program that did not end by itself.
fn ended_early(exit: &ExitRecord) -> Option<Failure> {
    let (label, message) = match &exit.reason {
        ExitReason::Exited => return None,
        ExitReason::SpawnFailed { message } => (FailureLabel::UNREACHABLE, message.as_str()),
        ExitReason::Timeout => (
            FailureLabel::TIMEOUT,
            "the program ran out of time and was ended",
        ),
        ExitReason::Cancelled => (FailureLabel::CANCELLED, "the attempt was cancelled"),
        ExitReason::Orphaned => (
            FailureLabel::CRASH,
            "the program was ended because its server was gone",
        ),
    };
    Some(Failure::new(label, message))
}

fn judge_exited(captured: Captured<'_>, contract: &[OutputSpec]) -> Verdict {
    let parsed = if captured.exit.stdout_truncated {
        Err(json::JsonError::NotJson)
    } else {
        parse_object(captured.stdout)
    };
    let (directive, outputs) = match parsed {
        Ok(object) => match Directive::take(object) {
            Ok((directive, outputs)) => (directive, Ok(outputs)),
            Err(failure) => return Verdict::failed(failure),
        },
        Err(error) => (Directive::default(), Err(error)),
    };
    // What the agent says about its own end goes before its exit code.
    match directive.status {
        Status::Asked(inquiry) => return Verdict::asked(inquiry),
        Status::Failed(failure) => return Verdict::failed(failure),
        Status::Ok => {}
    }
    if let Some(failure) = abnormal_end(captured) {
        return Verdict::failed(failure);
    }
    match outputs {
        Ok(outputs) => Verdict::completed(Completion {
            outputs,
            session: directive.session,
            proposed_edits: directive.edits,
            ..Completion::default()
        }),
        // What was said is lost, so it is not taken for plain text either.
        Err(error @ json::JsonError::TooDeep(_)) => Verdict::failed(garbage(captured, &error)),
        Err(error) => judge_text(captured, contract, &error),
    }
}

/// The failure of a program that did not end with code 0.
fn abnormal_end(captured: Captured<'_>) -> Option<Failure> {
    let (label, what) = match (captured.exit.code, captured.exit.signal) {
        (Some(0), _) => return None,
        (Some(code), _) => (
            FailureLabel::EXIT,
            format!("the program ended with code {code}"),
        ),
        (None, Some(signal)) => (
            FailureLabel::CRASH,
            format!("the program was killed by signal {}", signal_name(signal)),
        ),
        (None, None) => (
            FailureLabel::CRASH,
            "the program vanished without an exit code".to_owned(),
        ),
    };
    let last_words = last_words(captured);
    let message = if last_words.is_empty() {
        what
    } else {
        format!("{what}: {last_words}")
    };
    Some(Failure::new(label, message))
}

/// A program that ended well, but whose output is no JSON object.
fn judge_text(captured: Captured<'_>, contract: &[OutputSpec], error: &json::JsonError) -> Verdict {
    let failed = |label, message: String| Verdict::failed(Failure::new(label, message));
    if captured.exit.stdout_truncated && !contract.is_empty() {
        let kept = captured.stdout.len();
        let message = format!("the program wrote more than {kept} bytes of output");
        return failed(FailureLabel::CUT_OFF, message);
    }
    let is_blank = captured.stdout.iter().all(u8::is_ascii_whitespace);
    if contract.is_empty() || (is_blank && !contract.iter().any(is_due)) {
        return Verdict {
            is_stdout_unused: !is_blank,
            ..Verdict::completed(Completion::default())
        };
    }
    if is_blank {
        let message = "the program ended well but wrote no result".to_owned();
        return failed(FailureLabel::EMPTY_RESULT, message);
    }
    match (only_text_output(contract), str::from_utf8(captured.stdout)) {
        (Some(name), Ok(text)) => {
            let text = text.trim_end_matches(['\r', '\n']);
            let outputs = Object::from_iter([(name.to_owned(), text.into())]);
            Verdict::completed(Completion {
                outputs,
                ..Completion::default()
            })
        }
        (Some(_), Err(_)) => failed(
            FailureLabel::BAD_OUTPUT,
            "the program's output is not valid UTF-8".to_owned(),
        ),
        (None, _) => Verdict::failed(garbage(captured, error)),
    }
}

/// The failure of a program whose output cannot be its result.
fn garbage(captured: Captured<'_>, error: &json::JsonError) -> Failure {
    let stdout = captured.stdout;
    let start = stdout.get(..GARBAGE_BYTES_MAX).unwrap_or(stdout);
    let excerpt = String::from_utf8_lossy(start);
    let message = format!("expected a JSON object as output, but {error}: {excerpt}");
    Failure::new(FailureLabel::BAD_OUTPUT, message.trim_end())
}

/// Whether the absence of this output is a failure.
pub(crate) fn is_due(output: &OutputSpec) -> bool {
    output.required && output.default.is_null()
}

/// The one output plain text can be taken for.
pub(crate) fn only_text_output(contract: &[OutputSpec]) -> Option<&str> {
    match contract {
        [only] if only.value_type == ValueType::String => Some(&only.name),
        _ => None,
    }
}

/// The last lines of standard error, or of standard output if that is all
/// there is: many programs complain there.
fn last_words(captured: Captured<'_>) -> String {
    let has_text = |bytes: &[u8]| !bytes.iter().all(u8::is_ascii_whitespace);
    let words = if has_text(captured.stderr_tail) {
        captured.stderr_tail
    } else {
        captured.stdout
    };
    let text = String::from_utf8_lossy(words.trim_ascii());
    let earliest = text.len().saturating_sub(EXCERPT_BYTES_MAX);
    let start = text.ceil_char_boundary(earliest);
    let tail = text.get(start..).unwrap_or_default();
    // A line that was cut in the middle tells less than none.
    match tail.split_once('\n') {
        Some((_, whole_lines)) if start > 0 => whole_lines.to_owned(),
        _ => tail.to_owned(),
    }
}

fn signal_name(signal: i32) -> String {
    match nix::sys::signal::Signal::try_from(signal) {
        Ok(name @ nix::sys::signal::Signal::SIGKILL) => {
            format!("{name}, perhaps because the machine ran out of memory")
        }
        Ok(name) => name.to_string(),
        Err(_) => signal.to_string(),
    }
}

#[cfg(test)]
mod tests;
