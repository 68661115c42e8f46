//! Limits and ends of a connection, with virtual time.

use axum::body::Body;
use axum::http::header;
use axum::routing::{get, post};
use futures_util::{StreamExt, stream};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::*;

fn serving(router: Router, closing: &CancellationToken) -> (DuplexStream, JoinHandle<()>) {
    let (client, server) = tokio::io::duplex(1024);
    let connection = until_closing(server, router, None, closing.clone());
    (client, tokio::spawn(connection))
}

async fn answer(client: &mut DuplexStream) -> String {
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_asks_for_nothing_gives_its_place_back() {
    for said in ["", "GET / HTTP/1.1\r\nhost:", "GET / HTTP/1.1\r\n\r\n"] {
        let (mut client, server) = serving(Router::new(), &CancellationToken::new());
        let start = Instant::now();
        client.write_all(said.as_bytes()).await.unwrap();
        server.await.unwrap();
        assert_eq!(start.elapsed(), HEAD_SILENCE_MAX, "{said:?}");
        let answer = answer(&mut client).await;
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
            "{answer}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_head_that_comes_letter_by_letter_is_not_waited_for_for_ever() {
    let (mut client, server) = serving(Router::new(), &CancellationToken::new());
    let start = Instant::now();
    client
        .write_all(b"GET / HTTP/1.1\r\nx-slow: ")
        .await
        .unwrap();
    let writing = tokio::spawn(async move {
        // Until the other side hangs up.
        while client.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    });
    server.await.unwrap();
    assert_eq!(start.elapsed(), HEAD_SILENCE_MAX);
    writing.await.unwrap();
}

#[tokio::test]
async fn a_head_that_is_too_long_is_refused() {
    let long = "x".repeat(HEAD_BYTES_MAX);
    let many = "x: y\r\n".repeat(101);
    for head in [
        format!("GET / HTTP/1.1\r\nx-long: {long}\r\n\r\n"),
        format!("GET / HTTP/1.1\r\n{many}\r\n"),
    ] {
        let (mut client, server) = serving(Router::new(), &CancellationToken::new());
        // The answer may come before all of it was taken.
        let (Ok(()) | Err(_)) = client.write_all(head.as_bytes()).await;
        let answer = answer(&mut client).await;
        assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
        server.await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_under_way_may_end_when_the_server_stops() {
    let slowly = || async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        "done"
    };
    let closing = CancellationToken::new();
    let (mut client, server) = serving(Router::new().route("/", post(slowly)), &closing);
    client
        .write_all(b"POST / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(10)).await;
    closing.cancel();
    let answer = answer(&mut client).await;
    assert!(answer.ends_with("done"), "{answer}");
    server.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_request_that_never_ends_is_cut_off_when_the_server_stops() {
    let router = Router::new().route("/", get(std::future::pending::<()>));
    let closing = CancellationToken::new();
    let (mut client, server) = serving(router, &closing);
    client
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(10)).await;
    let start = Instant::now();
    closing.cancel();
    server.await.unwrap();
    assert_eq!(start.elapsed(), REQUESTS_GRACE);
    assert_eq!(answer(&mut client).await, "");
}

#[tokio::test(start_paused = true)]
async fn streams_are_cut_off_at_once_when_the_server_stops() {
    let events = || async {
        let first = stream::once(async { Ok::<_, axum::Error>("data: 1\n\n") });
        let kind = [(header::CONTENT_TYPE, "text/event-stream")];
        (kind, Body::from_stream(first.chain(stream::pending())))
    };
    let closing = CancellationToken::new();
    let (mut client, server) = serving(Router::new().route("/", get(events)), &closing);
    client
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(10)).await;
    let start = Instant::now();
    closing.cancel();
    server.await.unwrap();
    assert_eq!(start.elapsed(), Duration::ZERO);
    let answer = answer(&mut client).await;
    assert!(answer.contains("data: 1"), "{answer}");
    assert!(
        !answer.ends_with("0\r\n\r\n"),
        "it does not look whole: {answer}"
    );
}
