//! Which trigger fits where, in which order a request is looked at, and results
//! that come from outside.

use serde_json::{Value, json};

use super::door::{Door, refused, refused_for};
use super::hub::Hub;
use crate::support::World;

const TRIGGERS: [&str; 3] = ["agent_complete", "human_approved", "human_rejected"];
const UNKNOWN: &str = "01a1ff65-40d6-7675-a81f-4ad942a9f20e";

/// A trigger that does not fit changes nothing and leaves no trace.
#[track_caller]
fn refuses(door: &Door, id: &str, triggers: &[&str]) {
    let (before, history) = (door.look(id), door.history(id));
    for trigger in triggers {
        let answer = door.advance(id, &json!({ "trigger": trigger }));
        refused(&answer, 400, "INVALID_STATE_TRANSITION");
        let status = before["status"].as_str().unwrap();
        let message = answer.1["error"]["message"].as_str().unwrap();
        assert!(
            message.contains(status) && message.contains(trigger),
            "{message}"
        );
        let details = &answer.1["error"]["details"];
        assert_eq!(
            *details,
            json!([format!("status: {status}"), format!("trigger: {trigger}")])
        );
    }
    assert_eq!(door.look(id), before);
    assert_eq!(door.history(id), history);
}

/// As clients of the other doors have to.
fn post_json(door: &Door, path: &str, body: &Value) -> (u16, Value) {
    let headers = [("content-type", "application/json")];
    let answer = door.send(("POST", path), &headers, Some(body.to_string().as_bytes()));
    (answer.status, answer.json())
}

#[test]
fn each_status_takes_its_own_triggers_and_no_other() {
    let (world, hub) = (World::new(), Hub::open());
    let door = Door::with_hub(&world, &hub.url());
    let id = door.create("plan");
    let asked = hub.next();
    refuses(&door, &id, &["human_approved", "human_rejected"]);
    asked.succeed("one");
    door.until(&id, "waiting_approval");
    refuses(&door, &id, &["agent_complete"]);
    door.apply(&id, "human_approved", &json!({ "approved": false }));
    let asked = hub.next();
    refuses(&door, &id, &["human_approved", "human_rejected"]);
    asked.succeed("two");
    door.until(&id, "waiting_approval");
    door.apply(&id, "human_approved", &Value::Null);
    refuses(&door, &id, &TRIGGERS);

    let id = door.create("plan");
    hub.next().answer(500, "{}");
    door.until(&id, "failed");
    refuses(&door, &id, &TRIGGERS);
    door.stop();
}

