//! Texts that are not stored are validated and planned.

use serde_json::{Value, json};

use super::server::{Server, UNSOUND, definition};

#[tokio::test]
async fn every_finding_has_its_place() {
    let server = Server::start();
    let found = server
        .post("/workflows/validate", &json!({ "yaml_content": UNSOUND }))
        .await;
    let found = found.with(200);
    assert_eq!(found["is_valid"], false);
    let errors = found["errors"].as_array().unwrap();
    assert!(errors.len() >= 2);
    for error in errors {
        assert!(error["code"].as_str().unwrap().starts_with("SWDL-E"));
        assert_eq!(error["severity"], "error");
        assert!(error["stage_id"].is_string(), "{error}");
        assert!(error["span"]["start"]["line"].is_u64(), "{error}");
    }
    let list = server.get("/workflows").await.with(200);
    assert_eq!(list["total_count"], 0);
}

#[tokio::test]
async fn an_agent_that_is_nowhere_is_a_warning_and_then_an_error() {
    let server = Server::start();
    let text = definition("Odd").replace("agent:writer", "agent:nobody");
    let body = json!({ "yaml_content": text, "parameters": { "topic": "t" } });
    let found = server.post("/workflows/validate", &body).await.with(200);
    assert_eq!(found["is_valid"], true);
    assert_eq!(found["warnings"][0]["category"], "artifact");
    let planned = server.post("/workflows/plan", &body).await;
    let problem = planned.problem(400, "unresolved_agent");
    assert_eq!(problem["validation_errors"][0]["category"], "artifact");
}

async fn model(server: &Server, body: &Value) -> Value {
    let planned = server.post("/workflows/plan", body).await.with(200);
    planned["batches"][0]["stages"][0]["model"].clone()
}

#[tokio::test]
async fn what_a_project_and_a_run_lay_over_a_text_counts() {
    let server = Server::start();
    let project = tempfile::tempdir().unwrap();
    let overrides =
        "overrides: { odd: { stages: { write: { roles: { primary: { model: haiku } } } } } }";
    std::fs::write(
        project.path().join(".baton-workflow-overrides.yaml"),
        overrides,
    )
    .unwrap();
    let mut body = json!({
        "yaml_content": definition("Odd"),
        "parameter_texts": { "topic": "t" },
        "directory": project.path(),
    });
    assert_eq!(model(&server, &body).await, "haiku");
    body["overrides"] =
        json!({ "stages": { "write": { "roles": { "primary": { "model": "sonnet" } } } } });
    assert_eq!(model(&server, &body).await, "sonnet");
    body["overrides"] = json!({ "nonsense": 1, "stages": { "none": {} } });
    let answer = server.post("/workflows/plan", &body).await;
    answer.problem(400, "invalid_definition");
}

#[tokio::test]
async fn bad_texts_are_findings_and_bad_bodies_are_refused() {
    let server = Server::start();
    for text in ["", "[", "a: b", "\u{0}", "&a [*a]"] {
        let body = json!({ "yaml_content": text });
        let found = server.post("/workflows/validate", &body).await.with(200);
        assert_eq!(found["is_valid"], false, "{text:?}");
        let planned = server.post("/workflows/plan", &body).await;
        planned.problem(400, "invalid_definition");
    }
    for path in ["/workflows/validate", "/workflows/plan"] {
        for body in [json!({}), json!(null), json!({ "yaml_content": null })] {
            server.post(path, &body).await.problem(422, "malformed");
        }
        server.get(path).await.problem(405, "method_not_allowed");
    }
}
