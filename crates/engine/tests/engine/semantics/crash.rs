//! After a crash every unfinished run goes on, completed stages are never run
//! again, and `on_crash` says what becomes of an attempt in flight. (Settling
//! and adopting attempts from their files is the adapters' part.)

use baton_engine::{Effect, Outcome, Work, pending_effects};
use baton_model::plan::{Handoff, OnCrash, PlannedStage};
use baton_model::{AttemptReport, Command, StepStatus, Value, ValueType};
use serde_json::json;

use super::{input, output, retried};
use crate::harness::{Run, bringing, id, plan, stage};

fn crashing(on_crash: OnCrash, attempts_max: u32) -> Run {
    let stage = PlannedStage {
        on_crash,
        ..retried("a", attempts_max)
    };
    let mut run = Run::new(plan(vec![stage]));
    run.start();
    run
}

#[test]
fn resume_is_the_default_and_runs_the_same_attempt_again_three_times() {
    assert_eq!(OnCrash::default(), OnCrash::Resume);
    let mut run = crashing(OnCrash::Resume, 5);
    for restart in 1..=3 {
        run.lose("a");
        let key = &run.request().key;
        assert_eq!((key.attempt, key.dispatch), (1, restart + 1));
    }
    run.lose("a");
    assert_eq!(run.summary(), "failed a:failed");
    assert!(run.error().ends_with("(crash)"), "{}", run.error());
}

#[test]
fn a_turn_after_a_crash_has_not_been_broken_off() {
    let condensing = PlannedStage {
        handoff: Handoff {
            summary_prompt: Some("Condense.".to_owned()),
            ..Handoff::default()
        },
        outputs: vec![output("text", ValueType::String, true, Value::Null)],
        ..stage("a", &[])
    };
    let mut run = Run::new(plan(vec![condensing]));
    run.start();
    let crash = |run: &mut Run, turn| {
        assert_eq!((run.request().turn, run.request().restarts), (turn, 0));
        run.lose("a");
        assert_eq!((run.request().turn, run.request().restarts), (turn, 1));
    };
    crash(&mut run, 1);
    run.ask("a", "Which?");
    run.answer("a", "Which?", "that");
    run.start();
    crash(&mut run, 2);
    run.settle("a", bringing(json!({ "text": 7 }), Some("s-1")));
    crash(&mut run, 3);
    run.settle("a", bringing(json!({ "text": "done" }), Some("s-1")));
    assert!(matches!(run.request().work, Work::Summary(_)));
    assert_eq!((run.request().turn, run.request().restarts), (4, 0));
    // The attempt as a whole is not run again any more often for that.
    run.lose("a");
    assert_eq!(run.of("a").status, StepStatus::Completed);
}

#[test]
fn a_session_is_resumed_after_a_crash() {
    let mut run = crashing(OnCrash::Resume, 1);
    run.ask("a", "Which?");
    run.answer("a", "Which?", "that");
    run.start();
    run.lose("a");
    let request = run.request();
    assert_eq!(request.session.as_deref(), Some("s-1"));
    assert_eq!(request.answers.get("Which?"), Some(&json!("that")));
}

#[test]
fn retry_counts_as_an_attempt() {
    let mut run = crashing(OnCrash::Retry, 2);
    run.lose("a");
    assert_eq!(run.summary(), "running a:pending");
    run.wait();
    run.start();
    assert_eq!(run.of("a").attempt, 2);
    run.lose("a");
    assert_eq!(run.summary(), "failed a:failed");
}

#[test]
fn fail_fails_at_once() {
    let mut run = crashing(OnCrash::Fail, 5);
    run.lose("a");
    assert_eq!(run.summary(), "failed a:failed");
}

