//! `POST /api/workflow/start`, and what the agent is told.

use serde_json::json;

use super::door::{Door, refused};

const NO_RUN: &str = "01993e6c-2d9a-4cc0-a0b1-000000000001";

#[test]
fn a_start_is_answered_with_five_fields_twice() {
    let door = Door::open();
    door.skill("flow.design", "");
    let body = json!({ "projectId": "shop", "skill": "/flow.design", "unknown": 1 });
    let answer = door.post("start", &body);
    assert_eq!(answer.status, 201, "{answer:?}");
    let started = answer.json();
    for fields in [&started, &started["execution"]] {
        assert_eq!(fields["status"], "running");
        assert_eq!(fields["projectId"], "shop");
        assert_eq!(fields["skill"], "/flow.design");
        assert_eq!(fields["provider"], "claude");
        assert_eq!(fields["id"], started["id"]);
        let at = fields["startedAt"].as_str().unwrap();
        assert!(at.ends_with('Z') && at.len() == 24, "{at}");
    }
    let ended = door.until_ended(started["id"].as_str().unwrap());
    assert_eq!(ended["status"], "completed");
    assert_eq!(ended["timeoutMs"], 600_000);
    assert_eq!(ended["answers"], json!({}));
    assert_eq!(ended["output"]["status"], "completed");
    assert!(ended["costUsd"].as_f64().unwrap() > 0.0);
    assert!(ended.get("pid").is_none() && ended.get("error").is_none());
}

#[test]
fn the_agent_works_in_the_project_with_every_permission() {
    let door = Door::open();
    door.skill("flow.design", "");
    let id = door.start("flow.design");
    let ended = door.until_ended(&id);
    assert_eq!(ended["status"], "completed", "{ended:#}");
    let starts = door.stand_ins.starts();
    let [start] = starts.as_slice() else {
        panic!("{starts:?}");
    };
    assert_eq!(start.directory, door.shop.to_str().unwrap());
    let flags = ["-p", "--dangerously-skip-permissions"];
    for flag in flags {
        assert!(start.arguments.iter().any(|one| one == flag), "{start:?}");
    }
    let asking = "--disallowedTools=AskUserQuestion";
    assert!(start.arguments.iter().any(|one| one == asking), "{start:?}");
    assert!(!start.arguments.iter().any(|one| one.starts_with("--model")));
    // The prompt is on standard input, where no other process sees it.
    assert!(start.prompt.contains("Does flow.design."), "{start:?}");
    assert!(start.prompt.contains("needs_input"));
    assert!(start.arguments.iter().all(|one| !one.contains("Does flow")));
    assert_eq!(ended["sessionId"], json!(start.session));
}

#[test]
fn a_skill_that_does_not_exist_has_failed_when_the_start_is_answered() {
    let door = Door::open();
    for skill in ["/flow.nothing", "../../secret", "/test", "a/b"] {
        let id = door.start(skill);
        assert_eq!(door.filed(&id)["status"], "failed", "{skill}");
        let status = door.status(&id);
        assert_eq!(status["status"], "failed");
        assert_eq!(status["error"], format!("Could not load skill: {skill}"));
        assert_eq!(status["skill"], skill);
    }
    assert!(door.stand_ins.starts().is_empty());
}

#[test]
fn the_self_test_says_hello() {
    let door = Door::open();
    let id = door.start("test");
    assert_eq!(door.until_ended(&id)["status"], "completed");
    assert_eq!(door.stand_ins.starts()[0].prompt.trim(), "Say hello");
}

#[test]
fn words_after_the_name_reach_the_agent_and_so_does_a_message() {
    let door = Door::open();
    door.skill("flow.merge", "");
    let id = door.start("$flow-merge I checked it");
    let first = door.until_ended(&id);
    assert_eq!(first["status"], "completed", "{first:#}");
    assert_eq!(door.stand_ins.n_starts_of("I checked it"), 1);
    let body = json!({
        "projectId": "shop", "skill": "Now merge it.",
        "resumeSessionId": first["sessionId"],
    });
    let second = door.until_ended(&door.start_with(&body));
    assert_eq!(second["status"], "completed", "{second:#}");
    assert_eq!(second["sessionId"], first["sessionId"]);
    let starts = door.stand_ins.starts();
    assert!(starts[1].is_resume && starts[1].prompt.contains("Now merge it."));
}

