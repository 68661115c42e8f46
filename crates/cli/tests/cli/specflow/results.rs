//! What is made of an agent's answer.

use serde_json::json;

use super::door::{Door, record_of};

#[test]
fn an_agent_that_ends_well_without_an_answer_has_completed() {
    let door = Door::open();
    for mode in ["wordless", "in-words"] {
        door.skill("flow.lenient", mode);
        let ended = door.until_ended(&door.start("flow.lenient"));
        assert_eq!(ended["status"], "completed", "{mode}: {ended:#}");
        assert!(ended.get("output").is_none(), "{mode}: {ended:#}");
        assert_eq!(ended["costUsd"], 0.0125);
    }
    assert_eq!(door.stand_ins.starts().len(), 2);
}

#[test]
fn an_agent_that_says_it_has_failed_is_quoted_in_full() {
    let door = Door::open();
    let list = format!("the tests fail:\n{}", "- one of them\n".repeat(40));
    for (mode, error) in [
        ("wordy-error", &*list),
        ("wordless-error", "Unknown error"),
        (
            "auth",
            "Failed to authenticate. API Error: 401 Invalid bearer token",
        ),
        (
            "garbage",
            "Parse error: Segmentation fault? No: \u{1}\u{2} this is no JSON\n[1, 2, 3]",
        ),
    ] {
        door.skill("flow.fails", mode);
        let ended = door.until_ended(&door.start("flow.fails"));
        assert_eq!(ended["error"], error, "{mode}: {ended:#}");
        assert!(ended.get("output").is_none(), "{mode}: {ended:#}");
    }
}

#[test]
fn what_an_agent_answered_is_kept_when_that_was_that_it_failed() {
    let door = Door::open();
    door.skill("flow.fails", "error");
    let id = door.start("flow.fails");
    let ended = door.until_ended(&id);
    let answer = json!({
        "status": "error", "phase": "looking", "message": "the work cannot be done",
    });
    assert_eq!(ended["status"], "failed", "{ended:#}");
    assert_eq!(ended["error"], "the work cannot be done");
    assert_eq!(ended["output"], answer);
    door.until_filed(&id, "failed");
    assert_eq!(door.filed(&id)["output"], answer);
}

#[test]
fn a_self_test_grants_nothing_and_asks_for_no_form() {
    let door = Door::open();
    let ended = door.until_ended(&door.start("test"));
    assert_eq!(ended["status"], "completed", "{ended:#}");
    assert!(ended.get("output").is_none(), "{ended:#}");
    let starts = door.stand_ins.starts();
    assert_eq!(starts[0].prompt, "Say hello");
    let flags = starts[0].arguments.iter();
    let names: Vec<&str> = flags
        .map(|flag| flag.split('=').next().unwrap_or(flag))
        .collect();
    // What is needed to follow it, and nothing else.
    assert_eq!(
        names,
        ["-p", "--output-format", "--verbose", "--session-id"]
    );
}

#[test]
fn an_answer_that_fits_no_schema_of_clients_is_shown_all_the_same() {
    let door = Door::open();
    door.skill("flow.ok", "");
    let id = door.start("flow.ok");
    let ended = door.until_ended(&id);
    let artifacts = json!([
        { "path": "path of the stand-in", "action": "action of the stand-in" },
    ]);
    assert_eq!(ended["output"]["artifacts"], artifacts, "{ended:#}");
    assert_eq!(door.listed(""), [id]);
}

#[test]
fn a_state_that_nobody_knows_is_a_failure_and_goes_on_for_nobody() {
    let door = Door::open();
    door.skill("flow.odd", "odd-status");
    let ended = door.until_ended(&door.start("flow.odd"));
    assert_eq!(ended["status"], "failed", "{ended:#}");
    let error = ended["error"].as_str().unwrap();
    assert!(error.contains("perhaps"), "{error}");
}

#[test]
fn that_root_is_refused_is_said_clearly() {
    let door = Door::open();
    door.skill("flow.root", "root");
    let ended = door.until_ended(&door.start("flow.root"));
    assert_eq!(ended["status"], "failed", "{ended:#}");
    let error = ended["error"].as_str().unwrap();
    let words = "--dangerously-skip-permissions cannot be used with root/sudo privileges";
    assert!(error.contains(words), "{error}");
}

#[test]
fn an_answer_counts_whatever_code_its_program_ends_with() {
    let door = Door::open();
    door.skill("flow.fails-late", "exit-after-answer");
    let ended = door.until_ended(&door.start("flow.fails-late"));
    assert_eq!(ended["status"], "completed", "{ended:#}");
    assert_eq!(ended["output"]["status"], "completed");
}

#[test]
fn what_nobody_answered_is_kept_when_its_run_is_ended() {
    let door = Door::open();
    door.skill("flow.ask", "questions");
    let id = door.start("flow.ask");
    let asked = door.until_waiting(&id);
    let cancelled = record_of(&door.cancel(&format!("id={id}")));
    assert_eq!(cancelled["status"], "cancelled");
    assert_eq!(cancelled["output"], asked["output"]);
    assert_eq!(door.until_ended(&id)["output"], asked["output"]);
}