#[test]
fn ask_asks_a_person_whether_to_run_it_again() {
    let mut run = crashing(OnCrash::Ask, 1);
    run.lose("a");
    assert_eq!(run.summary(), "waiting_for_input a:waiting_for_input");
    let options: Vec<String> = run.of("a").open_questions().unwrap().questions[0]
        .options
        .iter()
        .map(|option| option.label.clone())
        .collect();
    assert_eq!(options, ["run again", "give up"]);
    assert!(matches!(
        run.answer("a", "After crash", "perhaps"),
        Outcome::Rejected(_)
    ));
    run.answer("a", "After crash", "run again");
    run.start();
    let request = run.request();
    assert_eq!((request.key.attempt, request.key.dispatch), (1, 2));
    assert!(request.answers.is_empty(), "not the agent's question");
    run.complete("a");
    assert_eq!(run.summary(), "completed a:completed");
}

#[test]
fn a_person_may_give_a_lost_attempt_up() {
    let mut run = crashing(OnCrash::Ask, 5);
    run.lose("a");
    run.answer("a", "After crash", "give up");
    assert_eq!(run.summary(), "failed a:failed");
    assert!(run.error().contains("ann gave it up"), "{}", run.error());
}

#[test]
fn a_lost_attempt_that_was_being_ended_is_over() {
    let mut run = crashing(OnCrash::Resume, 1);
    run.cancel();
    run.lose("a");
    assert_eq!(run.summary(), "cancelled a:cancelled");
}

#[test]
fn a_lost_attempt_that_was_out_of_time_is_retried_as_such() {
    let timed = PlannedStage {
        timeout: Some(std::time::Duration::from_secs(5)),
        ..retried("a", 1)
    };
    let mut run = Run::new(plan(vec![timed]));
    run.start();
    run.wait();
    run.lose("a");
    assert_eq!(run.summary(), "failed a:timed_out");
}

#[test]
fn a_repair_that_was_lost_is_repaired_again() {
    let mut stage = retried("a", 1);
    stage.outputs = vec![output("n", ValueType::Integer, true, Value::Null)];
    let mut run = Run::new(plan(vec![stage]));
    run.start();
    run.settle("a", bringing(json!({}), Some("s-1")));
    let work = run.request().work.clone();
    run.lose("a");
    assert_eq!(run.request().work, work);
    assert_eq!(run.request().session.as_deref(), Some("s-1"));
}

#[test]
fn completed_stages_are_never_run_again() {
    let mut run = Run::new(plan(vec![stage("a", &[]), stage("b", &["a"])]));
    run.start();
    run.complete("a");
    let late = Command::LoseAttempt {
        stage: id("a"),
        dispatch: 1,
    };
    assert_eq!(run.command(&late), Outcome::AlreadyDone);
    assert_eq!(run.of("a").status, StepStatus::Completed);
}

#[test]
fn what_is_to_be_done_is_known_again_after_a_crash() {
    let asks = PlannedStage {
        inputs: vec![input("x", "${{ stages.a.outputs.x }}", true)],
        ..stage("b", &["a"])
    };
    let mut run = Run::new(plan(vec![stage("a", &[]), asks]));
    run.start();
    run.complete_with("a", json!({ "x": "hello" }));
    run.start();
    assert_eq!(
        pending_effects(&run.state),
        run.effects[run.effects.len() - 1..]
    );
    run.cancel();
    assert!(matches!(
        pending_effects(&run.state)[..],
        [Effect::Dispatch(_), Effect::CancelAttempt { .. }]
    ));
}

#[test]
fn an_answer_from_before_the_crash_is_late() {
    let mut run = crashing(OnCrash::Resume, 1);
    let late = |dispatch| Command::SettleAttempt {
        stage: id("a"),
        dispatch,
        report: AttemptReport::Completed(Default::default()),
    };
    run.lose("a");
    assert_eq!(run.command(&late(1)), Outcome::AlreadyDone);
    assert_eq!(run.command(&late(2)), Outcome::Accepted);
    assert_eq!(run.command(&late(2)), Outcome::AlreadyDone);
}
