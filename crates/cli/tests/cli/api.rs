//! The v1 API on the socket, as programs use it: statuses and bodies.

pub(crate) mod client;
mod codes;
mod cuts;
mod mask;
mod operations;
mod raw;
mod tour;

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::support::{Live, World, workflow};

const GATE: &str = "type: gate\n    gate: { message: Go on? }";
const ASKS: &str = r#"
case $(cat) in
*'"turn":1'*) echo '{"$baton": {"status": "needs_input", "questions": [{"question": "Why?"}]}}' ;;
*) echo done ;;
esac
"#;

/// Status and document of an answer.
#[track_caller]
pub(crate) fn request(
    world: &World,
    method: &str,
    path: &str,
    body: Option<&Value>,
) -> (u16, Value) {
    let mut stream = UnixStream::connect(world.data().join("baton.sock")).unwrap();
    let body = body.map(Value::to_string).unwrap_or_default();
    let kind = if body.is_empty() {
        String::new()
    } else {
        "content-type: application/json\r\n".to_owned()
    };
    let head = format!(
        "{method} /api/v1/workflow-executions{path} HTTP/1.1\r\nhost: localhost\r\n\
         connection: close\r\n{kind}content-length: {}\r\n\r\n",
        body.len()
    );
    stream
        .write_all(format!("{head}{body}").as_bytes())
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let document = serde_json::from_str(body);
    (
        status,
        document.unwrap_or_else(|error| panic!("{error} in\n{answer}")),
    )
}

/// A served directory with a run that asks something and waits at a gate.
pub(crate) fn served() -> (World, Live, String) {
    let world = World::new();
    world.file(
        "w.yaml",
        workflow(&[("ask", &[], ""), ("check", &["ask"], GATE)]),
    );
    world.agents(&[("ask", ASKS)]);
    let mut serve = world.start(&["serve"]);
    serve.until("took up");
    let mut live = world.start(&["run", "w.yaml"]);
    let run = live.run();
    live.until("baton answer");
    live.signal(Signal::SIGTERM);
    live.end().exits(75);
    (world, serve, run)
}

/// Method, path below the run, body where there is one; status and word.
const REFUSALS: &str = r#"
POST /steps/ask/answer {"answers":{}} = 400 invalid_answers
POST /steps/ask/answer {} = 422 malformed
POST /steps/nowhere/answer {"answers":{"Why?":"so"}} = 404 not_found
POST /steps/check/answer {"answers":{"Why?":"so"}} = 409 illegal_state
POST /steps/ask/reopen = 409 illegal_state
POST /steps/nowhere/reopen = 404 not_found
POST /gates/nowhere/approve = 404 not_found
POST /rerun = 409 illegal_state
POST /rerun {"from":"nowhere"} = 404 not_found
POST /edits {"edits":[{"type":"delete","stage_id":"x"}]} = 400 invalid_edits
POST /edits {"edits":[{"type":"delete","stage_id":"ask"}]} = 409 illegal_state
GET /pause = 405 method_not_allowed
"#;

#[test]
fn each_refusal_has_its_status_and_its_word() {
    let (world, serve, run) = served();
    for row in REFUSALS.trim().lines() {
        let (asked, refused) = row.split_once(" = ").unwrap();
        let mut parts = asked.splitn(3, ' ');
        let (method, path) = (parts.next().unwrap(), parts.next().unwrap());
        let body = parts.next().map(|body| serde_json::from_str(body).unwrap());
        let path = format!("/{run}{path}");
        let (status, problem) = request(&world, method, &path, body.as_ref());
        let code = problem["code"].as_str().unwrap();
        assert_eq!(format!("{status} {code}"), refused, "{asked}: {problem:#}");
    }
    for (method, path) in [("POST", "/ffff/pause"), ("GET", "/ffff/events")] {
        assert_eq!(request(&world, method, path, None).0, 404, "{path}");
    }
    serve.signal(Signal::SIGTERM);
    serve.end().exits(0);
}

#[test]
fn every_mistake_in_edits_has_its_code_and_its_place() {
    let (world, serve, run) = served();
    let edits = json!({ "edits": [{ "type": "delete", "stage_id": "x" }, { "type": "upsert" }] });
    let (_, problem) = request(&world, "POST", &format!("/{run}/edits"), Some(&edits));
    let found = problem["validation_errors"].as_array().unwrap();
    let paths: Vec<&Value> = found.iter().map(|one| &one["path"]).collect();
    assert_eq!(paths, ["edits[0]", "edits[1].type"], "{problem:#}");
    for one in found {
        assert!(
            one["code"].as_str().unwrap().starts_with("SWDL-E"),
            "{one:#}"
        );
    }
    serve.signal(Signal::SIGTERM);
    serve.end().exits(0);
}

#[test]
fn a_run_is_steered_through_the_api_alone() {
    let (world, serve, run) = served();
    let post =
        |path: &str, body: Value| request(&world, "POST", &format!("/{run}/{path}"), Some(&body));
    let (status, paused) = post("pause", json!({ "reason": "lunch" }));
    assert_eq!((status, &paused["status"]), (200, &"paused".into()));
    let (status, still) = post("take-up", json!({}));
    assert_eq!((status, &still["status"]), (200, &"paused".into()));
    let (status, resumed) = post("resume", json!({}));
    assert_eq!(
        (status, &resumed["status"]),
        (200, &"waiting_for_input".into())
    );
    let (status, step) = post("steps/ask/answer", json!({ "answers": { "Why?": "so" } }));
    assert_eq!(
        (status, &step["question"]["answered_by"]),
        (200, &"local".into())
    );
    let mut follow = world.start(&["resume", &run]);
    follow.until("baton approve");
    let (status, step) = post("gates/check/reject", json!({ "reason": "no" }));
    assert_eq!((status, &step["status"]), (200, &"failed".into()));
    follow.end().exits(1);
    let (status, second) = post("rerun", json!({ "from": "check" }));
    assert_eq!((status, &second["rerun_of"]), (201, &run.as_str().into()));
    assert_eq!(second["steps"][0]["reused"], true);
    assert_eq!(second["trigger"], "api");
    serve.signal(Signal::SIGTERM);
    serve.end().exits(0);
}
