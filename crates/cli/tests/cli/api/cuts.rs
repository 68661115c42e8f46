//! Streams that are cut off again and again while a run goes on: what was read
//! of them is, joined together, what is in the log.

use std::collections::VecDeque;
use std::io::{BufReader, Write};
use std::net::SocketAddr;
use std::thread;

use serde_json::{Value, json};

use super::client::{Server, connect, read_chunk, read_head};
use crate::support::{Dice, World};

const CUTS: u64 = 100;
const STAGES: usize = 80;

/// A message of a stream.
#[derive(Clone, Debug, PartialEq)]
struct Message {
    name: String,
    id: String,
    data: Value,
}

/// Each stage writes two lines, and needs the one before it.
fn chain() -> String {
    let mut text = "workflow: { id: chain, name: Chain }\nstages:\n".to_owned();
    for number in 0..STAGES {
        let needs = match number.checked_sub(1) {
            Some(before) => format!("[s{before}]"),
            None => "[]".to_owned(),
        };
        text.push_str(&format!(
            "  - {{ id: s{number}, name: S, depends_on: {needs}, outputs: {{ n: {{ type: string }} }}, \
             roles: {{ primary: {{ artifact: 'agent:talks' }} }} }}\n"
        ));
    }
    text
}

/// How a reader comes back: by the header, or in the query.
#[derive(Clone, Copy, Debug)]
enum Return {
    Header,
    Query,
}

/// Reads a stream, cut off at random, until a message is the last.
struct Reader {
    address: SocketAddr,
    path: String,
    returns: Return,
    dice: Dice,
}

impl Reader {
    fn read(mut self, from: &str, is_last: impl Fn(&Message) -> bool) -> Vec<Message> {
        let mut seen: Vec<Message> = Vec::new();
        let mut n_cuts = 0;
        let mut place = from.to_owned();
        loop {
            let n_wanted = if n_cuts < CUTS {
                1 + self.dice.below(4) / 3
            } else {
                u64::MAX
            };
            for message in self.connection(&place).take(n_wanted.try_into().unwrap()) {
                place.clone_from(&message.id);
                let is_end = is_last(&message);
                seen.push(message);
                if is_end {
                    assert!(n_cuts >= CUTS, "{n_cuts} cuts of {}", self.path);
                    return seen;
                }
            }
            n_cuts += 1;
        }
    }

