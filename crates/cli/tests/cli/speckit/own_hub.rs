//! Agents of the server itself: for its workflows, and for whoever calls
//! `POST /invoke/{agent}`.

use std::fs;

use serde_json::{Value, json};

use super::door::{Door, refused, send};
use crate::support::{World, eventually};

const BARON: &str = r#"
cat >"$TEST_ROOT/told.json"
echo "{\"output\": \"$BATON_INPUT_WORKFLOW_TYPE $BATON_INPUT_PHASE of $BATON_INPUT_FEATURE_ID\", \"files_created\": [\"spec.md\"], \"confidence\": 70}"
"#;

/// A server whose own `config.toml` says who its agents are.
fn served(agents: &[(&str, &str)]) -> (World, Door) {
    let world = World::new();
    world.agents(agents);
    let config = world.project().join("baton.toml").display().to_string();
    let door = Door::start(&world, None, &["--config", &config]);
    (world, door)
}

#[test]
fn one_machine_needs_no_other_service() {
    let (world, door) = served(&[("baron", BARON)]);
    let id = door.create("specify");
    let waiting = door.until(&id, "waiting_approval");
    assert_eq!(
        waiting["result"]["output"],
        "specify phase_1 of 001-add-user-authentication"
    );
    assert_eq!(waiting["result"]["files_created"], json!(["spec.md"]));
    door.apply(&id, "human_rejected", &json!({ "comments": "shorter" }));
    door.until(&id, "waiting_approval");
    let told = fs::read_to_string(world.root().join("told.json")).unwrap();
    assert!(told.contains("shorter"), "{told}");
    door.apply(&id, "human_approved", &Value::Null);
    let waiting = door.until(&id, "waiting_approval");
    assert_eq!(
        waiting["result"]["output"],
        "specify phase_2 of 001-add-user-authentication"
    );
    assert_eq!(
        door.apply(&id, "human_approved", &Value::Null)["status"],
        "completed"
    );
    door.stop();
    world.assert_nothing_lives();
}

#[test]
fn a_result_from_outside_ends_the_agent_that_is_still_at_work() {
    let (world, door) = served(&[("baron", "cat >/dev/null; exec sleep 600")]);
    let id = door.create("specify");
    eventually("the agent works", || !world.agents_alive().is_empty());
    door.apply(&id, "agent_complete", &json!({ "output": "by hand" }));
    eventually("nobody works on it", || world.agents_alive().is_empty());
    assert_eq!(door.look(&id)["result"], json!({ "output": "by hand" }));
    door.stop();
}

#[test]
fn without_an_agent_a_workflow_fails_and_says_what_helps() {
    let world = World::new();
    let door = Door::alone(&world);
    let id = door.create("plan");
    assert_eq!(
        door.look(&id)["status"],
        "in_progress",
        "somebody may bring a result"
    );
    let failed = door.until(&id, "failed");
    let error = failed["error"].as_str().unwrap();
    for part in ["agent:baron", "AGENT_HUB_URL", "adapter"] {
        assert!(error.contains(part), "{error}");
    }
    let answer = door.post(
        "/invoke/baron",
        &json!({ "workflow_type": "plan", "context": { "x": 1 } }),
    );
    refused(&answer, 404, "AGENT_NOT_FOUND");
    let message = answer.1["error"]["message"].as_str().unwrap();
    assert!(message.contains("adapter"), "{message}");
    door.stop();
}

#[test]
fn an_agent_of_this_server_can_be_called_as_one_of_a_hub() {
    let (world, door) = served(&[("baron", BARON)]);
    let call = json!({
        "workflow_type": "plan",
        "context": { "feature_id": "009-x", "phase": "phase_1", "odd name": 1, "none": null },
        "parameters": { "n": 2 },
        "session_id": null,
    });
    let (status, answer) = door.post("/invoke/baron", &call);
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["success"], true);
    assert_eq!(answer["result"]["output"], "plan phase_1 of 009-x");
    assert_eq!(answer["confidence"], 70);
    assert_eq!(
        (&answer["error"], &answer["escalation_id"]),
        (&Value::Null, &Value::Null)
    );
    assert!(
        answer["metadata"]["duration_ms"].as_u64() >= Some(1),
        "{answer}"
    );
    assert_eq!(answer["metadata"]["model_used"], "command");
    let told = fs::read_to_string(world.root().join("told.json")).unwrap();
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["inputs"]["context"], call["context"]);
    assert_eq!(told["inputs"]["parameters"], call["parameters"]);
    let runs = world.baton(&["runs", "-o", "json"]).exits(0).json();
    assert_eq!(
        runs["items"][0]["status"], "completed",
        "a call is a run like others"
    );
    door.stop();
}

