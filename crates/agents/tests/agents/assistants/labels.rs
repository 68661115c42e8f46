//! Each label has a mode of the stand-in that produces it, and nothing else does.

use std::collections::BTreeSet;

use baton_agents::StageDispatcher;
use baton_model::{AttemptReport, FailureLabel, Object};
use baton_testkit::stand_in::CLAUDE_MODES;

use super::world::{StandIns, eventually, request, run};
use crate::support::{Caller, failed};

/// Short enough to be waited for, long enough for a slow machine.
const LIMITS: &str = "start_timeout = \"30s\"\nidle_timeout = \"30s\"\nlinger = \"200ms\"";

/// What the engine says of an answer that misses what the contract asks for,
/// once its agent could not mend it.
fn label_of(mode: &str, label: &str, outputs: &Object) -> String {
    let is_whole = outputs
        .get("text")
        .is_some_and(serde_json::Value::is_string);
    match label {
        "ok" if !is_whole => FailureLabel::BAD_OUTPUT.to_string(),
        _ => {
            assert!(!label.is_empty(), "{mode}");
            label.to_owned()
        }
    }
}

#[tokio::test]
async fn every_mode_ends_with_its_label() {
    let stand_ins = StandIns::new();
    let mut seen = BTreeSet::new();
    for (number, (mode, expected)) in (1..).zip(CLAUDE_MODES) {
        let mut settings = LIMITS.to_owned();
        let mut request = request();
        request.key.dispatch = number;
        // Each in a session of its own.
        request.key.attempt = number;
        if expected == "timeout" {
            settings = settings.replacen("30s", "300ms", 1);
        }
        if mode == "root" {
            settings.push_str("\npermission_mode = \"bypassPermissions\"");
            request.is_in_project = true;
        }
        let agent = stand_ins.agent("claude", mode, &settings);
        let ended = run(&agent, request).await;
        let outputs = match &ended.report {
            AttemptReport::Completed(completion) => completion.outputs.clone(),
            _ => Object::new(),
        };
        let label = label_of(mode, ended.label(), &outputs);
        assert_eq!(
            label, expected,
            "{mode}: {:?}\n{:#?}",
            ended.report, ended.lines
        );
        seen.insert(label);
    }
    assert_eq!(stand_ins.starts().len(), CLAUDE_MODES.len());
    // A run that is cancelled ends its agents whatever they do.
    seen.insert(FailureLabel::CANCELLED.to_string());
    // What agents cannot bring about.
    seen.insert(FailureLabel::EXPRESSION.to_string());
    for known in FailureLabel::KNOWN {
        assert!(seen.contains(known.as_str()), "no mode ends with {known}");
    }
    stand_ins.world.assert_nothing_lives();
}

#[tokio::test]
async fn a_program_that_is_not_there_is_unreachable() {
    let stand_ins = StandIns::new();
    let agent = stand_ins.agent("claude", "ok", "command = [\"./none\"]");
    let ended = run(&agent, request()).await;
    assert_eq!(ended.label(), "unreachable", "{:?}", ended.report);
}

#[tokio::test]
async fn a_cancelled_agent_is_cancelled_whatever_it_does() {
    for mode in ["hangs", "stubborn", "closes"] {
        let stand_ins = StandIns::new();
        let agent = stand_ins.claude(mode);
        let caller = Caller::new();
        let cancel = caller.cancel.clone();
        let ledger = stand_ins.ledger();
        let watching = async {
            eventually("the agent has started", || ledger.exists()).await;
            cancel.cancel();
        };
        let working = agent.run(request(), caller.control());
        let (report, ()) = tokio::join!(working, watching);
        assert_eq!(failed(report).label, FailureLabel::CANCELLED, "{mode}");
        stand_ins.world.assert_nothing_lives();
    }
}

#[tokio::test]
async fn silence_is_a_timeout_and_says_which() {
    let rows = [
        ("hangs", "start_timeout = \"200ms\"", "start_timeout"),
        ("mute", "idle_timeout = \"300ms\"", "idle_timeout"),
        ("closes", "idle_timeout = \"300ms\"", "idle_timeout"),
    ];
    for (mode, settings, part) in rows {
        let stand_ins = StandIns::new();
        let agent = stand_ins.agent("claude", mode, settings);
        let ended = run(&agent, request()).await;
        let AttemptReport::Failed(failure) = &ended.report else {
            panic!("{:?}", ended.report);
        };
        assert_eq!(failure.label, FailureLabel::TIMEOUT, "{mode}");
        assert!(failure.message.contains(part), "{mode}: {failure}");
        stand_ins.world.assert_nothing_lives();
    }
}

#[tokio::test]
async fn other_programs_have_labels_too() {
    let rows = [
        ("codex", "ok", "ok"),
        ("codex", "rate-limit", "limit"),
        ("codex", "cut", "cut_off"),
        ("codex", "killed", "crash"),
        ("codex", "exit", "exit"),
        ("codex", "questions", "asked"),
        ("gemini", "ok", "ok"),
        ("gemini", "json", "ok"),
        ("gemini", "auth", "auth_failure"),
        ("gemini", "exit", "exit"),
        ("opencode", "ok", "ok"),
        ("opencode", "json", "ok"),
        ("aider", "ok", "ok"),
        ("aider", "exit", "exit"),
    ];
    for (adapter, mode, expected) in rows {
        let stand_ins = StandIns::new();
        let ended = run(&stand_ins.agent(adapter, mode, ""), request()).await;
        let row = (adapter, mode);
        assert_eq!(ended.label(), expected, "{row:?}: {:?}", ended.report);
        assert_eq!(stand_ins.starts()[0].program, adapter);
        stand_ins.world.assert_nothing_lives();
    }
}
