//! Artifacts, feature flags, and a server without workflows.

use baton_app::Features;
use baton_app::artifacts::Roots;
use baton_store::RunStore;
use serde_json::{Value, json};

use super::server::Server;

fn references(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().unwrap().iter();
    items
        .map(|item| item["reference"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn artifacts_are_listed_by_kind_and_name() {
    let home = tempfile::tempdir().unwrap();
    let project = tempfile::tempdir().unwrap();
    for (root, file) in [
        (&home, ".claude/agents/Writer.md"),
        (&home, ".claude/agents/reviewer.md"),
        (&home, ".claude/skills/sum/SKILL.md"),
        (&project, ".baton/context/rules.md"),
    ] {
        let file = root.path().join(file);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, "text").unwrap();
    }
    let roots = Roots {
        home: Some(home.path().to_owned()),
        ..Roots::default()
    };
    let server = Server::with(Features::default(), roots);
    let directory = project.path().display();
    for (query, expected) in [
        (
            String::new(),
            &["agent:reviewer", "agent:writer", "skill:sum"][..],
        ),
        (
            "?type=agent".to_owned(),
            &["agent:reviewer", "agent:writer"],
        ),
        ("?type=agent&search=WRI".to_owned(), &["agent:writer"]),
        ("?search=none".to_owned(), &[]),
        (format!("?type=ctx&directory={directory}"), &["ctx:rules"]),
    ] {
        let list = server.get(&format!("/artifacts{query}")).await.with(200);
        assert_eq!(references(&list), expected, "{query}");
        assert_eq!(list["total_count"], expected.len());
        assert_eq!(list["has_more"], false);
    }
    let list = server.get("/artifacts?type=skill").await.with(200);
    let location = home.path().join(".claude/skills").display().to_string();
    let skill = json!({
        "reference": "skill:sum", "type": "skill", "name": "sum", "location": location,
    });
    assert_eq!(list["items"], json!([skill]));
    let unknown = server.get("/artifacts?type=tool").await;
    unknown.problem(422, "malformed");
}

#[tokio::test]
async fn without_workflows_only_the_flags_answer() {
    let server = Server::start();
    let flags = server.get("/config/feature-flags").await.with(200);
    assert_eq!(flags["workflow_engine_enabled"], true);
    let off = Features {
        workflow_engine: false,
    };
    let server = Server::with(off, Roots::default());
    let flags = server.get("/config/feature-flags").await.with(200);
    assert_eq!(flags["workflow_engine_enabled"], false);
    for path in [
        "/workflows",
        "/workflows/x",
        "/workflow-executions",
        "/workflow-executions/x/stream",
        "/workflow-executions/by-workflow/x",
    ] {
        let problem = server.get(path).await.problem(404, "not_found");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains("not enabled"), "{path}: {detail}");
    }
    let created = server
        .post("/workflows", &super::server::workflow("A"))
        .await;
    created.problem(404, "not_found");
    let listed = baton_store::WorkflowStore::workflows(
        &*server.store,
        baton_store::WorkflowFilter::default(),
    );
    assert_eq!(listed.await.unwrap().total_count, 0);
}

#[tokio::test]
async fn what_is_closing_says_so() {
    let server = Server::start();
    server.store.close().await.unwrap();
    for path in ["/workflows", "/workflow-executions"] {
        let problem = server.get(path).await.problem(503, "unavailable");
        assert_eq!(problem["details"]["retryable"], true);
    }
}

#[tokio::test]
async fn agents_of_a_file_that_cannot_be_read_are_not_listed() {
    let server = Server::start();
    server.get("/agents").await.with(200);
    let unread = server.get("/agents?config=/srv/none.toml").await;
    let problem = unread.problem(400, "unresolved_agent");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("cannot read"), "{detail}");
}
