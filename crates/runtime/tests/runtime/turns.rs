//! Attempts of more than one turn: questions, repairs, summaries; and stages
//! that run again because a person wants something changed.

use std::time::Duration;

use baton_agents::Work;
use baton_engine::Outcome;
use baton_model::plan::{Handoff, HandoffFormat, OnCrash, OutputSpec, PlannedStage};
use baton_model::{
    AttemptReport, Command, Completion, Event, ExecutionStatus, Inquiry, Object, Question, Value,
    ValueType,
};
use baton_store::RunQuery;
use serde_json::json;

use crate::agents::{Act, End, Left};
use crate::laws;
use crate::plans::{gate, given, id, plan, slot_stage, stage};
use crate::world::{World, approve, cancel};

fn asks(session: &str) -> Act {
    let question = Question {
        question: "Which colour?".to_owned(),
        header: Some("Colour".to_owned()),
        ..Question::default()
    };
    Act::end(End::Report(AttemptReport::NeedsInput(Inquiry {
        questions: vec![question],
        session: Some(session.to_owned()),
    })))
}

fn brings(outputs: &Value, session: Option<&str>) -> Act {
    Act::end(End::Report(AttemptReport::Completed(Completion {
        outputs: outputs.as_object().unwrap().clone(),
        session: session.map(str::to_owned),
        text: Some("in my own words".to_owned()),
        ..Completion::default()
    })))
}

fn answer(stage: &str, answers: &Value) -> Command {
    Command::AnswerStage {
        stage: id(stage),
        dispatch: None,
        answers: answers.as_object().unwrap().clone(),
        by: "ann".to_owned(),
    }
}

fn reopen(stage: &str, feedback: &str) -> Command {
    Command::ReopenStage {
        stage: id(stage),
        at_gate: None,
        feedback: Some(feedback.to_owned()),
        details: Object::new(),
        by: "ann".to_owned(),
    }
}

