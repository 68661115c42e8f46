//! What must hold of every run that has been touched: rows equal the fold of
//! the events, nothing is done twice, and nothing is done that is not durable.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use baton_engine::{
    Effect, RunState, StageIndex, StageState, apply, invariants, pending_effects, replay,
};
use baton_model::plan::StageKind;
use baton_model::{Event, Recorded, RunId};
use baton_store::{LogFilter, RunQuery, RunStore, StepUpdate};
use serde_json::{Value, json};

use crate::world::World;

pub(crate) async fn check(world: &World, run: RunId) {
    let store = world.store.inner();
    let rows = store.load_run(run).await.unwrap().events;
    let events: Vec<Recorded> = rows
        .iter()
        .map(|row| Recorded {
            seq: row.seq,
            at: row.at,
            event: serde_json::from_str(&row.body).unwrap(),
        })
        .collect();
    let (state, inputs) = fold(run, &events);
    let execution = store.execution(run).await.unwrap().unwrap();
    assert_eq!(execution.status, state.status());
    assert_eq!(execution.version, state.version());
    assert_eq!(execution.created_at, state.created_at());
    assert_eq!(execution.started_at, state.started_at());
    assert_eq!(execution.completed_at, state.ended_at());
    assert_eq!(execution.error_message.as_deref(), state.error());
    assert_eq!(execution.updated_at, events.last().unwrap().at);
    let steps = store.steps(run).await.unwrap();
    assert_eq!(steps.len(), state.stages().count());
    for ((index, planned, _), step) in state.stages().zip(steps) {
        assert_eq!(step.stage, planned.id);
        assert_eq!(
            read(&step.progress),
            read(&expected(&state, index, &inputs))
        );
    }
    nothing_twice(world, run, &events);
    world.told.check(run, &events);
    let lines = store.logs(run, everything()).await.unwrap();
    let numbers: Vec<u64> = lines.iter().map(|line| line.seq).collect();
    assert_eq!(numbers, (1..=lines.len() as u64).collect::<Vec<_>>());
}

pub(crate) fn everything() -> LogFilter {
    LogFilter {
        limit: u32::MAX,
        ..LogFilter::default()
    }
}

type Inputs = BTreeMap<StageIndex, Arc<str>>;

/// The state, and what each stage was given at its latest start.
fn fold(run: RunId, events: &[Recorded]) -> (RunState, Inputs) {
    let mut state = replay(run, &events[..1]).unwrap();
    let mut inputs = Inputs::new();
    for recorded in &events[1..] {
        let before = state.shape();
        apply(&mut state, recorded).unwrap();
        // The row of a stage that was edited is a new one.
        let is = state.shape();
        inputs.retain(|index, _| before.stage(*index) == is.stage(*index));
        invariants::check(&state).unwrap();
        if let Event::StageStarted { stage, .. } | Event::StageRestarted { stage, .. } =
            &recorded.event
        {
            for effect in pending_effects(&state) {
                if let Effect::Dispatch(request) = effect
                    && request.key.stage == *stage
                    && !request.inputs.is_empty()
                {
                    let text = serde_json::to_string(&request.inputs).unwrap();
                    inputs.insert(request.index, Arc::from(text));
                }
            }
        }
    }
    assert_eq!(replay(run, events).unwrap(), state);
    (state, inputs)
}

