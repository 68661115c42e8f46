//! Runs of which something is damaged: the others start, go on and are listed.

use std::fs;

use serde_json::json;

use super::door::Door;
use crate::api::client::Server;
use crate::support::World;

/// Makes one letter of a text another one, wherever it lies in the database.
fn damage(world: &World, text: &str) {
    let database = world.data().join("baton.db");
    let mut bytes = fs::read(&database).unwrap();
    let places = bytes.windows(text.len()).enumerate();
    let places = places.filter(|(_, found)| *found == text.as_bytes());
    let places: Vec<usize> = places.map(|(place, _)| place).collect();
    assert!(!places.is_empty(), "{text} is not there");
    for place in places {
        bytes[place] ^= 1;
    }
    fs::write(database, bytes).unwrap();
}

#[test]
fn a_damaged_run_keeps_no_other_from_its_session() {
    let door = Door::open();
    door.skill("flow.ok", "");
    let sound = door.until_ended(&door.start("flow.ok"));
    let damaged = door.until_ended(&door.start("flow.ok"));
    let Door {
        stand_ins,
        server,
        shop,
    } = door;
    // The log of the database is moved into it at its end.
    server.stop();
    // Its events name the session, and its row does not.
    damage(&stand_ins.world, damaged["sessionId"].as_str().unwrap());
    let door = Door {
        server: Server::start(&stand_ins.world),
        stand_ins,
        shop,
    };
    let answer = door.get(&format!("status?id={}", damaged["id"].as_str().unwrap()));
    assert_eq!(answer.status, 500, "{answer:?}");
    assert_eq!(door.listed(""), [sound["id"].as_str().unwrap()]);
    let message = json!({
        "projectId": "shop", "skill": "And now?", "resumeSessionId": sound["sessionId"],
    });
    let later = door.until_ended(&door.start_with(&message));
    assert_eq!(later["status"], "completed", "{later:#}");
    assert_eq!(later["sessionId"], sound["sessionId"]);
}
