//! Workflows from their creation to their end.

use serde_json::{Value, json};

use super::door::{DESCRIPTION, Door, assert_shape};
use super::hub::{Asked, Hub};
use crate::support::World;

/// The transitions of a workflow that nobody sent back.
#[track_caller]
fn assert_history(history: &[[Value; 4]], approval: &Value) {
    let moves: Vec<_> = history
        .iter()
        .map(|[from, to, by, _]| (from, to, by))
        .collect();
    let word = |text: &str| Value::from(text);
    let (work, wait) = (word("in_progress"), word("waiting_approval"));
    let (done, approve) = (word("agent_complete"), word("human_approved"));
    assert_eq!(
        moves,
        [
            (&word("pending"), &work, &word("start")),
            (&work, &wait, &done),
            (&wait, &work, &approve),
            (&work, &wait, &done),
            (&wait, &word("completed"), &approve),
        ]
    );
    assert_eq!(history[0][3], Value::Null);
    assert_eq!(history[1][3]["output"], "draft");
    assert_eq!(history[2][3], *approval);
    assert_eq!(history[3][3]["output"], "whole");
    assert_eq!(history[4][3], *approval);
}

/// What a hub is asked for the first phase.
#[track_caller]
fn assert_first_call(asked: &Asked, id: &str) {
    assert!(
        asked.head.starts_with("post /invoke/baron http/1.1"),
        "{}",
        asked.head
    );
    assert!(asked.head.contains("content-type: application/json"));
    assert!(
        asked
            .head
            .contains(&format!("idempotency-key: {id}/phase_1/1/1"))
    );
    let expected = json!({
        "workflow_type": "specify",
        "context": {
            "feature_id": "001-add-user-authentication",
            "feature_description": DESCRIPTION,
            "phase": "phase_1",
            "additional_context": { "priority": "P1", "requester": "product-team" },
        },
        "parameters": {},
    });
    assert_eq!(asked.body, expected);
}

#[test]
fn a_workflow_is_worked_on_behind_the_hub_and_agreed_to_twice() {
    let (world, hub) = (World::new(), Hub::open());
    let door = Door::with_hub(&world, &hub.url());
    let body = json!({
        "workflow_type": "specify",
        "feature_description": DESCRIPTION,
        "context": { "priority": "P1", "requester": "product-team" },
        "whatever": 1,
    });
    let (status, created) = door.post("/workflows", &body);
    assert_eq!(status, 201);
    assert_shape(&created);
    let id = created["id"].as_str().unwrap();
    assert_eq!(created["status"], "in_progress");
    assert_eq!(created["feature_id"], "001-add-user-authentication");
    assert_eq!(created["current_phase"], "phase_1");
    for key in ["result", "error", "completed_at"] {
        assert_eq!(created[key], Value::Null);
    }

    let asked = hub.next();
    assert_first_call(&asked, id);
    asked.succeed("draft");
    let waiting = door.until(id, "waiting_approval");
    assert_eq!(waiting["result"]["output"], "draft");
    assert_eq!(waiting["result"]["files_created"], json!(["draft.md"]));
    assert_eq!(waiting["current_phase"], "phase_1");

    let approval = json!({ "approved": true, "comments": "LGTM" });
    let approved = door.apply(id, "human_approved", &approval);
    assert_eq!(approved["status"], "in_progress");
    assert_eq!(approved["current_phase"], "phase_2");
    assert_eq!(approved["result"]["output"], "draft", "it is kept");
    let asked = hub.next();
    assert_eq!(asked.body["context"]["phase"], "phase_2");
    assert_eq!(asked.body["context"]["previous_result"]["output"], "draft");
    assert_eq!(asked.body["workflow_type"], "specify");
    asked.succeed("whole");
    door.until(id, "waiting_approval");
    let completed = door.apply(id, "human_approved", &approval);
    assert_eq!(completed["status"], "completed");
    assert_eq!(completed["current_phase"], "phase_2");
    assert_eq!(completed["result"]["output"], "whole", "never the approval");
    assert_eq!(completed["completed_at"], completed["updated_at"]);
    assert_eq!(completed, door.look(id));
    let times = [&created, &waiting, &approved, &completed];
    let times = times.map(|workflow| workflow["updated_at"].as_str().unwrap());
    assert!(times.is_sorted() && times[0] < times[3], "{times:?}");
    assert_eq!(hub.n_connections(), 1, "one connection served both");

    assert_history(&door.history(id), &approval);
    door.stop();
}

