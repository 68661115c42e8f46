//! Fifty clients that ask without a pause, among many workflows and executions.

use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

use reqwest::Method;
use serde_json::json;
use tokio::task::JoinSet;

use crate::server::{Outcome, Server, text};
use crate::{milliseconds, percentile, say, workflows};

const WORKFLOWS: usize = 10_000;
const EXECUTIONS: usize = 100_000;
const CLIENTS: usize = 50;
/// Of each client, for each operation.
const REQUESTS: usize = 60;
/// What is planned.
const PLANNED_STAGES: u32 = 20;

pub(crate) async fn measure(disk: &str) -> Outcome<()> {
    let server = Arc::new(Server::start(disk).await?);
    let workflows = Arc::new(stored_workflows(&server).await?);
    let runs = Arc::new(ended_runs(&server, &workflows).await?);
    let planned = stored(
        &server,
        "planned",
        &workflows::chain("none", PLANNED_STAGES),
    )
    .await?;

    let list = |_| "/api/v1/workflow-executions?limit=50".to_owned();
    load(&server, "http_list", Method::GET, None, list).await?;
    let list = |_| "/api/v1/workflows?limit=50".to_owned();
    load(&server, "http_list_workflows", Method::GET, None, list).await?;
    let get = |n: usize| {
        let run = runs.get(n.wrapping_mul(7_919) % runs.len().max(1));
        format!(
            "/api/v1/workflow-executions/{}",
            run.map_or("", String::as_str)
        )
    };
    load(&server, "http_get", Method::GET, None, get).await?;
    let start = |n: usize| {
        let workflow = workflows.get(n.wrapping_mul(7_919) % workflows.len().max(1));
        format!(
            "/api/v1/workflows/{}/run",
            workflow.map_or("", String::as_str)
        )
    };
    let body = start_body(&server);
    load(
        &server,
        "http_start",
        Method::POST,
        Some(body.clone()),
        start,
    )
    .await?;
    let plan = |_| format!("/api/v1/workflows/{planned}/plan");
    load(&server, "http_plan", Method::POST, Some(body), plan).await
}

/// The 95th percentile of an operation, in milliseconds.
async fn load(
    server: &Arc<Server>,
    name: &str,
    method: Method,
    body: Option<String>,
    path: impl Fn(usize) -> String,
) -> Outcome<()> {
    let begin = Instant::now();
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let paths: Vec<String> = (0..REQUESTS).map(|n| path(client * REQUESTS + n)).collect();
        let (server, method, body) = (Arc::clone(server), method.clone(), body.clone());
        clients.spawn(async move {
            let mut times_ms = Vec::with_capacity(paths.len());
            for path in &paths {
                let begin = Instant::now();
                server.fetch(method.clone(), path, body.clone()).await?;
                times_ms.push(milliseconds(begin.elapsed()));
            }
            Outcome::Ok(times_ms)
        });
    }
    let mut times_ms = Vec::new();
    while let Some(client) = clients.join_next().await {
        times_ms.extend(client??);
    }
    let n = f64::from(u32::try_from(times_ms.len())?);
    println!(
        "{name}: {:.0} requests/s",
        n / begin.elapsed().as_secs_f64()
    );
    say(name, percentile(times_ms, 95.0), "ms");
    Ok(())
}

/// Workflows of one stage, by their ids.
async fn stored_workflows(server: &Arc<Server>) -> Outcome<Vec<String>> {
    let text = workflows::chain("none", 1);
    at_once(WORKFLOWS, |n| {
        let (server, text) = (Arc::clone(server), text.clone());
        async move { stored(&server, &format!("works-{n}"), &text).await }
    })
    .await
}

/// Runs of them that have been started; they end meanwhile.
async fn ended_runs(server: &Arc<Server>, workflows: &Arc<Vec<String>>) -> Outcome<Vec<String>> {
    let body = start_body(server);
    at_once(EXECUTIONS, |n| {
        let (server, body) = (Arc::clone(server), body.clone());
        let workflow = workflows.get(n % WORKFLOWS).cloned().unwrap_or_default();
        async move {
            let path = format!("/api/v1/workflows/{workflow}/run");
            let run = server.ask(Method::POST, &path, Some(body)).await?;
            text(&run, "id")
        }
    })
    .await
}

/// What a run of a stored workflow is started with.
fn start_body(server: &Server) -> String {
    json!({ "config": server.config }).to_string()
}

/// Stores a text under a name of its own.
async fn stored(server: &Server, name: &str, definition: &str) -> Outcome<String> {
    let definition = definition.replace(
        "id: bench, name: Bench",
        &format!("id: {name}, name: {name}"),
    );
    let body = json!({ "yaml_content": definition }).to_string();
    let workflow = server
        .ask(Method::POST, "/api/v1/workflows", Some(body))
        .await?;
    text(&workflow, "id")
}

/// Does something so many times, a few at once.
async fn at_once<F>(n_times: usize, work: impl Fn(usize) -> F) -> Outcome<Vec<String>>
where
    F: Future<Output = Outcome<String>> + Send + 'static,
{
    let (mut done, mut working) = (Vec::with_capacity(n_times), JoinSet::new());
    for n in 0..n_times {
        if working.len() == CLIENTS
            && let Some(one) = working.join_next().await
        {
            done.push(one??);
        }
        working.spawn(work(n));
    }
    while let Some(one) = working.join_next().await {
        done.push(one??);
    }
    Ok(done)
}
