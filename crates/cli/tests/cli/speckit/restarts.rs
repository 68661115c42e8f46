//! The server is killed, and another goes on.

use serde_json::{Value, json};

use super::door::Door;
use super::hub::Hub;
use crate::support::World;

#[test]
fn a_phase_whose_server_was_killed_is_run_again() {
    let (world, hub) = (World::new(), Hub::open());
    let door = Door::with_hub(&world, &hub.url());
    let id = door.create("specify");
    let first = hub.next();
    door.kill();
    let door = Door::with_hub(&world, &hub.url());
    let second = hub.next();
    assert_eq!(second.body, first.body);
    let key = format!("idempotency-key: {id}/phase_1/1/1");
    assert!(
        second.head.contains(&key),
        "the hub may know it: {}",
        second.head
    );
    first.succeed("of a server that is dead");
    second.succeed("draft");
    assert_eq!(
        door.until(&id, "waiting_approval")["result"]["output"],
        "draft"
    );
    assert_eq!(door.history(&id).len(), 2);
    door.stop();
}

#[test]
fn a_question_to_a_person_outlives_the_server() {
    let (world, hub) = (World::new(), Hub::open());
    let door = Door::with_hub(&world, &hub.url());
    let id = door.create("specify");
    hub.next().succeed("draft");
    let waiting = door.until(&id, "waiting_approval");
    door.kill();
    let door = Door::with_hub(&world, &hub.url());
    assert_eq!(door.look(&id), waiting);
    assert!(hub.is_quiet(), "what is done is not done again");
    door.apply(&id, "human_approved", &json!({ "comments": "good" }));
    hub.next().succeed("whole");
    door.until(&id, "waiting_approval");
    door.kill();
    let door = Door::with_hub(&world, &hub.url());
    let completed = door.apply(&id, "human_approved", &Value::Null);
    assert_eq!(completed["status"], "completed");
    assert_eq!(door.history(&id).len(), 5);
    door.stop();
}

#[test]
fn a_local_agent_works_on_while_its_server_is_dead() {
    let world = World::new();
    let pipe = world.pipe("go");
    let wait = format!(
        "cat >/dev/null; read go <{}; echo '{{\"output\": \"done\"}}'",
        pipe.display()
    );
    world.agents(&[("baron", &wait)]);
    let config = world.project().join("baton.toml").display().to_string();
    let door = Door::start(&world, None, &["--config", &config]);
    let id = door.create("specify");
    crate::support::eventually("the agent works", || !world.agents_alive().is_empty());
    door.kill();
    world.tell("go");
    let door = Door::start(&world, None, &["--config", &config]);
    assert_eq!(
        door.until(&id, "waiting_approval")["result"]["output"],
        "done"
    );
    door.stop();
}
