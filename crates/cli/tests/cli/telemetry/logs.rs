//! The log on standard error.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::support::{Answer, Live, World, eventually, workflow};

const GATE: &str = "type: gate\n    gate: { message: Go on? }";
const ONCE: &str = "error_policy: { retry: { max_attempts: 1 } }";
const SECRET: &str = "swordfish";

fn served(world: &World, log: &str) -> (Live, String) {
    let mut command = world.command(&["serve", "--listen", "127.0.0.1:0", "--log-format", "json"]);
    let mut serve = Live::of(command.env("BATON_LOG", log));
    let line = serve.until("http://");
    serve.until("took up");
    let (_, address) = line.split_once("http://").unwrap();
    let address = address.trim().to_owned();
    (serve, address)
}

/// The lines of the log; what a server says of itself is no part of it.
fn lines(serve: Live) -> Vec<Value> {
    serve.signal(Signal::SIGTERM);
    let ended = serve.end().exits(0);
    assert!(!ended.stderr.contains(SECRET), "{}", ended.stderr);
    let lines = ended.stderr.lines().filter(|line| line.starts_with('{'));
    lines
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

fn of<'l>(lines: &'l [Value], event: &str) -> Vec<&'l Value> {
    lines.iter().filter(|line| line["event"] == event).collect()
}

