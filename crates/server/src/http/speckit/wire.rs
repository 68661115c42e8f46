//! What clients of this door are sent.

use baton_app::rounds::story::{Move, Rounds};
use baton_model::{Object, Timestamp, Value};
use serde::Serialize;

use super::status;

/// A workflow: always all ten keys, in this order.
#[derive(Debug, Serialize)]
pub(super) struct WorkflowResponse {
    id: String,
    workflow_type: String,
    status: &'static str,
    feature_id: String,
    current_phase: String,
    result: Option<Object>,
    error: Option<String>,
    created_at: String,
    updated_at: String,
    completed_at: Option<String>,
}

impl From<Rounds> for WorkflowResponse {
    fn from(rounds: Rounds) -> Self {
        Self {
            id: rounds.run.to_string(),
            feature_id: feature_id(&rounds),
            workflow_type: rounds.workflow,
            status: status::word(rounds.status),
            current_phase: format!("phase_{}", rounds.round),
            result: rounds.result,
            error: rounds.error,
            created_at: time(rounds.created_at),
            updated_at: time(rounds.updated_at),
            completed_at: rounds.completed_at.map(time),
        }
    }
}

fn feature_id(rounds: &Rounds) -> String {
    let name = rounds.parameters.get("feature_id").and_then(Value::as_str);
    name.unwrap_or_default().to_owned()
}

/// A time with all six digits of its microseconds: clients of this door compare
/// times as texts.
fn time(at: Timestamp) -> String {
    /// How much of a time stands before its fraction.
    const SECONDS: usize = "2026-01-05T12:00:00".len();
    let text = at.to_string();
    let seconds = text.get(..SECONDS).unwrap_or(&text);
    let micros = at.as_micros().rem_euclid(1_000_000);
    format!("{seconds}.{micros:06}Z")
}

/// Every transition of a workflow, the first one first.
#[derive(Debug, Serialize)]
pub(super) struct HistoryResponse {
    workflow_id: String,
    history: Vec<Transition>,
}

/// From one status to the next.
#[derive(Debug, Serialize)]
struct Transition {
    /// Grows from each transition to the next.
    sequence: u64,
    from_status: &'static str,
    to_status: &'static str,
    trigger: &'static str,
    metadata: Option<Object>,
    /// Who, if it was a person.
    by: Option<String>,
    created_at: String,
}

impl From<Rounds> for HistoryResponse {
    fn from(rounds: Rounds) -> Self {
        Self {
            workflow_id: rounds.run.to_string(),
            history: rounds.moves.into_iter().map(Transition::from).collect(),
        }
    }
}

impl From<Move> for Transition {
    fn from(step: Move) -> Self {
        Self {
            sequence: step.seq,
            from_status: status::word(step.from),
            to_status: status::word(step.to),
            trigger: status::trigger(step.cause),
            metadata: step.details,
            by: step.by,
            created_at: time(step.at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_microseconds_whatever_they_are() {
        for (micros, expected) in [
            (1_770_000_000_000_000, "2026-02-02T02:40:00.000000Z"),
            (1_770_000_000_123_000, "2026-02-02T02:40:00.123000Z"),
            (1_770_000_000_000_001, "2026-02-02T02:40:00.000001Z"),
        ] {
            assert_eq!(time(Timestamp::from_micros(micros)), expected);
        }
    }
}
