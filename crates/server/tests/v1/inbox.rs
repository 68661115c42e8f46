//! What waits for people: its pages, and that a look is as new as what it
//! shows. Runs are found by their ids, too.

use baton_model::ExecutionStatus;
use baton_store::RunStore;
use baton_store::conformance::sample;
use serde_json::{Value, json};

use super::server::Server;

/// Two gates that wait side by side.
const GATES: &str = "
workflow: { id: gates, name: Gates }
config:
  parameters:
    topic: { type: string, required: true }
stages:
  - { id: one, name: One, type: gate, gate: { message: One? } }
  - { id: two, name: Two, type: gate, gate: { message: Two? } }
";

/// Starts a run and waits until both of its gates are open.
async fn start(server: &Server, topic: &str) -> String {
    let body = json!({ "definition": GATES, "parameters": { "topic": topic } });
    let started = server.post("/workflow-executions", &body).await.with(201);
    let id = started["id"].as_str().unwrap().to_owned();
    let mut progress = server.app.progress_of(id.parse().unwrap());
    while inbox(server, "").await["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["execution_id"] == id.as_str())
        .count()
        < 2
    {
        progress.changed().await.unwrap();
    }
    id
}

async fn inbox(server: &Server, query: &str) -> Value {
    server.get(&format!("/inbox{query}")).await.with(200)
}

/// The run and the stage of each item.
fn places(page: &Value) -> Vec<(String, String)> {
    let items = page["items"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    items
        .map(|item| (text(&item["execution_id"]), text(&item["stage_id"])))
        .collect()
}

#[tokio::test]
async fn the_inbox_has_pages_and_each_item_its_parameters() {
    let server = Server::start();
    for topic in ["a", "b", "c"] {
        start(&server, topic).await;
    }
    let all = inbox(&server, "").await;
    assert_eq!(
        (&all["total_count"], &all["has_more"]),
        (&json!(6), &json!(false))
    );
    let topics = all["items"].as_array().unwrap().iter();
    let topics: Vec<_> = topics.map(|item| &item["parameters"]["topic"]).collect();
    assert_eq!(topics, ["a", "a", "b", "b", "c", "c"]);
    let (mut seen, mut pages, mut query) = (Vec::new(), Vec::new(), "?limit=4".to_owned());
    loop {
        let page = inbox(&server, &query).await;
        assert_eq!(page["total_count"], 6);
        seen.extend(places(&page));
        let next = page["next_cursor"].as_str().map(str::to_owned);
        assert_eq!(page["has_more"], next.is_some());
        pages.push(page);
        match next {
            Some(cursor) => query = format!("?limit=4&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen, places(&all));
    let back = pages[1]["prev_cursor"].as_str().unwrap();
    let again = inbox(&server, &format!("?limit=4&cursor={back}")).await;
    assert_eq!(again, pages[0]);
    for query in ["?limit=0", "?limit=201"] {
        let refused = server.get(&format!("/inbox{query}")).await;
        refused.problem(422, "malformed");
    }
    let refused = server.get("/inbox?cursor=AAAA").await;
    refused.problem(400, "invalid_cursor");
}

#[tokio::test]
async fn what_was_decided_does_not_wait_any_more() {
    let server = Server::start();
    let [first, second] = [start(&server, "a").await, start(&server, "b").await];
    let path = format!("/workflow-executions/{first}/gates/one/approve");
    server.post(&path, &json!({})).await.with(200);
    let expected = [(&first, "two"), (&second, "one"), (&second, "two")];
    let expected = expected.map(|(run, stage)| (run.clone(), stage.to_owned()));
    assert_eq!(places(&inbox(&server, "").await), expected);
    let path = format!("/workflow-executions/{second}/cancel");
    server.post(&path, &json!({})).await.with(200);
    assert_eq!(places(&inbox(&server, "").await), expected[..1]);
}

#[tokio::test]
async fn runs_are_found_by_a_part_of_their_id() {
    let server = Server::start();
    let [first, second] = [start(&server, "a").await, start(&server, "b").await];
    let found = async |query: &str| {
        let page = server.get(&format!("/workflow-executions?{query}")).await;
        let page = page.with(200);
        let items = page["items"].as_array().unwrap().clone();
        assert_eq!(page["total_count"], items.len());
        assert_eq!(page["next_cursor"], Value::Null);
        let ids = items.iter().map(|item| item["id"].as_str().unwrap());
        ids.map(str::to_owned).collect::<Vec<_>>()
    };
    let end = &first[24..];
    for query in [
        format!("search={first}"),
        format!("search={end}"),
        format!("search={}", end.to_uppercase()),
        format!("search={end}&status=waiting_for_approval&workflow=Gates"),
    ] {
        let by_id = found(&query).await;
        assert_eq!(by_id, std::slice::from_ref(&first), "{query}");
    }
    for query in [
        format!("search={end}&status=completed"),
        format!("search={end}&workflow=other"),
        format!("search={}", &first[33..]),
        format!("search=x{end}"),
    ] {
        assert_eq!(found(&query).await, [""; 0], "{query}");
    }
    assert_eq!(found("search=gates").await, [second, first]);
}

/// Runs whose ids begin and end with `aaaa`, and two others.
async fn of_one_time(server: &Server) -> Vec<String> {
    let mut ids = Vec::new();
    for number in 1..=7 {
        let is_of_them = number <= 5;
        let mut new = sample::new_run(if is_of_them { 0xaaaa_0000 } else { 0xbbbb_0000 } + number);
        // Made one after the other.
        new.execution.created_at = sample::time(number);
        if number == 1 {
            new.execution.status = ExecutionStatus::Failed;
        }
        if is_of_them {
            ids.insert(0, new.execution.id.to_string());
        }
        server.store.create_run(new.into()).await.unwrap();
    }
    ids
}

#[tokio::test]
async fn all_runs_with_a_part_of_an_id_are_listed_and_counted() {
    let server = Server::start();
    let newest_first = of_one_time(&server).await;
    let oldest_first: Vec<String> = newest_first.iter().rev().cloned().collect();
    let [.., failed] = &newest_first[..] else {
        panic!("no runs");
    };
    for (query, expected) in [
        ("", &newest_first[..]),
        ("&sort_order=asc", &oldest_first),
        ("&status=failed", std::slice::from_ref(failed)),
        ("&status=pending", &newest_first[..4]),
        ("&status=cancelled", &[]),
    ] {
        for limit in [1, 2, 5, 50] {
            let (mut seen, mut pages) = (Vec::new(), Vec::<Value>::new());
            let path = format!("/workflow-executions?search=aaaa&limit={limit}{query}");
            let mut cursor = String::new();
            loop {
                let page = server.get(&format!("{path}{cursor}")).await.with(200);
                assert_eq!(page["total_count"], expected.len(), "{path}");
                let items = page["items"].as_array().unwrap().iter();
                seen.extend(items.map(|item| item["id"].as_str().unwrap().to_owned()));
                let next = page["next_cursor"].as_str();
                assert_eq!(page["has_more"], next.is_some(), "{path}");
                cursor = next.map_or(String::new(), |next| format!("&cursor={next}"));
                if let Some(back) = page["prev_cursor"].as_str() {
                    let before = server.get(&format!("{path}&cursor={back}")).await;
                    assert_eq!(Some(&before.with(200)), pages.last(), "{path}");
                }
                pages.push(page);
                if cursor.is_empty() {
                    break;
                }
            }
            assert_eq!(seen, expected, "{path}");
        }
    }
}
