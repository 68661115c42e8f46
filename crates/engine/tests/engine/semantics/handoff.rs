//! Results are handed on as they are, as Markdown or word for word, with the
//! log where asked; a summary prompt is one more turn of the same agent, and
//! both are stored.

use baton_engine::Work;
use baton_model::plan::{Handoff, HandoffFormat, PlannedStage};
use baton_model::{AttemptReport, Completion, FailureLabel, Object, StepStatus, Value};
use serde_json::json;

use crate::harness::{Run, bringing, plan, stage};

fn handing_on(handoff: Handoff) -> Run {
    let first = PlannedStage {
        handoff,
        ..stage("a", &[])
    };
    let mut run = Run::new(plan(vec![first, stage("b", &["a"])]));
    run.start();
    run
}

fn outputs() -> Object {
    let Value::Object(outputs) = json!({ "verdict": "good", "n": 3 }) else {
        unreachable!("an object was written")
    };
    outputs
}

fn complete(run: &mut Run) {
    run.settle(
        "a",
        AttemptReport::Completed(Completion {
            outputs: outputs(),
            session: Some("s-1".to_owned()),
            text: Some("It is good, 3 times.".to_owned()),
            ..Completion::default()
        }),
    );
}

#[test]
fn each_format_hands_on_in_its_own_form() {
    for (format, content) in [
        (
            HandoffFormat::Structured,
            json!({ "verdict": "good", "n": 3 }),
        ),
        (
            HandoffFormat::Markdown,
            json!("## verdict\n\ngood\n\n## n\n\n3\n"),
        ),
        (HandoffFormat::Raw, json!("It is good, 3 times.")),
    ] {
        let mut run = handing_on(Handoff {
            format,
            include_run_log: true,
            summary_prompt: None,
        });
        complete(&mut run);
        run.start();
        let [handoff] = run.request().handoffs.as_slice() else {
            panic!("one dependency hands on")
        };
        assert_eq!(handoff.content, content, "{format:?}");
        assert!(handoff.with_log);
    }
}

#[test]
fn without_a_word_inputs_name_what_they_want() {
    let mut run = handing_on(Handoff::default());
    complete(&mut run);
    run.start();
    assert!(run.request().handoffs.is_empty());
}

fn condensing() -> Run {
    let mut run = handing_on(Handoff {
        format: HandoffFormat::Raw,
        include_run_log: false,
        summary_prompt: Some("Condense ${{ workflow.name }}.".to_owned()),
    });
    complete(&mut run);
    run
}

#[test]
fn a_summary_is_one_more_turn_of_the_same_agent() {
    let run = condensing();
    let request = run.request();
    assert!(matches!(&request.work, Work::Summary(draft) if draft.outputs == outputs()));
    assert_eq!(request.instructions.as_deref(), Some("Condense W."));
    assert_eq!(request.inputs, outputs());
    assert_eq!(request.session.as_deref(), Some("s-1"));
    assert_eq!((request.key.attempt, request.turn), (1, 2));
    assert_eq!(run.summary(), "running a:running b:pending");
}

#[test]
fn both_are_stored_and_handed_on() {
    let mut run = condensing();
    run.settle("a", bringing(json!({ "summary": "good" }), None));
    assert_eq!(*run.of("a").outputs.clone().unwrap(), outputs());
    run.start();
    let handoff = &run.request().handoffs[0];
    assert_eq!(handoff.summary.as_deref(), Some("good"));
    assert_eq!(handoff.content, json!("It is good, 3 times."));
    assert_eq!(run.of("a").session.as_deref(), Some("s-1"));
}

/// A way for a summary to fail.
type Failing = fn(&mut Run);

#[test]
fn a_summary_that_fails_does_not_cost_the_work() {
    let failures: [(&str, Failing); 4] = [
        ("exit", |run| {
            run.fail("a", FailureLabel::EXIT);
        }),
        ("bad_output", |run| {
            run.complete_with("a", json!({ "summary": 7 }));
        }),
        ("bad_output", |run| {
            run.ask("a", "Which?");
        }),
        ("crash", |run| {
            for _ in 0..4 {
                run.lose("a");
            }
        }),
    ];
    for (label, fail) in failures {
        let mut run = condensing();
        fail(&mut run);
        let handed = run.of("a").handed.clone().unwrap();
        assert_eq!(handed.summary, None);
        assert_eq!(
            handed.summary_failure.clone().unwrap().label.as_str(),
            label
        );
        assert_eq!(*run.of("a").outputs.clone().unwrap(), outputs());
        assert_eq!(run.summary(), "running a:completed b:pending");
    }
}

#[test]
fn a_run_that_is_cancelled_during_the_summary_keeps_the_work() {
    let mut run = condensing();
    run.cancel();
    run.fail("a", FailureLabel::CANCELLED);
    assert_eq!(run.summary(), "cancelled a:completed b:cancelled");
    assert_eq!(*run.of("a").outputs.clone().unwrap(), outputs());
}

#[test]
fn a_lost_summary_that_cannot_be_asked_for_again_does_not_cost_the_work() {
    let condensed = PlannedStage {
        handoff: Handoff {
            summary_prompt: Some("${{ stages.b.outputs.n + 1 }}".to_owned()),
            ..Handoff::default()
        },
        ..stage("a", &[])
    };
    let mut run = Run::new(plan(vec![stage("b", &[]), condensed]));
    run.start();
    run.complete_with("b", json!({ "n": 1 }));
    run.complete_with("a", json!({ "text": "long" }));
    run.reopen("b", "again");
    run.lose("a");
    assert_eq!(run.of("a").status, StepStatus::Completed);
    assert_eq!(
        json!(*run.of("a").outputs.clone().unwrap()),
        json!({ "text": "long" })
    );
    let handed = run.of("a").handed.clone().unwrap();
    let failure = handed.summary_failure.clone().unwrap();
    assert_eq!(failure.label, FailureLabel::EXPRESSION);
}