#[test]
fn a_server_can_be_the_hub_of_another() {
    let (_hub_world, hub) = served(&[("baron", BARON)]);
    let world = World::new();
    let door = Door::with_hub(&world, &format!("http://{}", hub.address));
    let id = door.create("implement");
    for phase in ["phase_1", "phase_2"] {
        let waiting = door.until(&id, "waiting_approval");
        let output = format!("implement {phase} of 001-add-user-authentication");
        assert_eq!(waiting["result"]["output"], output.as_str());
        assert_eq!(waiting["result"]["confidence"], 70);
        door.apply(&id, "human_approved", &Value::Null);
    }
    assert_eq!(door.look(&id)["status"], "completed");
    door.stop();
    hub.stop();
}

#[test]
fn calls_that_come_to_nothing_say_why() {
    let (_world, door) = served(&[
        ("broken", "echo 'no model' >&2; exit 3"),
        (
            "asker",
            r#"cat >/dev/null; echo '{"$baton": {"status": "needs_input", "questions": [{"question": "Why?"}]}}'"#,
        ),
    ]);
    let call = json!({ "workflow_type": "plan", "context": { "x": 1 } });
    let answer = door.post("/invoke/broken", &call);
    refused(&answer, 500, "AGENT_INVOCATION_FAILED");
    assert!(
        answer.1["error"]["message"]
            .as_str()
            .unwrap()
            .contains("no model"),
        "{answer:?}"
    );
    refused(&door.post("/invoke/asker", &call), 504, "AGENT_TIMEOUT");
    refused(&door.post("/invoke/BROKEN", &call), 404, "AGENT_NOT_FOUND");
    refused(&door.post("/invoke/%ff", &call), 400, "INVALID_REQUEST");
    let bad = [
        json!([]),
        json!({ "workflow_type": "plan", "context": {} }),
        json!({ "workflow_type": "plan" }),
        json!({ "context": { "x": 1 } }),
        json!({ "workflow_type": "plan", "context": [1] }),
        json!({ "workflow_type": "plan", "context": { "x": 1 }, "parameters": 1 }),
    ];
    for body in bad {
        let code = if body.is_array() {
            "VALIDATION_ERROR"
        } else {
            "INVALID_REQUEST"
        };
        refused(&door.post("/invoke/broken", &body), 400, code);
    }
    door.stop();
}

#[test]
fn a_hub_that_is_this_very_server_is_not_called_on_and_on() {
    let world = World::new();
    let config = world.file("hub.toml", "");
    let config = config.display().to_string();
    let door = Door::start(&world, None, &["--config", &config]);
    let text = format!(
        "[agents.\"agent:baron\"]\nadapter = \"hub\"\nurl = \"http://{}\"\nallow_private = true\n",
        door.address
    );
    world.file("hub.toml", text);
    let call = json!({ "workflow_type": "plan", "context": { "x": 1 } });
    let answer = door.post("/invoke/baron", &call);
    refused(&answer, 404, "AGENT_NOT_FOUND");
    let message = answer.1["error"]["message"].as_str().unwrap();
    assert!(message.contains("behind a hub"), "{message}");
    assert_eq!(world.n_runs(), 0);
    // A workflow goes there once, and has failed.
    let id = door.create("plan");
    let failed = door.until(&id, "failed");
    let error = failed["error"].as_str().unwrap();
    assert!(error.contains("behind a hub"), "{error}");
    assert_eq!(world.n_runs(), 1);
    door.stop();
}

#[test]
fn a_caller_is_not_told_the_directories_of_the_server() {
    let world = World::new();
    world.file(
        "baton.toml",
        "[agents.\"agent:baron\"]\nadapter = \"command\"\ncommand = [\"no-such-program\"]\n",
    );
    let config = world.project().join("baton.toml").display().to_string();
    let door = Door::start(&world, None, &["--config", &config]);
    let call = json!({ "workflow_type": "plan", "context": { "x": 1 } });
    let answer = door.post("/invoke/baron", &call);
    refused(&answer, 500, "AGENT_INVOCATION_FAILED");
    let message = answer.1["error"]["message"].as_str().unwrap();
    assert!(message.contains("no-such-program"), "{message}");
    assert!(!message.contains("/bin"), "{message}");
    door.stop();
}

