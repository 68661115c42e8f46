//! The record of a run, as clients read it and as it lies in files.

use baton_app::project_runs::ProjectRun;
use baton_model::{Failure, FailureLabel, Object, Question, Value};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, json};
use utoipa::ToSchema;

use super::log;
use super::statuses::{Shown, shown};

/// A run of a skill in a project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SpecflowExecution)]
pub(super) struct Record {
    /// Its id, which is the name of its file, too.
    pub(super) id: String,
    /// The key of its project in the registry.
    pub(super) project_id: String,
    /// The session of its agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) session_id: Option<String>,
    /// The skill, as it was asked for.
    pub(super) skill: String,
    /// `running`, `waiting_for_input`, `completed`, `failed` or `cancelled`.
    pub(super) status: String,
    /// What its agent has answered: `status`, and perhaps `phase`, `message`,
    /// `questions` and `artifacts`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<HashMap<String, Value>>)]
    pub(super) output: Option<Object>,
    /// Every answer so far, by the header of its question.
    #[schema(value_type = HashMap<String, Value>)]
    pub(super) answers: Map<String, Value>,
    /// What has happened, one line each.
    pub(super) logs: Vec<String>,
    /// What its agent has written in its last turn.
    pub(super) stdout: String,
    /// What it has written on standard error.
    pub(super) stderr: String,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    /// What it has cost in US dollars.
    #[schema(value_type = f64)]
    pub(super) cost_usd: Number,
    /// When it was started.
    #[schema(format = DateTime)]
    pub(super) started_at: String,
    /// When it last changed.
    #[schema(format = DateTime)]
    pub(super) updated_at: String,
    /// How long a turn may take, in milliseconds.
    #[schema(value_type = f64)]
    pub(super) timeout_ms: Number,
    /// Process that supervises its agent, while that is at work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) pid: Option<u32>,
    /// Process of its agent, while it is at work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) claude_pid: Option<u32>,
    /// When it was cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub(super) cancelled_at: Option<String>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub(super) completed_at: Option<String>,
    /// Who works on it: `claude` or `codex`.
    pub(super) provider: String,
}

/// A record as it is answered: its fields, and the same once more below
/// `execution`, where later clients look for them.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = SpecflowAnswer)]
pub(super) struct Answered {
    /// The record.
    #[serde(flatten)]
    record: Record,
    /// The same once more.
    execution: Record,
}

/// Whether questions are shown that were answered: the answer to an answer has
/// them once more, and nothing else, since slow clients would ask them again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OldQuestions {
    Shown,
    Hidden,
}

/// The record of a run.
pub(super) fn record(run: &ProjectRun, old: OldQuestions) -> Record {
    let status = shown(run.status());
    let is_at_work = status == Shown::Running;
    let processes = run.processes.as_ref().filter(|_| is_at_work);
    let cost_micros = run.usage().cost_micros.unwrap_or_default();
    let ended = run.execution.completed_at.or(run.cancelled_at());
    Record {
        id: run.id().to_string(),
        project_id: run.project.clone(),
        session_id: run.session().map(str::to_owned),
        skill: run.skill.clone(),
        status: status.to_string(),
        output: output(run, status, old),
        answers: run.answers().clone(),
        logs: log::lines(run),
        stdout: run.stdout.clone(),
        stderr: run.stderr.clone(),
        error: (status == Shown::Failed).then(|| error(run)),
        cost_usd: dollars(cost_micros),
        started_at: run.execution.created_at.to_string(),
        updated_at: run.execution.updated_at.to_string(),
        timeout_ms: number(run.timeout_ms),
        pid: processes.map(|found| found.supervisor),
        claude_pid: processes.and_then(|found| found.agents.first().copied()),
        cancelled_at: run.cancelled_at().map(|at| at.to_string()),
        completed_at: ended.map(|at| at.to_string()),
        provider: run.provider.as_str().to_owned(),
    }
}

/// The record of a run as it is answered.
pub(super) fn answered(record: Record) -> Answered {
    Answered {
        execution: record.clone(),
        record,
    }
}

/// The same of a record that another service has written.
pub(super) fn answered_as_found(record: &Object) -> Value {
    let mut answered = record.clone();
    answered.insert("execution".to_owned(), Value::Object(record.clone()));
    Value::Object(answered)
}

fn output(run: &ProjectRun, status: Shown, old: OldQuestions) -> Option<Object> {
    let questions = &run.story.questions;
    let has_answered_just_now = old == OldQuestions::Shown && status == Shown::Running;
    let is_shown = match status {
        Shown::WaitingForInput => true,
        Shown::Running => has_answered_just_now && !questions.is_empty(),
        // It ended before anybody answered.
        _ => run.story.is_asking,
    };
    if is_shown {
        let questions: Vec<Value> = questions.iter().map(question).collect();
        let output = json!({ "status": "needs_input", "questions": questions });
        return output.as_object().cloned();
    }
    if status == Shown::Running {
        return None;
    }
    let mut output = run.answer_of_agent()?;
    if !output.contains_key("status") {
        output.insert("status".to_owned(), Value::from("completed"));
    }
    Some(output)
}

fn question(question: &Question) -> Value {
    let mut shown = json!({ "question": question.question });
    if let Some(header) = &question.header {
        shown["header"] = json!(header);
    }
    if !question.options.is_empty() {
        let options = question
            .options
            .iter()
            .map(|option| json!({ "label": option.label, "description": option.description }));
        shown["options"] = options.collect();
    }
    if question.multi_select {
        shown["multiSelect"] = json!(true);
    }
    shown
}

/// Why a run failed, as clients know it.
fn error(run: &ProjectRun) -> String {
    match run.failure() {
        Some(_) if run.story.is_out_of_time => {
            format!("Timeout exceeded ({}ms)", number(run.timeout_ms))
        }
        Some(failure) if failure.label == FailureLabel::EMPTY_RESULT => {
            "No output received".to_owned()
        }
        Some(failure) if failure.label == FailureLabel::BAD_OUTPUT => {
            format!("Parse error: {}", in_full(failure))
        }
        Some(failure) => in_full(failure).to_owned(),
        None => {
            let message = run.execution.error_message.as_deref();
            message.unwrap_or("Unknown error").to_owned()
        }
    }
}

/// Every word an agent has said of its failure, where that is known.
fn in_full(failure: &Failure) -> &str {
    let brought = failure.brought.as_ref();
    let words = brought.and_then(|brought| brought.get("result")?.as_str());
    words.unwrap_or(&failure.message)
}

/// A number as the clients of this door write it.
pub(super) fn number(value: f64) -> Number {
    const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() < WHOLE_MAX {
        #[expect(clippy::cast_possible_truncation, reason = "it is whole, and in range")]
        return Number::from(value as i64);
    }
    Number::from_f64(value).unwrap_or_else(|| Number::from(0))
}

fn dollars(micros: u64) -> Number {
    #[expect(
        clippy::cast_precision_loss,
        reason = "nobody spends so much that it matters"
    )]
    let dollars = micros as f64 / 1_000_000.0;
    number(dollars)
}
