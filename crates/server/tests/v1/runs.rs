//! Stored workflows run, and their runs are listed.

use baton_store::RunStore;
use baton_store::conformance::sample;
use serde_json::{Value, json};

use super::server::{Server, definition};

fn run() -> Value {
    json!({ "parameters": { "topic": "t" } })
}

#[tokio::test]
async fn a_stored_workflow_runs_under_its_own_name() {
    let server = Server::start();
    let id = server.stored("Release").await;
    let copied = server
        .post(
            &format!("/workflows/{id}/duplicate"),
            &json!({ "new_name": "Mine" }),
        )
        .await;
    let copy = copied.with(201)["id"].as_str().unwrap().to_owned();
    let started = server.post(&format!("/workflows/{copy}/run"), &run()).await;
    let started = started.with(201);
    assert_eq!(started["workflow_id"], copy);
    assert_eq!(started["workflow_name"], "Mine");
    assert_eq!(started["workflow_key"], "release");
    assert_eq!(started["trigger"], "api");
    assert_eq!(started["workflow_snapshot"], definition("Release"));
    let shown = server.get(&format!("/workflows/{copy}")).await.with(200);
    assert_eq!(shown["last_execution"]["id"], started["id"]);
    let list = server.get("/workflows?search=mine").await.with(200);
    let last = &list["items"][0]["last_execution"];
    assert_eq!(last["run_id"], started["id"]);
    assert!(["pending", "running"].contains(&last["status"].as_str().unwrap()));
}

#[tokio::test]
async fn a_run_may_name_its_workflow_in_each_way() {
    let server = Server::start();
    let id = server.stored("Release").await;
    for workflow in [&*id, "Release", "release", &id[24..]] {
        let mut body = run();
        body["workflow_id"] = json!(workflow);
        let started = server.post("/workflow-executions", &body).await.with(201);
        assert_eq!(started["workflow_id"], id);
    }
    let path = format!("/workflow-executions/by-workflow/{id}");
    let list = server.get(&format!("{path}?limit=3")).await.with(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 3);
    assert_eq!(list["total_count"], 4);
    let next = list["next_cursor"].as_str().unwrap();
    let second = server.get(&format!("{path}?limit=3&cursor={next}")).await;
    let second = second.with(200);
    assert_eq!(second["items"].as_array().unwrap().len(), 1);
    let back = second["prev_cursor"].as_str().unwrap();
    let again = server.get(&format!("{path}?limit=3&cursor={back}")).await;
    assert_eq!(again.with(200), list);
    for path in [
        format!("/workflows/{id}/executions"),
        "/workflow-executions?workflow_id=Release".to_owned(),
    ] {
        assert_eq!(server.get(&path).await.with(200)["total_count"], 4);
    }
    let nobody = "/workflow-executions/by-workflow/0190a000-0000-7000-8000-000000000000";
    assert_eq!(server.get(nobody).await.with(200)["items"], json!([]));
}

#[tokio::test]
async fn a_repeated_start_answers_with_the_first() {
    let server = Server::start();
    let id = server.stored("Release").await;
    let path = format!("/workflows/{id}/run");
    let first = server.post_once(&path, &run(), "key").await.with(201);
    let again = server.post_once(&path, &run(), "key").await.with(200);
    assert_eq!(again["id"], first["id"]);
}

#[tokio::test]
async fn a_repeated_start_is_led_to_its_run_whatever_has_gone_away() {
    let server = Server::start();
    let id = server.stored("Release").await;
    let directory = tempfile::tempdir().unwrap();
    let new = json!({ "path": directory.path() });
    let project = server.post("/projects", &new).await.with(201);
    let body = |more: Value| {
        let mut body = json!({ "parameters": { "topic": "t" }, "project_id": project["id"] });
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        body
    };
    let executions = "/workflow-executions".to_owned();
    let starts = [
        (
            executions.clone(),
            body(json!({ "definition": definition("Text") })),
        ),
        (executions, body(json!({ "workflow_id": "Release" }))),
        (format!("/workflows/{}/run", &id[24..]), body(json!({}))),
    ];
    let mut runs = Vec::new();
    for (number, (path, body)) in starts.iter().enumerate() {
        let first = server.post_once(path, body, &number.to_string()).await;
        runs.push(first.with(201)["id"].clone());
    }
    // What each start is refused for when it comes under a new key.
    let all_come_again = async |problem: [(u16, &str); 3]| {
        for (number, (path, body)) in starts.iter().enumerate() {
            let again = server.post_once(path, body, &number.to_string()).await;
            assert_eq!(again.with(200)["id"], runs[number], "{path}");
            let (status, code) = problem[number];
            let new = server.post_once(path, body, "new").await;
            new.problem(status, code);
        }
    };
    let overrides = directory.path().join(".baton-workflow-overrides.yaml");
    std::fs::write(&overrides, "nothing: {}").unwrap();
    all_come_again([(400, "invalid_definition"); 3]).await;
    std::fs::remove_file(&overrides).unwrap();
    let deleted = server.delete(&format!("/workflows/{id}")).await;
    deleted.with(204);
    let path = format!("/projects/{}", project["id"].as_str().unwrap());
    server.delete(&path).await.with(204);
    all_come_again([(404, "not_found"); 3]).await;
}

