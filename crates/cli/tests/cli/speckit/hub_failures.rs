//! Whatever a hub may do besides answering.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::door::Door;
use super::hub::{Hub, Vacant, success};
use crate::support::{World, eventually};

/// Status, content type, body, and what the workflow's error holds.
const ANSWERS: [(u16, &str, &str, &[&str]); 16] = [
    (
        500,
        "application/json",
        r#"{"error":{"code":"AGENT_INVOCATION_FAILED","message":"the model is away"}}"#,
        &["AGENT_INVOCATION_FAILED", "the model is away"],
    ),
    (
        500,
        "application/json",
        r#"{"detail":{"error":{"code":"AGENT_INVOCATION_FAILED","message":"the model is away"}}}"#,
        &["AGENT_INVOCATION_FAILED", "the model is away"],
    ),
    (
        404,
        "application/json",
        r#"{"error":{"code":"AGENT_NOT_FOUND","message":"baron"}}"#,
        &["AGENT_NOT_FOUND"],
    ),
    (
        504,
        "application/json",
        r#"{"error":{"code":"AGENT_TIMEOUT","message":"m"}}"#,
        &["AGENT_TIMEOUT"],
    ),
    (
        422,
        "application/json",
        r#"{"detail":[{"msg":"field required"}]}"#,
        &["422", "field required"],
    ),
    (
        500,
        "text/html",
        "<h1>Internal Server Error</h1>",
        &["500", "<h1>"],
    ),
    (
        200,
        "text/html",
        "<html>Welcome</html>",
        &["no JSON object", "Welcome"],
    ),
    (
        200,
        "application/json",
        r#"{"success":false,"result":{},"error":"no idea"}"#,
        &["no idea"],
    ),
    (
        200,
        "application/json",
        r#"{"success":false,"result":{},"error":null}"#,
        &["did not succeed"],
    ),
    (
        200,
        "application/json",
        r#"{"success":true}"#,
        &["no result"],
    ),
    (
        200,
        "application/json",
        r#"{"success":true,"result":[1]}"#,
        &["`result`", "a list"],
    ),
    (
        200,
        "application/json",
        r#"{"success":true,"result":5}"#,
        &["`result`", "a number"],
    ),
    (
        200,
        "application/json",
        r#"{"success":true,"result":{}}"#,
        &["no result"],
    ),
    (
        200,
        "application/json",
        r#"{"success":true,"result":{"output":"","files_created":[]}}"#,
        &["no result"],
    ),
    (200, "application/json", "[1, 2", &["no JSON object"]),
    (302, "text/plain", "", &["302"]),
];

#[test]
fn what_is_no_result_fails_the_workflow_and_says_what_the_hub_said() {
    let (world, hub) = (World::new(), Hub::open());
    let door = Door::with_hub(&world, &hub.url());
    for (status, kind, body, parts) in ANSWERS {
        let id = door.create("plan");
        hub.next().answer_as(status, kind, body);
        let failed = door.until(&id, "failed");
        let error = failed["error"].as_str().unwrap();
        for part in parts {
            assert!(error.contains(part), "{status} {body}: {error}");
        }
        assert_eq!(
            (&failed["result"], &failed["completed_at"]),
            (&Value::Null, &Value::Null)
        );
        let last = door.history(&id).pop().unwrap();
        let metadata = json!({ "error": error });
        assert_eq!(
            last,
            [
                json!("in_progress"),
                json!("failed"),
                json!("error"),
                metadata
            ]
        );
    }
    assert!(hub.is_quiet(), "what was sent is not sent again");
    door.stop();
}

#[test]
fn a_hub_has_as_long_as_it_is_given() {
    let (world, hub) = (World::new(), Hub::open());
    let door = Door::with_hurried_hub(&world, &hub.url(), "2.5");
    let id = door.create("plan");
    let _at_work = hub.next();
    let failed = door.until(&id, "failed");
    let error = failed["error"].as_str().unwrap();
    assert!(error.contains("did not answer within 2.5s"), "{error}");
    door.stop();
}

