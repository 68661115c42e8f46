//! How runs end: by themselves, by a cancel, by a kill, with their server.

use serde_json::json;

use super::door::{Door, record_of, refused, wait_for_agents};
use crate::support::eventually;

#[test]
fn each_way_to_fail_says_why_and_keeps_what_is_known() {
    let door = Door::open();
    for (mode, error) in [
        ("error", "the work cannot be done"),
        ("silent", "No output received"),
        ("garbage", "Parse error: "),
        ("exit 3", "something went wrong"),
        ("auth", "Failed to authenticate"),
        ("during-execution", ""),
    ] {
        door.skill("flow.fails", mode);
        let ended = door.until_ended(&door.start("flow.fails"));
        assert_eq!(ended["status"], "failed", "{mode}: {ended:#}");
        let told = ended["error"].as_str().unwrap();
        assert!(told.contains(error), "{mode}: {told}");
    }
    // One attempt each, and no repair.
    assert_eq!(door.stand_ins.starts().len(), 6);
}

#[test]
fn warnings_and_answers_in_words_are_no_failures() {
    let door = Door::open();
    for mode in ["warns", "off-schema"] {
        door.skill("flow.lenient", mode);
        let ended = door.until_ended(&door.start("flow.lenient"));
        assert_eq!(ended["status"], "completed", "{mode}: {ended:#}");
    }
}

#[test]
fn a_cancel_ends_the_whole_tree() {
    let door = Door::open();
    door.skill("flow.forks", "stubborn");
    let id = door.start("flow.forks");
    wait_for_agents(door.world(), 2);
    let record = record_of(&door.cancel(&format!("id={id}")));
    assert_eq!(record["status"], "cancelled");
    assert!(record["cancelledAt"].is_string());
    assert!(record.get("pid").is_none());
    let ended = door.until_ended(&id);
    assert_eq!(ended["status"], "cancelled");
    assert_eq!(ended["cancelledAt"], record["cancelledAt"]);
    door.world().assert_nothing_lives();
}

#[test]
fn a_waiting_run_can_be_cancelled_and_an_ended_one_not() {
    let door = Door::open();
    door.skill("flow.ask", "questions");
    let id = door.start("flow.ask");
    door.until_waiting(&id);
    assert_eq!(
        record_of(&door.cancel(&format!("id={id}")))["status"],
        "cancelled"
    );
    let again = door.cancel(&format!("id={id}"));
    refused(&again, 400, "Cannot cancel workflow in cancelled state");
    refused(&door.cancel(""), 400, "Missing required parameter: id");
    refused(&door.cancel("id=7"), 404, "Execution not found: 7");
}

#[test]
fn a_cancel_by_session_is_answered_as_the_client_says() {
    let door = Door::open();
    door.skill("flow.ask", "questions");
    let id = door.start("flow.ask");
    let session = door.until_waiting(&id)["sessionId"]
        .as_str()
        .unwrap()
        .to_owned();
    let query = format!("sessionId={session}&projectId=shop");
    for (status, said) in [("", "cancelled"), ("&status=completed", "completed")] {
        let answer = door.cancel(&format!("{query}{status}"));
        let answer = (answer.status, answer.json());
        let expected = json!({
            "cancelled": true, "sessionId": session, "status": said, "killed": [],
        });
        assert_eq!(answer, (200, expected));
    }
    assert_eq!(door.status(&id)["status"], "cancelled");
    let unknown = door.cancel("sessionId=nobody&projectId=shop");
    refused(&unknown, 404, "Session not found: nobody");
}

#[test]
fn a_kill_ends_processes_at_once() {
    let door = Door::open();
    door.skill("flow.stubborn", "stubborn");
    let id = door.start("flow.stubborn");
    wait_for_agents(door.world(), 2);
    let answer = door.post(
        "kill",
        &json!({ "id": id, "projectId": "shop", "force": true }),
    );
    assert_eq!(answer.status, 200, "{answer:?}");
    let killed = answer.json();
    assert_eq!(killed["success"], true, "{killed}");
    assert!(!killed["killed"].as_array().unwrap().is_empty());
    assert_eq!(killed["failed"], json!([]));
    assert_eq!(door.until_ended(&id)["status"], "cancelled");
    door.world().assert_nothing_lives();
    let again = door.post("kill", &json!({ "id": id }));
    refused(&again, 400, "Cannot kill workflow in cancelled state");
    let bad = door.post("kill", &json!({ "id": "7", "force": "yes" }));
    assert_eq!(bad.status, 400);
    assert_eq!(bad.json()["error"], "Invalid request");
    assert_eq!(bad.json()["details"].as_array().unwrap().len(), 2);
}

#[test]
fn a_run_that_waits_is_answered_after_a_restart() {
    let mut door = Door::open();
    door.skill("flow.ask", "questions");
    let id = door.start("flow.ask");
    let before = door.until_waiting(&id);
    door = door.killed_and_restarted();
    assert_eq!(door.status(&id), before);
    let body = json!({ "id": id, "answers": { "Colour": "red" } });
    record_of(&door.post("answer", &body));
    let ended = door.until_ended(&id);
    assert_eq!(ended["status"], "completed", "{ended:#}");
    assert_eq!(ended["sessionId"], before["sessionId"]);
    door.until_filed(&id, "completed");
}

#[test]
fn an_agent_that_dies_with_its_server_has_failed() {
    let mut door = Door::open();
    door.skill("flow.hangs", "hangs");
    let id = door.start("flow.hangs");
    // Its process lives a moment before it has written that it was started.
    eventually("the agent begins", || door.stand_ins.starts().len() == 1);
    door.world().kill_attempts();
    door = door.killed_and_restarted();
    let ended = door.until_ended(&id);
    assert_eq!(ended["status"], "failed", "{ended:#}");
    assert_eq!(door.stand_ins.starts().len(), 1);
    door.until_filed(&id, "failed");
}
