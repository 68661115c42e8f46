//! Secrets that cannot be had: who is told before anything runs, and what of it.

use std::fs;

use serde_json::json;

use super::door::{DESCRIPTION, Door, refused_for};
use crate::api::client::Server;
use crate::support::World;

/// Two agents, whose secrets are in a file and in a variable.
const AGENTS: &str = "\
[secrets.KEY]
file = \"key\"
[secrets.TOKEN]
env = \"BATON_NO_SUCH_VARIABLE\"
[agents.\"agent:baron\"]
adapter = \"command\"
command = [\"cat\"]
env = { SESAME = \"${{ secrets.KEY }}\" }
[agents.\"agent:earl\"]
adapter = \"command\"
command = [\"cat\"]
env = { SESAME = \"${{ secrets.TOKEN }}\" }
";

#[test]
fn a_secret_that_cannot_be_had_is_told_before_a_workflow_starts() {
    let world = World::new();
    world.file("baton.toml", AGENTS);
    let config = world.project().join("baton.toml").display().to_string();
    let door = Door::start(&world, None, &["--config", &config]);
    let create = json!({ "workflow_type": "plan", "feature_description": DESCRIPTION });
    let call = json!({ "workflow_type": "plan", "context": { "x": 1 } });
    for (path, body, secret) in [
        ("/workflows", &create, "`KEY`"),
        ("/invoke/baron", &call, "`KEY`"),
        ("/invoke/earl", &call, "`TOKEN`"),
    ] {
        let answer = door.post(path, body);
        refused_for(&answer, (400, "UNRESOLVED_AGENT"), secret);
        refused_for(&answer, (400, "UNRESOLVED_AGENT"), "`env.SESAME`");
        let message = answer.1["error"]["message"].as_str().unwrap();
        let root = world.root().to_str().unwrap();
        assert!(!message.contains(root), "{message}");
    }
    assert_eq!(world.n_runs(), 0);
    world.file("key", "word");
    let id = door.create("plan");
    assert_eq!(door.look(&id)["feature_id"], "001-add-user-authentication");
    door.stop();
}

#[test]
fn a_start_that_comes_again_is_the_first_one_whatever_has_gone_since() {
    let world = World::new();
    world.file("baton.toml", AGENTS);
    world.file("key", "word");
    let server = Server::start(&world);
    let definition = "workflow: { id: w, name: W }\nstages:\n  - id: a\n    name: A\n    \
                      roles: { primary: { artifact: \"agent:baron\" } }\n    \
                      outputs: { text: { type: string } }\n";
    let config = world.project().join("baton.toml");
    let body = json!({
        "definition": definition, "directory": world.project(), "config": config,
    });
    let start = |key: &str| {
        let headers = [("idempotency-key", key)];
        let body = body.to_string();
        server.ask("POST /api/v1/workflow-executions", &headers, Some(&body))
    };
    let first = start("monday");
    assert_eq!(first.status, 201, "{first:?}");
    let again = |what: &str| {
        let answer = start("monday");
        assert!([200, 201].contains(&answer.status), "{what}: {answer:?}");
        assert_eq!(answer.json()["id"], first.json()["id"], "{what}");
        let other = start("tuesday");
        assert_eq!(other.status, 400, "{what}: {other:?}");
        assert_eq!(other.json()["code"], "unresolved_agent", "{what}");
    };
    fs::remove_file(world.project().join("key")).unwrap();
    again("without the secret");
    world.file("baton.toml", "[agents]\n");
    again("without the agent");
    assert_eq!(world.n_runs(), 1);
    server.stop();
}
