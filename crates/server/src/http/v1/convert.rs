//! Between the use cases' types and the v1 wire types.

use baton_app::answers::Asked;
use baton_app::definitions::Parameters;
use baton_app::{RunDetail, RunList};
use baton_model::question::answer_keys;
use baton_model::{Asker, Question, QuestionOption, Recorded, StageId, Timestamp, Usage};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::dto;
use crate::http::error::Problem;

/// What `baton-app` lists, without naming the crates behind it.
type ExecutionRow = baton_app::rows::ExecutionRow;
type StepRow = baton_app::rows::StepRow;
type LogRow = baton_app::rows::LogLine;
type EventRow = baton_app::rows::StoredEvent;

pub(super) fn execution(row: &ExecutionRow) -> dto::Execution {
    dto::Execution {
        id: row.id.to_string(),
        workflow_id: row.workflow_id.map(|id| id.to_string()),
        workflow_key: row.workflow_key.clone(),
        workflow_name: row.workflow_name.clone(),
        workflow_version: row.workflow_version.clone(),
        workflow_definition_hash: row.definition_hash.clone(),
        status: row.status.to_string(),
        trigger: row.trigger.to_string(),
        parameters: row.parameters.as_ref().clone(),
        workflow_snapshot: None,
        directory: row.directory.clone(),
        project_id: row.project_id.clone(),
        created_by: row.created_by.clone(),
        created_at: row.created_at.to_string(),
        updated_at: row.updated_at.to_string(),
        started_at: row.started_at.map(|at| at.to_string()),
        completed_at: row.completed_at.map(|at| at.to_string()),
        duration_seconds: duration(row.started_at, row.completed_at),
        error_message: row.error_message.clone(),
        rerun_of: None,
        hooks: None,
        overridden: None,
        usage: None,
        steps: None,
    }
}

pub(super) fn detail(detail: &RunDetail) -> Result<dto::Execution, Problem> {
    let background = &detail.background;
    let hooks = background.hooks.iter().map(|hook| dto::HookEnd {
        hook: hook.point.as_str().to_owned(),
        place: hook.place,
        error: hook.error.clone(),
    });
    let overridden = background.overridden.iter().map(|set| dto::Overridden {
        path: set.path.clone(),
        by: set.by.clone(),
    });
    let steps = detail.steps.iter().map(|row| step(detail, row));
    Ok(dto::Execution {
        workflow_snapshot: detail.execution.definition.as_deref().map(str::to_owned),
        rerun_of: background.rerun_of.map(|run| run.to_string()),
        hooks: (!background.hooks.is_empty()).then(|| hooks.collect()),
        overridden: (!background.overridden.is_empty()).then(|| overridden.collect()),
        usage: total(detail.background.usage.values()),
        steps: Some(steps.collect::<Result<_, _>>()?),
        ..execution(&detail.execution)
    })
}

pub(super) fn page(list: RunList) -> dto::Page<dto::Execution> {
    let damaged = list.damaged.into_iter().map(|damaged| dto::DamagedRun {
        id: damaged.run.to_string(),
        message: damaged.error.message,
    });
    dto::Page {
        items: list.items.iter().map(execution).collect(),
        damaged: damaged.collect(),
        has_more: list.next_cursor.is_some(),
        next_cursor: list.next_cursor,
        prev_cursor: list.prev_cursor,
        total_count: list.total_count,
    }
}

fn step(detail: &RunDetail, row: &StepRow) -> Result<dto::Step, Problem> {
    let now = &row.progress;
    let asked = Asked::of(row)?;
    Ok(dto::Step {
        id: row.id.to_string(),
        execution_id: detail.execution.id.to_string(),
        stage_id: row.stage.to_string(),
        stage_name: row.stage_name.clone(),
        stage_type: row.stage_type.to_string(),
        batch_index: row.batch_index,
        depends_on: row.depends_on.iter().map(StageId::to_string).collect(),
        agent: row.agent.clone(),
        status: now.status.to_string(),
        iteration: now.iteration,
        attempt: now.attempt,
        dispatch: now.dispatch,
        inputs: json(now.inputs.as_deref()),
        outputs: json(now.outputs.as_deref()),
        error_label: now.error_label.clone(),
        error_message: now.error_message.clone(),
        gate: json(now.gate.as_deref()),
        question: asked.map(|asked| dto::Asked {
            answers: asked.answers,
            answered_by: asked.answered_by,
            ..questions(asked.asker, &asked.questions, asked.deadline)
        }),
        feedback: json(now.feedback.as_deref()),
        summary: now.summary.as_deref().map(str::to_owned),
        reused: detail.background.reused.contains(&row.stage),
        logs_url: format!(
            "/api/v1/workflow-executions/{}/logs?stage={}",
            detail.execution.id,
            escaped(row.stage.as_str())
        ),
        attempts: None,
        definition: None,
        usage: detail.background.usage.get(&row.stage).map(usage),
        started_at: now.started_at.map(|at| at.to_string()),
        completed_at: now.completed_at.map(|at| at.to_string()),
        duration_seconds: duration(now.started_at, now.completed_at),
    })
}

