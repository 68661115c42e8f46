//! A run's state as the rows that lists and details are made from.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use baton_engine::{RunState, StageIndex};
use baton_model::plan::{PlannedStage, StageKind};
use baton_model::{Event, Recorded, batches};
use baton_store::{ExecutionUpdate, StepRow, StepUpdate, StoredEvent};
use serde_json::json;
use uuid::Uuid;

/// Inputs of stages, as they were started with.
pub(crate) type Inputs = BTreeMap<StageIndex, Arc<str>>;

/// An event as it is stored.
pub(crate) fn stored(recorded: &Recorded) -> Result<StoredEvent, serde_json::Error> {
    Ok(StoredEvent {
        seq: recorded.seq,
        at: recorded.at,
        kind: Cow::Borrowed(recorded.event.name()),
        body: serde_json::to_string(&recorded.event)?.into_boxed_str(),
    })
}

/// An event as it was stored.
pub(crate) fn recorded(stored: &StoredEvent) -> Result<Recorded, serde_json::Error> {
    let event: Event = serde_json::from_str(&stored.body)?;
    Ok(Recorded {
        seq: stored.seq,
        at: stored.at,
        event,
    })
}

/// What an execution shows of the state.
pub(crate) fn execution(state: &RunState) -> ExecutionUpdate {
    ExecutionUpdate {
        status: state.status(),
        started_at: state.started_at(),
        completed_at: state.ended_at(),
        error_message: state.error().map(str::to_owned),
    }
}

/// The steps that `events` have changed, each once, as they are now.
pub(crate) fn changed_steps(
    state: &RunState,
    events: &[Recorded],
    inputs: &Inputs,
) -> Vec<StepUpdate> {
    let mut changed: Vec<StageIndex> = events
        .iter()
        .filter_map(|recorded| state.index(recorded.event.stage()?))
        .collect();
    changed.sort_unstable();
    changed.dedup();
    changed
        .into_iter()
        .map(|index| step(state, index, inputs))
        .collect()
}

/// Every step of a new run.
pub(crate) fn all_steps(state: &RunState, inputs: &Inputs) -> Vec<StepRow> {
    let stages = &state.plan().stages;
    let mut batch_of = vec![0_u32; stages.len()];
    for (batch, members) in (0..).zip(batches(stages)) {
        for place in members {
            if let Some(slot) = batch_of.get_mut(place) {
                *slot = batch;
            }
        }
    }
    state
        .stages()
        .zip(batch_of)
        .zip(0..)
        .map(
            |(((index, planned, _), batch_index), order_index)| StepRow {
                id: Uuid::now_v7(),
                order_index,
                stage: planned.id.clone(),
                stage_name: planned.name.clone(),
                stage_type: Cow::Borrowed(stage_type(planned)),
                batch_index,
                depends_on: planned.depends_on.clone(),
                agent: match &planned.kind {
                    StageKind::Agent(agent) => Some(agent.artifact.clone()),
                    StageKind::Gate(_) => None,
                },
                progress: step(state, index, inputs),
            },
        )
        .collect()
}

fn stage_type(planned: &PlannedStage) -> &'static str {
    match planned.kind {
        StageKind::Agent(_) => "agent",
        StageKind::Gate(_) => "gate",
    }
}

fn step(state: &RunState, index: StageIndex, inputs: &Inputs) -> StepUpdate {
    let stage = state.stage(index);
    let failure = stage.failure.as_ref();
    let outputs = stage.outputs.as_ref().map(|outputs| {
        let text = serde_json::to_string(outputs.as_ref()).unwrap_or_default();
        Arc::from(text)
    });
    StepUpdate {
        order_index: u32::try_from(index.get()).unwrap_or(u32::MAX),
        status: stage.status,
        iteration: stage.iteration,
        attempt: stage.attempt,
        inputs: inputs.get(&index).cloned(),
        outputs,
        error_label: failure.map(|failure| failure.label.as_str().to_owned()),
        error_message: failure.map(|failure| failure.message.clone()),
        gate: gate(state, index),
        started_at: stage.started_at,
        completed_at: stage.ended_at,
    }
}

/// What people are asked at a gate and what they decided, as JSON.
fn gate(state: &RunState, index: StageIndex) -> Option<Arc<str>> {
    let gate = state.stage(index).gate.as_ref()?;
    let StageKind::Gate(spec) = &state.planned(index).kind else {
        return None;
    };
    let decision = gate.decision.as_ref();
    let document = json!({
        "message": gate.message,
        "approvers": spec.approvers,
        "deadline": gate.deadline.map(|deadline| deadline.to_string()),
        "decided_by": decision.map(|decision| &decision.by),
        "reason": decision.and_then(|decision| decision.reason.as_ref()),
    });
    Some(Arc::from(document.to_string()))
}