#[test]
fn whoever_hangs_up_ends_the_call() {
    let (world, door) = served(&[("baron", "cat >/dev/null; exec sleep 600")]);
    let address = door.address;
    let body = json!({ "workflow_type": "plan", "context": { "x": 1 } }).to_string();
    let head = format!(
        "POST /invoke/baron HTTP/1.1\r\nhost: {address}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    std::io::Write::write_all(&mut stream, head.as_bytes()).unwrap();
    eventually("the agent works", || !world.agents_alive().is_empty());
    drop(stream);
    eventually("nobody works any more", || world.agents_alive().is_empty());
    assert_eq!(send(address, ("GET", "/health"), &[], None).status, 200);
    door.stop();
}

#[test]
fn what_ships_with_the_program_can_be_read() {
    let world = World::new();
    world.file("baton.toml", "default_adapter = \"simulated\"\n");
    for name in ["specify", "plan", "tasks", "implement"] {
        let text = world.baton(&["show", "--builtin", name]).exits(0).stdout;
        let file = format!("{name}.yaml");
        world.file(&file, text);
        world.baton(&["validate", "--strict", &file]).exits(0);
    }
    let page = world.baton(&["show", "--builtin", "baron"]).exits(0).stdout;
    assert!(page.starts_with("---\nname: baron\n"), "{page}");
    let document = world
        .baton(&["show", "--builtin", "baron", "-o", "json"])
        .exits(0)
        .json();
    assert_eq!(document["kind"], "agent");
    let refused = world.baton(&["show", "--builtin", "barn"]).exits(4);
    refused.says(&["`barn`", "baron", "specify"]);
    world.baton(&["show"]).exits(2);
    world.baton(&["show", "x", "--builtin", "baron"]).exits(2);
}

#[test]
fn the_hub_of_the_environment_is_announced_and_checked_and_told_to_no_agent() {
    let world = World::new();
    let mut command = world.command(&["serve"]);
    command.env("AGENT_HUB_URL", "http://me:secret@hub.example:8000/path");
    let mut serve = crate::support::Live::of(&mut command);
    let line = serve.until("AGENT_HUB_URL");
    assert!(
        line.contains("http://hub.example:8000") && !line.contains("secret"),
        "{line}"
    );
    serve.until("took up");
    serve.signal(nix::sys::signal::Signal::SIGTERM);
    serve.end().exits(0);

    let mut command = world.command(&["serve"]);
    command.env("AGENT_HUB_URL", "hub.example");
    crate::support::Answer::of(&mut command)
        .exits(2)
        .says(&["AGENT_HUB_URL"]);

    let mut command = world.command(&["serve"]);
    command.env("AGENT_HUB_URL", "http://127.0.0.1:9");
    command.env("API_TIMEOUT", "5m");
    crate::support::Answer::of(&mut command)
        .exits(2)
        .says(&["API_TIMEOUT", "seconds"]);

    let mut command = world.command(&["serve"]);
    command.env("AGENT_HUB_URL", "http://127.0.0.1:9");
    command.env("API_TIMEOUT", "12.5");
    let mut serve = crate::support::Live::of(&mut command);
    let line = serve.until("AGENT_HUB_URL");
    assert!(
        line.contains("API_TIMEOUT") && line.contains("12.5s"),
        "{line}"
    );
    serve.until("took up");
    serve.signal(nix::sys::signal::Signal::SIGTERM);
    serve.end().exits(0);

    let mut command = world.command(&["serve"]);
    command
        .env_remove("AGENT_HUB_URL")
        .env("API_TIMEOUT", "300");
    let mut serve = crate::support::Live::of(&mut command);
    let line = serve.until("API_TIMEOUT");
    assert!(line.contains("not used"), "{line}");
    serve.until("took up");
    serve.signal(nix::sys::signal::Signal::SIGTERM);
    serve.end().exits(0);

    world.agents(&[("a", "cat >/dev/null; env")]);
    world.file("w.yaml", crate::support::workflow(&[("a", &[], "")]));
    let mut command = world.command(&["run", "w.yaml", "-o", "json"]);
    command.env("AGENT_HUB_URL", "http://127.0.0.1:9");
    let answer = crate::support::Answer::of(&mut command).exits(0);
    assert!(
        !answer.stdout.contains("AGENT_HUB_URL"),
        "{}",
        answer.stdout
    );
}