/// Body, id, and the status and code of the refusal: the body is looked at
/// first, then the id, the trigger, the workflow, and last where it stands.
#[test]
fn a_request_is_looked_at_in_one_order() {
    let (world, hub) = (World::new(), Hub::open());
    let door = Door::with_hub(&world, &hub.url());
    let id = door.create("plan");
    let asked = hub.next();
    let rows = [
        ("{}", "x", 400, "VALIDATION_ERROR"),
        (r#"{"trigger": 1}"#, "x", 400, "VALIDATION_ERROR"),
        (r#"{"trigger": null}"#, "x", 400, "VALIDATION_ERROR"),
        (
            r#"{"trigger": "start", "phase_result": []}"#,
            "x",
            400,
            "VALIDATION_ERROR",
        ),
        (
            r#"{"trigger": "start", "phase_result": "x"}"#,
            "x",
            400,
            "VALIDATION_ERROR",
        ),
        ("[]", "x", 400, "VALIDATION_ERROR"),
        ("{", "x", 400, "VALIDATION_ERROR"),
        ("", "x", 400, "VALIDATION_ERROR"),
        (r#"{"trigger": "start"}"#, "x", 400, "INVALID_UUID"),
        ("{}", "%ff", 400, "VALIDATION_ERROR"),
        (r#"{"trigger": "start"}"#, "%ff", 400, "INVALID_UUID"),
        (r#"{"trigger": "start"}"#, UNKNOWN, 400, "INVALID_TRIGGER"),
        (
            r#"{"trigger": "error"}"#,
            id.as_str(),
            400,
            "INVALID_TRIGGER",
        ),
        (
            r#"{"trigger": "Human_Approved"}"#,
            id.as_str(),
            400,
            "INVALID_TRIGGER",
        ),
        (
            r#"{"trigger": "human_approved"}"#,
            UNKNOWN,
            404,
            "WORKFLOW_NOT_FOUND",
        ),
        (
            r#"{"trigger": "human_approved"}"#,
            id.as_str(),
            400,
            "INVALID_STATE_TRANSITION",
        ),
    ];
    for (body, id, status, code) in rows {
        let path = format!("/workflows/{id}/advance");
        let answer = door.send(("POST", &path), &[], Some(body.as_bytes()));
        let about = match code {
            "INVALID_TRIGGER" => body.split('"').nth(3).unwrap(),
            "INVALID_UUID" | "WORKFLOW_NOT_FOUND" if id != "%ff" => id,
            _ => "",
        };
        refused_for(&(answer.status, answer.json()), (status, code), about);
    }
    let unknown = door.advance(&id, &json!({ "trigger": "start" }));
    assert_eq!(unknown.1["error"]["details"], json!(TRIGGERS));
    asked.succeed("draft");
    door.until(&id, "waiting_approval");
    door.stop();
}

#[test]
fn a_result_from_outside_wins_over_the_agent_that_is_still_at_work() {
    let (world, hub) = (World::new(), Hub::open());
    let door = Door::with_hub(&world, &hub.url());
    let id = door.create("specify");
    let late = hub.next();
    let brought = json!({ "output": "by hand", "files_created": ["spec.md"] });
    let waiting = door.apply(&id, "agent_complete", &brought);
    assert_eq!(waiting["status"], "waiting_approval");
    assert_eq!(waiting["result"], brought);
    late.succeed("too late");
    door.apply(&id, "human_approved", &Value::Null);
    // The answer that came too late was read by now, if ever: the same server
    // has asked for the next phase since.
    let asked = hub.next();
    assert_eq!(asked.body["context"]["previous_result"], brought);
    assert_eq!(door.look(&id)["result"], brought);
    let history = door.history(&id);
    assert_eq!(
        history[1],
        [
            json!("in_progress"),
            json!("waiting_approval"),
            json!("agent_complete"),
            brought
        ]
    );
    assert_eq!(history.len(), 3);
    asked.succeed("whole");
    assert_eq!(
        door.until(&id, "waiting_approval")["result"]["output"],
        "whole"
    );
    door.stop();
}

#[test]
fn a_result_from_outside_may_be_anything_and_may_be_missing() {
    let (world, hub) = (World::new(), Hub::open());
    let door = Door::with_hub(&world, &hub.url());
    let id = door.create("specify");
    let _at_work = hub.next();
    let (status, waiting) = door.advance(&id, &json!({ "trigger": "agent_complete" }));
    assert_eq!(
        (status, &waiting["status"]),
        (200, &json!("waiting_approval"))
    );
    assert_eq!(waiting["result"], Value::Null);
    assert_eq!(door.history(&id)[1][3], Value::Null);
    door.apply(&id, "human_approved", &Value::Null);
    let at_work = hub.next();
    assert_eq!(at_work.body["context"].get("previous_result"), None);
    let odd = json!({ "output": 5, "more": { "deep": [1, 2] } });
    assert_eq!(door.apply(&id, "agent_complete", &odd)["result"], odd);
    let completed = door.apply(&id, "human_approved", &json!({ "comments": "fine" }));
    assert_eq!(
        (&completed["status"], &completed["result"]),
        (&json!("completed"), &odd)
    );
    door.stop();
}

#[test]
fn a_paused_workflow_takes_no_result_before_it_goes_on() {
    let (world, hub) = (World::new(), Hub::open());
    let door = Door::with_hub(&world, &hub.url());
    let id = door.create("plan");
    let _at_work = hub.next();
    let steer = |word: &str| {
        let path = format!("/api/v1/workflow-executions/{id}/{word}");
        let (status, answer) = post_json(&door, &path, &json!({}));
        assert_eq!(status / 100, 2, "{word}: {answer}");
    };
    steer("pause");
    refuses(&door, &id, &TRIGGERS);
    let answer = door.advance(&id, &json!({ "trigger": "agent_complete" }));
    let message = answer.1["error"]["message"].as_str().unwrap();
    assert!(message.contains("paused"), "{message}");
    steer("resume");
    let brought = json!({ "output": "by hand" });
    let waiting = door.apply(&id, "agent_complete", &brought);
    assert_eq!(waiting["status"], "waiting_approval");
    assert_eq!(door.history(&id).len(), 2);
    door.stop();
}

/// What comes after is an ordinary run: no two workflows have one name.
#[test]
fn a_run_that_repeats_a_workflow_is_none_itself() {
    let (world, hub) = (World::new(), Hub::open());
    let door = Door::with_hub(&world, &hub.url());
    let id = door.create("plan");
    hub.next().answer(500, "{}");
    door.until(&id, "failed");
    let path = format!("/api/v1/workflow-executions/{id}/rerun");
    let (status, repeated) = post_json(&door, &path, &json!({}));
    assert_eq!(status / 100, 2, "{repeated}");
    let asked = hub.next();
    let run = repeated["id"].as_str().unwrap();
    refused(
        &door.get(&format!("/workflows/{run}")),
        404,
        "WORKFLOW_NOT_FOUND",
    );
    let next = door.look(&door.create("plan"));
    assert_eq!(next["feature_id"], "002-add-user-authentication");
    asked.succeed("again");
    door.stop();
}

#[test]
fn a_rejection_of_another_door_is_an_error_in_words() {
    let (world, hub) = (World::new(), Hub::open());
    let door = Door::with_hub(&world, &hub.url());
    for reason in ["", " \n"] {
        let id = door.create("plan");
        hub.next().succeed("draft");
        door.until(&id, "waiting_approval");
        let path = format!("/api/v1/workflow-executions/{id}/gates/approve_1/reject");
        let body = json!({ "reason": reason });
        let (status, answer) = post_json(&door, &path, &body);
        assert_eq!(status / 100, 2, "{answer}");
        let failed = door.until(&id, "failed");
        let error = failed["error"].as_str().unwrap();
        assert!(!error.trim().is_empty(), "{failed}");
    }
    door.stop();
}

/// As the contract test of other servers has it: without any hub.
#[test]
fn a_result_from_outside_needs_no_hub() {
    let world = World::new();
    let nowhere = format!("http://{}", Hub::nowhere());
    for hub in [Some(nowhere.as_str()), None] {
        let door = Door::start(&world, hub, &[]);
        let id = door.create("plan");
        let brought = json!({ "output": "x" });
        let waiting = door.apply(&id, "agent_complete", &brought);
        assert_eq!(waiting["status"], "waiting_approval");
        door.apply(&id, "human_approved", &Value::Null);
        door.apply(&id, "agent_complete", &brought);
        let completed = door.apply(&id, "human_approved", &Value::Null);
        assert_eq!(completed["status"], "completed");
        door.stop();
    }
}
