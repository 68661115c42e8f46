//! Logs that releases have written replay for ever.
//!
//! `tests/logs/<release>/<name>.jsonl` holds one event a line: `at` and the
//! stored body. A file here is never changed, only added
//! (`BATON_BLESS=1 cargo test -p baton-engine` writes those that are missing).

#![expect(clippy::disallowed_methods, reason = "the logs of releases are files")]

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use baton_engine::replay;
use baton_model::plan::{PlannedStage, RetryPolicy};
use baton_model::{Event, FailureLabel, Recorded, RunId, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Run, gate, plan, stage};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/logs")
}

/// A run that meets every kind of event this release writes.
fn everything() -> Run {
    let flaky = PlannedStage {
        retry: RetryPolicy {
            attempts_max: 3,
            ..RetryPolicy::default()
        },
        timeout: Some(Duration::from_secs(9)),
        ..stage("flaky", &[])
    };
    let skipped = PlannedStage {
        condition: Some("${{ false }}".into()),
        ..stage("skipped", &[])
    };
    let asked = PlannedStage {
        condition: Some("${{ true }}".into()),
        ..stage("asked", &["flaky"])
    };
    let stages = vec![
        flaky,
        skipped,
        asked,
        gate("ok", &["asked"]),
        gate("no", &["ok"]),
    ];
    let mut run = Run::new(plan(stages));
    run.start();
    run.fail("flaky", FailureLabel::EXIT);
    run.wait();
    run.start();
    run.lose("flaky");
    run.wait();
    run.fail("flaky", FailureLabel::CANCELLED);
    run.wait();
    run.start();
    run.complete_with("flaky", json!({ "text": "ünïcode", "n": 1.5 }));
    run.start();
    run.complete("asked");
    run.approve("ok");
    run.reject("no", "not today");
    run
}

fn lines(log: &[Recorded]) -> String {
    log.iter()
        .map(|recorded| {
            let body = serde_json::to_value(&recorded.event).unwrap();
            json!({ "at": recorded.at.as_micros(), "event": body }).to_string() + "\n"
        })
        .collect()
}

fn read(text: &str) -> Vec<Recorded> {
    text.lines()
        .zip(1..)
        .map(|(line, seq)| {
            let line: Value = serde_json::from_str(line).unwrap();
            let event: Event = serde_json::from_value(line["event"].clone()).unwrap();
            Recorded {
                seq,
                at: Timestamp::from_micros(line["at"].as_i64().unwrap()),
                event,
            }
        })
        .collect()
}

#[test]
fn every_log_of_every_release_replays() {
    let bless = std::env::var_os("BATON_BLESS").is_some();
    let newest = folder().join("0.1.0/everything.jsonl");
    if bless && !newest.exists() {
        fs::write(&newest, lines(&everything().log)).unwrap();
    }
    let mut n_logs = 0;
    for release in fs::read_dir(folder()).unwrap() {
        for log in fs::read_dir(release.unwrap().path()).unwrap() {
            let path = log.unwrap().path();
            let events = read(&fs::read_to_string(&path).unwrap());
            let state = replay(RunId::new(Uuid::nil()), &events).unwrap();
            assert!(state.status().is_terminal(), "{}", path.display());
            n_logs += 1;
        }
    }
    assert!(n_logs > 0, "no logs to replay");
}

#[test]
fn what_this_release_writes_is_what_its_log_says() {
    let text = fs::read_to_string(folder().join("0.1.0/everything.jsonl")).unwrap();
    assert_eq!(lines(&everything().log), text);
}
