//! An event of a run as a line: number, time, name, stage, and in words what
//! matters about it.

use baton_model::event::{GateDecision, RunCreated, SkipReason};
use baton_model::{Answers, Edit, Failure, Object, Question, Timestamp, Value};
use baton_server::v1::dto::Event as Stored;
use serde_json::from_value;

use super::style::{Target, Tone, fit, harmless, paint};

/// Longest text of somebody else's in a line.
const WORDS_CHARS_MAX: usize = 120;
/// Columns of the longest name of an event.
const NAME_WIDTH: usize = 17;

/// Whether it is the last event of a run, but for annotations.
pub(crate) fn is_end(stored: &Stored) -> bool {
    name(stored) == "run_ended"
}

/// The event as a line; on a terminal no longer than it is wide.
pub(crate) fn line(stored: &Stored) -> String {
    let event = from_value::<baton_model::Event>(stored.event.clone()).ok();
    let stage = event.as_ref().and_then(baton_model::Event::stage);
    let stage = stage.map(|stage| format!("{}: ", harmless(stage.as_str())));
    // What a newer Baton has written has no words of ours.
    let words = event.as_ref().map(|event| words(event, &stored.at));
    let words = words.unwrap_or_default();
    let head = format!(
        "{:>4} {} {:<NAME_WIDTH$} ",
        stored.seq,
        time(&stored.at),
        name(stored)
    );
    let rest = format!("{}{words}", stage.unwrap_or_default());
    let rest = match super::style::width(Target::Out) {
        Some(width) => fit(&rest, width.saturating_sub(head.chars().count()).max(20)),
        None => rest,
    };
    format!("{}{rest}", paint(Target::Out, Tone::Dim, &head))
}

fn name(stored: &Stored) -> &str {
    let name = stored.event.get("type").and_then(Value::as_str);
    name.unwrap_or_default()
}

/// The time of day, to the millisecond.
fn time(at: &str) -> &str {
    at.get(11..23).unwrap_or(at)
}

/// `at` is when it happened.
fn words(event: &baton_model::Event, at: &str) -> String {
    use baton_model::Event as E;
    match event {
        E::RunCreated(created) => of_creation(created),
        E::StageReady { .. } => "its condition is true".to_owned(),
        E::StageStarted {
            iteration,
            attempt,
            dispatch,
            deadline,
            ..
        } => {
            let iteration = Some(iteration).filter(|iteration| **iteration > 1);
            let iteration = iteration.map(|iteration| format!("#{iteration}, "));
            let iteration = iteration.unwrap_or_default();
            format!(
                "{iteration}attempt {attempt}, start {dispatch}{}",
                until(*deadline, at)
            )
        }
        E::StageRestarted {
            dispatch, deadline, ..
        } => format!(
            "the same attempt after a crash, start {dispatch}{}",
            until(*deadline, at)
        ),
        E::StageStopping { reason, .. } => format!("told to end: {}", reason.as_str()),
        E::StageCompleted {
            outputs,
            summary_failure,
            by,
            ..
        } => match (summary_failure, by) {
            (None, None) => outputs_in_short(outputs),
            (None, Some(by)) => format!("{} brought {}", text(by), outputs_in_short(outputs)),
            (Some(failure), _) => format!("without a summary: {}", of_failure(failure)),
        },
        E::StageSpent { usage, .. } => super::usage::words(&super::usage::told(usage)),
        E::StageRepairing { failure, .. } => {
            format!("asked to mend its output: {}", of_failure(failure))
        }
        E::StageSummarizing { .. } => "asked to condense its output".to_owned(),
        E::StageRetrying {
            failure, retry_at, ..
        } => {
            let again = retry_at.to_string();
            format!("{}; again at {}", of_failure(failure), time(&again))
        }
        E::StageFailed { failure, .. } => of_failure(failure),
        E::StageSkipped { reason, .. } => match reason {
            SkipReason::ConditionFalse => "its condition was false".to_owned(),
            SkipReason::DependencyFailed => "a stage it depends on failed".to_owned(),
        },
        E::StageCancelled { .. } => "the run ended first".to_owned(),
        E::StageReset { iteration, .. } => format!("#{iteration}: a stage before it runs again"),
        other => words_of_people(other, at),
    }
}