/// A run that is over as soon as somebody decides.
const GATE: &str = "
workflow: { id: gate, name: Gate }
stages:
  - { id: one, name: One, type: gate, gate: { message: One? } }
";

#[tokio::test]
async fn a_repeated_rerun_is_led_to_its_run_whatever_has_come_since() {
    let server = Server::start();
    let body = json!({ "definition": GATE });
    let first = server.post("/workflow-executions", &body).await.with(201);
    let first = first["id"].as_str().unwrap();
    let approve = format!("/workflow-executions/{first}/gates/one/approve");
    server.post(&approve, &json!({})).await.with(200);
    server.app.ended(first.parse().unwrap()).await.unwrap();
    let end = &first[24..];
    let rerun = format!("/workflow-executions/{end}/rerun");
    let made = server.post_once(&rerun, &json!({}), "key").await.with(201);
    // Until now, only one run had that end of its id.
    let mut other = sample::new_run(1);
    other.execution.id = format!("0190a000-0000-7000-8000-{end}").parse().unwrap();
    server.store.create_run(other.into()).await.unwrap();
    let again = server.post_once(&rerun, &json!({}), "key").await;
    assert_eq!(again.with(200)["id"], made["id"]);
    let refused = server.post_once(&rerun, &json!({}), "new").await;
    refused.problem(409, "illegal_state");
}

#[tokio::test]
async fn bad_starts_are_refused() {
    let server = Server::start();
    let id = server.stored("Release").await;
    let path = format!("/workflows/{id}/run");
    for body in [
        json!({}),
        json!({ "parameters": { "topic": 7 } }),
        json!({ "parameters": { "topic": "t", "other": 1 } }),
    ] {
        let answer = server.post(&path, &body).await;
        answer.problem(400, "invalid_parameters");
    }
    for body in [
        json!({ "parameters": 7 }),
        json!({ "trigger": "nobody" }),
        json!({ "more": 1 }),
        json!("text"),
    ] {
        server.post(&path, &body).await.problem(422, "malformed");
    }
    for body in [
        json!({}),
        json!({ "definition": definition("A"), "workflow_id": id }),
    ] {
        let answer = server.post("/workflow-executions", &body).await;
        answer.problem(422, "malformed");
    }
    let unknown = json!({ "workflow_id": "nothing" });
    let answer = server.post("/workflow-executions", &unknown).await;
    answer.problem(404, "not_found");
    let text = definition("Odd").replace("agent:writer", "agent:nobody");
    let created = server
        .post("/workflows", &json!({ "yaml_content": text }))
        .await;
    let odd = created.with(201)["id"].as_str().unwrap().to_owned();
    let answer = server.post(&format!("/workflows/{odd}/run"), &run()).await;
    answer.problem(400, "unresolved_agent");
}

#[tokio::test]
async fn a_stored_workflow_is_validated_and_planned() {
    let server = Server::start();
    let id = server.stored("Release").await;
    let validated = server
        .post_nothing(&format!("/workflows/{id}/validate"))
        .await;
    let validated = validated.with(200);
    assert_eq!(validated["is_valid"], true, "{validated}");
    assert_eq!(validated["errors"], json!([]));
    let without = server
        .post(
            &format!("/workflows/{id}/validate"),
            &json!({ "parameters": {} }),
        )
        .await;
    let without = without.with(200);
    assert_eq!(without["is_valid"], false);
    let planned = server.post(&format!("/workflows/{id}/plan"), &run()).await;
    let planned = planned.with(200);
    assert_eq!(planned["workflow_id"], "release");
    assert_eq!(planned["parameters"], json!({ "topic": "t" }));
    assert_eq!(planned["total_batches"], 2);
    assert_eq!(planned["batches"][0]["stages"][0]["stage_id"], "write");
    let answer = server.post_nothing(&format!("/workflows/{id}/plan")).await;
    answer.problem(400, "invalid_parameters");
}

