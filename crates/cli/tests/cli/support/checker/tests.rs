//! The checker must find what is planted, and nothing else.

use baton_model::Timestamp;
use serde_json::json;

use super::*;
use crate::support::dag::{OnCrash, Stage};

fn stage(id: &str, depends_on: &[&str], kind: Kind) -> Stage {
    Stage {
        id: id.to_owned(),
        depends_on: depends_on.iter().map(|id| (*id).to_owned()).collect(),
        kind,
    }
}

/// Two agents with a gate between them.
fn dag() -> Dag {
    let agent = Kind::Agent {
        n_failures: 0,
        is_repaired: false,
        on_crash: OnCrash::Resume,
    };
    Dag {
        stages: vec![
            stage("a", &[], agent),
            stage("gate", &["a"], Kind::Gate),
            stage("b", &["gate"], agent),
        ],
    }
}

fn execution(stage: &str, dispatch: u32, start: u64, end: u64) -> Execution {
    Execution {
        stage: stage.to_owned(),
        iteration: 1,
        attempt: 1,
        dispatch,
        session: String::new(),
        start,
        end: Some(end),
        gone: Some(end),
    }
}

fn history(events: &[(&'static str, &str, Option<u32>)]) -> Vec<StoredEvent> {
    (1..)
        .zip(events)
        .map(|(seq, (kind, stage, dispatch))| StoredEvent {
            seq,
            at: Timestamp::from_micros(0),
            kind: (*kind).into(),
            body: json!({ "stage": stage, "dispatch": dispatch })
                .to_string()
                .into(),
        })
        .collect()
}

fn sound_history() -> Vec<StoredEvent> {
    history(&[
        ("run_created", "", None),
        ("stage_completed", "a", Some(1)),
        ("gate_approved", "gate", None),
        ("stage_completed", "b", Some(1)),
        ("run_ended", "", None),
    ])
}

fn sound_executions() -> Vec<Execution> {
    vec![execution("a", 1, 10, 20), execution("b", 1, 30, 40)]
}

/// The kinds of fault that are found, each once.
fn found(executions: &[Execution], history: &[StoredEvent]) -> Vec<Fault> {
    let dag = dag();
    let evidence = Evidence {
        dag: &dag,
        executions,
        history,
        were_agents_killed: false,
    };
    let mut kinds: Vec<Fault> = faults(&evidence)
        .into_iter()
        .map(|(kind, _)| kind)
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

#[test]
fn a_run_that_went_as_it_should_has_no_faults() {
    assert_eq!(found(&sound_executions(), &sound_history()), []);
}

#[test]
fn a_stage_that_no_agent_saw_is_found() {
    let executions = [execution("a", 1, 10, 20)];
    assert_eq!(found(&executions, &sound_history()), [Fault::Lost]);
}

#[test]
fn a_stage_that_never_ended_is_found() {
    let mut history = sound_history();
    history.remove(3);
    history[3].seq = 4;
    assert_eq!(found(&sound_executions(), &history), [Fault::Lost]);
}

#[test]
fn work_that_was_thrown_away_is_found() {
    let history = history(&[
        ("run_created", "", None),
        ("stage_restarted", "a", Some(2)),
        ("stage_completed", "a", Some(2)),
        ("gate_approved", "gate", None),
        ("stage_completed", "b", Some(1)),
        ("run_ended", "", None),
    ]);
    let mut executions = sound_executions();
    executions.push(execution("a", 2, 22, 24));
    assert_eq!(found(&executions, &history), [Fault::Lost]);
}

#[test]
fn a_completed_stage_that_runs_again_is_found() {
    let mut executions = sound_executions();
    executions.push(execution("a", 2, 22, 24));
    assert_eq!(found(&executions, &sound_history()), [Fault::Repeated]);
}

#[test]
fn a_start_that_is_made_twice_is_found() {
    let mut executions = sound_executions();
    executions.push(execution("b", 1, 50, 60));
    assert_eq!(found(&executions, &sound_history()), [Fault::Repeated]);
}

#[test]
fn a_stage_before_its_turn_is_found_through_a_gate() {
    let executions = [execution("a", 1, 10, 20), execution("b", 1, 15, 40)];
    assert_eq!(found(&executions, &sound_history()), [Fault::OutOfOrder]);
}

#[test]
fn two_agents_at_once_are_found() {
    let mut early = execution("b", 0, 25, 0);
    (early.end, early.gone) = (None, None);
    let mut executions = sound_executions();
    executions.push(early);
    assert_eq!(found(&executions, &sound_history()), [Fault::Overlapping]);
}

#[test]
fn a_gap_in_the_history_is_found() {
    let mut history = sound_history();
    history[4].seq = 6;
    assert_eq!(found(&sound_executions(), &history), [Fault::Gap]);
}