/// What people, or the run as a whole, have to do with.
fn words_of_people(event: &baton_model::Event, at: &str) -> String {
    use baton_model::Event as E;
    match event {
        E::StageAsked {
            questions,
            deadline,
            ..
        } => format!("asks: {}{}", of_questions(questions), until(*deadline, at)),
        E::StageAnswered { answers, by, .. } => {
            format!("{} answered {}", text(by), of_answers(answers))
        }
        E::StageReopened {
            iteration,
            feedback,
            by,
            ..
        } => format!("#{iteration} {}", by_whom(by, feedback.as_deref())),
        E::GateOpened {
            message, deadline, ..
        } => {
            let message = message.as_deref().unwrap_or("waits for approval");
            format!("{}{}", text(message), until(*deadline, at))
        }
        E::GateApproved { decision, .. } | E::GateRejected { decision, .. } => {
            let GateDecision { by, reason, .. } = decision;
            by_whom(by, reason.as_deref())
        }
        E::RunPaused { by, reason } => by_whom(by, reason.as_deref()),
        E::RunResumed { by } | E::RunReopened { by } => by_whom(by, None),
        E::GraphEdited { edits, by, reason } => {
            let edits: Vec<String> = edits.iter().map(of_edit).collect();
            format!("{}; {}", edits.join(", "), by_whom(by, reason.as_deref()))
        }
        E::HookFinished {
            point,
            place,
            error,
            ..
        } => {
            let action = format!("action {} of {}", place + 1, point.as_str());
            match error {
                None => action,
                Some(error) => format!("{action} failed: {}", text(error)),
            }
        }
        E::RunStopping { outcome, reason } => format!("to end as {outcome}: {}", text(reason)),
        E::RunEnded { status, error } => match error {
            None => status.to_string(),
            Some(error) => format!("{status}: {}", text(error)),
        },
        _ => String::new(),
    }
}

fn of_creation(created: &RunCreated) -> String {
    let workflow = &created.plan.workflow;
    let mut words = format!(
        "{} v{}, {} by {}",
        text(&workflow.name),
        text(&workflow.version),
        count(created.plan.stages.len(), "stage"),
        text(&created.created_by)
    );
    if let Some(earlier) = created.rerun_of {
        let reused = count(created.reused.len(), "stage");
        words.push_str(&format!("; repeats {earlier}, reuses {reused}"));
    }
    words
}

fn count(n: usize, what: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{n} {what}{plural}")
}

fn outputs_in_short(outputs: &Object) -> String {
    let each = outputs
        .iter()
        .map(|(name, value)| format!("{name}={}", text(&in_short(value))));
    each.collect::<Vec<_>>().join(", ")
}

fn of_answers(answers: &Answers) -> String {
    let each = answers.iter().map(|(name, answer)| {
        let values = match answer {
            Value::Array(values) => values.iter().map(in_short).collect::<Vec<_>>().join(", "),
            one => in_short(one),
        };
        format!("{}={}", text(name), text(&values))
    });
    each.collect::<Vec<_>>().join(", ")
}

fn in_short(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn of_questions(questions: &[Question]) -> String {
    let each = questions.iter().map(|question| text(&question.question));
    each.collect::<Vec<_>>().join(" / ")
}

fn of_failure(failure: &Failure) -> String {
    format!("{}: {}", failure.label.as_str(), text(&failure.message))
}

fn of_edit(edit: &Edit) -> String {
    let verb = match edit {
        Edit::Insert { .. } => "inserted",
        Edit::Update { .. } => "updated",
        Edit::Delete { .. } => "deleted",
    };
    format!("{verb} {}", text(edit.stage().as_str()))
}

fn by_whom(by: &str, why: Option<&str>) -> String {
    match why {
        Some(why) => format!("by {}: {}", text(by), text(why)),
        None => format!("by {}", text(by)),
    }
}

/// A deadline; of the day on which the event happened, the time is enough.
fn until(deadline: Option<Timestamp>, at: &str) -> String {
    deadline.map_or_else(String::new, |deadline| {
        let deadline = deadline.to_string();
        let is_same_day = deadline.get(..10) == at.get(..10);
        let whole = deadline.get(..19).unwrap_or(&deadline).replace('T', " ");
        let shown = if is_same_day {
            whole.get(11..).unwrap_or(&whole)
        } else {
            &whole
        };
        format!(", until {shown}")
    })
}

/// A text of somebody else's, on one line and not for ever.
fn text(text: &str) -> String {
    let one_line = text.trim().replace(['\n', '\t'], " ");
    fit(&harmless(&one_line), WORDS_CHARS_MAX)
}

#[cfg(test)]
mod tests;
