//! What is made of an agent's answer.

use serde_json::json;

use super::door::{Door, record_of};

#[test]
fn an_agent_that_ends_well_without_an_answer_has_completed() {
    let door = Door::open();
    door.skill("flow.wordless", "wordless");
    let ended = door.until_ended(&door.start("flow.wordless"));
    assert_eq!(ended["status"], "completed", "{ended:#}");
    assert!(ended.get("output").is_none(), "{ended:#}");
    assert_eq!(ended["costUsd"], 0.0125);
    assert_eq!(door.stand_ins.starts().len(), 1);
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