/// What is sent to the hub is compared whole: in both phases, and after a phase
/// was sent back.
#[test]
fn every_type_has_two_phases_and_one_agent() {
    let (world, hub) = (World::new(), Hub::open());
    let door = Door::with_hub(&world, &hub.url());
    for workflow_type in ["specify", "plan", "tasks", "implement"] {
        let given = json!({ "priority": "P1", "deep": { "list": [1, null] } });
        let body = json!({
            "workflow_type": workflow_type,
            "feature_description": DESCRIPTION,
            "context": given,
        });
        let (_, created) = door.post("/workflows", &body);
        let id = created["id"].as_str().unwrap();
        let work = |phase: &str, more: Value| {
            let asked = hub.next();
            assert!(asked.head.starts_with("post /invoke/baron "));
            let mut expected = json!({
                "workflow_type": workflow_type,
                "context": {
                    "feature_id": created["feature_id"],
                    "feature_description": DESCRIPTION,
                    "phase": phase,
                    "additional_context": given,
                },
                "parameters": {},
            });
            let context = expected["context"].as_object_mut().unwrap();
            context.extend(more.as_object().unwrap().clone());
            assert_eq!(asked.body, expected);
            asked.succeed(&format!("{phase} {}", more.as_object().unwrap().len()));
            door.until(id, "waiting_approval")["result"].clone()
        };
        let first = work("phase_1", json!({}));
        door.apply(id, "human_approved", &Value::Null);
        let draft = work("phase_2", json!({ "previous_result": first }));
        door.apply(id, "human_rejected", &json!({ "comments": "shorter" }));
        let sent_back = json!({
            "previous_result": first,
            "comments": "shorter",
            "rejected_result": draft,
        });
        let whole = work("phase_2", sent_back);
        let completed = door.apply(id, "human_approved", &json!({}));
        assert_eq!(completed["status"], "completed");
        assert_eq!(completed["result"], whole);
        let history = door.history(id);
        let said = |row: usize| (&history[row][2], &history[row][3]);
        let nothing = (&json!("human_approved"), &Value::Null);
        assert_eq!((said(2), said(6)), (nothing, nothing));
    }
    door.stop();
}

/// Result of the hub, and that of the workflow: what was brought, and nothing
/// that was not.
#[test]
fn the_result_is_what_the_hub_brought() {
    let (world, hub) = (World::new(), Hub::open());
    let door = Door::with_hub(&world, &hub.url());
    let files = json!({ "files_created": ["a.md"] });
    let null = json!({ "output": null, "files_created": ["a.md"] });
    let own = json!({ "output": "x", "files_read": ["b"], "data": { "n": [1.5] }, "odd": true });
    for (brought, expected) in [
        (json!("plain"), json!({ "output": "plain" })),
        (files.clone(), files),
        (null.clone(), null),
        (own.clone(), own),
    ] {
        let id = door.create("specify");
        let answer = json!({ "success": true, "result": brought, "confidence": 85 });
        hub.next().answer(200, &answer.to_string());
        let mut expected = expected;
        expected["confidence"] = json!(85);
        let waiting = door.until(&id, "waiting_approval");
        assert_eq!(waiting["result"], expected);
        assert_eq!(door.history(&id)[1][3], expected);
        door.apply(&id, "human_approved", &Value::Null);
        let context = &hub.next().body["context"];
        assert_eq!(context["previous_result"], expected);
    }
    door.stop();
}

/// Only `true` and `"abort"` end a workflow.
#[test]
fn a_rejection_that_does_not_ask_for_an_end_is_none() {
    let (world, hub) = (World::new(), Hub::open());
    let door = Door::with_hub(&world, &hub.url());
    let id = door.create("plan");
    for said in [
        json!({ "phase_result": { "abort": "true" } }),
        json!({ "phase_result": { "abort": false } }),
        json!({ "phase_result": { "abort": 1 } }),
        json!({ "phase_result": { "action": "ABORT" } }),
        json!({ "phase_result": { "comments": "abort" } }),
        json!({ "phase_result": {} }),
        json!({}),
    ] {
        hub.next().succeed("draft");
        door.until(&id, "waiting_approval");
        let mut body = said;
        body["trigger"] = json!("human_rejected");
        let (status, again) = door.advance(&id, &body);
        let stands = (&again["status"], &again["current_phase"]);
        assert_eq!(status, 200, "{body}: {again}");
        assert_eq!(stands, (&json!("in_progress"), &json!("phase_1")), "{body}");
    }
    hub.next().succeed("done");
    door.until(&id, "waiting_approval");
    door.stop();
}

