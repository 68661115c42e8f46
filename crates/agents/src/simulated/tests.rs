//! Simulated agents keep their contract, fail as told, and repeat exactly.

use std::collections::BTreeMap;

use baton_model::plan::OutputSpec;
use baton_model::{AttemptKey, RunId, StageId, Value, ValueType};
use serde_json::json;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::*;

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
    AttemptRequest {
        key: AttemptKey {
            run: RunId::new(Uuid::nil()),
            stage: StageId::new("build").unwrap(),
            iteration: 1,
            attempt,
            dispatch: attempt,
        },
        artifact: "agent:x".to_owned(),
        model: None,
        tools: Vec::new(),
        instructions: None,
        inputs: Object::new(),
        outputs,
        parameters: Object::new(),
        env: BTreeMap::new(),
        session: None,
        time_left: None,
        directory: None,
        seed,
    }
}

fn control() -> AttemptControl {
    AttemptControl {
        cancel: CancellationToken::new(),
        lines: mpsc::channel(1).0,
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
            AttemptReport::Completed(_) => None,
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
