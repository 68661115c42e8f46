//! Logs that releases have written replay for ever.
//!
//! `tests/logs/<release>/<name>.jsonl` holds one event a line: `at` and the
//! stored body. A file here is never changed, only added
//! (`BATON_BLESS=1 cargo test -p baton-engine` writes the newest if it is
//! missing).

#![expect(clippy::disallowed_methods, reason = "the logs of releases are files")]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use baton_engine::{replay, table};
use baton_model::event::RunCreated;
use baton_model::plan::{
    FailurePolicy, Handoff, HandoffFormat, HookAction, OutputSpec, PlannedStage, RetryPolicy,
};
use baton_model::{
    AttemptReport, Completion, Event, FailureLabel, Recorded, RunId, Timestamp, ValueType,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Run, bringing, gate, insert, plan, stage};

/// The release whose logs have the newest format.
const NEWEST: &str = "0.4.0/everything.jsonl";

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/logs")
}

/// A stage that is tried, lost, timed out, mended and condensed.
fn flaky() -> PlannedStage {
    PlannedStage {
        retry: RetryPolicy {
            attempts_max: 3,
            ..RetryPolicy::default()
        },
        timeout: Some(Duration::from_secs(9)),
        outputs: vec![OutputSpec {
            name: "n".to_owned(),
            value_type: ValueType::Number,
            required: true,
            default: Value::Null,
            description: None,
        }],
        handoff: Handoff {
            format: HandoffFormat::Raw,
            include_run_log: true,
            summary_prompt: Some("Condense it.".to_owned()),
        },
        ..stage("flaky", &[])
    }
}

/// A run that meets every kind of event this release writes.
fn everything() -> Run {
    let conditional = |name: &str, depends_on: &[&str], condition: &str| PlannedStage {
        condition: Some(condition.to_owned()),
        ..stage(name, depends_on)
    };
    let broken = PlannedStage {
        on_failure: FailurePolicy::Continue,
        ..stage("broken", &[])
    };
    let mut plan = plan(vec![
        flaky(),
        conditional("skipped", &[], "${{ false }}"),
        broken,
        conditional("asked", &["flaky"], "${{ true }}"),
        gate("ok", &["asked"]),
        gate("no", &["ok"]),
        stage("last", &["no"]),
    ]);
    plan.settings.reopenable = true;
    plan.hooks.on_start = vec![HookAction::Run {
        argv: vec!["true".to_owned()],
    }];
    plan.hooks.on_failure = vec![HookAction::Notify {
        target: "log:x".to_owned(),
        message: None,
    }];
    let mut run = Run::new(plan);
    run.finish_hooks();
    run.start();
    run.fail("broken", FailureLabel::EXIT);
    break_and_mend(&mut run);
    ask_and_rework(&mut run);
    reject_and_reopen(&mut run);
    run
}

fn break_and_mend(run: &mut Run) {
    run.fail("flaky", FailureLabel::EXIT);
    run.wait();
    run.start();
    run.lose("flaky");
    run.wait();
    run.fail("flaky", FailureLabel::CANCELLED);
    run.wait();
    run.start();
    run.spend("flaky", 12_500);
    run.settle("flaky", bringing(json!({ "n": "many" }), Some("s-1")));
    let Value::Object(outputs) = json!({ "text": "ünïcode", "n": 1.5 }) else {
        unreachable!("an object was written")
    };
    let completion = Completion {
        outputs,
        text: Some("Ünïcode, 1.5 times.".to_owned()),
        ..Completion::default()
    };
    run.settle("flaky", AttemptReport::Completed(completion));
    run.complete_with("flaky", json!({ "summary": "short" }));
}

fn ask_and_rework(run: &mut Run) {
    run.pause();
    run.resume();
    run.start();
    run.ask("asked", "Which colour?");
    run.answer("asked", "Which colour?", "blue");
    run.start();
    run.complete("asked");
    run.approve("ok");
    run.edit(vec![insert(stage("extra", &["no"]))]);
    run.reopen("flaky", "more of it");
    run.start();
    run.complete_with("flaky", json!({ "n": 2 }));
    run.complete_with("flaky", json!({ "summary": "shorter" }));
    run.start();
    run.complete("asked");
}

fn reject_and_reopen(run: &mut Run) {
    run.approve("ok");
    run.reject("no", "not today");
    run.edit(vec![insert(stage("more", &[]))]);
    run.start();
    run.complete("more");
    run.finish_hooks();
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

fn newest() -> String {
    let path = folder().join(NEWEST);
    if std::env::var_os("BATON_BLESS").is_some() && !path.exists() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, lines(&everything().log)).unwrap();
    }
    fs::read_to_string(&path).unwrap()
}

#[test]
fn every_log_of_every_release_replays() {
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
    assert!(n_logs >= 3, "logs are missing");
}

#[test]
fn what_this_release_writes_is_what_its_log_says() {
    assert_eq!(lines(&everything().log), newest());
}

#[test]
fn the_newest_log_has_every_kind_of_event() {
    let log = read(&newest());
    let written: BTreeSet<&str> = log.iter().map(|recorded| recorded.event.name()).collect();
    let stages = table::STAGE_MOVES.iter().map(|row| row.event);
    let known: BTreeSet<&str> = stages
        .chain(table::RUN_MOVES.iter().map(|row| row.event))
        .collect();
    assert_eq!(written, known);
}

#[test]
fn a_log_in_a_newer_format_is_refused() {
    let mut log = read(&newest());
    let Event::RunCreated(created) = &mut log[0].event else {
        panic!("a log begins with `run_created`")
    };
    created.format = RunCreated::FORMAT + 1;
    let refused = replay(RunId::new(Uuid::nil()), &log).unwrap_err();
    let words = "event 1 (`run_created`) cannot follow: format 3 is newer than this release";
    assert_eq!(refused.to_string(), words);
}

#[test]
fn an_unknown_kind_of_event_is_refused_by_name() {
    let stored = json!({ "type": "stage_teleported", "stage": "a" });
    let refused = serde_json::from_value::<Event>(stored).unwrap_err();
    let words = "unknown variant `stage_teleported`";
    assert!(refused.to_string().starts_with(words), "{refused}");
}

#[test]
fn a_log_that_was_cut_or_changed_is_refused() {
    let log = read(&newest());
    let id = RunId::new(Uuid::nil());
    assert!(replay(id, &[]).is_err(), "an empty log");
    assert!(replay(id, &log[1..]).is_err(), "a log without its head");
    for place in 1..log.len() - 1 {
        let mut gap = log.clone();
        gap.remove(place);
        assert!(replay(id, &gap).is_err(), "a log without event {place}");
    }
}
