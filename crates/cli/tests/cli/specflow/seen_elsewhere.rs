//! Runs of the door are runs like all others.

use serde_json::json;

use super::door::Door;

#[test]
fn runs_of_the_door_are_listed_streamed_and_answered_like_others() {
    let door = Door::open();
    door.skill("flow.ask", "questions");
    let id = door.start("/flow.ask");
    door.until_waiting(&id);
    let world = door.world();
    let runs = world.baton(&["runs", "-o", "json"]).exits(0).json();
    assert_eq!(runs["items"][0]["id"], id);
    assert_eq!(runs["items"][0]["project_id"], "shop");
    assert_eq!(runs["items"][0]["directory"], json!(door.shop));
    let of_project = world.baton(&["runs", "--project", "Shop", "-o", "json"]);
    assert_eq!(of_project.exits(0).json()["total_count"], 1);
    let stream = door.server.follow(
        "/api/v1/events/stream?after=0",
        &[],
        "stage_waiting_for_input",
    );
    assert!(stream.text.contains(&id), "{stream:?}");
    let inbox = world.baton(&["inbox", "-o", "json"]).exits(0).json();
    let item = &inbox["items"][0];
    assert_eq!(item["execution_id"], id);
    assert_eq!(item["kind"], "question");
    assert_eq!(item["project_id"], "shop");
    let table = world.baton(&["inbox"]).exits(0).stdout;
    assert!(table.contains("Which colour? (and 1 more)"), "{table}");
    // Strictly, as everywhere but at the door.
    let wrong = [
        "inbox",
        "answer",
        "--answer",
        "Colour=green",
        "--answer",
        "Size=3",
    ];
    world.baton(&wrong).exits(2);
    let answer = [
        "inbox",
        "answer",
        "--answer",
        "Colour=blue",
        "--answer",
        "Size=3",
    ];
    world.baton(&answer).exits(0);
    let ended = door.until_ended(&id);
    assert_eq!(ended["status"], "completed", "{ended:#}");
    assert_eq!(ended["answers"], json!({ "Colour": "blue", "Size": "3" }));
    let inbox = world.baton(&["inbox", "-o", "json"]).exits(0).json();
    assert_eq!(inbox["total_count"], 0);
    let built_in = world.baton(&["show", "--builtin", "specflow"]).exits(0);
    assert!(built_in.stdout.contains("id: specflow"));
}