#[test]
fn what_is_sent_back_is_done_again_with_what_was_said() {
    let (world, hub) = (World::new(), Hub::open());
    let door = Door::with_hub(&world, &hub.url());
    let id = door.create("plan");
    hub.next().succeed("first");
    door.until(&id, "waiting_approval");
    let said = json!({ "approved": false, "comments": "name the risks", "page": 3 });
    let again = door.apply(&id, "human_rejected", &said);
    assert_eq!(again["status"], "in_progress");
    assert_eq!(again["current_phase"], "phase_1", "the same phase");
    assert_eq!(
        again["result"]["output"], "first",
        "kept until there is another"
    );
    let asked = hub.next();
    assert!(
        asked
            .head
            .contains(&format!("idempotency-key: {id}/phase_1/2/1"))
    );
    let context = &asked.body["context"];
    assert_eq!(context["comments"], "name the risks");
    assert_eq!(context["rejected_result"]["output"], "first");
    asked.succeed("second");
    assert_eq!(
        door.until(&id, "waiting_approval")["result"]["output"],
        "second"
    );
    let history = door.history(&id);
    assert_eq!(
        history[2],
        [
            json!("waiting_approval"),
            json!("in_progress"),
            json!("human_rejected"),
            said
        ]
    );

    // In the last phase as well, and as often as it takes.
    door.apply(&id, "human_approved", &Value::Null);
    for output in ["third", "fourth"] {
        hub.next().succeed(output);
        door.until(&id, "waiting_approval");
        let again = door.apply(&id, "human_rejected", &Value::Null);
        assert_eq!(again["current_phase"], "phase_2");
    }
    hub.next().succeed("fifth");
    door.until(&id, "waiting_approval");
    let completed = door.apply(&id, "human_approved", &Value::Null);
    assert_eq!(completed["status"], "completed");
    assert_eq!(completed["result"]["output"], "fifth");
    door.stop();
}

#[test]
fn an_aborted_workflow_has_failed_and_says_why() {
    let (world, hub) = (World::new(), Hub::open());
    let door = Door::with_hub(&world, &hub.url());
    let rows = [
        (
            json!({ "abort": true, "error": "too dear", "comments": "no" }),
            "too dear",
        ),
        (
            json!({ "action": "abort", "comments": "nobody wants it" }),
            "nobody wants it",
        ),
        (json!({ "abort": true }), "the workflow was aborted"),
    ];
    for (said, error) in rows {
        let id = door.create("tasks");
        hub.next().succeed("list");
        door.until(&id, "waiting_approval");
        let failed = door.apply(&id, "human_rejected", &said);
        assert_eq!(failed["status"], "failed");
        assert_eq!(failed["error"], error);
        assert_eq!(failed["completed_at"], Value::Null);
        assert_eq!(failed["result"]["output"], "list");
        let last = door.history(&id).pop().unwrap();
        assert_eq!(
            last,
            [
                json!("waiting_approval"),
                json!("failed"),
                json!("human_rejected"),
                said
            ]
        );
    }

    let id = door.create("tasks");
    for phase in ["one", "two"] {
        hub.next().succeed(phase);
        door.until(&id, "waiting_approval");
        if phase == "one" {
            door.apply(&id, "human_approved", &Value::Null);
        }
    }
    let failed = door.apply(&id, "human_rejected", &json!({ "action": "abort" }));
    assert_eq!(failed["status"], "failed");
    assert_eq!(failed["current_phase"], "phase_2");
    assert_eq!(failed["result"]["output"], "two");
    door.stop();
}

#[test]
fn these_runs_are_runs_like_all_others() {
    let (world, hub) = (World::new(), Hub::open());
    let door = Door::with_hub(&world, &hub.url());
    let id = door.create("specify");
    hub.next().succeed("draft");
    door.until(&id, "waiting_approval");
    let runs = world.baton(&["runs", "-o", "json"]).exits(0).json();
    assert_eq!(runs["items"][0]["id"], id.as_str());
    assert_eq!(runs["items"][0]["status"], "waiting_for_approval");
    let shown = world.show(&id);
    assert_eq!(shown["steps"][0]["outputs"]["output"], "draft");

    // Approving elsewhere does the same as advancing.
    let approve = ["approve", &id, "--reason", "LGTM"];
    world.baton(&approve).exits(0);
    assert_eq!(door.look(&id)["current_phase"], "phase_2");
    let metadata = &door.history(&id)[2][3];
    assert_eq!(*metadata, json!({ "comments": "LGTM" }));
    hub.next().succeed("whole");
    door.until(&id, "waiting_approval");
    world
        .baton(&["reject", &id, "--reason", "too late"])
        .exits(0);
    let failed = door.until(&id, "failed");
    assert_eq!(failed["error"], "too late");
    let path = format!("/api/v1/workflow-executions/{id}");
    assert_eq!(door.get(&path).1["status"], "failed");
    door.stop();
}

#[test]
fn health_is_that_of_all_doors() {
    let world = World::new();
    let door = Door::with_hub(&world, &format!("http://{}", Hub::nowhere()));
    let (status, health) = door.get("/health");
    assert_eq!(status, 200);
    assert_eq!(
        health["status"], "healthy",
        "a hub that is away makes nobody ill"
    );
    assert!(health["version"].is_string() && health["uptime_seconds"].is_u64());
    door.stop();
}