#[tokio::test]
async fn a_run_is_followed_below_its_own_workflow_only() {
    let server = Server::start();
    let id = server.stored("Release").await;
    let other = server.stored("Other").await;
    let started = server.post(&format!("/workflows/{id}/run"), &run()).await;
    let run = started.with(201)["id"].as_str().unwrap().to_owned();
    let cancel = format!("/workflow-executions/{run}/cancel");
    server.post_nothing(&cancel).await.with(200);
    let start = json!({ "definition": definition("Release"), "parameters": { "topic": "t" } });
    let loose = server.post("/workflow-executions", &start).await.with(201);
    let loose = loose["id"].as_str().unwrap();
    for workflow in [&*id, "release", &id[24..]] {
        let path = format!("/workflows/{workflow}/executions/{run}/stream");
        assert_eq!(server.get(&path).await.status, 200);
    }
    let nobody = "0190a000-0000-7000-8000-000000000000";
    for (workflow, run) in [
        (&*other, &*run),
        (nobody, &run),
        ("nothing", &run),
        (&id, loose),
        (&id, nobody),
    ] {
        let path = format!("/workflows/{workflow}/executions/{run}/stream");
        server.get(&path).await.problem(404, "not_found");
    }
}

#[tokio::test]
async fn lists_of_runs_are_narrowed_and_sorted() {
    let server = Server::start();
    for name in ["Ant", "Bee", "Cow"] {
        let id = server.stored(name).await;
        let started = server.post(&format!("/workflows/{id}/run"), &run()).await;
        let id = started.with(201)["id"].as_str().unwrap().to_owned();
        let run = format!("/workflow-executions/{id}");
        server
            .post(&format!("{run}/cancel"), &json!({}))
            .await
            .with(200);
        server.get(&format!("{run}/stream")).await;
    }
    let cases: [(&str, &[&str]); 9] = [
        ("sort_by=started_at", &["Cow", "Bee", "Ant"]),
        (
            "sort_by=completed_at&sort_order=asc",
            &["Ant", "Bee", "Cow"],
        ),
        ("search=BE", &["Bee"]),
        ("search=nothing", &[]),
        ("search=", &["Cow", "Bee", "Ant"]),
        ("status=cancelled,failed&search=o", &["Cow"]),
        ("started_before=2999-01-01T00:00:00Z&search=a", &["Ant"]),
        (
            "started_after=2001-01-01T00:00:00Z&sort_order=asc",
            &["Ant", "Bee", "Cow"],
        ),
        ("started_after=2999-01-01T00:00:00Z", &[]),
    ];
    for (query, expected) in cases {
        let list = server.get(&format!("/workflow-executions?{query}")).await;
        let list = list.with(200);
        let items = list["items"].as_array().unwrap().iter();
        let names: Vec<_> = items
            .map(|item| item["workflow_name"].as_str().unwrap())
            .collect();
        assert_eq!(names, expected, "{query}");
        assert_eq!(list["total_count"], expected.len(), "{query}");
    }
    let first = "/workflow-executions?sort_by=completed_at&limit=2";
    let page = server.get(first).await.with(200);
    let next = page["next_cursor"].as_str().unwrap();
    let last = server
        .get(&format!("{first}&cursor={next}"))
        .await
        .with(200);
    assert_eq!(last["items"][0]["workflow_name"], "Ant");
    for query in ["sort_by=size", "sort_order=up", "started_after=soon"] {
        let answer = server.get(&format!("/workflow-executions?{query}")).await;
        answer.problem(422, "malformed");
    }
}

/// A gate, and then what cannot end by itself.
const GATED: &str = "
workflow: { id: gated, name: Gated }
stages:
  - { id: check, name: Check, type: gate, gate: { message: Good? } }
  - id: work
    name: Work
    depends_on: [check]
    roles: { primary: { artifact: agent:writer } }
  - { id: more, name: More, roles: { primary: { artifact: agent:writer } } }
";

/// The answer is made of what was stored, and not read back: it must be no other.
#[tokio::test]
async fn a_start_answers_what_is_read_of_its_run() {
    let server = Server::start();
    let start = json!({
        "definition": GATED,
        "parameter_texts": {},
        "overrides": { "stages": { "work": { "roles": { "primary": { "model": "haiku" } } } } },
    });
    let started = server.post("/workflow-executions", &start).await.with(201);
    let run = started["id"].as_str().unwrap();
    let path = format!("/workflow-executions/{run}");
    assert_eq!(server.get(&path).await.with(200), started);
    assert_eq!(started["steps"][0]["status"], "waiting_for_approval");
    assert_eq!(started["steps"][2]["status"], "running");
    assert_eq!(started["overridden"].as_array().unwrap().len(), 1);

    for step in ["gates/check/approve", "cancel"] {
        server
            .post_nothing(&format!("{path}/{step}"))
            .await
            .with(200);
    }
    let again = json!({ "from": "work" });
    let again = server
        .post(&format!("{path}/rerun"), &again)
        .await
        .with(201);
    let path = format!("/workflow-executions/{}", again["id"].as_str().unwrap());
    assert_eq!(server.get(&path).await.with(200), again);
    assert_eq!(again["rerun_of"], run);
    assert_eq!(again["steps"][0]["reused"], true);
    assert_eq!(again["overridden"], started["overridden"]);
}