/// What is sent before the end, and what the error holds.
#[test]
fn a_hub_that_breaks_off_is_not_asked_again() {
    let (world, hub) = (World::new(), Hub::open());
    let door = Door::with_hub(&world, &hub.url());
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n";
    for bytes in [
        "",
        "HTTP/1.1 200 OK\r\ncont",
        head,
        &format!("{head}{{\"success\":tr"),
    ] {
        let id = door.create("plan");
        hub.next().cut(bytes);
        let failed = door.until(&id, "failed");
        let error = failed["error"].as_str().unwrap();
        assert!(error.contains("broke off"), "{bytes:?}: {error}");
    }
    assert!(hub.is_quiet(), "agents are costly");
    door.stop();
}

#[test]
fn a_huge_answer_is_refused_before_it_is_read() {
    let (world, hub) = (World::new(), Hub::open());
    let door = Door::with_hub(&world, &hub.url());
    let id = door.create("plan");
    // Not one of these bytes is ever sent.
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n",
        50 * 1024 * 1024
    );
    hub.next().cut(&head);
    let failed = door.until(&id, "failed");
    assert!(
        failed["error"].as_str().unwrap().contains("longer than"),
        "{failed}"
    );

    let id = door.create("plan");
    let chunk = format!("100000\r\n{}\r\n", "x".repeat(0x10_0000));
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    hub.next().cut(&format!("{head}{}", chunk.repeat(9)));
    let failed = door.until(&id, "failed");
    assert!(
        failed["error"].as_str().unwrap().contains("longer than"),
        "{failed}"
    );
    door.stop();
}

/// Waits until a hub that nobody answers for was called for a workflow, by the
/// shortest way: it is not called for long.
#[track_caller]
fn until_called_in_vain(door: &Door, id: &str) {
    let logs = format!("/api/v1/workflow-executions/{id}/logs");
    eventually("it was called in vain", || {
        let (_, lines) = door.get(&logs);
        lines.to_string().contains("called again for a while")
    });
}

#[test]
fn a_hub_that_comes_a_little_later_is_waited_for() {
    let (world, vacant) = (World::new(), Vacant::take());
    let door = Door::with_hub(&world, &vacant.url());
    let id = door.create("plan");
    until_called_in_vain(&door, &id);
    assert_eq!(door.look(&id)["status"], "in_progress");
    let hub = Hub::open_at(vacant);
    hub.next().succeed("draft");
    door.until(&id, "waiting_approval");
    assert_eq!(hub.n_connections(), 1);
    assert!(hub.is_quiet());
    door.stop();
}

#[test]
fn a_hub_that_comes_after_the_result_is_not_called_for_it() {
    let (world, vacant) = (World::new(), Vacant::take());
    let door = Door::with_hub(&world, &vacant.url());
    let id = door.create("plan");
    until_called_in_vain(&door, &id);
    door.apply(&id, "agent_complete", &json!({ "output": "by hand" }));
    let hub = Hub::open_at(vacant);
    let begin = Instant::now();
    // Longer than between any two calls.
    eventually("another call would have come", || {
        begin.elapsed() > Duration::from_millis(1_500)
    });
    assert_eq!(hub.n_connections(), 0);
    door.apply(&id, "human_approved", &Value::Null);
    assert_eq!(hub.next().body["context"]["phase"], "phase_2");
    door.stop();
}

#[test]
fn a_hub_that_never_comes_fails_the_workflow() {
    const WAITED_FOR: Duration = Duration::from_secs(5);
    let world = World::new();
    for host in [
        Hub::nowhere().to_string(),
        "no-such-hub.invalid:8000".to_owned(),
    ] {
        let door = Door::with_hub(&world, &format!("http://{host}"));
        let begin = Instant::now();
        let id = door.create("plan");
        let failed = door.until(&id, "failed");
        assert!(begin.elapsed() > WAITED_FOR, "{:?}", begin.elapsed());
        assert!(
            failed["error"]
                .as_str()
                .unwrap()
                .contains("cannot be reached"),
            "{failed}"
        );
        let log = world.baton(&["logs", &id]).exits(0);
        log.stdout_says("called again for a while");
        door.stop();
    }
}