/// What agents took, as it is shown.
pub(super) fn usage(usage: &Usage) -> dto::Usage {
    #[expect(
        clippy::cast_precision_loss,
        reason = "exact for up to nine thousand million dollars"
    )]
    let dollars = |micros: u64| micros as f64 / 1e6;
    dto::Usage {
        input_tokens: usage.input_tokens,
        output_tokens: usage.output_tokens,
        cache_read_tokens: usage.cache_read_tokens,
        cache_write_tokens: usage.cache_write_tokens,
        cost_usd: usage.cost_micros.map(dollars),
    }
}

/// What all of them took together; none where none has told.
fn total<'u>(usages: impl Iterator<Item = &'u Usage>) -> Option<dto::Usage> {
    let sum = usages.fold(Usage::default(), |sum, one| sum.plus(one));
    (!sum.is_empty()).then(|| usage(&sum))
}

fn json<T: DeserializeOwned>(text: Option<&str>) -> Option<T> {
    text.and_then(|text| serde_json::from_str(text).ok())
}

/// Questions that are not answered yet, each with the name of its answer.
pub(super) fn questions(
    asker: Asker,
    questions: &[Question],
    deadline: Option<String>,
) -> dto::Asked {
    let asker = match asker {
        Asker::Agent => "agent",
        Asker::Crash => "crash",
    };
    let named = answer_keys(questions).into_iter().zip(questions);
    dto::Asked {
        asker: asker.to_owned(),
        questions: named
            .map(|(name, question)| dto::Question {
                name: name.to_owned(),
                question: question.question.clone(),
                header: question.header.clone(),
                options: question.options.iter().map(option).collect(),
                multi_select: question.multi_select,
            })
            .collect(),
        deadline,
        answers: None,
        answered_by: None,
    }
}

fn option(option: &QuestionOption) -> dto::QuestionOption {
    dto::QuestionOption {
        label: option.label.clone(),
        description: option.description.clone(),
    }
}

pub(super) fn log_line(row: &LogRow) -> dto::LogLine {
    dto::LogLine {
        seq: row.seq,
        stage_id: row.stage.to_string(),
        dispatch: row.dispatch,
        at: row.at.to_string(),
        stream: row.stream.as_str().to_owned(),
        message: row.text.clone(),
    }
}

/// An event as it is stored.
pub(super) fn event(row: &EventRow) -> Result<dto::Event, Problem> {
    let event = serde_json::from_str(&row.body).map_err(baton_app::AppError::internal)?;
    Ok(dto::Event {
        seq: row.seq,
        at: row.at.to_string(),
        event,
    })
}

/// An event that was read already.
pub(super) fn recorded(recorded: &Recorded) -> Result<dto::Event, serde_json::Error> {
    Ok(dto::Event {
        seq: recorded.seq,
        at: recorded.at.to_string(),
        event: serde_json::to_value(&recorded.event)?,
    })
}

/// Typed parameters first, then those that are to be read by their type.
pub(super) fn parameters(
    typed: Option<Map<String, Value>>,
    texts: Option<Map<String, Value>>,
) -> Parameters {
    use baton_app::definitions::ParameterInput;
    let typed = typed.into_iter().flatten();
    let texts = texts.into_iter().flatten();
    typed
        .map(|(name, value)| (name, ParameterInput::Value(value)))
        .chain(texts.map(|(name, value)| match value {
            Value::String(text) => (name, ParameterInput::Text(text)),
            other => (name, ParameterInput::Value(other)),
        }))
        .collect()
}

/// A text as a value in a query.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                escaped.push(byte.into());
            }
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

pub(super) fn duration(from: Option<Timestamp>, to: Option<Timestamp>) -> Option<f64> {
    // Milliseconds, as everywhere; more digits are noise.
    Some((to?.since(from?).as_secs_f64() * 1_000.0).round() / 1_000.0)
}
