//! Simulated agents keep their contract, fail as told, and repeat exactly.

use baton_model::plan::OutputSpec;
use baton_model::{QuestionOption, Value, ValueType};
use serde_json::json;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::dispatcher::SpentCell;
use crate::testing;

fn request(attempt: u32, seed: u64) -> AttemptRequest {
    let types = ValueType::NAMES
        .into_iter()
        .chain(["array<array<integer>>"]);
    let outputs = types
        .map(|name| OutputSpec {
            name: name.to_owned(),
            value_type: name.parse().unwrap(),
            required: true,
            default: Value::Null,
            description: None,
        })
        .collect();
    let mut request = testing::request();
    request.key.attempt = attempt;
    request.key.dispatch = attempt;
    request.outputs = outputs;
    request.seed = seed;
    request
}

fn control() -> AttemptControl {
    AttemptControl {
        cancel: CancellationToken::new(),
        lines: mpsc::channel(1).0,
        spent: SpentCell::default(),
    }
}

async fn run(config: SimulatedConfig, request: AttemptRequest) -> AttemptReport {
    SimulatedDispatcher::new(config)
        .run(request, control())
        .await
}

#[tokio::test]
async fn outputs_have_the_types_of_the_contract_and_repeat_by_seed() {
    for seed in 0..200 {
        let report = run(SimulatedConfig::default(), request(1, seed)).await;
        let AttemptReport::Completed(completion) = &report else {
            panic!("seed {seed}: {report:?}");
        };
        for output in request(1, seed).outputs {
            let value = &completion.outputs[&output.name];
            assert_eq!(output.value_type.check(value), Ok(()), "seed {seed}");
        }
        let again = run(SimulatedConfig::default(), request(1, seed)).await;
        assert_eq!(report, again, "seed {seed}");
        let other = run(SimulatedConfig::default(), request(1, seed + 1)).await;
        assert_ne!(report, other, "seed {seed}");
    }
}

#[tokio::test]
async fn the_first_attempts_fail_as_told_and_fixed_outputs_win() {
    let config = SimulatedConfig {
        fail: vec![FailureLabel::CRASH, FailureLabel::BAD_OUTPUT],
        outputs: Object::from_iter([("string".to_owned(), json!("fixed"))]),
        ..SimulatedConfig::default()
    };
    for (attempt, label) in [(1, FailureLabel::CRASH), (2, FailureLabel::BAD_OUTPUT)] {
        let report = run(config.clone(), request(attempt, 7)).await;
        assert!(matches!(report, AttemptReport::Failed(failure) if failure.label == label));
    }
    let AttemptReport::Completed(completion) = run(config, request(3, 7)).await else {
        panic!("failed a third time");
    };
    assert_eq!(completion.outputs["string"], "fixed");
}

/// A contract of one text.
fn text_request(name: &str) -> AttemptRequest {
    let mut request = testing::request();
    request.outputs = vec![OutputSpec {
        name: name.to_owned(),
        value_type: ValueType::String,
        required: true,
        default: Value::Null,
        description: None,
    }];
    request
}

#[track_caller]
fn completion(report: AttemptReport) -> Completion {
    match report {
        AttemptReport::Completed(completion) => completion,
        AttemptReport::Failed(_) | AttemptReport::NeedsInput(_) => panic!("{report:?}"),
    }
}

#[tokio::test]
async fn questions_come_first_once_for_each_opening_of_the_stage() {
    let config = SimulatedConfig {
        questions: vec![Question {
            question: "Which colour?".to_owned(),
            options: vec![QuestionOption {
                label: "red".to_owned(),
                description: String::new(),
            }],
            ..Question::default()
        }],
        fail: vec![FailureLabel::CRASH],
        ..SimulatedConfig::default()
    };
    let answers = Object::from_iter([("Which colour?".to_owned(), json!("red"))]);
    for (iteration, attempt, turn, is_answered, expected) in [
        (1, 1, 1, false, "asks"),
        (1, 1, 2, true, "fails"),
        (1, 2, 1, true, "completes"),
        (1, 2, 1, false, "completes"),
        (2, 1, 1, false, "asks"),
        (2, 1, 2, true, "fails"),
    ] {
        let mut request = request(attempt, 7);
        request.key.iteration = iteration;
        request.turn = turn;
        if is_answered {
            request.answers = answers.clone();
        }
        let came = match run(config.clone(), request.clone()).await {
            AttemptReport::NeedsInput(inquiry) => {
                assert_eq!(inquiry.questions, config.questions);
                let again = run(config.clone(), request).await;
                assert_eq!(again, AttemptReport::NeedsInput(inquiry.clone()));
                assert!(inquiry.session.unwrap().starts_with("simulated-"));
                "asks"
            }
            AttemptReport::Failed(_) => "fails",
            AttemptReport::Completed(_) => "completes",
        };
        assert_eq!(came, expected, "{iteration}/{attempt}/{turn}");
    }
}

