//! Streams of what happens, from places that are good and bad, and past damage.

use axum::body::Body;
use axum::http::Request;
use baton_app::watch::{News, Place};
use baton_model::{Event, ExecutionStatus, RunId};
use baton_store::conformance::sample::{commit, event, line, new_run, run_id, standing};
use baton_store::{Commit, RunStore, StoredEvent};
use futures_util::FutureExt;
use http_body_util::BodyExt;

use crate::server::{Server, open};

fn stored(seq: u64, what: &Event) -> StoredEvent {
    StoredEvent {
        kind: what.name().into(),
        body: serde_json::to_string(what).unwrap().into(),
        ..event(seq)
    }
}

/// A run that was paused, with a line in its log; nobody works on it.
async fn paused(server: &Server) -> RunId {
    let mut new = new_run(1);
    let by = "ada".to_owned();
    new.events = vec![stored(1, &Event::RunPaused { by, reason: None })];
    server.store.create_run(new.into()).await.unwrap();
    let lines = vec![line(1, "build", 1)];
    let run = run_id(1);
    server.store.append_logs(run, None, lines).await.unwrap();
    run
}

/// Its end, of which no follower is told.
fn end(run: RunId) -> Commit {
    let status = ExecutionStatus::Completed;
    let ended = Event::RunEnded {
        status,
        error: None,
    };
    Commit {
        events: vec![stored(2, &ended)],
        execution: Some(standing(status)),
        ..commit(run, 1)
    }
}

#[tokio::test]
async fn a_place_that_a_run_has_not_come_to_is_refused() {
    let server = Server::start();
    let run = paused(&server).await;
    for ended in [false, true] {
        if ended {
            server.store.commit(end(run)).await.unwrap();
        }
        for place in [
            "stream?after=99.0",
            "stream?after=3.1",
            "stream?after=1.2",
            "events/stream?after=3",
        ] {
            let path = format!("/workflow-executions/{run}/{place}");
            let answer = server.get(&path);
            answer.await.problem(400, "invalid_cursor");
        }
    }
    for place in ["stream?after=2.1", "events/stream?after=2"] {
        let path = format!("/workflow-executions/{run}/{place}");
        let answer = server.get(&path);
        assert_eq!(answer.await.status, 200, "{place}");
    }
}

/// Another follower has read before the end, and waits.
#[tokio::test]
async fn a_follower_of_a_run_that_is_over_is_told_of_its_end() {
    let server = Server::start();
    let run = paused(&server).await;
    let mut earlier = server.app.watch(run, Place::default()).await.unwrap();
    while earlier.next().now_or_never().is_some() {}
    let place = earlier.place();
    assert_eq!((place.event_seq, place.log_seq), (1, 1));
    server.store.commit(end(run)).await.unwrap();
    let mut later = server.app.watch(run, place).await.unwrap();
    let Some(News::Event(last)) = later.next().await.unwrap() else {
        panic!("no event");
    };
    assert!(matches!(last.event, Event::RunEnded { .. }));
    assert!(later.next().await.unwrap().is_none());
}

#[tokio::test]
async fn a_damaged_event_is_told_and_passed_over() {
    let server = Server::start();
    // Its event is none that Baton knows.
    server.store.create_run(new_run(1).into()).await.unwrap();
    server.store.commit(end(run_id(1))).await.unwrap();
    let request = Request::get("/api/v1/events/stream?after=0");
    let request = request.body(Body::empty()).unwrap();
    let mut body = open(&server.router, request).await.into_body();
    let mut text = String::new();
    while !text.contains("id: 2\n") {
        let frame = body.frame().await.unwrap().unwrap();
        text.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
    }
    let run = run_id(1);
    for expected in [
        "event: event_damaged\nid: 1\n",
        "\"code\":\"storage_damaged\"",
        "event: execution_completed\nid: 2\n",
        &format!("\"execution_id\":\"{run}\""),
    ] {
        assert!(text.contains(expected), "{expected} in {text}");
    }
}
