//! Workflows are created, shown, copied and deleted.

use serde_json::{Value, json};

use super::server::{Server, UNSOUND, definition, workflow};

#[tokio::test]
async fn a_workflow_is_stored_letter_for_letter() {
    let server = Server::start();
    let created = server.post("/workflows", &workflow("Cut a release")).await;
    let created = created.with(201);
    let id = created["id"].as_str().unwrap();
    assert_eq!(id.len(), 36);
    assert_eq!(created["uuid"], id);
    for (field, expected) in [
        ("workflow_key", json!("cut-a-release")),
        ("name", json!("Cut a release")),
        ("version", json!("1.2.0")),
        ("description", json!("For tests")),
        ("status", json!("draft")),
        ("is_valid", json!(true)),
        ("revision", json!(1)),
        ("tags", json!(["one", "two"])),
        ("project_id", Value::Null),
        ("stage_count", json!(2)),
        ("created_by", json!("local")),
        ("last_execution", Value::Null),
        ("definition", json!(definition("Cut a release"))),
    ] {
        assert_eq!(created[field], expected, "{field}");
    }
    assert_eq!(created["parameters"]["topic"]["required"], true);
    let [write, approve] = created["stages"].as_array().unwrap().as_slice() else {
        panic!("{created}");
    };
    assert_eq!(write["stage_id_ref"], "write");
    assert_eq!(write["roles"]["primary"]["artifact"], "agent:writer");
    assert_eq!(write["outputs"]["text"]["type"], "string");
    assert_eq!(approve["order_index"], 1);
    assert_eq!(approve["stage_type"], "gate");
    assert_eq!(approve["depends_on"], json!(["write"]));
    assert_eq!(approve["gate"]["message"], "Good?");
    assert!(created["created_at"].as_str().unwrap().ends_with('Z'));
    for name in [id, &id[..13], "Cut%20a%20release", "cut-a-release"] {
        let found = server.get(&format!("/workflows/{name}")).await.with(200);
        assert_eq!(found, created, "{name}");
    }
}

#[tokio::test]
async fn a_definition_with_errors_is_refused_with_all_of_them() {
    let server = Server::start();
    let problem = server
        .post("/workflows", &json!({ "yaml_content": UNSOUND }))
        .await;
    let problem = problem.problem(400, "invalid_definition");
    let findings = problem["validation_errors"].as_array().unwrap();
    assert!(findings.len() >= 2, "{problem}");
    assert!(findings.iter().all(|found| found["span"].is_object()));
    let list = server.get("/workflows").await.with(200);
    assert_eq!(list["total_count"], 0);
}

#[tokio::test]
async fn a_draft_is_stored_with_its_errors_and_cannot_run() {
    let server = Server::start();
    let texts = [UNSOUND, "stages: [", "", "just text", "workflow: { id: Ä }"];
    for text in texts {
        let body = json!({ "yaml_content": text });
        let draft = server.post("/workflows?draft=true", &body).await.with(201);
        assert_eq!(draft["is_valid"], false, "{text}");
        assert_eq!(draft["status"], "draft");
        assert_eq!(draft["definition"], text);
        assert!(!draft["name"].as_str().unwrap().is_empty());
        let n_errors = draft["validation_errors"].as_array().unwrap().len();
        assert!(n_errors > 0, "{draft}");
        let id = draft["id"].as_str().unwrap();
        let run = server.post_nothing(&format!("/workflows/{id}/run")).await;
        let problem = run.problem(400, "invalid_definition");
        assert!(problem["validation_errors"].as_array().unwrap().len() >= n_errors);
        let publish = server
            .patch(
                &format!("/workflows/{id}"),
                &json!({ "status": "published" }),
            )
            .await;
        publish.problem(400, "invalid_definition");
    }
    let list = server.get("/workflows").await.with(200);
    assert_eq!(list["total_count"], texts.len());
}

#[tokio::test]
async fn a_name_is_given_once() {
    let server = Server::start();
    let id = server.stored("Release").await;
    let again = server.post("/workflows", &workflow("Release")).await;
    let problem = again.problem(409, "name_taken");
    assert!(problem["detail"].as_str().unwrap().contains(&id));
}

#[tokio::test]
async fn a_repeated_creation_answers_with_the_first() {
    let server = Server::start();
    let body = workflow("Release");
    let first = server.post_once("/workflows", &body, "key").await.with(201);
    let again = server.post_once("/workflows", &body, "key").await.with(200);
    assert_eq!(again, first);
    let list = server.get("/workflows").await.with(200);
    assert_eq!(list["total_count"], 1);
    let empty = server.post_once("/workflows", &body, "").await;
    empty.problem(422, "malformed");
}

