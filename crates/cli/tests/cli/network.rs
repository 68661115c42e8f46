//! `baton serve` over TCP, as other machines and other pages meet it.

mod encrypted;
mod stopping;

use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};

use nix::sys::signal::Signal;
use serde_json::Value;

use crate::support::{Live, PATIENCE, World, workflow};

const GATE: &str = "type: gate\n    gate: { message: Go on?, approvers: [ada] }";
const RUNS: &str = "/api/v1/workflow-executions";

/// A server, and where it listens.
pub(super) fn served(world: &World, arguments: &[&str]) -> (Live, String) {
    let mut all = vec!["serve"];
    all.extend(arguments);
    let mut serve = world.start(&all);
    let line = serve.until("  http ");
    serve.until("took up");
    let (_, address) = line.split_once("://").unwrap();
    (serve, address.to_owned())
}

/// What the data directory's own baton.toml says.
fn configure(world: &World, toml: &str) {
    fs::create_dir_all(world.data()).unwrap();
    fs::write(world.data().join("config.toml"), toml).unwrap();
}

/// Everything that comes back for these bytes.
pub(super) fn exchange(address: &str, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    // A refusal may come before all was said.
    let (Ok(()) | Err(_)) = stream.write_all(request);
    let mut answer = Vec::new();
    let (Ok(_) | Err(_)) = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// Status and body of the answer to a request with these headers.
fn ask(address: &str, line: &str, headers: &[&str], body: &str) -> (u16, String) {
    let mut head = format!("{line} HTTP/1.1\r\nconnection: close\r\n");
    if !headers.iter().any(|header| header.starts_with("host:")) {
        head += &format!("host: {address}\r\n");
    }
    if !body.is_empty() {
        head += &format!("content-length: {}\r\n", body.len());
    }
    for header in headers {
        head += &format!("{header}\r\n");
    }
    let answer = exchange(address, format!("{head}\r\n{body}").as_bytes());
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    (
        status.unwrap_or_else(|| panic!("no status in {answer:?}")),
        body.to_owned(),
    )
}

fn token(world: &World, name: &str, scope: &str) -> String {
    let made = world
        .baton(&["token", "create", name, "--scope", scope])
        .exits(0);
    made.stdout.trim().to_owned()
}

fn stop(serve: Live) -> String {
    serve.signal(Signal::SIGTERM);
    serve.end().exits(0).stderr
}

#[test]
fn a_server_says_where_it_is_and_what_it_found() {
    let world = World::new();
    configure(
        &world,
        "default_adapter = \"simulated\"\n[agents.a]\nadapter = \"simulated\"\n",
    );
    let (serve, address) = served(&world, &[]);
    assert_eq!(ask(&address, &format!("GET {RUNS}"), &[], "").0, 200);
    let said = stop(serve);
    for part in [
        &world.data().display().to_string(),
        "baton.sock",
        "1 entries in",
        "none, and none needed on this machine",
    ] {
        assert!(said.contains(part), "no {part:?} in\n{said}");
    }
}

#[test]
fn pages_of_other_sites_and_names_of_others_get_nothing() {
    let world = World::new();
    world.file("w.yaml", workflow(&[("check", &[], GATE)]));
    let (serve, address) = served(&world, &[]);
    let mut live = world.start(&["run", "w.yaml"]);
    let run = live.run();
    live.until("baton approve");
    live.signal(Signal::SIGTERM);
    live.end().exits(75);
    let definition = workflow(&[("check", &[], GATE)]);
    let start = serde_json::json!({ "definition": definition }).to_string();
    let json = "content-type: application/json";
    for hostile in [
        &["host: evil.example"][..],
        &["host: evil.example", "origin: http://evil.example"],
        &["origin: http://evil.example"],
        &["origin: null"],
        &["sec-fetch-site: cross-site"],
        &["sec-fetch-site: same-site"],
    ] {
        for (line, body) in [
            (format!("GET {RUNS}"), ""),
            (format!("GET {RUNS}/{run}/stream"), ""),
            (format!("GET {RUNS}/{run}/events/stream"), ""),
            (format!("POST {RUNS}/{run}/gates/approve"), ""),
            (format!("POST {RUNS}"), &*start),
        ] {
            let headers = [hostile, &[json][..usize::from(!body.is_empty())]].concat();
            let (status, answer) = ask(&address, &line, &headers, body);
            assert_eq!(status, 403, "{line} {hostile:?}: {answer}");
            assert!(!answer.contains("check"), "{line} {hostile:?}: {answer}");
        }
    }
    // What a form of another site may send without being asked.
    for kind in ["text/plain", "application/x-www-form-urlencoded"] {
        let kind = format!("content-type: {kind}");
        assert_eq!(
            ask(&address, &format!("POST {RUNS}"), &[&kind], &start).0,
            415
        );
    }
    assert_eq!(world.n_runs(), 1);
    assert_eq!(world.show(&run)["status"], "waiting_for_approval");
    stop(serve);
}

#[test]
fn nothing_is_open_to_other_machines_without_a_token() {
    let world = World::new();
    for open in ["0.0.0.0:0", "[::]:0", "127.0.0.1:0,0.0.0.0:0"] {
        let refused = world.baton(&["serve", "--listen", open]).exits(2);
        refused.says(&["can be reached from other machines", "baton token create"]);
    }
    assert!(!world.data().join("baton.sock").exists());
    let token = token(&world, "ci", "read");
    let (serve, address) = served(&world, &["--listen", "0.0.0.0:0"]);
    let address = address.replace("0.0.0.0", "127.0.0.1");
    let bearer = format!("authorization: Bearer {token}");
    assert_eq!(ask(&address, &format!("GET {RUNS}"), &[&bearer], "").0, 200);
    assert_eq!(
        ask(&address, &format!("POST {RUNS}/x/pause"), &[&bearer], "").0,
        403
    );
    let said = stop(serve);
    assert!(said.contains("unencrypted"), "{said}");
    // One that was revoked lets nobody in.
    world.baton(&["token", "revoke", "ci", "--yes"]).exits(0);
    world.baton(&["serve", "--listen", "0.0.0.0:0"]).exits(2);
}

#[test]
fn a_port_that_is_taken_is_said_and_nothing_is_started() {
    let world = World::new();
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = other.local_addr().unwrap().to_string();
    let refused = world.baton(&["serve", "--listen", &taken]).exits(5);
    refused.says(&[&taken, "another program listens there", "--listen"]);
    assert!(!world.data().join("baton.sock").exists());
    assert!(!world.data().join("baton.db").exists());
    let refused = world.baton(&["serve", "--listen", "7878"]).exits(2);
    refused.says(&["127.0.0.1:7878"]);
}

#[test]
fn tokens_are_made_used_listed_and_revoked_while_a_server_runs() {
    let world = World::new();
    configure(&world, "[server]\nauth = \"always\"\n");
    world.file("w.yaml", workflow(&[("check", &[], GATE)]));
    let (serve, address) = served(&world, &["-vv"]);
    let list = format!("GET {RUNS}");
    assert_eq!(ask(&address, &list, &[], "").0, 401);
    let ada = token(&world, "ada", "run");
    let eve = token(&world, "eve", "admin");
    let twice = world.baton(&["token", "create", "ada", "--scope", "run"]);
    twice.exits(5).says(&["already"]);
    let as_ada = format!("authorization: Bearer {ada}");
    let as_eve = format!("authorization: Bearer {eve}");
    assert_eq!(ask(&address, &list, &[&as_ada], "").0, 200);
    assert_eq!(
        ask(&address, &format!("{list}?token={ada}"), &[], "").0,
        401
    );

    let definition = workflow(&[("check", &[], GATE)]);
    let start = serde_json::json!({ "definition": definition }).to_string();
    let json = "content-type: application/json";
    let (status, run) = ask(&address, &format!("POST {RUNS}"), &[&as_ada, json], &start);
    let run: Value = serde_json::from_str(&run).unwrap();
    assert_eq!((status, &run["created_by"]), (201, &"ada".into()));
    let run = run["id"].as_str().unwrap();
    let approve = format!("POST {RUNS}/{run}/gates/check/approve");
    assert_eq!(ask(&address, &approve, &[&as_eve], "").0, 403);
    world
        .baton(&["approve", run])
        .exits(77)
        .says(&["is decided by ada"]);
    let (status, step) = ask(&address, &approve, &[&as_ada], "");
    assert_eq!(status, 200, "{step}");
    assert!(step.contains("\"decided_by\":\"ada\""), "{step}");

    let shown = world.baton(&["token", "list"]).exits(0);
    shown.stdout_says("eve");
    world.baton(&["token", "revoke", "ada", "--yes"]).exits(0);
    world.baton(&["token", "revoke", "ada", "--yes"]).exits(4);
    assert_eq!(ask(&address, &list, &[&as_ada], "").0, 401);
    let said = stop(serve);
    for token in [&ada, &eve] {
        let secret = token.strip_prefix("baton_").unwrap();
        assert!(!said.contains(secret), "{said}");
        let kept = fs::read(world.data().join("baton.db")).unwrap();
        assert!(!String::from_utf8_lossy(&kept).contains(secret));
    }
}

#[test]
fn a_run_waits_for_its_approvers_whoever_follows_it() {
    let world = World::new();
    world.file("w.yaml", workflow(&[("check", &[], GATE)]));
    token(&world, "ada", "run");
    let mut live = world.start(&["run", "w.yaml", "--yes-gates"]);
    let run = live.run();
    live.until("is decided by ada");
    live.signal(Signal::SIGTERM);
    live.end().exits(75);
    assert_eq!(world.show(&run)["status"], "waiting_for_approval");
}

#[test]
fn tokens_of_the_environment_are_good_and_said() {
    let world = World::new();
    let mut command = world.command(&["serve", "--listen", "0.0.0.0:0"]);
    command.env("WORKFLOW_API_TOKENS", "admin:s3cret, user:r3ad,guest:n0");
    let mut serve = Live::of(&mut command);
    let line = serve.until("  http ");
    serve.until("took up");
    let port = line.rsplit_once(':').unwrap().1;
    let address = format!("127.0.0.1:{port}");
    for (token, tokens, status) in [("s3cret", 200, 200), ("r3ad", 403, 200), ("n0", 401, 401)] {
        let bearer = format!("authorization: Bearer {token}");
        assert_eq!(
            ask(&address, "GET /api/v1/tokens", &[&bearer], "").0,
            tokens
        );
        assert_eq!(
            ask(&address, &format!("GET {RUNS}"), &[&bearer], "").0,
            status
        );
    }
    let said = stop(serve);
    assert!(
        said.contains("env:admin, env:user") && said.contains("`guest`"),
        "{said}"
    );
    assert!(!said.contains("s3cret") && !said.contains("r3ad"), "{said}");
}

#[test]
fn each_limit_has_its_status() {
    let world = World::new();
    configure(&world, "[server]\nrate_limit = \"20/h\"\n");
    let (serve, address) = served(&world, &[]);
    let json = "content-type: application/json";
    let long = format!("x-long: {}", "x".repeat(40_000));
    assert_eq!(ask(&address, &format!("GET {RUNS}"), &[&long], "").0, 431);
    let bytes = "content-length: 17000000";
    assert_eq!(
        ask(&address, &format!("POST {RUNS}"), &[json, bytes], "").0,
        413
    );
    assert_eq!(ask(&address, &format!("POST {RUNS}"), &[json], "{").0, 422);
    for malformed in [
        "GET / HTTP/1.1\r\nhost localhost\r\n\r\n",
        "GET /\r\n\r\n",
        "\0\0\0\0\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
    ] {
        let answer = exchange(&address, malformed.as_bytes());
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
            "{malformed:?}: {answer}"
        );
    }
    let mut statuses = (0..30).map(|_| ask(&address, &format!("GET {RUNS}"), &[], "").0);
    assert!(statuses.any(|status| status == 429));
    // The owner of the machine is asked no less for it.
    assert_eq!(world.n_runs(), 0);
    stop(serve);
}

#[test]
fn requests_one_after_the_other_and_halves_of_them_are_borne() {
    let world = World::new();
    let (serve, address) = served(&world, &[]);
    let one = format!("GET {RUNS} HTTP/1.1\r\nhost: {address}\r\n");
    let three = format!("{one}\r\n{one}\r\n{one}connection: close\r\n\r\n");
    let answers = exchange(&address, three.as_bytes());
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 3, "{answers}");
    // Some hang up in the middle, some say nothing more, and nobody suffers.
    let mut halves = Vec::new();
    for said in [
        "",
        "GET",
        "GET / HTTP/1.1\r\nhost:",
        "POST / HTTP/1.1\r\ncontent-length: 9\r\n\r\n{",
    ] {
        for _ in 0..50 {
            let mut stream = TcpStream::connect(&address).unwrap();
            stream.write_all(said.as_bytes()).unwrap();
            halves.push(stream);
        }
    }
    for half in halves.iter().step_by(2) {
        half.shutdown(Shutdown::Write).unwrap();
    }
    assert_eq!(ask(&address, &format!("GET {RUNS}"), &[], "").0, 200);
    drop(halves);
    stop(serve);
}
