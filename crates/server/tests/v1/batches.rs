//! The same done to many at once.

use serde_json::{Value, json};

use super::server::Server;

async fn started(server: &Server) -> String {
    let body = json!({ "workflow_id": "Release", "parameters": { "topic": "t" } });
    let started = server.post("/workflow-executions", &body).await.with(201);
    started["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn workflows_are_deleted_together() {
    let server = Server::start();
    let (one, two) = (server.stored("One").await, server.stored("Two").await);
    let kept = server.stored("Three").await;
    let ids = json!({ "ids": [two, "Three", one, two, "0190a000-0000-7000-8000-000000000000"] });
    let answer = server.post("/workflows/batch/delete", &ids).await.with(200);
    let outcome = |id: &Value, success: bool| {
        let error = if success {
            Value::Null
        } else {
            json!("Not found")
        };
        json!({ "id": id, "success": success, "error": error })
    };
    let expected = [true, false, true, false, false];
    let results = ids["ids"].as_array().unwrap().iter().zip(expected);
    let results: Vec<_> = results.map(|(id, success)| outcome(id, success)).collect();
    assert_eq!(
        answer,
        json!({ "results": results, "succeeded": 2, "failed": 3 })
    );
    let list = server.get("/workflows").await.with(200);
    assert_eq!(list["total_count"], 1);
    assert_eq!(list["items"][0]["id"], kept);
}

#[tokio::test]
async fn executions_are_paused_resumed_and_cancelled_together() {
    let server = Server::start();
    server.stored("Release").await;
    let (one, two) = (started(&server).await, started(&server).await);
    let ids = json!({ "execution_ids": [one, "nothing", two] });
    for (verb, status) in [
        ("pause", &["paused"][..]),
        ("resume", &["pending", "running"]),
        ("cancel", &["running", "cancelled"]),
    ] {
        let path = format!("/workflow-executions/batch/{verb}");
        let answer = server.post(&path, &ids).await.with(200);
        assert_eq!(
            (&answer["succeeded"], &answer["failed"]),
            (&json!(2), &json!(1))
        );
        let results = answer["results"].as_array().unwrap();
        for place in [0, 2] {
            assert_eq!(results[place]["execution_id"], ids["execution_ids"][place]);
            assert_eq!(results[place]["success"], true);
            let now = results[place]["status"].as_str().unwrap();
            assert!(status.contains(&now), "{verb}: {now}");
        }
        let missing = json!({
            "execution_id": "nothing", "success": false, "status": null, "error": "Not found",
        });
        assert_eq!(results[1], missing);
    }
}

#[tokio::test]
async fn what_a_state_does_not_allow_fails_alone() {
    let server = Server::start();
    server.stored("Release").await;
    let (ended, other) = (started(&server).await, started(&server).await);
    let cancelled = server
        .post_nothing(&format!("/workflow-executions/{ended}/cancel"))
        .await;
    cancelled.with(200);
    // The stream ends when the run has.
    server
        .get(&format!("/workflow-executions/{ended}/stream"))
        .await;
    let ids = json!({ "execution_ids": [ended, other] });
    let paused = server.post("/workflow-executions/batch/pause", &ids).await;
    let results = paused.with(200)["results"].clone();
    let error = results[0]["error"].as_str().unwrap();
    assert!(error.starts_with("Invalid state: "), "{error}");
    assert_eq!(results[1]["success"], true);
}

#[tokio::test]
async fn a_batch_has_bounds() {
    let server = Server::start();
    let ids = |n| vec!["0190a000-0000-7000-8000-000000000000"; n];
    for n in [0, 51] {
        let answer = server
            .post("/workflows/batch/delete", &json!({ "ids": ids(n) }))
            .await;
        answer.problem(422, "malformed");
        for verb in ["pause", "resume", "cancel"] {
            let path = format!("/workflow-executions/batch/{verb}");
            let body = json!({ "execution_ids": ids(n) });
            server.post(&path, &body).await.problem(422, "malformed");
        }
    }
    let most = json!({ "ids": ids(50) });
    let answer = server
        .post("/workflows/batch/delete", &most)
        .await
        .with(200);
    assert_eq!(answer["failed"], 50);
    for body in [
        json!({}),
        json!({ "ids": [1] }),
        json!({ "ids": [], "x": 1 }),
    ] {
        let answer = server.post("/workflows/batch/delete", &body).await;
        answer.problem(422, "malformed");
    }
}
