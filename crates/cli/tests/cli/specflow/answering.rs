//! `POST /api/workflow/answer`.

use serde_json::json;

use super::door::{Door, entry, record_of, refused};

fn waiting(door: &Door) -> String {
    door.skill("flow.ask", "questions");
    let id = door.start("flow.ask");
    door.until_waiting(&id);
    id
}

#[test]
fn the_same_session_goes_on_with_the_answers() {
    let door = Door::open();
    let id = waiting(&door);
    let asked = door.status(&id);
    let answers = json!({ "Colour": "blue", "Size": "about 3", "_followup": "thanks" });
    let answer = door.post("answer", &json!({ "id": id, "answers": answers }));
    let record = record_of(&answer);
    assert_eq!(record["status"], "running");
    assert_eq!(record["answers"], answers);
    // Once more, and never again: a slow client would ask them anew.
    assert_eq!(record["output"], asked["output"]);
    let ended = door.until_ended(&id);
    assert_eq!(ended["status"], "completed", "{ended:#}");
    assert_eq!(ended["sessionId"], asked["sessionId"]);
    assert_eq!(ended["startedAt"], asked["startedAt"]);
    assert_eq!(ended["answers"], answers);
    assert_eq!(ended["output"]["status"], "completed");
    assert!(ended["costUsd"].as_f64() > asked["costUsd"].as_f64());
    let starts = door.stand_ins.starts();
    assert!(starts[1].is_resume);
    for line in [
        "- Colour: blue\n",
        "- Size: about 3\n",
        "- _followup: thanks\n",
    ] {
        assert!(starts[1].prompt.contains(line), "{}", starts[1].prompt);
    }
}

#[test]
fn a_run_that_does_not_wait_takes_no_answers() {
    let door = Door::open();
    let id = waiting(&door);
    let body = json!({ "id": id, "answers": { "Colour": "red" } });
    record_of(&door.post("answer", &body));
    let again = door.post("answer", &body);
    assert_eq!(again.status, 400, "{again:?}");
    let error = again.json()["error"].as_str().unwrap().to_owned();
    assert!(error.starts_with("Cannot answer workflow in "), "{error}");
    door.until_ended(&id);
    let ended = door.post("answer", &body);
    refused(&ended, 400, "Cannot answer workflow in completed state");
}

#[test]
fn no_answers_and_unknown_names_are_taken() {
    let door = Door::open();
    for answers in [json!({}), json!({ "color": "red", "q7": "x", "": "y" })] {
        let id = waiting(&door);
        let answer = door.post("answer", &json!({ "id": id, "answers": answers }));
        assert_eq!(record_of(&answer)["answers"], answers);
        assert_eq!(door.until_ended(&id)["status"], "completed");
    }
}

#[test]
fn answers_with_mistakes_are_refused() {
    let door = Door::open();
    let id = waiting(&door);
    for (body, details) in [
        (
            json!({ "id": "7", "answers": {} }),
            json!({ "id": ["Invalid uuid"] }),
        ),
        (
            json!({ "id": id, "answers": { "a": 1 } }),
            json!({ "answers": ["Expected string, received number"] }),
        ),
        (
            json!({ "answers": [] }),
            json!({ "answers": ["Expected object, received array"], "id": ["Required"] }),
        ),
    ] {
        let answer = door.post("answer", &body);
        let expected = json!({ "error": "Invalid request body", "details": details });
        assert_eq!((answer.status, answer.json()), (400, expected));
    }
    let nobody = "01993e6c-2d9a-4cc0-a0b1-000000000001";
    let answer = door.post("answer", &json!({ "id": nobody, "answers": {} }));
    refused(&answer, 404, &format!("Execution not found: {nobody}"));
    assert_eq!(door.status(&id)["status"], "waiting_for_input");
}

#[test]
fn a_run_of_a_project_that_is_gone_keeps_waiting() {
    let door = Door::open();
    let id = waiting(&door);
    door.register(&json!({}));
    let body = json!({ "id": id, "answers": { "Colour": "red" } });
    refused(&door.post("answer", &body), 404, "Project not found: shop");
    assert_eq!(door.status(&id)["status"], "waiting_for_input");
    door.register(&json!({ "shop": entry(&door.shop) }));
    record_of(&door.post("answer", &body));
    assert_eq!(door.until_ended(&id)["status"], "completed");
}

#[test]
fn a_session_with_its_project_stands_for_its_run() {
    let door = Door::open();
    let id = waiting(&door);
    let session = door.status(&id)["sessionId"].clone();
    let body = json!({ "sessionId": "nobody", "projectId": "shop", "answers": {} });
    refused(
        &door.post("answer", &body),
        404,
        "Session not found: nobody",
    );
    let body = json!({ "sessionId": session, "projectId": "shop", "answers": {} });
    assert_eq!(record_of(&door.post("answer", &body))["id"], id);
    assert_eq!(door.until_ended(&id)["status"], "completed");
}
