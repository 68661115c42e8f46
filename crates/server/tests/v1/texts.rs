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
    for path in [
        "/workflows/validate",
        "/workflows/plan",
        "/workflows/complete",
    ] {
        for body in [json!({}), json!(null), json!({ "yaml_content": null })] {
            server.post(path, &body).await.problem(422, "malformed");
        }
        server.get(path).await.problem(405, "method_not_allowed");
    }
}

#[tokio::test]
async fn texts_that_are_too_long_are_not_looked_at() {
    const BYTES_MAX: usize = 4 * 1024 * 1024;
    let server = Server::start();
    let body = |n_bytes: usize| {
        json!({
            "yaml_content": " ".repeat(n_bytes),
            "position": { "line": 1, "column": 1 },
        })
    };
    let most = server.post("/workflows/complete", &body(BYTES_MAX)).await;
    most.with(200);
    let more = body(BYTES_MAX + 1);
    let answer = server.post("/workflows/complete", &more).await;
    answer.problem(413, "too_large");
    let text = json!({ "yaml_content": more["yaml_content"] });
    let found = server.post("/workflows/validate", &text).await.with(200);
    assert_eq!(found["errors"][0]["code"], "SWDL-E0103");
}

async fn completed(server: &Server, text: &str, directory: &std::path::Path) -> Value {
    let before = text.split('@').next().unwrap();
    let body = json!({
        "yaml_content": text.replacen('@', "", 1),
        "position": {
            "line": before.matches('\n').count() + 1,
            "column": before.rsplit('\n').next().unwrap().chars().count() + 1,
        },
        "directory": directory,
    });
    server.post("/workflows/complete", &body).await.with(200)
}

#[tokio::test]
async fn what_is_being_written_is_completed() {
    let server = Server::start();
    let project = tempfile::tempdir().unwrap();
    let agents = project.path().join(".baton/agents");
    std::fs::create_dir_all(&agents).unwrap();
    std::fs::write(agents.join("writer.md"), "text").unwrap();
    let text = definition("Odd");
    for (from, to, label, kind) in [
        ("    name: Write", "    na@", "name", "key"),
        ("type: gate", "type: g@", "gate", "value"),
        ("depends_on: [write]", "depends_on: [w@]", "write", "stage"),
        ("parameters.topic", "parameters.t@", "topic", "parameter"),
        ("parameters.topic", "len@", "length", "function"),
        (
            "    roles: { primary: { artifact: agent:writer } }",
            "    roles:\n      primary:\n        artifact: agent:@",
            "agent:writer",
            "artifact",
        ),
    ] {
        let text = text.replace(from, to);
        let found = completed(&server, &text, project.path()).await;
        let item = &found["items"][0];
        assert_eq!(
            (&item["label"], &item["kind"]),
            (&json!(label), &json!(kind)),
            "{to}"
        );
        assert!(label.starts_with(found["prefix"].as_str().unwrap()));
    }
    let nowhere = json!({
        "yaml_content": "é", "position": { "line": 4_000_000_000_u32, "column": 1 },
    });
    let found = server.post("/workflows/complete", &nowhere).await.with(200);
    assert_eq!(found["items"], json!([]));
    for position in [
        json!({ "line": -1, "column": 1 }),
        json!({ "line": 1, "column": 0 }),
        json!([1, 1]),
    ] {
        let body = json!({ "yaml_content": "", "position": position });
        let answer = server.post("/workflows/complete", &body).await;
        answer.problem(422, "malformed");
    }
}
