//! Refusals of what stands before the door: they are put as its own are.

use std::fs;

use serde_json::json;

use super::door::{Door, refused};
use crate::api::client::Answer;

#[test]
fn a_path_or_a_method_that_is_not_there_is_told_in_words() {
    let door = Door::open();
    refused(
        &door.get("start"),
        405,
        "this path does not take this method",
    );
    for path in ["", "orchestrate/status", "start/more"] {
        refused(&door.get(path), 404, "there is nothing at this path");
    }
    // Beside the door, errors are what they were.
    let elsewhere = door.server.ask("GET /api/workflows", &[], None);
    assert_eq!(elsewhere.json()["code"], "not_found", "{elsewhere:?}");
}

#[test]
fn a_body_that_is_not_looked_at_is_refused_in_words() {
    let door = Door::open();
    let start = |headers: &str| {
        door.raw(&format!(
            "POST /api/workflow/start HTTP/1.1\nhost: HOST\nconnection: close\n{headers}\n{{}}"
        ))
    };
    for (headers, status) in [
        ("content-type: text/plain\ncontent-length: 2\n", 415),
        ("content-length: 17000000\n", 413),
        ("origin: http://evil.example\ncontent-length: 2\n", 403),
    ] {
        only_words(&start(headers), status);
    }
    assert_eq!(door.world().n_runs(), 0);
}

#[test]
fn whoever_may_only_read_starts_nothing() {
    let door = Door::open();
    door.skill("flow.ok", "");
    let run = door.start("flow.ok");
    door.until_ended(&run);
    let config = door.world().data().join("config.toml");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, format!("{text}\n[server]\nauth = \"always\"\n")).unwrap();
    let door = door.killed_and_restarted();
    let token = |scope: &str| {
        let create = ["token", "create", scope, "--scope", scope];
        let made = door.world().baton(&create).exits(0);
        format!("Bearer {}", made.stdout.trim())
    };
    let ask = |line: &str, token: &str, body: Option<&str>| {
        let headers = [("authorization", token)];
        let headers = if token.is_empty() {
            &[]
        } else {
            headers.as_slice()
        };
        door.server.ask(line, headers, body)
    };
    let status = format!("GET /api/workflow/status?id={run}");
    let start = "POST /api/workflow/start";
    let body = json!({ "projectId": "shop", "skill": "flow.ok" }).to_string();
    let (reader, runner) = (token("read"), token("run"));
    only_words(&ask(&status, "", None), 401);
    only_words(&ask(start, "Bearer nobody", Some(&body)), 401);
    assert_eq!(ask(&status, &reader, None).status, 200);
    assert_eq!(ask("GET /api/workflow/list", &reader, None).status, 200);
    only_words(&ask(start, &reader, Some(&body)), 403);
    let cancel = format!("POST /api/workflow/cancel?id={run}");
    only_words(&ask(&cancel, &reader, None), 403);
    let started = ask(start, &runner, Some(&body));
    assert_eq!(started.status, 201, "{started:?}");
}

#[test]
fn a_kill_tells_its_mistakes_in_a_list() {
    let door = Door::open();
    let issues = |body: &str| {
        let answer = door.post_text("kill", body);
        assert_eq!(answer.status, 400, "{answer:?}");
        let answer = answer.json();
        assert_eq!(answer["error"], "Invalid request", "{body}");
        answer["details"].clone()
    };
    for (body, kind) in [("[]", "array"), ("null", "null"), ("7", "number")] {
        let message = format!("Expected object, received {kind}");
        assert_eq!(issues(body), json!([{ "path": [], "message": message }]));
    }
    let required = json!([{ "path": ["id"], "message": "Required" }]);
    assert_eq!(issues("{}"), required);
    let nobody = "01993e6c-2d9a-4cc0-a0b1-000000000001";
    let unknown = door.post("kill", &json!({ "id": nobody }));
    refused(&unknown, 404, &format!("Execution not found: {nobody}"));
}

/// The answer is an error of this door: nothing but a text.
#[track_caller]
fn only_words(answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.kind, "application/json", "{answer:?}");
    let body = answer.json();
    let error = body["error"].as_str().unwrap_or_default();
    assert!(error.contains(' '), "a code is no text: {answer:?}");
    assert_eq!(body, json!({ "error": error }));
}