#[tokio::test]
async fn edits_are_proposed_with_the_first_completion_only() {
    let edits = vec![json!({"type": "delete", "stage_id": "late"})];
    let config = SimulatedConfig {
        edits: edits.clone(),
        ..SimulatedConfig::default()
    };
    for (iteration, work, expected) in [
        (1, Work::Stage, edits),
        (2, Work::Stage, Vec::new()),
        (1, Work::Summary, Vec::new()),
    ] {
        let mut request = text_request("body");
        request.key.iteration = iteration;
        request.work = work;
        let completion = completion(run(config.clone(), request).await);
        assert_eq!(completion.proposed_edits, expected);
    }
}

#[tokio::test]
async fn a_repair_mends_what_was_wrong_and_keeps_what_was_right() {
    let config = SimulatedConfig {
        fail: vec![FailureLabel::CRASH],
        outputs: Object::from_iter([
            ("body".to_owned(), json!(3)),
            ("title".to_owned(), json!("fixed")),
        ]),
        ..SimulatedConfig::default()
    };
    let mut request = text_request("body");
    request.outputs.extend(text_request("title").outputs);
    request.turn = 2;
    request.work = Work::Repair {
        reason: "output `body`: expected a string".to_owned(),
    };
    request.session = Some("s-1".to_owned());
    let completion = completion(run(config, request).await);
    assert!(completion.outputs["body"].is_string());
    assert_eq!(completion.outputs["title"], "fixed");
    assert_eq!(completion.session.as_deref(), Some("s-1"));
}

#[tokio::test]
async fn a_summary_is_made_up_and_text_is_given_where_it_is_wanted() {
    let config = SimulatedConfig {
        outputs: Object::from_iter([("body".to_owned(), json!("fixed"))]),
        ..SimulatedConfig::default()
    };
    let mut request = text_request("summary");
    request.turn = 2;
    request.work = Work::Summary;
    let summary = completion(run(config.clone(), request).await);
    let names: Vec<_> = summary.outputs.keys().collect();
    assert_eq!(names, ["summary"]);
    assert_eq!(summary.text, None);
    let mut request = text_request("body");
    request.wants_text = true;
    let completion = completion(run(config, request).await);
    assert_eq!(completion.text.as_deref(), Some(r#"{"body":"fixed"}"#));
}

#[tokio::test(start_paused = true)]
async fn a_delay_ends_with_the_attempt() {
    let config = SimulatedConfig {
        delay: Duration::from_secs(2),
        ..SimulatedConfig::default()
    };
    for (time_left, expected) in [(None, None), (Some(1), Some(FailureLabel::TIMEOUT))] {
        let started = tokio::time::Instant::now();
        let request = AttemptRequest {
            time_left: time_left.map(Duration::from_secs),
            ..request(1, 7)
        };
        let failure = match run(config.clone(), request).await {
            AttemptReport::Failed(failure) => Some(failure.label),
            AttemptReport::Completed(_) | AttemptReport::NeedsInput(_) => None,
        };
        assert_eq!(failure, expected);
        assert_eq!(started.elapsed().as_secs(), time_left.unwrap_or(2));
    }
    let control = control();
    control.cancel.cancel();
    let dispatcher = SimulatedDispatcher::new(config);
    let report = dispatcher.run(request(1, 7), control).await;
    assert!(matches!(report, AttemptReport::Failed(it) if it.label == FailureLabel::CANCELLED));
}