#[test]
fn the_lifecycle_of_a_run_is_in_the_log_with_its_ids() {
    let world = World::new();
    let stages = [
        ("good", &[][..], ""),
        ("check", &["good"], GATE),
        ("bad", &["good"], ONCE),
    ];
    let text = workflow(&stages).replace(
        "name: bad
    depends_on: [\"good\"]",
        "name: bad
    depends_on: [\"good\", \"check\"]",
    );
    world.file("w.yaml", text);
    let bad = format!("cat >/dev/null; echo {SECRET} >&2; exit 3");
    world.agents(&[("good", "cat >/dev/null; echo done"), ("bad", &bad)]);
    let (serve, address) = served(&world, "baton::lifecycle=info,baton_app=info");
    world.baton(&["create", "w.yaml"]).exits(0);
    world.baton(&["validate", "Test"]).exits(0);
    let directory = world.project();
    let config = directory.join("baton.toml");
    let body = json!({ "directory": directory, "config": config }).to_string();
    let length = body.len();
    let rest = format!(
        "content-type: application/json
content-length: {length}

{body}"
    );
    let planned = ask(&address, "POST /api/v1/workflows/Test/plan", &rest);
    assert!(planned.starts_with("HTTP/1.1 200"), "{planned}");
    world.baton(&["run", "Test", "--yes-gates"]).exits(1);
    let lines = lines(serve);
    let workflow = of(&lines, "workflow.created")[0]["workflow_id"].clone();
    let started = of(&lines, "execution.started")[0];
    let execution = started["execution_id"].clone();
    assert_eq!(execution.as_str().unwrap().len(), 36);
    for (event, stage, level) in [
        ("workflow.validated", None, "INFO"),
        ("workflow.planned", None, "INFO"),
        ("execution.started", None, "INFO"),
        ("stage.started", Some("good"), "INFO"),
        ("stage.completed", Some("good"), "INFO"),
        ("stage.waiting_for_approval", Some("check"), "INFO"),
        ("gate.approved", Some("check"), "INFO"),
        ("stage.failed", Some("bad"), "ERROR"),
        ("execution.failed", None, "ERROR"),
    ] {
        let found = of(&lines, event);
        let line = found
            .first()
            .unwrap_or_else(|| panic!("no {event} in {lines:#?}"));
        assert_eq!(line["level"], level, "{line}");
        assert_eq!(line["workflow_id"], workflow, "{line}");
        assert_eq!(line["stage_id"].as_str(), stage, "{line}");
        if !event.starts_with("workflow.") {
            assert_eq!(line["execution_id"], execution, "{line}");
        }
        assert!(line["timestamp"].as_str().unwrap().ends_with('Z'), "{line}");
    }
    assert_eq!(of(&lines, "stage.failed")[0]["label"], "exit");
}

fn ask(address: &str, line: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!("{line} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n");
    write!(stream, "{head}{headers}\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn each_request_is_a_line_and_an_error_leads_to_it() {
    let world = World::new();
    let (serve, address) = served(&world, "baton::http=info,baton_server=info");
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let parent = format!("traceparent: 00-{trace}-00f067aa0ba902b7-01\r\n");
    ask(&address, "GET /api/v1/workflows?search=swordfish", "");
    let refused = ask(&address, "GET /api/v1/workflows/nowhere", &parent);
    assert!(
        refused.contains(&format!("\"trace_id\":\"{trace}\"")),
        "{refused}"
    );
    ask(
        &address,
        "GET /nowhere",
        "authorization: Bearer swordfish\r\n",
    );
    let lines = lines(serve);
    let answered = |line: &&Value| line["message"] == "request answered";
    let answered: Vec<&Value> = lines.iter().filter(answered).collect();
    let [list, show, nowhere] = answered[..] else {
        panic!("{lines:#?}")
    };
    assert_eq!(list["route"], "/api/v1/workflows");
    assert_eq!(
        (&list["status"], &list["caller"]),
        (&200.into(), &"local".into())
    );
    assert_eq!(show["trace_id"], trace);
    assert_eq!(show["route"], "/api/v1/workflows/{workflow_id}");
    assert_eq!(
        (&show["path"], &show["status"]),
        (&"/api/v1/workflows/nowhere".into(), &404.into())
    );
    assert_eq!(
        (&nowhere["route"], &nowhere["status"]),
        (&"unmatched".into(), &401.into())
    );
    let ids: BTreeSet<&str> = answered
        .iter()
        .map(|line| line["trace_id"].as_str().unwrap())
        .collect();
    assert_eq!(ids.len(), 3);
    let failed = |line: &&Value| line["message"] == "request failed" && line["trace_id"] == trace;
    assert_eq!(lines.iter().filter(failed).count(), 1);
}

#[test]
fn what_stands_in_bodies_and_queries_is_not_logged() {
    let world = World::new();
    let (serve, address) = served(&world, "debug");
    let requests = [
        ("GET /api/v1/workflows?limit=swordfish", ""),
        ("GET /api/v1/workflows?sort_by=swordfish", ""),
        ("GET /api/v1/workflows?cursor=swordfish", ""),
        ("POST /api/v1/workflows", "{\"swordfish\": 1}"),
        ("POST /api/v1/workflows", "{\"definition\": swordfish"),
        (
            "POST /api/v1/workflows/validate",
            "{\"text\": {\"swordfish\": 1}}",
        ),
    ];
    let mut n_refused = 0;
    for (line, body) in requests {
        let length = body.len();
        let rest =
            format!("content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}");
        let answer = ask(&address, line, if body.is_empty() { "" } else { &rest });
        n_refused += usize::from(answer.starts_with("HTTP/1.1 4"));
    }
    let lines = lines(serve);
    let failed = |line: &&Value| line["message"] == "request failed";
    let failed: Vec<&Value> = lines.iter().filter(failed).collect();
    assert!(n_refused > 3, "{lines:#?}");
    assert_eq!(failed.len(), n_refused);
    for line in failed {
        assert_eq!(line["trace_id"].as_str().unwrap().len(), 32, "{line}");
        assert!(
            line["code"].is_string() && line["status"].is_number(),
            "{line}"
        );
    }
}

#[test]
fn a_hook_that_fails_is_a_line_and_its_words_are_with_the_run() {
    let world = World::new();
    let hook = "{ run: [sh, -c, 'echo swordfish >&2; echo more >&2; exit 3'] }";
    let text = workflow(&[("good", &[][..], "")]);
    world.file("w.yaml", format!("{text}hooks:\n  on_complete: {hook}\n"));
    world.agents(&[("good", "cat >/dev/null; echo done")]);
    let (serve, _) = served(&world, "debug");
    let ran = world.baton(&["run", "w.yaml", "-o", "json"]).exits(0);
    let run = ran.json()["id"].as_str().unwrap().to_owned();
    eventually("the hook has failed", || {
        let events = world.baton(&["events", &run]).exits(0).stdout;
        events.contains(SECRET)
    });
    let lines = lines(serve);
    let failed = |line: &&Value| line["hook"] == "on_complete";
    let failed: Vec<&Value> = lines.iter().filter(failed).collect();
    let [line] = failed[..] else {
        panic!("{lines:#?}")
    };
    assert_eq!(
        (&line["run"], &line["action"]),
        (&run.into(), &"run".into())
    );
}

#[test]
fn a_variable_that_cannot_be_read_is_said_and_not_passed_over() {
    let world = World::new();
    for (log, why) in [
        ("verbose", "\"verbose\" is no level"),
        ("baton=loud", "\"baton=loud\" is no level"),
        ("info,", "\"\" is no level"),
    ] {
        let answer = Answer::of(world.command(&["list"]).env("BATON_LOG", log));
        answer.exits(2).says(&["error[usage]: BATON_LOG", why]);
    }
    for log in [
        "",
        "WARN",
        "warn, baton::lifecycle=info",
        "baton[run]=debug",
    ] {
        Answer::of(world.command(&["list"]).env("BATON_LOG", log)).exits(0);
    }
    let mut command = world.command(&["list"]);
    Answer::of(command.env("BATON_LOG_FORMAT", "loud")).exits(2);
}

#[test]
fn nothing_of_the_log_is_in_an_answer() {
    let world = World::new();
    let quiet = world.baton(&["list", "--output", "json"]).exits(0);
    let loud = world.baton(&["list", "--output", "json", "-vv", "--log-format", "json"]);
    assert_eq!(loud.exits(0).stdout, quiet.stdout);
}