#[test]
fn what_a_session_has_cost_before_is_not_paid_again() {
    let door = Door::open();
    door.skill("flow.merge", "");
    let mut ended = door.until_ended(&door.start("flow.merge"));
    for _ in 0..3 {
        assert_eq!(ended["costUsd"], 0.0125, "{ended:#}");
        let body = json!({
            "projectId": "shop", "skill": "Go on.", "resumeSessionId": ended["sessionId"],
        });
        ended = door.until_ended(&door.start_with(&body));
        assert_eq!(ended["status"], "completed", "{ended:#}");
    }
}

#[test]
fn a_message_to_a_session_that_is_gone_starts_nothing_else() {
    let door = Door::open();
    let body = json!({
        "projectId": "shop", "skill": "Now merge it.", "resumeSessionId": "nobody",
    });
    let ended = door.until_ended(&door.start_with(&body));
    assert_eq!(ended["status"], "failed", "{ended:#}");
    let error = "No conversation found with session ID: nobody";
    assert_eq!(ended["error"], error);
    assert_eq!(door.stand_ins.starts().len(), 1);
}

#[test]
fn a_session_that_would_be_an_option_is_refused_and_starts_nothing() {
    let door = Door::open();
    for session in ["--last", "-c", "a b", "../a"] {
        let body = json!({
            "projectId": "shop", "skill": "Now merge it.", "resumeSessionId": session,
        });
        let answer = door.post("start", &body);
        let details = json!({ "resumeSessionId": ["Invalid"] });
        let expected = json!({ "error": "Invalid request body", "details": details });
        assert_eq!((answer.status, answer.json()), (400, expected), "{session}");
    }
    assert!(door.stand_ins.starts().is_empty());
}

#[test]
fn bodies_with_mistakes_are_told_all_of_them() {
    let door = Door::open();
    for (body, details) in [
        (
            json!({ "projectId": 7 }),
            json!({ "projectId": ["Expected string, received number"], "skill": ["Required"] }),
        ),
        (
            json!({ "projectId": "shop", "skill": "x", "timeoutMs": null }),
            json!({ "timeoutMs": ["Expected number, received null"] }),
        ),
        (
            json!({ "projectId": "shop", "skill": "x", "timeoutMs": -1 }),
            json!({ "timeoutMs": ["Number must be greater than 0"] }),
        ),
        (json!([]), json!({})),
        (json!(null), json!({})),
    ] {
        let answer = door.post("start", &body);
        let expected = json!({ "error": "Invalid request body", "details": details });
        assert_eq!((answer.status, answer.json()), (400, expected), "{body}");
    }
    let broken = door.post_text("start", "{\"projectId\": ");
    assert_eq!(broken.status, 400, "{broken:?}");
    assert!(broken.json()["error"].is_string());
}

#[test]
fn an_unknown_project_is_told_by_its_key() {
    let door = Door::open();
    let body = json!({ "projectId": "nowhere", "skill": "flow.design" });
    refused(
        &door.post("start", &body),
        404,
        "Project not found: nowhere",
    );
    assert_eq!(door.listed("?projectId=nowhere"), [""; 0]);
    let unknown = format!("status?id={NO_RUN}");
    refused(
        &door.get(&unknown),
        404,
        &format!("Execution not found: {NO_RUN}"),
    );
}

#[test]
fn times_of_any_length_are_kept_to() {
    let door = Door::open();
    door.skill("flow.slow", "hangs");
    door.skill("flow.quick", "");
    let body = json!({ "projectId": "shop", "skill": "flow.slow", "timeoutMs": 300.5 });
    let ended = door.until_ended(&door.start_with(&body));
    assert_eq!(ended["status"], "failed");
    assert_eq!(ended["error"], "Timeout exceeded (300.5ms)");
    let body =
        json!({ "projectId": "shop", "skill": "flow.quick", "timeoutMs": 3_000_000_000_u64 });
    let ended = door.until_ended(&door.start_with(&body));
    assert_eq!(ended["status"], "completed");
    assert_eq!(ended["timeoutMs"], 3_000_000_000_u64);
    door.world().assert_nothing_lives();
}
