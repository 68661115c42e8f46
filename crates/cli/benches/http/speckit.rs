//! The door of the `SpecKit` orchestrator: what a workflow costs to create among
//! a hundred thousand, and what is added to the time of a hub that answers at
//! once.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::server::{Outcome, Server, text};
use crate::{milliseconds, percentile, say};

const STORED: usize = 100_000;
/// Clients that store them, side by side.
const CLIENTS: usize = 50;
/// Requests that are measured, one after the other.
const MEASURED: usize = 2_000;
/// Workflows whose first phase is timed.
const TIMED: usize = 500;

/// What a hub answers.
const ANSWER: &str = r#"{"success":true,"result":{"output":"done","files_created":[]},"confidence":85,"metadata":{"duration_ms":1,"model_used":"none"}}"#;

pub(crate) async fn measure(disk: &str) -> Outcome<()> {
    let hub = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", hub.local_addr()?);
    tokio::spawn(serve(hub));
    let server = Arc::new(Server::start_with(disk, &[("AGENT_HUB_URL", &url)]).await?);
    added_to_a_hub(&server).await?;
    store(&server).await?;
    let mut times_ms = Vec::with_capacity(MEASURED);
    for _ in 0..MEASURED {
        let begin = Instant::now();
        create(&server).await?;
        times_ms.push(milliseconds(begin.elapsed()));
    }
    say("speckit_create", percentile(times_ms, 95.0), "ms");
    Ok(())
}

/// From the request that creates a workflow to the first look that finds it
/// waiting, with a hub that takes no time.
async fn added_to_a_hub(server: &Arc<Server>) -> Outcome<()> {
    let mut times_ms = Vec::with_capacity(TIMED);
    for _ in 0..TIMED {
        let begin = Instant::now();
        let path = format!("/workflows/{}", create(server).await?);
        loop {
            let workflow = server.ask(Method::GET, &path, None).await?;
            if text(&workflow, "status")? == "waiting_approval" {
                break;
            }
        }
        times_ms.push(milliseconds(begin.elapsed()));
    }
    say("speckit_phase", percentile(times_ms, 95.0), "ms");
    Ok(())
}

async fn create(server: &Server) -> Outcome<String> {
    let body = json!({
        "workflow_type": "specify",
        "feature_description": "Add user authentication with OAuth2 support",
    });
    let workflow = server
        .ask(Method::POST, "/workflows", Some(body.to_string()))
        .await?;
    text(&workflow, "id")
}

async fn store(server: &Arc<Server>) -> Outcome<()> {
    let begin = Instant::now();
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        let server = Arc::clone(server);
        clients.spawn(async move {
            for _ in 0..STORED / CLIENTS {
                create(&server).await?;
            }
            Outcome::Ok(())
        });
    }
    while let Some(client) = clients.join_next().await {
        client??;
    }
    let seconds = begin.elapsed().as_secs_f64();
    println!("speckit: {STORED} workflows stored in {seconds:.0} s");
    Ok(())
}

/// Answers whatever is asked, at once.
async fn serve(hub: TcpListener) -> io::Result<()> {
    loop {
        let (connection, _) = hub.accept().await?;
        tokio::spawn(answer_all(connection));
    }
}

async fn answer_all(connection: TcpStream) -> io::Result<()> {
    let mut connection = BufReader::new(connection);
    loop {
        let (mut length, mut line) = (0, String::new());
        loop {
            line.clear();
            if connection.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
            if line.trim().is_empty() {
                break;
            }
        }
        connection.read_exact(&mut vec![0; length]).await?;
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            ANSWER.len()
        );
        connection
            .write_all(format!("{head}{ANSWER}").as_bytes())
            .await?;
        connection.flush().await?;
    }
}