#[tokio::test]
async fn bad_bodies_and_queries_are_refused() {
    let server = Server::start();
    for body in [
        json!({}),
        json!(null),
        json!([]),
        json!({ "yaml_content": 7 }),
        json!({ "yaml_content": definition("A"), "more": 1 }),
        json!({ "yaml_content": definition("A"), "project_id": "" }),
        json!({ "yaml_content": definition("A"), "project_id": "a\u{0}b" }),
    ] {
        server
            .post("/workflows", &body)
            .await
            .problem(422, "malformed");
    }
    let odd = server.post("/workflows?draft=maybe", &workflow("A")).await;
    odd.problem(422, "malformed");
    let long = format!("# {}", "x".repeat(5 * 1024 * 1024));
    let long = json!({ "yaml_content": long });
    let long = server.post("/workflows?draft=true", &long).await;
    long.problem(413, "too_large");
    let request = axum::http::Request::post("/api/v1/workflows")
        .body(axum::body::Body::from(workflow("A").to_string()))
        .unwrap();
    server
        .send(request)
        .await
        .problem(415, "unsupported_media_type");
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let server = Server::start();
    server.stored("Release").await;
    for id in [
        "0190a000-0000-7000-8000-000000000000",
        "nothing",
        "..%2f..%2fetc",
        "%00",
        "'%20OR%201=1--",
        "abcd",
    ] {
        let path = format!("/workflows/{id}");
        server.get(&path).await.problem(404, "not_found");
        server.delete(&path).await.problem(404, "not_found");
        let replaced = server.put(&path, &workflow("B")).await;
        replaced.problem(404, "not_found");
        let patched = server.patch(&path, &json!({})).await;
        patched.problem(404, "not_found");
        for verb in ["duplicate", "validate", "plan", "run"] {
            let answer = server.post_nothing(&format!("{path}/{verb}")).await;
            answer.problem(404, "not_found");
        }
    }
    let answer = server.post_nothing("/workflows/Release").await;
    answer.problem(405, "method_not_allowed");
}

#[tokio::test]
async fn a_copy_is_a_draft_of_its_own() {
    let server = Server::start();
    let id = server.stored("Release").await;
    let path = format!("/workflows/{id}/duplicate");
    let first = server.post_nothing(&path).await.with(201);
    let second = server.post(&path, &json!({})).await.with(201);
    let named = server.post(&path, &json!({ "new_name": "Mine" })).await;
    let named = named.with(201);
    let names = [&first, &second, &named].map(|copy| copy["name"].clone());
    assert_eq!(names, ["Release (copy)", "Release (copy 2)", "Mine"]);
    for copy in [&first, &second, &named] {
        assert_ne!(copy["id"], id);
        assert_eq!(copy["status"], "draft");
        assert_eq!(copy["definition"], definition("Release"));
        assert_eq!(copy["revision"], 1);
    }
    let taken = server.post(&path, &json!({ "new_name": "Mine" })).await;
    taken.problem(409, "name_taken");
    for name in ["", "  ", "a\nb", &"x".repeat(300)] {
        let answer = server.post(&path, &json!({ "new_name": name })).await;
        answer.problem(422, "malformed");
    }
}

#[tokio::test]
async fn a_deleted_workflow_is_gone_and_its_runs_are_not() {
    let server = Server::start();
    let id = server.stored("Release").await;
    let body = json!({ "parameters": { "topic": "t" } });
    let run = server.post(&format!("/workflows/{id}/run"), &body).await;
    let run = run.with(201);
    assert_eq!(run["workflow_id"], id);
    let deleted = server.delete(&format!("/workflows/{id}")).await;
    assert_eq!(deleted.with(204), Value::Null);
    let gone = server.get(&format!("/workflows/{id}")).await;
    gone.problem(404, "not_found");
    let path = format!("/workflow-executions/{}", run["id"].as_str().unwrap());
    let run = server.get(&path).await.with(200);
    assert_eq!(run["workflow_id"], Value::Null);
    assert_eq!(run["workflow_name"], "Release");
    assert_eq!(run["workflow_snapshot"], definition("Release"));
    let of_workflow = format!("/workflow-executions/by-workflow/{id}");
    let list = server.get(&of_workflow).await.with(200);
    assert_eq!(
        (&list["items"], &list["total_count"]),
        (&json!([]), &json!(0))
    );
    // Its name is free again.
    server.stored("Release").await;
}

/// What lists show has bounds, also where it stands in a text.
#[tokio::test]
async fn names_and_tags_of_a_text_have_bounds() {
    let server = Server::start();
    let long = "x".repeat(300);
    let many: Vec<String> = (0..101).map(|n| format!("t{n}")).collect();
    for head in [
        format!("id: a, name: {long}"),
        format!("id: a, name: A, tags: [{long}]"),
        format!("id: a, name: A, tags: [{}]", many.join(", ")),
    ] {
        let text = format!(
            "workflow: {{ {head} }}\nstages:\n  - {{ id: s, name: S, type: gate, gate: {{}} }}\n"
        );
        let create = json!({ "yaml_content": text });
        let path = "/workflows?draft=true";
        server.post(path, &create).await.problem(422, "malformed");
    }
}
