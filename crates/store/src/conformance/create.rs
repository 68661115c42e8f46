//! Storing a run and reading it back.

use std::sync::Arc;

use baton_model::Value;

use super::sample::{create_runs, event, new_run, run_id, settled, stage, step, stored, time};
use crate::attention::Attention;
use crate::contract::{Created, RunQuery, RunStore};
use crate::error::StoreError;
use crate::rows::{NewRun, StoredLog, Trigger};

/// Every field of every row comes back.
pub async fn a_created_run_is_read_back_whole(store: &(impl RunStore + RunQuery)) {
    let mut run = new_run(1);
    run.steps[1].progress = settled(1);
    run.events.push(event(2));
    run.execution.version = 2;
    run.execution.attention = Attention::Idle;
    run.execution.wake_at = Some(time(30));
    assert_eq!(store.create_run(run.clone().into()).await, Ok(Created::New));
    let found = stored(store, run_id(1)).await;
    assert_eq!(found.execution, Some(run.execution));
    assert_eq!(found.steps, run.steps);
    assert_eq!(found.events, run.events);
    let log = StoredLog {
        owner: None,
        events: run.events,
    };
    assert_eq!(store.load_run(run_id(1)).await, Ok(log));
}

/// Empty is not the same as absent, and both come back as they were.
pub async fn what_is_not_given_is_read_back_as_nothing(store: &(impl RunStore + RunQuery)) {
    let mut run = new_run(1);
    run.execution.workflow_id = None;
    run.execution.definition = None;
    run.execution.definition_hash = String::new();
    run.execution.directory = None;
    run.execution.project_id = None;
    run.execution.error_message = Some(String::new());
    run.execution.trigger = Trigger::Scheduled;
    run.steps[0].agent = None;
    run.steps[1].progress.outputs = Some(Arc::from(""));
    store.create_run(run.clone().into()).await.unwrap();
    let found = stored(store, run_id(1)).await;
    assert_eq!(found.execution, Some(run.execution));
    assert_eq!(found.steps, run.steps);

    let mut empty = new_run(2);
    empty.steps.clear();
    store.create_run(empty.clone().into()).await.unwrap();
    let found = stored(store, run_id(2)).await;
    assert_eq!(found.execution, Some(empty.execution));
    assert_eq!(found.steps, []);
    assert_eq!(stored(store, run_id(3)).await.execution, None);
}

/// Ids of 255 bytes, quotes, line ends, zero bytes, letters beyond ASCII.
pub async fn any_text_comes_back_unchanged(store: &(impl RunStore + RunQuery)) {
    let long = format!("{}x", "é".repeat(127));
    let texts = [
        &*long,
        "a'b\"c`d",
        "zero\0byte",
        "line\r\nend\t",
        "😀 مرحبا",
        "%_?;--",
    ];
    let mut run = new_run(1);
    run.steps = (0..)
        .zip(texts)
        .map(|(index, text)| step(index, text, &texts[..index as usize]))
        .collect();
    run.execution.workflow_name = texts.concat();
    run.events[0].body = Value::from(texts.join(" ")).to_string().into();
    store.create_run(run.clone().into()).await.unwrap();
    let found = stored(store, run_id(1)).await;
    assert_eq!(found.steps, run.steps);
    assert_eq!(found.execution, Some(run.execution));
    assert_eq!(found.events, run.events);
}

/// The run that is there stays as it is.
pub async fn an_id_that_is_taken_is_a_conflict(store: &(impl RunStore + RunQuery)) {
    create_runs(store, [1]).await;
    let before = stored(store, run_id(1)).await;
    let mut other = new_run(1);
    other.execution.workflow_key.push_str("-other");
    other.steps.clear();
    let answer = store.create_run(other.into()).await;
    assert_eq!(answer, Err(StoreError::Conflict { expected: 0 }));
    assert_eq!(stored(store, run_id(1)).await, before);
}

/// Nothing of such a run is stored.
pub async fn rows_that_contradict_each_other_are_refused(store: &(impl RunStore + RunQuery)) {
    type Spoil = fn(&mut NewRun);
    let spoilt: [(&str, Spoil); 9] = [
        ("no events", |run| run.events.clear()),
        ("events from 2", |run| run.events = vec![event(2)]),
        ("a gap", |run| run.events = vec![event(1), event(3)]),
        ("another version", |run| run.execution.version = 2),
        ("an empty project", |run| {
            run.execution.project_id = Some(String::new());
        }),
        ("steps from 1", |run| drop(run.steps.remove(0))),
        ("another index", |run| run.steps[1].progress.order_index = 0),
        ("a stage twice", |run| run.steps[1].stage = stage("build")),
        ("a claim twice", |run| {
            run.claims = vec![super::sample::claim("k"); 2];
        }),
    ];
    for (what, spoil) in spoilt {
        let mut run = new_run(1);
        spoil(&mut run);
        let answer = store.create_run(run.into()).await;
        assert!(
            matches!(answer, Err(StoreError::Refused(_))),
            "{what}: {answer:?}"
        );
        assert_eq!(store.execution(run_id(1)).await, Ok(None), "{what}");
    }
    create_runs(store, [1]).await;
}
