//! Somebody may bring the result of a stage instead of its agent, while it is
//! the stage's turn; the first result wins.

use baton_engine::{Outcome, Rejection};
use baton_model::{Command, Event, ExecutionStatus, FailureLabel, Object, StepStatus};
use serde_json::json;

use super::retried;
use crate::harness::{Run, gate, id, plan, stage};

fn round() -> Run {
    let mut run = Run::new(plan(vec![stage("a", &[]), gate("g", &["a"])]));
    run.start();
    run
}

fn bring(run: &mut Run, stage: &str, iteration: Option<u32>) -> Outcome {
    run.command(&Command::CompleteStage {
        stage: id(stage),
        iteration,
        outputs: Object::from_iter([("text".to_owned(), json!("by hand"))]),
        by: "ann".to_owned(),
    })
}

#[test]
fn what_is_brought_ends_the_stage_and_names_who_brought_it() {
    let mut run = round();
    assert_eq!(bring(&mut run, "a", Some(1)), Outcome::Accepted);
    assert_eq!(
        run.summary(),
        "waiting_for_approval a:completed g:waiting_for_approval"
    );
    let outputs = run.of("a").outputs.as_deref().unwrap();
    assert_eq!(json!(outputs), json!({ "text": "by hand" }));
    let by = run.log.iter().find_map(|recorded| match &recorded.event {
        Event::StageCompleted { by, .. } => by.as_deref(),
        _ => None,
    });
    assert_eq!(by, Some("ann"));
}

#[test]
fn the_agent_comes_too_late_then() {
    let mut run = round();
    bring(&mut run, "a", None);
    let n_events = run.log.len();
    assert_eq!(run.complete("a"), Outcome::AlreadyDone);
    assert_eq!(run.fail("a", FailureLabel::CRASH), Outcome::AlreadyDone);
    assert_eq!(run.lose("a"), Outcome::AlreadyDone);
    assert_eq!(run.log.len(), n_events);
}

#[test]
fn whoever_comes_after_the_agent_changes_nothing() {
    let mut run = round();
    run.complete("a");
    assert_eq!(bring(&mut run, "a", Some(1)), Outcome::AlreadyDone);
    run.approve("g");
    assert_eq!(run.state.status(), ExecutionStatus::Completed);
    assert_eq!(bring(&mut run, "a", Some(1)), Outcome::AlreadyDone);
}

#[test]
fn a_stage_takes_it_whenever_its_agent_has_still_to_bring_something() {
    let turns: [fn(&mut Run); 3] = [
        |_not_started| {},
        |run| {
            run.start();
            run.ask("a", "Which?");
        },
        |run| {
            run.start();
            run.fail("a", FailureLabel::CRASH);
        },
    ];
    for turn in turns {
        let mut run = Run::new(plan(vec![retried("a", 2)]));
        turn(&mut run);
        assert_eq!(bring(&mut run, "a", Some(1)), Outcome::Accepted);
        assert_eq!(run.summary(), "completed a:completed");
    }
}

#[test]
fn before_its_turn_and_after_its_end_it_takes_nothing() {
    let mut run = Run::new(plan(vec![stage("a", &[]), stage("b", &["a"])]));
    let refused = |stage: &str, status| {
        Outcome::Rejected(Rejection::NotAtWork {
            stage: id(stage),
            status,
        })
    };
    assert_eq!(
        bring(&mut run, "b", None),
        refused("b", StepStatus::Pending)
    );
    let mut failing = Run::new(plan(vec![stage("a", &[]), stage("beside", &[])]));
    failing.start();
    failing.cancel();
    assert!(matches!(
        bring(&mut failing, "a", None),
        Outcome::Rejected(Rejection::RunStopping(_))
    ));
}

#[test]
fn a_gate_takes_nothing() {
    let mut run = round();
    run.complete("a");
    let refused = Outcome::Rejected(Rejection::NoAgent(id("g")));
    assert_eq!(bring(&mut run, "g", None), refused);
}

#[test]
fn a_result_of_an_earlier_iteration_is_refused() {
    let mut run = round();
    run.complete("a");
    run.reopen("a", "again");
    run.start();
    let refused = Outcome::Rejected(Rejection::OtherWork {
        stage: id("a"),
        meant: 1,
        now: 2,
    });
    assert_eq!(bring(&mut run, "a", Some(1)), refused);
    assert_eq!(bring(&mut run, "a", Some(2)), Outcome::Accepted);
}