#[test]
fn a_hub_that_takes_too_long_fails_the_workflow() {
    let (world, hub) = (World::new(), Hub::open());
    let url = hub.url();
    let toml =
        format!("[agents.\"agent:baron\"]\nadapter = \"hub\"\nurl = \"{url}\"\ntimeout = \"2s\"\n");
    let config = world.file("baton.toml", toml).display().to_string();
    let door = Door::start(&world, None, &["--config", &config]);
    let id = door.create("plan");
    let asked = hub.next();
    let failed = door.until(&id, "failed");
    let error = failed["error"].as_str().unwrap();
    assert!(error.contains("did not answer within 2s"), "{error}");
    asked.succeed("too late");
    assert_eq!(door.look(&id), failed);
    door.stop();
}

#[test]
fn low_confidence_stays_in_sight_and_a_person_decides_as_always() {
    let (world, hub) = (World::new(), Hub::open());
    let door = Door::with_hub(&world, &hub.url());
    let id = door.create("plan");
    let mut answer = success(&json!({
        "output": "a guess",
        "uncertainty_reasons": ["no specification was found"],
    }));
    answer["confidence"] = json!(12);
    answer["escalation_id"] = json!("e-1");
    hub.next().answer(200, &answer.to_string());
    let waiting = door.until(&id, "waiting_approval");
    let result = &waiting["result"];
    assert_eq!(
        (&result["confidence"], &result["escalation_id"]),
        (&json!(12), &json!("e-1"))
    );
    assert_eq!(
        result["uncertainty_reasons"][0],
        "no specification was found"
    );
    assert_eq!(door.history(&id)[1][3], *result);
    door.stop();
}

#[test]
fn a_slow_hub_holds_up_only_its_own_workflow() {
    let (world, hub) = (World::new(), Hub::open());
    let door = Door::with_hub(&world, &hub.url());
    let slow: Vec<_> = (0..100).map(|_| door.create("plan")).collect();
    let asked: Vec<_> = (0..100).map(|_| hub.next()).collect();
    let quick = door.create("plan");
    hub.next().succeed("quick");
    door.until(&quick, "waiting_approval");
    assert_eq!(door.look(&slow[99])["status"], "in_progress");
    for one in asked {
        one.succeed("slow");
    }
    for id in &slow {
        door.until(id, "waiting_approval");
    }
    door.stop();
}

/// Any workflow may have agents behind a hub.
#[test]
fn a_stage_of_any_workflow_can_be_done_behind_a_hub() {
    const WORKFLOW: &str = "\
workflow: { id: w, name: W, version: \"1.0.0\" }
stages:
  - id: measure
    name: Measure
    roles: { primary: { artifact: \"agent:gauge\", instructions: Measure it. } }
    inputs: { place: { type: string, source: here } }
    outputs: { degrees: { type: number }, note: { type: string, required: false } }
";
    let (world, hub) = (World::new(), Hub::open());
    let url = hub.url();
    let toml = format!(
        "[agents.\"agent:gauge\"]\nadapter = \"hub\"\nurl = \"{url}/hub\"\nname = \"gauge 1\"\ntimeout = \"30s\"\n"
    );
    world.file("baton.toml", toml);
    world.file("w.yaml", WORKFLOW);
    let run = world.start(&["run", "w.yaml"]);
    let asked = hub.next();
    assert!(
        asked.head.starts_with("post /hub/invoke/gauge%201 "),
        "{}",
        asked.head
    );
    assert_eq!(asked.body["workflow_type"], "measure");
    let context = &asked.body["context"];
    assert_eq!(
        (&context["place"], &context["instructions"]),
        (&json!("here"), &json!("Measure it."))
    );
    assert_eq!(context["expected_outputs"][0]["name"], "degrees");
    asked.answer(
        200,
        &success(&json!({ "data": { "degrees": 21.5 } })).to_string(),
    );
    run.end().exits(0).stdout_says("completed");
}

#[test]
fn an_attempt_that_is_cancelled_is_not_waited_for() {
    let (world, hub) = (World::new(), Hub::open());
    let door = Door::with_hub(&world, &hub.url());
    let id = door.create("plan");
    let asked = hub.next();
    world
        .baton(&["cancel", &id, "--yes", "--reason", "changed plans"])
        .exits(0);
    let failed = door.until(&id, "failed");
    assert!(
        failed["error"].as_str().unwrap().contains("changed plans"),
        "{failed}"
    );
    asked.succeed("too late");
    assert_eq!(door.look(&id), failed);
    door.stop();
}
