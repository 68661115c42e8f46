//! Workflows are changed: their texts, and what the library says of them.

use serde_json::json;

use super::server::{Server, UNSOUND, definition, workflow};

#[tokio::test]
async fn a_new_text_keeps_what_was_said_in_the_library() {
    let server = Server::start();
    let id = server.stored("Release").await;
    let path = format!("/workflows/{id}");
    let patch = json!({ "status": "active", "tags": ["mine", "mine", "x"] });
    let patched = server.patch(&path, &patch).await.with(200);
    assert_eq!(patched["status"], "published");
    assert_eq!(patched["tags"], json!(["mine", "x"]));
    assert_eq!(patched["revision"], 2);
    let text = definition("Release").replace("1.2.0", "2.0.0");
    let replaced = server.put(&path, &json!({ "yaml_content": text })).await;
    let replaced = replaced.with(200);
    assert_eq!(replaced["version"], "2.0.0");
    assert_eq!(replaced["definition"], text);
    assert_eq!(replaced["status"], "published");
    assert_eq!(replaced["tags"], json!(["mine", "x"]));
    assert_eq!(replaced["created_at"], patched["created_at"]);
    // What the text says anew counts.
    let text = text
        .replace("one, two", "three")
        .replace("name: Release", "name: Cut");
    let replaced = server.put(&path, &json!({ "yaml_content": text })).await;
    let replaced = replaced.with(200);
    assert_eq!(replaced["tags"], json!(["three"]));
    assert_eq!(replaced["name"], "Cut");
    assert_eq!(replaced["revision"], 4);
}

#[tokio::test]
async fn a_copy_keeps_its_name_when_its_text_changes() {
    let server = Server::start();
    let id = server.stored("Release").await;
    let copied = server
        .post_nothing(&format!("/workflows/{id}/duplicate"))
        .await;
    let copy = copied.with(201);
    let path = format!("/workflows/{}", copy["id"].as_str().unwrap());
    let text = definition("Release").replace("1.2.0", "2.0.0");
    let replaced = server.put(&path, &json!({ "yaml_content": text })).await;
    assert_eq!(replaced.with(200)["name"], "Release (copy)");
}

#[tokio::test]
async fn a_text_with_errors_takes_nothing_away() {
    let server = Server::start();
    let id = server.stored("Release").await;
    let path = format!("/workflows/{id}");
    server
        .patch(&path, &json!({ "status": "published" }))
        .await
        .with(200);
    let bad = json!({ "yaml_content": UNSOUND });
    let refused = server.put(&path, &bad).await;
    refused.problem(400, "invalid_definition");
    let found = server.get(&path).await.with(200);
    assert_eq!(found["definition"], definition("Release"));
    assert_eq!(found["revision"], 2);
    let unreadable = json!({ "yaml_content": "stages: [" });
    let draft = server.put(&format!("{path}?draft=true"), &unreadable).await;
    let draft = draft.with(200);
    assert_eq!(draft["name"], "Release");
    assert_eq!(draft["workflow_key"], "release");
    assert_eq!(draft["status"], "draft");
    assert_eq!(draft["is_valid"], false);
    assert_eq!(draft["definition"], "stages: [");
    let mended = server.put(&path, &workflow("Release")).await.with(200);
    assert_eq!(mended["is_valid"], true);
    assert!(mended.get("validation_errors").is_none());
}

#[tokio::test]
async fn who_saw_an_older_revision_changes_nothing() {
    let server = Server::start();
    let id = server.stored("Release").await;
    let path = format!("/workflows/{id}");
    let patch = |revision: u64| json!({ "status": "archived", "revision": revision });
    server.patch(&path, &patch(1)).await.with(200);
    for revision in [0, 1, 3] {
        let stale = server.patch(&path, &patch(revision)).await;
        stale.problem(409, "changed_meanwhile");
        let mut text = workflow("Release");
        text["revision"] = json!(revision);
        let stale = server.put(&path, &text).await;
        stale.problem(409, "changed_meanwhile");
    }
    let mut text = workflow("Release");
    text["revision"] = json!(2);
    assert_eq!(server.put(&path, &text).await.with(200)["revision"], 3);
}

#[tokio::test]
async fn many_changes_at_once_are_all_made() {
    let server = Server::start();
    let id = server.stored("Release").await;
    let path = format!("/workflows/{id}");
    let bodies: Vec<_> = (0..4).map(|n| json!({ "tags": [n.to_string()] })).collect();
    let changes = bodies.iter().map(|body| server.patch(&path, body));
    for answer in futures_util::future::join_all(changes).await {
        answer.with(200);
    }
    assert_eq!(server.get(&path).await.with(200)["revision"], 5);
}

#[tokio::test]
async fn a_name_of_another_is_refused() {
    let server = Server::start();
    server.stored("Release").await;
    let id = server.stored("Tidy").await;
    let renamed = server
        .put(&format!("/workflows/{id}"), &workflow("Release"))
        .await;
    renamed.problem(409, "name_taken");
}

#[tokio::test]
async fn bad_changes_are_refused() {
    let server = Server::start();
    let id = server.stored("Release").await;
    let path = format!("/workflows/{id}");
    for patch in [
        json!({ "status": "done" }),
        json!({ "status": "" }),
        json!({ "tags": "one" }),
        json!({ "tags": [""] }),
        json!({ "tags": ["a\tb"] }),
        json!({ "tags": vec!["x".to_owned(); 101] }),
        json!({ "revision": -1 }),
        json!({ "name": "Other" }),
    ] {
        server.patch(&path, &patch).await.problem(422, "malformed");
    }
    let nothing = server.patch(&path, &json!({})).await.with(200);
    assert_eq!(nothing["status"], "draft");
    assert_eq!(nothing["tags"], json!(["one", "two"]));
}
