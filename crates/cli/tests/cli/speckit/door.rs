//! A client of the door, and the server behind it.

use std::fmt::Write as _;
use std::io::{BufReader, Write as _};
use std::net::SocketAddr;
use std::ops::Deref;

use nix::sys::signal::Signal;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::api::client::{Answer, connect, read_answer};
use crate::support::{Live, World, eventually};

/// A description that is long enough.
pub(super) const DESCRIPTION: &str = "Add user authentication with OAuth2 support";

/// What a workflow has, in this order.
const KEYS: [&str; 10] = [
    "id",
    "workflow_type",
    "status",
    "feature_id",
    "current_phase",
    "result",
    "error",
    "created_at",
    "updated_at",
    "completed_at",
];

/// A server, and a client of its door.
pub(super) struct Door {
    serve: Live,
    client: Client,
}

/// The way to a door.
#[derive(Clone, Copy)]
pub(super) struct Client {
    pub(super) address: SocketAddr,
}

impl Deref for Door {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Door {
    /// A server whose agents are behind this hub.
    pub(super) fn with_hub(world: &World, url: &str) -> Self {
        Self::start(world, Some(url), &[])
    }

    /// A server that has its agents itself, if it has any.
    pub(super) fn alone(world: &World) -> Self {
        Self::start(world, None, &[])
    }

    /// The same, which is given so many seconds for an answer.
    pub(super) fn with_hurried_hub(world: &World, url: &str, seconds: &str) -> Self {
        let mut command = world.command(&["serve", "--listen", "127.0.0.1:0"]);
        command.env("AGENT_HUB_URL", url);
        command.env("API_TIMEOUT", seconds);
        Self::of(Live::of(&mut command))
    }

    pub(super) fn start(world: &World, hub: Option<&str>, more: &[&str]) -> Self {
        let arguments: Vec<&str> = ["serve", "--listen", "127.0.0.1:0"]
            .into_iter()
            .chain(more.iter().copied())
            .collect();
        let mut command = world.command(&arguments);
        command.env_remove("AGENT_HUB_URL");
        if let Some(url) = hub {
            command.env("AGENT_HUB_URL", url);
        }
        Self::of(Live::of(&mut command))
    }

    /// The door of a server that begins.
    pub(super) fn of(mut serve: Live) -> Self {
        let line = serve.until("http://");
        let (_, address) = line.split_once("http://").unwrap();
        let address = address.trim().parse().unwrap();
        serve.until("took up");
        let client = Client { address };
        Self { serve, client }
    }

    pub(super) fn stop(self) {
        self.serve.signal(Signal::SIGTERM);
        self.serve.end().exits(0);
    }

    /// `kill -9`.
    pub(super) fn kill(self) {
        self.serve.kill();
    }

