//! Starts that come twice, as they do from clients that lost an answer.

use std::collections::BTreeSet;
use std::io::{BufReader, Write};
use std::net::TcpStream;

use serde_json::json;

use super::door::Door;
use crate::api::client::{Answer, read_answer};

/// Sends a start, whose answer is read later.
fn sent(door: &Door, key: &str) -> TcpStream {
    sent_to(door, key, "claude")
}

fn sent_to(door: &Door, key: &str, provider: &str) -> TcpStream {
    let body = json!({ "projectId": "shop", "skill": "flow.ok", "provider": provider });
    let body = body.to_string();
    let (host, length) = (door.server.address, body.len());
    let request = format!(
        "POST /api/workflow/start HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\
         idempotency-key: {key}\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    let mut stream = door.server.connect();
    stream.write_all(request.as_bytes()).unwrap();
    stream
}

fn start(door: &Door, key: &str) -> Answer {
    read_answer(&mut BufReader::new(sent(door, key)))
}

#[test]
fn a_start_that_comes_again_is_the_first_one() {
    let door = Door::open();
    door.skill("flow.ok", "");
    let at_once: Vec<TcpStream> = (0..8).map(|_| sent(&door, "monday")).collect();
    let answers = at_once.into_iter();
    let answers = answers.map(|stream| read_answer(&mut BufReader::new(stream)));
    let ids: BTreeSet<String> = answers
        .map(|answer| {
            assert_eq!(answer.status, 201, "{answer:?}");
            answer.json()["id"].as_str().unwrap().to_owned()
        })
        .collect();
    let [id] = Vec::from_iter(&ids)[..] else {
        panic!("{ids:?}");
    };
    assert_eq!(door.until_ended(id)["status"], "completed");
    let late = start(&door, "monday").json();
    assert_eq!(late["id"], json!(id));
    assert_eq!(late["execution"]["provider"], "claude");
    let other = start(&door, "tuesday").json();
    assert_ne!(other["id"], json!(id));
    door.until_ended(other["id"].as_str().unwrap());
    assert_eq!(door.stand_ins.starts().len(), 2);
    // Whatever the later one says, and whatever has gone away.
    let to_codex = sent_to(&door, "monday", "codex");
    let to_codex = read_answer(&mut BufReader::new(to_codex)).json();
    assert_eq!(
        (&to_codex["id"], &to_codex["provider"]),
        (&late["id"], &late["provider"])
    );
    door.register(&json!({}));
    let late = start(&door, "monday");
    assert_eq!(late.status, 201, "{late:?}");
    assert_eq!(late.json()["id"], json!(id));
    assert_eq!(start(&door, "wednesday").status, 404);
}

#[test]
fn a_key_that_is_none_starts_nothing() {
    let door = Door::open();
    door.skill("flow.ok", "");
    let answer = start(&door, &"k".repeat(256));
    assert_eq!(answer.status, 422, "{answer:?}");
    let error = answer.json()["error"].as_str().unwrap().to_owned();
    assert!(error.contains("Idempotency-Key"), "{error}");
    assert_eq!(door.world().n_runs(), 0);
}
