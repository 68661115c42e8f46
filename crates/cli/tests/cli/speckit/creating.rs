//! What may be created, and what is said of what may not.

use serde_json::{Value, json};

use super::door::{DESCRIPTION, Door, assert_shape, refused, refused_for};
use super::hub::Hub;
use crate::support::World;

/// A server whose hub never answers a call.
fn served(world: &World) -> (Door, Hub) {
    let hub = Hub::open();
    (Door::with_hub(world, &hub.url()), hub)
}

/// Bodies that are no workflow, and the code of the refusal.
const BAD: &str = r#"
{"workflow_type": "speci", "feature_description": "long enough to be taken"} = INVALID_WORKFLOW_TYPE
{"workflow_type": "SPECIFY", "feature_description": "long enough to be taken"} = INVALID_WORKFLOW_TYPE
{"workflow_type": "", "feature_description": "long enough to be taken"} = INVALID_WORKFLOW_TYPE
{"workflow_type": "speci", "feature_description": "short"} = VALIDATION_ERROR
{"workflow_type": "plan", "feature_description": "short"} = VALIDATION_ERROR
{"workflow_type": "plan", "feature_description": "123456789"} = VALIDATION_ERROR
{"workflow_type": "plan", "feature_description": "ééééééééé"} = VALIDATION_ERROR
{"workflow_type": "plan"} = VALIDATION_ERROR
{"workflow_type": "plan", "feature_description": null} = VALIDATION_ERROR
{"workflow_type": "plan", "feature_description": ["long enough to be taken"]} = VALIDATION_ERROR
{"feature_description": "long enough to be taken"} = VALIDATION_ERROR
{"workflow_type": 1, "feature_description": "long enough to be taken"} = VALIDATION_ERROR
{"workflow_type": "plan", "feature_description": "long enough to be taken", "context": []} = VALIDATION_ERROR
{"workflow_type": "plan", "feature_description": "long enough to be taken", "context": "x"} = VALIDATION_ERROR
{"workflow_type": "plan", "feature_description": "long enough to be taken" = VALIDATION_ERROR
[] = VALIDATION_ERROR
"plan" = VALIDATION_ERROR
null = VALIDATION_ERROR
not json = VALIDATION_ERROR
"#;

#[test]
fn what_is_no_workflow_is_refused_in_the_envelope() {
    let world = World::new();
    let (door, hub) = served(&world);
    for row in BAD.trim().lines() {
        let (body, code) = row.rsplit_once(" = ").unwrap();
        let answer = door.send(("POST", "/workflows"), &[], Some(body.as_bytes()));
        assert_eq!(answer.kind, "application/json", "{row}");
        let about = match code {
            "INVALID_WORKFLOW_TYPE" => body.split('"').nth(3).unwrap(),
            _ => "",
        };
        refused_for(&(answer.status, answer.json()), (400, code), about);
    }
    for body in [None, Some(&b""[..]), Some(&b"\xff\xfe"[..])] {
        let answer = door.send(("POST", "/workflows"), &[], body);
        refused(&(answer.status, answer.json()), 400, "VALIDATION_ERROR");
    }
    let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
    let deep = format!(
        "{{\"workflow_type\": \"plan\", \"feature_description\": \"{DESCRIPTION}\", \"context\": {{\"x\": {deep}}}}}"
    );
    let answer = door.send(("POST", "/workflows"), &[], Some(deep.as_bytes()));
    refused(&(answer.status, answer.json()), 400, "VALIDATION_ERROR");
    let types = door.post(
        "/workflows",
        &json!({ "workflow_type": "x", "feature_description": DESCRIPTION }),
    );
    assert_eq!(
        types.1["error"]["details"],
        json!(["specify", "plan", "tasks", "implement"])
    );
    assert_eq!(world.n_runs(), 0);
    assert!(hub.is_quiet());
    door.stop();
}

/// The hub is told of this description, letter by letter, and of no context.
#[track_caller]
fn assert_told_of(hub: &Hub, description: &str) {
    let asked = hub.next();
    let told = asked.body["context"].as_object().unwrap();
    let keys: Vec<_> = told.keys().map(String::as_str).collect();
    assert_eq!(keys, ["feature_id", "feature_description", "phase"]);
    assert!(told["feature_description"] == description, "{told:.200?}");
}

/// Headers, description, context: all of them are taken.
#[test]
fn clients_are_taken_as_they_come() {
    let world = World::new();
    let (door, hub) = served(&world);
    let long = "x".repeat(100_000);
    let odd = "  ${{ parameters.feature_id }} \u{e9}\n ";
    let descriptions = ["          ", "éééééééééé", "1234567890", &long, odd];
    for description in descriptions {
        let body =
            json!({ "workflow_type": "plan", "feature_description": description, "context": null });
        let (status, created) = door.post("/workflows", &body);
        assert_eq!(status, 201, "{description:.20}");
        assert_shape(&created);
        assert_told_of(&hub, description);
    }
    let body =
        json!({ "workflow_type": "plan", "feature_description": DESCRIPTION, "context": {} });
    let body = body.to_string();
    for headers in [
        &[][..],
        &[("content-type", "application/json")][..],
        &[("content-type", "text/plain")][..],
        &[("content-type", "application/x-www-form-urlencoded")][..],
        &[("accept", "text/html")][..],
    ] {
        let answer = door.send(("POST", "/workflows"), headers, Some(body.as_bytes()));
        assert_eq!(answer.status, 201, "{headers:?}: {}", answer.text);
        assert_told_of(&hub, DESCRIPTION);
    }
    door.stop();
}

#[test]
fn names_of_features_count_on_and_fit_their_pattern() {
    let world = World::new();
    let (door, _hub) = served(&world);
    let names = |door: &Door, descriptions: &[&str]| -> Vec<String> {
        let created = descriptions.iter().map(|description| {
            let body = json!({ "workflow_type": "plan", "feature_description": description });
            let (_, workflow) = door.post("/workflows", &body);
            workflow["feature_id"].as_str().unwrap().to_owned()
        });
        created.collect()
    };
    let descriptions = [DESCRIPTION, "!!!!!!!!!!!!", "-- Hello  _World_ -- "];
    assert_eq!(
        names(&door, &descriptions),
        [
            "001-add-user-authentication",
            "002-feature",
            "003-hello-world"
        ]
    );
    door.stop();
    // Another server goes on where this one has stopped.
    let (door, _hub) = served(&world);
    assert_eq!(
        names(&door, &[DESCRIPTION]),
        ["004-add-user-authentication"]
    );
    door.stop();
}

/// Method, path, status and code of what is not there.
#[test]
fn whatever_is_refused_on_these_paths_is_in_the_envelope() {
    let world = World::new();
    let (door, _hub) = served(&world);
    let id = door.create("plan");
    let unknown = "01a1ff65-40d6-7675-a81f-4ad942a9f20e";
    let rows = [
        ("GET", "/workflows".to_owned(), 405, "METHOD_NOT_ALLOWED"),
        ("PUT", "/workflows".to_owned(), 405, "METHOD_NOT_ALLOWED"),
        (
            "DELETE",
            format!("/workflows/{id}"),
            405,
            "METHOD_NOT_ALLOWED",
        ),
        (
            "GET",
            format!("/workflows/{id}/advance"),
            405,
            "METHOD_NOT_ALLOWED",
        ),
        ("GET", format!("/workflows/{id}/x"), 404, "NOT_FOUND"),
        (
            "GET",
            format!("/workflows/{id}/history/x"),
            404,
            "NOT_FOUND",
        ),
        ("GET", "/workflows/x".to_owned(), 400, "INVALID_UUID"),
        ("GET", "/workflows/123".to_owned(), 400, "INVALID_UUID"),
        ("GET", format!("/workflows/{id}0"), 400, "INVALID_UUID"),
        (
            "GET",
            format!("/workflows/{unknown}"),
            404,
            "WORKFLOW_NOT_FOUND",
        ),
        (
            "GET",
            format!("/workflows/{unknown}/history"),
            404,
            "WORKFLOW_NOT_FOUND",
        ),
        ("GET", "/invoke/baron".to_owned(), 405, "METHOD_NOT_ALLOWED"),
    ];
    for (method, path, status, code) in rows {
        let answer = door.send((method, &path), &[], None);
        let about = match code {
            "INVALID_UUID" | "WORKFLOW_NOT_FOUND" => path.split('/').nth(2).unwrap(),
            _ => "",
        };
        refused_for(&(answer.status, answer.json()), (status, code), about);
    }
    let long = vec![b' '; 17 * 1024 * 1024];
    let answer = door.send(("POST", "/workflows"), &[], Some(&long));
    refused(&(answer.status, answer.json()), 413, "TOO_LARGE");
    for name in ["http://evil.example", "null"] {
        let answer = door.send(("POST", "/workflows"), &[("origin", name)], Some(b"{}"));
        refused(&(answer.status, answer.json()), 403, "FORBIDDEN");
    }
    let answer = door.send(
        ("GET", &format!("/workflows/{id}")),
        &[("authorization", "Bearer x")],
        None,
    );
    refused(&(answer.status, answer.json()), 401, "UNAUTHENTICATED");
    // Other paths speak as they always have.
    let answer = door.send(("GET", "/api/v1/workflows/none"), &[], None);
    assert_eq!(
        (answer.status, answer.kind.as_str()),
        (404, "application/problem+json")
    );
    door.stop();
}

/// What cannot be read is a fault of ours, in the same words for everybody.
#[test]
fn a_workflow_that_is_damaged_is_an_internal_error() {
    let world = World::new();
    let (door, hub) = served(&world);
    let text = "Add what nobody else describes";
    let body = json!({ "workflow_type": "plan", "feature_description": text });
    let (_, created) = door.post("/workflows", &body);
    let id = created["id"].as_str().unwrap();
    hub.next().succeed("draft");
    door.until(id, "waiting_approval");
    let sound = door.create("plan");
    door.stop();
    let path = world.data().join("baton.db");
    let mut content = std::fs::read(&path).unwrap();
    let places = content.windows(text.len()).enumerate();
    let places = places.filter(|(_, window)| *window == text.as_bytes());
    let places: Vec<_> = places.map(|(place, _)| place).collect();
    assert!(!places.is_empty());
    for place in places {
        content[place] = b'B';
    }
    std::fs::write(&path, content).unwrap();
    let (door, _hub) = served(&world);
    let approval = json!({ "trigger": "human_approved" });
    for answer in [
        door.get(&format!("/workflows/{id}")),
        door.get(&format!("/workflows/{id}/history")),
        door.advance(id, &approval),
    ] {
        refused(&answer, 500, "INTERNAL_ERROR");
    }
    assert_eq!(door.look(&sound)["id"], sound.as_str());
    door.stop();
}

#[test]
fn an_id_that_is_no_text_is_no_uuid() {
    let world = World::new();
    let (door, _hub) = served(&world);
    for path in ["/workflows/%ff", "/workflows/%ff/history"] {
        refused(&door.get(path), 400, "INVALID_UUID");
    }
    door.stop();
}

#[test]
fn an_id_may_be_written_in_any_way_that_ids_are() {
    let world = World::new();
    let (door, _hub) = served(&world);
    let id = door.create("plan");
    let bare = id.replace('-', "");
    for form in [
        id.to_uppercase(),
        bare,
        format!("%7B{id}%7D"),
        format!("urn:uuid:{id}"),
    ] {
        let (status, workflow) = door.get(&format!("/workflows/{form}"));
        assert_eq!(
            (status, &workflow["id"]),
            (200, &Value::from(id.as_str())),
            "{form}"
        );
    }
    door.stop();
}

#[test]
fn a_run_of_another_door_is_no_workflow_here() {
    let world = World::new();
    let (door, _hub) = served(&world);
    let text = world.baton(&["show", "--builtin", "plan"]).exits(0).stdout;
    world.file("plan.yaml", text);
    world.file("baton.toml", "default_adapter = \"simulated\"\n");
    let run = world
        .start(&[
            "run",
            "plan.yaml",
            "--param",
            "feature_id=001-x",
            "--param",
            "feature_description=x",
        ])
        .run();
    let answer = door.get(&format!("/workflows/{run}"));
    refused(&answer, 404, "WORKFLOW_NOT_FOUND");
    let body = json!({ "trigger": "human_approved" });
    refused(&door.advance(&run, &body), 404, "WORKFLOW_NOT_FOUND");
    door.stop();
}