    /// For several threads at once.
    pub(super) fn client(&self) -> Client {
        self.client
    }
}

impl Client {
    /// Sends these bytes as the body, with these headers.
    pub(super) fn send(
        &self,
        (method, path): (&str, &str),
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Answer {
        send(self.address, (method, path), headers, body)
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let body = body.to_string();
        let answer = self.send(("POST", path), &[], Some(body.as_bytes()));
        (answer.status, answer.json())
    }

    pub(super) fn get(&self, path: &str) -> (u16, Value) {
        let answer = self.send(("GET", path), &[], None);
        (answer.status, answer.json())
    }

    /// Creates a workflow of this type.
    #[track_caller]
    pub(super) fn create(&self, workflow_type: &str) -> String {
        let body = json!({ "workflow_type": workflow_type, "feature_description": DESCRIPTION });
        let (status, workflow) = self.post("/workflows", &body);
        assert_eq!(status, 201, "{workflow}");
        assert_shape(&workflow);
        workflow["id"].as_str().unwrap().to_owned()
    }

    #[track_caller]
    pub(super) fn look(&self, id: &str) -> Value {
        let (status, workflow) = self.get(&format!("/workflows/{id}"));
        assert_eq!(status, 200, "{workflow}");
        assert_shape(&workflow);
        workflow
    }

    pub(super) fn advance(&self, id: &str, body: &Value) -> (u16, Value) {
        self.post(&format!("/workflows/{id}/advance"), body)
    }

    /// Applies a trigger that has to fit.
    #[track_caller]
    pub(super) fn apply(&self, id: &str, trigger: &str, phase_result: &Value) -> Value {
        let body = json!({ "trigger": trigger, "phase_result": phase_result });
        let (status, workflow) = self.advance(id, &body);
        assert_eq!(status, 200, "{trigger}: {workflow}");
        assert_shape(&workflow);
        workflow
    }

    /// Waits until a workflow stands there.
    #[track_caller]
    pub(super) fn until(&self, id: &str, status: &str) -> Value {
        let mut workflow = Value::Null;
        eventually(status, || {
            workflow = self.look(id);
            workflow["status"] == status
        });
        workflow
    }

    /// Every transition: from, to, trigger, metadata.
    #[track_caller]
    pub(super) fn history(&self, id: &str) -> Vec<[Value; 4]> {
        let (status, history) = self.get(&format!("/workflows/{id}/history"));
        assert_eq!(status, 200, "{history}");
        assert_eq!(history["workflow_id"], id);
        let rows = history["history"].as_array().unwrap();
        let times = rows.iter().map(|row| row["created_at"].as_str().unwrap());
        assert!(times.is_sorted(), "{history}");
        let numbers = rows.iter().map(|row| row["sequence"].as_u64().unwrap());
        assert!(numbers.is_sorted_by(|one, next| one < next), "{history}");
        let names = ["from_status", "to_status", "trigger", "metadata"];
        rows.iter()
            .map(|row| names.map(|name| row[name].clone()))
            .collect()
    }
}

/// The same for whoever has only an address.
pub(super) fn send(
    address: SocketAddr,
    (method, path): (&str, &str),
    headers: &[(&str, &str)],
    body: Option<&[u8]>,
) -> Answer {
    let mut stream = connect(address);
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n");
    for (name, value) in headers {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    if let Some(body) = body {
        write!(head, "content-length: {}\r\n", body.len()).unwrap();
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    // A body that is refused by its head is not read to its end.
    drop(stream.write_all(body.unwrap_or_default()));
    read_answer(&mut BufReader::new(stream))
}

/// Checks what holds for every workflow, wherever it stands.
#[track_caller]
pub(super) fn assert_shape(workflow: &Value) {
    let keys: Vec<_> = workflow.as_object().unwrap().keys().collect();
    assert_eq!(keys, KEYS);
    let text = |key: &str| workflow[key].as_str().unwrap();
    let id = Uuid::parse_str(text("id")).unwrap();
    assert_eq!(text("id"), id.hyphenated().to_string());
    let (digits, words) = text("feature_id").split_at(3);
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    assert!(digits.bytes().all(|it| it.is_ascii_digit()), "{workflow}");
    assert!(
        words.len() > 1 && words.starts_with('-') && words.bytes().all(is_word),
        "{workflow}"
    );
    for key in ["created_at", "updated_at", "completed_at"] {
        if let Some(time) = workflow[key].as_str() {
            assert_eq!((time.len(), &time[26..]), (27, "Z"), "{time}");
        }
    }
    assert!(text("updated_at") >= text("created_at"), "{workflow}");
    let is_completed = workflow["status"] == "completed";
    assert_eq!(workflow["completed_at"].is_string(), is_completed);
    let is_failed = workflow["status"] == "failed";
    assert_eq!(workflow["error"].is_string(), is_failed, "{workflow}");
}

/// Checks a refusal whose message holds what it is about.
#[track_caller]
pub(super) fn refused_for(answer: &(u16, Value), expected: (u16, &str), part: &str) {
    refused(answer, expected.0, expected.1);
    let message = answer.1["error"]["message"].as_str().unwrap();
    assert!(message.contains(part), "no {part:?} in {message:?}");
}

/// Checks a refusal: status, code, and that the envelope holds nothing else.
#[track_caller]
pub(super) fn refused((status, body): &(u16, Value), expected: u16, code: &str) {
    assert_eq!(*status, expected, "{body}");
    assert_eq!(body["error"]["code"], code, "{body}");
    assert!(body["error"]["message"].is_string(), "{body}");
    let known = ["code", "message", "details"];
    let keys = body["error"].as_object().unwrap().keys();
    assert!(
        keys.into_iter().all(|key| known.contains(&key.as_str())),
        "{body}"
    );
    assert_eq!(body.as_object().unwrap().len(), 1, "{body}");
    if let Some(details) = body["error"].get("details") {
        let details = details.as_array().expect("a list, or nothing");
        assert!(!details.is_empty(), "{body}");
        assert!(details.iter().all(Value::is_string), "{body}");
    }
}
