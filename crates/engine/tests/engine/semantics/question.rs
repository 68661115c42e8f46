//! An agent may ask; its stage waits without a process, and the answer resumes
//! the same session.

use baton_engine::{Outcome, Rejection};
use baton_model::{AttemptReport, Command, FailureLabel, Inquiry, StepStatus};
use serde_json::json;

use super::retried;
use crate::harness::{Run, answers, bringing, id, plan, stage};

fn asked() -> Run {
    let mut run = Run::new(plan(vec![stage("a", &[]), stage("b", &["a"])]));
    run.start();
    assert_eq!(run.ask("a", "Which colour?"), Outcome::Accepted);
    run
}

#[test]
fn a_question_makes_the_stage_wait_for_input() {
    let run = asked();
    assert_eq!(
        run.summary(),
        "waiting_for_input a:waiting_for_input b:pending"
    );
    assert!(!run.state.has_attempts_in_flight(), "its process is gone");
    assert_eq!(run.of("a").session.as_deref(), Some("s-1"));
    let questions = &run.of("a").open_questions().unwrap().questions;
    assert_eq!(questions[0].question, "Which colour?");
}

#[test]
fn the_answer_resumes_the_same_session_in_the_same_attempt() {
    let mut run = asked();
    run.answer("a", "Which colour?", "blue");
    run.start();
    let request = run.request();
    assert_eq!(request.session.as_deref(), Some("s-1"));
    assert_eq!(request.answers.get("Which colour?"), Some(&json!("blue")));
    assert_eq!(
        (request.key.attempt, request.key.dispatch, request.turn),
        (1, 2, 2)
    );
    run.settle("a", bringing(json!({}), None));
    assert_eq!(
        run.of("a").session.as_deref(),
        Some("s-1"),
        "kept for rework"
    );
}

#[test]
fn answers_add_up_over_questions() {
    let mut run = asked();
    run.answer("a", "Which colour?", "blue");
    run.start();
    run.ask("a", "Which size?");
    run.answer("a", "Which size?", "big");
    run.start();
    let answers = &run.request().answers;
    assert_eq!(answers.get("Which colour?"), Some(&json!("blue")));
    assert_eq!(answers.get("Which size?"), Some(&json!("big")));
    assert_eq!(run.request().turn, 3);
}

#[test]
fn the_first_answer_counts() {
    let mut run = asked();
    assert_eq!(run.answer("a", "Which colour?", "blue"), Outcome::Accepted);
    assert_eq!(
        run.answer("a", "Which colour?", "blue"),
        Outcome::AlreadyDone
    );
    let (stage, by) = (id("a"), "ann".to_owned());
    assert_eq!(
        run.answer("a", "Which colour?", "red"),
        Outcome::Rejected(Rejection::AnsweredAlready { stage, by })
    );
}

#[test]
fn only_what_is_asked_can_be_answered() {
    let mut run = asked();
    assert!(matches!(
        run.answer("b", "x", "y"),
        Outcome::Rejected(Rejection::NothingAsked { .. })
    ));
    assert!(matches!(
        run.answer("nowhere", "x", "y"),
        Outcome::Rejected(Rejection::UnknownStage(_))
    ));
    let answers = [("Which colour?".to_owned(), json!(7))]
        .into_iter()
        .collect();
    let odd = Command::AnswerStage {
        stage: id("a"),
        dispatch: None,
        answers,
        by: "ann".to_owned(),
    };
    assert!(matches!(
        run.command(&odd),
        Outcome::Rejected(Rejection::BadAnswer(_))
    ));
}

#[test]
fn asking_without_a_question_is_a_bad_output() {
    let mut run = Run::new(plan(vec![retried("a", 2)]));
    run.start();
    run.settle("a", AttemptReport::NeedsInput(Inquiry::default()));
    let failure = run.of("a").failure.clone().unwrap();
    assert_eq!(failure.label, FailureLabel::BAD_OUTPUT);
    assert_eq!(run.of("a").status, StepStatus::Pending);
}

#[test]
fn a_question_of_a_run_that_is_stopping_is_not_asked() {
    let mut run = Run::new(plan(vec![stage("a", &[])]));
    run.start();
    run.cancel();
    run.ask("a", "Which colour?");
    assert_eq!(run.summary(), "cancelled a:cancelled");
}

#[test]
fn cancelling_a_run_ends_its_questions() {
    let mut run = asked();
    run.cancel();
    assert_eq!(run.summary(), "cancelled a:cancelled b:cancelled");
}

#[test]
fn an_answer_is_to_the_dispatch_that_asked() {
    let mut run = asked();
    run.answer("a", "Which colour?", "blue");
    run.start();
    run.ask("a", "Which size?");
    let said = |dispatch, name, answer| Command::AnswerStage {
        stage: id("a"),
        dispatch: Some(dispatch),
        answers: answers(name, answer),
        by: "ann".to_owned(),
    };
    let (stage, meant, now) = (id("a"), 1, 2);
    let late = Rejection::OtherQuestion { stage, meant, now };
    let outcome = run.command(&said(1, "Which colour?", "blue"));
    assert_eq!(outcome, Outcome::Rejected(late));
    assert_eq!(
        run.command(&said(2, "Which size?", "big")),
        Outcome::Accepted
    );
    run.start();
    let again = run.command(&said(2, "Which size?", "big"));
    assert_eq!(again, Outcome::AlreadyDone, "also once it goes on");
}