fn expected(state: &RunState, index: StageIndex, inputs: &Inputs) -> StepUpdate {
    let stage = state.stage(index);
    let failure = stage.failure.as_ref();
    let text = |value: &baton_model::Object| Arc::from(serde_json::to_string(value).unwrap());
    StepUpdate {
        order_index: u32::try_from(index.get()).unwrap(),
        status: stage.status,
        iteration: stage.iteration,
        attempt: stage.attempt,
        dispatch: stage.dispatch,
        inputs: inputs.get(&index).cloned(),
        outputs: stage.outputs.as_deref().map(text),
        error_label: failure.map(|failure| failure.label.as_str().to_owned()),
        error_message: failure.map(|failure| failure.message.clone()),
        gate: gate(state, index).map(|gate| Arc::from(gate.to_string())),
        question: question(stage).map(|question| Arc::from(question.to_string())),
        feedback: feedback(stage).map(|feedback| Arc::from(feedback.to_string())),
        summary: stage
            .handed
            .as_ref()
            .and_then(|handed| handed.summary.as_deref())
            .map(Arc::from),
        started_at: stage.started_at,
        completed_at: stage.ended_at,
    }
}

fn gate(state: &RunState, index: StageIndex) -> Option<Value> {
    let StageKind::Gate(spec) = &state.planned(index).kind else {
        return None;
    };
    let gate = state.stage(index).gate.as_ref()?;
    Some(json!({
        "message": gate.message,
        "approvers": spec.approvers,
        "deadline": gate.deadline.map(|at| at.to_string()),
        "decided_by": gate.decision.as_ref().map(|decision| &decision.by),
        "reason": gate.decision.as_ref().and_then(|decision| decision.reason.clone()),
    }))
}

fn question(stage: &StageState) -> Option<Value> {
    let asked = stage.talk.as_ref()?.asked.as_ref()?;
    Some(json!({
        "asker": asked.asker,
        "questions": asked.questions,
        "deadline": asked.deadline.map(|at| at.to_string()),
        "answers": asked.answered.as_ref().map(|(answers, _)| answers),
        "answered_by": asked.answered.as_ref().map(|(_, by)| by),
    }))
}

fn feedback(stage: &StageState) -> Option<Value> {
    let feedback = stage.talk.as_ref()?.feedback.as_ref()?;
    Some(json!({ "text": feedback.text, "by": feedback.by }))
}

/// The same with its JSON as values, so that no order of keys matters.
fn read(update: &StepUpdate) -> (StepUpdate, [Option<Value>; 5]) {
    let parse = |text: &Option<Arc<str>>| {
        text.as_deref()
            .map(|text| serde_json::from_str(text).unwrap())
    };
    let documents = [
        parse(&update.inputs),
        parse(&update.outputs),
        parse(&update.gate),
        parse(&update.question),
        parse(&update.feedback),
    ];
    let plain = StepUpdate {
        inputs: None,
        outputs: None,
        gate: None,
        question: None,
        feedback: None,
        ..update.clone()
    };
    (plain, documents)
}

fn nothing_twice(world: &World, run: RunId, events: &[Recorded]) {
    let (mut ended, mut started) = (BTreeSet::new(), BTreeSet::new());
    for recorded in events {
        match &recorded.event {
            Event::StageCompleted { stage, .. } | Event::StageFailed { stage, .. } => {
                assert!(ended.insert(stage.clone()), "`{stage}` has ended twice");
            }
            Event::StageStarted {
                stage, dispatch, ..
            }
            | Event::StageRestarted {
                stage, dispatch, ..
            }
            | Event::StageRepairing {
                stage, dispatch, ..
            }
            | Event::StageSummarizing {
                stage, dispatch, ..
            } => {
                assert!(
                    started.insert((stage.clone(), *dispatch)),
                    "two starts of `{stage}` have one number"
                );
                assert!(!ended.contains(stage), "`{stage}` started after its end");
            }
            Event::StageReopened { stage, .. } | Event::StageReset { stage, .. } => {
                ended.remove(stage);
            }
            _ => {}
        }
    }
    let book = world.agents.book();
    assert_eq!(book.not_durable, Vec::new(), "dispatched, but not durable");
    let mut performed = BTreeSet::new();
    for key in book.dispatched.iter().filter(|key| key.run == run) {
        assert!(performed.insert(key.clone()), "{key:?} was performed twice");
        assert!(started.contains(&(key.stage.clone(), key.dispatch)));
    }
}