fn number(name: &str) -> OutputSpec {
    OutputSpec {
        name: name.to_owned(),
        value_type: ValueType::Number,
        required: true,
        default: Value::Null,
        description: None,
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_resumes_the_session_that_asked() {
    let world = World::new();
    world.agents.script("a", [asks("s1"), Act::complete()]);
    let run = world.run(plan(vec![slot_stage("a", &[])])).await;
    world.settle().await;
    let row = world.store.inner().execution(run).await.unwrap().unwrap();
    assert_eq!(row.status, ExecutionStatus::WaitingForInput);
    assert!(!world.runtime.is_in_memory(run), "it only waits for people");
    let steps = world.store.inner().steps(run).await.unwrap();
    let question: Value =
        serde_json::from_str(steps[0].progress.question.as_deref().unwrap()).unwrap();
    assert_eq!(question["questions"][0]["header"], "Colour");
    let answers = json!({ "Colour": "red" });
    assert_eq!(
        world.command(run, answer("a", &answers)).await,
        Ok(Outcome::Accepted)
    );
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    let book = world.agents.book();
    let (first, second) = (&book.requests[0], &book.requests[1]);
    assert_eq!(second.session.as_deref(), Some("s1"));
    assert_eq!(Value::Object(second.answers.clone()), answers);
    assert_eq!((first.key.attempt, second.key.attempt), (1, 1));
    assert_eq!((first.turn, second.turn), (1, 2));
    assert_ne!(first.idempotency_key(), second.idempotency_key());
}

#[tokio::test(start_paused = true)]
async fn the_first_answer_wins_and_the_same_one_again_changes_nothing() {
    let world = World::new();
    world.agents.script("a", [asks("s1"), Act::hang()]);
    let run = world.run(plan(vec![stage("a", &[])])).await;
    world.settle().await;
    let (red, blue) = (json!({ "Colour": "red" }), json!({ "Colour": "blue" }));
    assert_eq!(
        world.command(run, answer("a", &red)).await,
        Ok(Outcome::Accepted)
    );
    assert_eq!(
        world.command(run, answer("a", &red)).await,
        Ok(Outcome::AlreadyDone)
    );
    let late = world.command(run, answer("a", &blue)).await.unwrap_err();
    assert!(
        late.to_string().contains("answered already by ann"),
        "{late}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_question_outlives_its_server() {
    let mut world = World::new();
    world.agents.script("a", [asks("s1"), Act::complete()]);
    let run = world.run(plan(vec![stage("a", &[])])).await;
    world.settle().await;
    world.restart().await;
    let answers = json!({ "Colour": "red" });
    assert_eq!(
        world.command(run, answer("a", &answers)).await,
        Ok(Outcome::Accepted)
    );
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
}

#[tokio::test(start_paused = true)]
async fn after_a_crash_a_person_is_asked_where_the_stage_wants_that() {
    for (choice, status) in [
        ("run again", ExecutionStatus::Completed),
        ("give up", ExecutionStatus::Failed),
    ] {
        let mut world = World::new();
        world.agents.script("a", [Act::hang(), Act::complete()]);
        world.agents.leave("a", Left::Nothing);
        let a = PlannedStage {
            on_crash: OnCrash::Ask,
            ..stage("a", &[])
        };
        let run = world.run(plan(vec![a])).await;
        world.settle().await;
        world.restart().await;
        let asked = |event: &Event| matches!(event, Event::StageAsked { .. });
        world.until(run, asked).await;
        let wrong = world
            .command(run, answer("a", &json!({ "x": "perhaps" })))
            .await;
        assert!(wrong.is_err(), "{wrong:?}");
        let decided = world
            .command(run, answer("a", &json!({ "After crash": choice })))
            .await;
        assert_eq!(decided, Ok(Outcome::Accepted));
        assert_eq!(world.end(run).await, status, "{choice}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_output_is_mended_once_in_the_same_session() {
    let world = World::new();
    let wrong = brings(&json!({ "n": "seven" }), Some("s1"));
    world
        .agents
        .script("a", [wrong, brings(&json!({ "n": 7 }), Some("s1"))]);
    let a = PlannedStage {
        outputs: vec![number("n")],
        ..stage("a", &[])
    };
    let run = world.run(plan(vec![a])).await;
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    let book = world.agents.book();
    let repair = &book.requests[1];
    assert!(matches!(&repair.work, Work::Repair { reason } if reason.contains("`n`")));
    assert_eq!((repair.turn, repair.key.attempt), (2, 1));
    assert_eq!(repair.session.as_deref(), Some("s1"));
}

#[tokio::test(start_paused = true)]
async fn a_wrong_output_without_a_session_or_after_a_repair_fails_the_attempt() {
    for (session, n_turns) in [(None, 1), (Some("s1"), 2)] {
        let world = World::new();
        world
            .agents
            .script("a", [brings(&json!({ "n": "seven" }), session)]);
        let a = PlannedStage {
            outputs: vec![number("n")],
            ..stage("a", &[])
        };
        let run = world.run(plan(vec![a])).await;
        assert_eq!(world.end(run).await, ExecutionStatus::Failed);
        assert_eq!(world.label(run, "a").await.as_deref(), Some("bad_output"));
        assert_eq!(world.agents.n_dispatched("a"), n_turns);
    }
}

#[tokio::test(start_paused = true)]
async fn a_handoff_carries_text_summary_and_log() {
    let world = World::new();
    let summary = brings(&json!({ "summary": "in short: seven" }), None);
    let work = brings(&json!({ "n": 7 }), None).writing(3);
    world.agents.script("a", [work, summary]);
    let a = PlannedStage {
        handoff: Handoff {
            format: HandoffFormat::Raw,
            include_run_log: true,
            summary_prompt: Some("in one line".to_owned()),
        },
        ..stage("a", &[])
    };
    let run = world.run(plan(vec![a, stage("b", &["a"])])).await;
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    let book = world.agents.book();
    let condense = &book.requests[1];
    assert_eq!(condense.work, Work::Summary);
    assert_eq!(condense.instructions.as_deref(), Some("in one line"));
    assert_eq!(Value::Object(condense.inputs.clone()), json!({ "n": 7 }));
    let [handoff] = book.requests[2].handoffs.as_slice() else {
        panic!("b gets one handoff: {:?}", book.requests[2].handoffs)
    };
    assert_eq!(handoff.content, "in my own words");
    assert_eq!(handoff.summary.as_deref(), Some("in short: seven"));
    assert!(book.requests[0].wants_text);
    let log = handoff.run_log.as_deref().unwrap();
    assert_eq!(log.lines().count(), 3, "{log}");
}

#[tokio::test(start_paused = true)]
async fn a_stage_that_is_reopened_runs_again_with_the_feedback_and_so_do_its_dependants() {
    let world = World::new();
    world.agents.script(
        "a",
        [
            brings(&json!({ "n": 1 }), Some("s1")),
            brings(&json!({ "n": 2 }), Some("s1")),
        ],
    );
    let stages = vec![stage("a", &[]), stage("b", &["a"]), gate("ok", &["b"])];
    let run = world.run(plan(stages)).await;
    let opened = |event: &Event| matches!(event, Event::GateOpened { .. });
    world.until(run, opened).await;
    assert_eq!(
        world.command(run, reopen("a", "more")).await,
        Ok(Outcome::Accepted)
    );
    world.settle().await;
    assert_eq!(
        world.command(run, approve("ok")).await,
        Ok(Outcome::Accepted)
    );
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    assert_eq!(world.agents.order(), ["a", "b", "a", "b"]);
    let book = world.agents.book();
    let again = &book.requests[2];
    let feedback = again.feedback.as_ref().unwrap();
    assert_eq!(feedback.text.as_deref(), Some("more"));
    assert_eq!(Value::Object(feedback.outputs.clone()), json!({ "n": 1 }));
    assert_eq!(again.session.as_deref(), Some("s1"));
    assert_eq!(again.key.iteration, 2);
    assert_eq!(book.requests[3].key.iteration, 2);
    assert!(book.requests[3].feedback.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_dependant_at_work_is_ended_before_it_starts_over() {
    let world = World::new();
    world.agents.script(
        "b",
        [
            Act::end(End::Linger(Duration::from_secs(3))),
            Act::complete(),
        ],
    );
    let run = world
        .run(plan(vec![stage("a", &[]), stage("b", &["a"])]))
        .await;
    world.settle().await;
    assert_eq!(world.agents.order(), ["a", "b"]);
    assert_eq!(
        world.command(run, reopen("a", "again")).await,
        Ok(Outcome::Accepted)
    );
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
    assert_eq!(world.agents.order(), ["a", "b", "a", "b"]);
    assert_eq!(world.agents.book().cancelled.len(), 1);
    assert!(
        world.elapsed() >= Duration::from_secs(3),
        "b took its time to end"
    );
}

#[tokio::test(start_paused = true)]
async fn a_paused_run_starts_nothing_and_goes_on_where_it_was() {
    let world = World::new();
    world
        .agents
        .script("a", [Act::complete().taking(Duration::from_secs(5))]);
    let run = world
        .run(plan(vec![stage("a", &[]), stage("b", &["a"])]))
        .await;
    world.settle().await;
    let pause = Command::PauseRun {
        by: "ann".to_owned(),
        reason: None,
    };
    assert_eq!(
        world.command(run, pause.clone()).await,
        Ok(Outcome::Accepted)
    );
    assert_eq!(world.command(run, pause).await, Ok(Outcome::AlreadyDone));
    tokio::time::sleep(Duration::from_hours(2)).await;
    assert_eq!(world.agents.order(), ["a"]);
    let row = world.store.inner().execution(run).await.unwrap().unwrap();
    assert_eq!(row.status, ExecutionStatus::Paused);
    assert!(!world.runtime.is_in_memory(run));
    let resume = Command::ResumeRun {
        by: "ann".to_owned(),
    };
    assert_eq!(world.command(run, resume).await, Ok(Outcome::Accepted));
    assert_eq!(world.end(run).await, ExecutionStatus::Completed);
}

/// The actor that started the stage has left memory each time.
#[tokio::test(start_paused = true)]
async fn what_a_stage_was_given_stays_in_its_row() {
    let world = World::new();
    world.agents.script("b", [asks("s1")]);
    let with_inputs = |stage| PlannedStage {
        inputs: vec![given("number", "${{ 7 }}")],
        ..stage
    };
    let stages = vec![
        with_inputs(stage("a", &[])),
        with_inputs(slot_stage("b", &["a"])),
        with_inputs(gate("ok", &["a"])),
    ];
    let run = world.run(plan(stages)).await;
    let inputs = async || {
        world.settle().await;
        assert!(!world.runtime.is_in_memory(run));
        laws::check(&world, run).await;
        let steps = world.store.inner().steps(run).await.unwrap();
        let inputs = steps.into_iter().map(|step| step.progress.inputs);
        inputs
            .map(|text| text.map(|text| text.to_string()))
            .collect()
    };
    let seven = Some(r#"{"number":7}"#.to_owned());
    let expected = vec![seven.clone(), seven, None];
    let found: Vec<_> = inputs().await;
    assert_eq!(found, expected);
    world.command(run, reopen("a", "again")).await.unwrap();
    assert_eq!(inputs().await, expected);
    world.command(run, cancel()).await.unwrap();
    assert_eq!(inputs().await, expected);
}
