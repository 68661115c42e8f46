//! A run's state as the rows that lists and details are made from.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use baton_engine::{Effect, RunState, Shape, StageIndex, Talk, Work, is_idle, next_deadline};
use baton_model::plan::{PlannedStage, StageKind};
use baton_model::{Event, Recorded, WorkflowId};
use baton_store::{Attention, ExecutionRow, ExecutionUpdate, StepRow, StepUpdate, Trigger};
use serde_json::json;
use uuid::Uuid;

/// Inputs of the stages that a commit starts. Those of others are in their
/// rows, where a commit leaves them.
pub(crate) type Inputs = BTreeMap<StageIndex, Arc<str>>;

/// What stages are given that are started by a transaction with these effects.
pub(crate) fn given(effects: &[Effect]) -> Inputs {
    let mut given = Inputs::new();
    for effect in effects {
        if let Effect::Dispatch(request) = effect
            && request.work == Work::Stage
            && !request.inputs.is_empty()
        {
            let text = serde_json::to_string(&request.inputs).unwrap_or_default();
            given.insert(request.index, Arc::from(text));
        }
    }
    given
}

/// The execution of a new run.
pub(crate) fn execution_row(
    state: &RunState,
    definition: Option<Arc<str>>,
    workflow_id: Option<WorkflowId>,
    trigger: Trigger,
) -> ExecutionRow {
    let plan = state.plan();
    let now = execution(state);
    ExecutionRow {
        id: state.id(),
        workflow_id,
        workflow_key: plan.workflow.id.clone(),
        workflow_name: plan.workflow.name.clone(),
        workflow_version: plan.workflow.version.clone(),
        definition_hash: plan.workflow.definition_hash.clone(),
        definition,
        status: now.status,
        parameters: Arc::new(plan.parameters.clone()),
        trigger,
        directory: plan.workspace.directory.clone(),
        project_id: plan.workspace.project.clone(),
        created_by: state.created_by().to_owned(),
        created_at: state.created_at(),
        updated_at: state.created_at(),
        started_at: now.started_at,
        completed_at: now.completed_at,
        error_message: now.error_message,
        attention: now.attention,
        wake_at: now.wake_at,
        version: state.version(),
    }
}

/// What an execution shows of the state.
pub(crate) fn execution(state: &RunState) -> ExecutionUpdate {
    let attention = attention(state);
    ExecutionUpdate {
        status: state.status(),
        started_at: state.started_at(),
        completed_at: state.ended_at(),
        error_message: state.error().map(str::to_owned),
        attention,
        // Whoever works on the run knows its deadlines; they change with
        // every stage that starts.
        wake_at: next_deadline(state).filter(|_| attention == Attention::Idle),
    }
}

/// What the run needs from whoever works on it.
fn attention(state: &RunState) -> Attention {
    if !is_idle(state) {
        Attention::Working
    } else if state.status().is_terminal() {
        Attention::Done
    } else {
        Attention::Idle
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
    if events.iter().any(|recorded| is_about_all(&recorded.event)) {
        changed.extend(state.stages().map(|(index, _, _)| index));
    }
    changed.sort_unstable();
    changed.dedup();
    changed
        .into_iter()
        .map(|index| step(state, index, inputs))
        .collect()
}

/// Whether an event changes stages it does not name.
fn is_about_all(event: &Event) -> bool {
    matches!(event, Event::RunReopened { .. })
}

/// What `events` have changed of the stages themselves.
#[derive(Debug, Default)]
pub(crate) struct ChangedGraph {
    /// Rows that are not to be there any more.
    pub(crate) removed: Vec<u32>,
    /// Rows that come, or take the place of others.
    pub(crate) added: Vec<StepRow>,
}

/// The rows of stages that were inserted, updated or deleted, or that an edit
/// has moved to another batch, since the stages were as `before`.
pub(crate) fn changed_graph(before: &Shape, state: &RunState, inputs: &Inputs) -> ChangedGraph {
    let mut changed = ChangedGraph::default();
    if before.is_that_of(state) {
        return changed;
    }
    let after = state.shape();
    for index in state.places() {
        match (before.stage(index), after.stage(index)) {
            (Some(_), None) => changed.removed.push(order_index(index)),
            (was, Some(is)) if was != Some(is) => {
                changed.added.push(step_row(state, index, inputs));
            }
            _ => {}
        }
    }
    changed
}

/// Every step of a new run.
pub(crate) fn all_steps(state: &RunState, inputs: &Inputs) -> Vec<StepRow> {
    let rows = state
        .stages()
        .map(|(index, _, _)| step_row(state, index, inputs));
    rows.collect()
}

fn step_row(state: &RunState, index: StageIndex, inputs: &Inputs) -> StepRow {
    let planned = state.planned(index);
    StepRow {
        id: Uuid::now_v7(),
        order_index: order_index(index),
        stage: planned.id.clone(),
        stage_name: planned.name.clone(),
        stage_type: Cow::Borrowed(stage_type(planned)),
        batch_index: state.batch(index),
        depends_on: planned.depends_on.clone(),
        agent: match &planned.kind {
            StageKind::Agent(agent) => Some(agent.artifact.clone()),
            StageKind::Gate(_) => None,
        },
        progress: step(state, index, inputs),
    }
}

fn order_index(index: StageIndex) -> u32 {
    u32::try_from(index.get()).unwrap_or(u32::MAX)
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
        order_index: order_index(index),
        status: stage.status,
        iteration: stage.iteration,
        attempt: stage.attempt,
        dispatch: stage.dispatch,
        inputs: inputs.get(&index).cloned(),
        outputs,
        error_label: failure.map(|failure| failure.label.as_str().to_owned()),
        error_message: failure.map(|failure| failure.message.clone()),
        gate: gate(state, index),
        question: stage.talk.as_ref().and_then(|talk| question(talk)),
        feedback: stage.talk.as_ref().and_then(|talk| feedback(talk)),
        summary: stage.handed.as_ref().and_then(|handed| {
            let summary = handed.summary.as_deref()?;
            Some(Arc::from(summary))
        }),
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

/// What was asked in a stage and what was answered, as JSON.
fn question(talk: &Talk) -> Option<Arc<str>> {
    let asked = talk.asked.as_ref()?;
    let answered = asked.answered.as_ref();
    let document = json!({
        "asker": asked.asker,
        "questions": asked.questions,
        "deadline": asked.deadline.map(|deadline| deadline.to_string()),
        "answers": answered.map(|(answers, _)| answers),
        "answered_by": answered.map(|(_, by)| by),
    });
    Some(Arc::from(document.to_string()))
}

/// What people want done differently, as JSON.
fn feedback(talk: &Talk) -> Option<Arc<str>> {
    let feedback = talk.feedback.as_ref()?;
    let document = json!({ "text": feedback.text, "by": feedback.by });
    Some(Arc::from(document.to_string()))
}
