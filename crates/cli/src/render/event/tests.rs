//! Every event has words of its own.

use super::*;

/// Events as they are stored, and what is said of them.
const WORDS: &str = r#"
{"type":"stage_ready","stage":"a"} = its condition is true
{"type":"stage_started","stage":"a","iteration":1,"attempt":2,"dispatch":2} = attempt 2, start 2
{"type":"stage_started","stage":"a","iteration":2,"attempt":1,"dispatch":3} = #2, attempt 1, start 3
{"type":"stage_started","stage":"a","iteration":1,"attempt":1,"dispatch":1,"deadline":DEADLINE} = attempt 1, start 1, until 07:11:47
{"type":"stage_asked","stage":"a","dispatch":1,"questions":[{"question":"Why?"}],"deadline":TOMORROW} = asks: Why?, until 2026-11-22 06:41:47
{"type":"stage_restarted","stage":"a","dispatch":4} = the same attempt after a crash, start 4
{"type":"stage_stopping","stage":"a","dispatch":1,"reason":"timeout"} = told to end: timeout
{"type":"stage_completed","stage":"a","dispatch":1,"outputs":{"n":1,"t":"a\nb"}} = n=1, t=a b
{"type":"stage_completed","stage":"a","dispatch":1,"summary_failure":FAILURE} = without a summary: exit: code 3
{"type":"stage_spent","stage":"a","dispatch":1,"usage":{"input_tokens":1200,"output_tokens":40,"cost_micros":12500}} = $0.0125, 1200 + 40 tokens
{"type":"stage_repairing","stage":"a","dispatch":2,"failure":FAILURE,"session":"s"} = asked to mend its output: exit: code 3
{"type":"stage_summarizing","stage":"a","dispatch":2} = asked to condense its output
{"type":"stage_asked","stage":"a","dispatch":1,"questions":[{"question":"Which?"},{"question":"Why?"}]} = asks: Which? / Why?
{"type":"stage_answered","stage":"a","answers":{"Which":["x","y"],"Why":"so"},"by":"local"} = local answered Which=x, y, Why=so
{"type":"stage_reopened","stage":"a","iteration":2,"feedback":"shorter","by":"local"} = #2 by local: shorter
{"type":"stage_reset","stage":"a","iteration":2} = #2: a stage before it runs again
{"type":"stage_retrying","stage":"a","dispatch":1,"failure":FAILURE,"retry_at":DEADLINE} = exit: code 3; again at 07:11:47.000
{"type":"stage_failed","stage":"a","failure":FAILURE} = exit: code 3
{"type":"stage_skipped","stage":"a","reason":"condition_false"} = its condition was false
{"type":"stage_skipped","stage":"a","reason":"dependency_failed"} = a stage it depends on failed
{"type":"stage_cancelled","stage":"a"} = the run ended first
{"type":"gate_opened","stage":"a","message":"Go on?"} = Go on?
{"type":"gate_approved","stage":"a","decision":{"by":"timeout"}} = by timeout
{"type":"gate_rejected","stage":"a","decision":{"by":"local","reason":"no"}} = by local: no
{"type":"run_paused","by":"local","reason":"lunch"} = by local: lunch
{"type":"run_resumed","by":"local"} = by local
{"type":"run_reopened","by":"local"} = by local
{"type":"graph_edited","edits":[{"type":"delete","stage":"b"}],"by":"stage:a"} = deleted b; by stage:a
{"type":"hook_finished","point":"on_start","place":0} = action 1 of on_start
{"type":"hook_finished","point":"on_start","place":1,"error":"no such program"} = action 2 of on_start failed: no such program
{"type":"run_stopping","outcome":"failed","reason":"stage `a`"} = to end as failed: stage `a`
{"type":"run_ended","status":"completed"} = completed
{"type":"run_ended","status":"failed","error":"stage `a`"} = failed: stage `a`
"#;
const FAILURE: &str = r#"{"label":"exit","message":"code 3"}"#;

/// A time as it is stored.
fn micros(at: &str) -> String {
    let at: jiff::Timestamp = at.parse().unwrap();
    at.as_microsecond().to_string()
}

#[test]
fn every_event_has_words() {
    for row in WORDS.trim().lines() {
        let (event, expected) = row.split_once(" = ").unwrap();
        let event = event
            .replace("FAILURE", FAILURE)
            .replace("DEADLINE", &micros("2026-11-21T07:11:47Z"))
            .replace("TOMORROW", &micros("2026-11-22T06:41:47Z"));
        let event: baton_model::Event = serde_json::from_str(&event).unwrap();
        assert_eq!(words(&event, "2026-11-21T06:41:47Z"), expected, "{event:?}");
    }
}

fn stored(event: &str) -> Stored {
    Stored {
        seq: 12,
        at: "2026-11-21T06:41:47.123456Z".to_owned(),
        event: serde_json::from_str(event).unwrap(),
    }
}

#[test]
fn a_line_has_number_time_name_and_stage() {
    let stored = stored(r#"{"type":"stage_ready","stage":"draft"}"#);
    let expected = "  12 06:41:47.123 stage_ready       draft: its condition is true";
    assert_eq!(line(&stored), expected);
    assert!(!is_end(&stored));
}

#[test]
fn an_event_of_a_later_release_is_shown_by_its_name() {
    let line = line(&stored(r#"{"type":"run_cloned"}"#));
    assert!(line.contains("run_cloned"), "{line}");
}