    /// The messages of one connection, which is closed wherever it is dropped.
    fn connection(&self, place: &str) -> impl Iterator<Item = Message> + use<> {
        let (query, header) = match self.returns {
            Return::Query => (format!("?after={place}"), String::new()),
            Return::Header => (String::new(), format!("last-event-id: {place}\r\n")),
        };
        let mut stream = connect(self.address);
        let request = format!(
            "GET {}{query} HTTP/1.1\r\nhost: {}\r\n{header}\r\n",
            self.path, self.address
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut reader = BufReader::new(stream);
        assert_eq!(read_head(&mut reader).0, 200);
        let (mut text, mut ready) = (String::new(), VecDeque::new());
        std::iter::from_fn(move || {
            while ready.is_empty() {
                text.push_str(&String::from_utf8(read_chunk(&mut reader)?).unwrap());
                while let Some((message, rest)) = text.split_once("\n\n") {
                    ready.extend(parse(message));
                    text = rest.to_owned();
                }
            }
            ready.pop_front()
        })
    }
}

/// None for a comment.
fn parse(text: &str) -> Option<Message> {
    let field = |name: &str| {
        let mut lines = text.lines();
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    };
    Some(Message {
        name: field("event")?.to_owned(),
        id: field("id").unwrap().to_owned(),
        data: serde_json::from_str(field("data").unwrap()).unwrap(),
    })
}

fn start(world: &World, server: &Server) -> String {
    let directory = world.project().display().to_string();
    let body = json!({
        "definition": chain(), "directory": directory, "config": format!("{directory}/baton.toml"),
    });
    let path = "POST /api/v1/workflow-executions";
    let answer = server.ask(path, &[], Some(&body.to_string()));
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json()["id"].as_str().unwrap().to_owned()
}

fn items(server: &Server, run: &str, list: &str) -> Vec<Value> {
    let path = format!("GET /api/v1/workflow-executions/{run}/{list}?limit=10000");
    let answer = server.ask(&path, &[], None).json();
    answer["items"].as_array().unwrap().clone()
}

/// Messages of one name, or of all others.
fn apart(messages: &[Message], name: &str) -> (Vec<Message>, Vec<Message>) {
    let messages = messages.iter().cloned();
    messages.partition(|message| message.name == name)
}

fn datas(messages: &[Message]) -> Vec<Value> {
    messages
        .iter()
        .map(|message| message.data.clone())
        .collect()
}

#[test]
fn streams_that_are_cut_a_hundred_times_are_the_log() {
    let world = World::new();
    world.agents(&[(
        "talks",
        "cat >/dev/null\necho one >&2\necho two >&2\necho done",
    )]);
    let server = Server::start(&world);
    let mut dice = Dice::new();
    let runs = [start(&world, &server), start(&world, &server)];
    let path = |run: &str, stream: &str| format!("/api/v1/workflow-executions/{run}/{stream}");
    let mut reader = |path: String, returns: Return| Reader {
        address: server.address,
        path,
        returns,
        dice: dice.fork(),
    };
    let told = reader(path(&runs[0], "stream"), Return::Header);
    let told_by_query = reader(path(&runs[1], "stream"), Return::Query);
    let stored = reader(path(&runs[0], "events/stream"), Return::Query);
    let of_all = reader("/api/v1/events/stream".to_owned(), Return::Header);
    let is_end = |message: &Message| {
        message.name == "execution_completed" || message.data["event"]["type"] == "run_ended"
    };
    let n_ended = std::sync::atomic::AtomicUsize::new(0);
    let both_ended = |message: &Message| {
        let ended = usize::from(message.name == "execution_completed");
        n_ended.fetch_add(ended, std::sync::atomic::Ordering::Relaxed) + ended == runs.len()
    };
    let (told, told_by_query, stored, of_all) = thread::scope(|scope| {
        let told = scope.spawn(|| told.read("0.0", is_end));
        let told_by_query = scope.spawn(|| told_by_query.read("0.0", is_end));
        let stored = scope.spawn(|| stored.read("0", is_end));
        let of_all = scope.spawn(|| of_all.read("0", both_ended));
        (
            told.join().unwrap(),
            told_by_query.join().unwrap(),
            stored.join().unwrap(),
            of_all.join().unwrap(),
        )
    });
    assert_eq!(datas(&stored), items(&server, &runs[0], "events"));
    let (_, of_all) = apart(&of_all, "stream_opened");
    let positions: Vec<u64> = of_all.iter().map(|one| one.id.parse().unwrap()).collect();
    assert!(
        positions.is_sorted_by(|one, next| one < next),
        "{positions:?}"
    );
    for (run, told) in [(&runs[0], told), (&runs[1], told_by_query)] {
        let (lines, events) = apart(&told, "log_line");
        assert_eq!(datas(&lines), items(&server, run, "logs"));
        // Read once more, in one piece.
        let whole = server.follow(&path(run, "stream"), &[], "execution_completed");
        let whole: Vec<_> = whole.text.split("\n\n").filter_map(parse).collect();
        let (_, expected) = apart(&whole, "log_line");
        assert_eq!(datas(&events), datas(&expected));
        let of_run = of_all
            .iter()
            .filter(|one| one.data["execution_id"] == run.as_str());
        let of_run: Vec<_> = of_run
            .map(|one| (one.name.clone(), one.data.clone()))
            .collect();
        let expected = expected.into_iter().map(|Message { name, mut data, .. }| {
            data["execution_id"] = json!(run);
            (name, data)
        });
        assert_eq!(of_run, expected.collect::<Vec<_>>());
    }
    server.stop();
}
