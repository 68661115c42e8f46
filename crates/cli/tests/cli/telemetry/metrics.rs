//! `/metrics` of a real server.

use std::collections::BTreeSet;

use super::exposition::Exposition;
use crate::api::client::Server;
use crate::support::{World, eventually, workflow};

const GATE: &str = "type: gate\n    gate: { message: Go on? }";
const RETRY: &str = "error_policy: { retry: { max_attempts: 2, initial_interval: 0s } }";
/// Fails the first time, and then asks.
const FICKLE: &str = r#"
input=$(cat)
case "$BATON_ATTEMPT" in 1) exit 3 ;; esac
case $input in
*'"turn":1'*) echo '{"$baton": {"status": "needs_input", "questions": [{"question": "Why?"}]}}' ;;
*) echo done ;;
esac
"#;

fn scrape(server: &Server) -> Exposition {
    let answer = server.ask("GET /metrics", &[], None);
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.kind, "text/plain; version=0.0.4; charset=utf-8");
    Exposition::parse(&answer.text)
}

/// A server with a run that waits for an answer and at a gate.
fn with_a_run() -> (World, Server, String) {
    let world = World::new();
    let stages = [("fickle", &[][..], RETRY), ("check", &[], GATE)];
    world.file("w.yaml", workflow(&stages));
    world.agents(&[("fickle", FICKLE)]);
    let server = Server::start(&world);
    let mut live = world.start(&["run", "w.yaml"]);
    let run = live.run();
    live.until("baton answer");
    live.signal(nix::sys::signal::Signal::SIGTERM);
    live.end().exits(75);
    (world, server, run)
}

#[track_caller]
fn expect(metrics: &Exposition, rows: &str) {
    for row in rows.trim().lines() {
        let (series, value) = row.trim().rsplit_once(' ').unwrap();
        let found = metrics.value(series);
        assert_eq!(found, Some(value.parse().unwrap()), "{series}");
    }
}

#[test]
fn a_server_counts_what_happens_to_its_runs() {
    let (world, server, run) = with_a_run();
    expect(
        &scrape(&server),
        r#"
        baton_runs{status="waiting_for_approval"} 1
        baton_runs_started_total 1
        baton_runs_finished_total{outcome="completed"} 0
        baton_stages{status="waiting_for_approval"} 1
        baton_stages{status="waiting_for_input"} 1
        baton_stages{status="running"} 0
        baton_stage_retries_total{label="exit"} 1
        baton_attempts_finished_total{adapter="command",outcome="exit"} 1
        baton_attempts_finished_total{adapter="command",outcome="needs_input"} 1
        baton_attempt_duration_seconds_count{adapter="command"} 2
        baton_questions_total 1
        baton_process_slots_taken 0
        baton_process_slots_queue 0
        baton_may_work 1
        "#,
    );
    let answer = ["answer", &run, "fickle", "--answer", "Why?=so"];
    world.baton(&answer).exits(0);
    world.baton(&["approve", &run]).exits(0);
    world.baton(&["runs", &run]).exits(0);
    let answer = server.follow(
        &format!("/api/v1/workflow-executions/{run}/stream"),
        &[],
        "execution_completed",
    );
    assert_eq!(answer.status, 200);
    let metrics = scrape(&server);
    expect(
        &metrics,
        r#"
        baton_runs{status="waiting_for_approval"} 0
        baton_runs{status="running"} 0
        baton_runs_finished_total{outcome="completed"} 1
        baton_run_duration_seconds_count 1
        baton_stages{status="pending"} 0
        baton_stages{status="waiting_for_approval"} 0
        baton_stages{status="waiting_for_input"} 0
        baton_stages_finished_total{outcome="completed",adapter="command"} 1
        baton_stages_finished_total{outcome="completed",adapter="none"} 1
        baton_stage_duration_seconds_count{adapter="command"} 1
        baton_gates_decided_total{decision="approved"} 1
        baton_http_requests_total{route="/metrics",method="GET",status="2xx"} 1
        baton_http_requests_total{route="/api/v1/workflow-executions/{execution_id}/stream",method="GET",status="2xx"} 2
        "#,
    );
    assert!(metrics.value("baton_store_commit_duration_seconds_count") > Some(5.0));
    assert!(metrics.value("baton_store_writes_total") > Some(5.0));
    assert!(metrics.value(r#"baton_store_size_bytes{file="database"}"#) > Some(0.0));
    assert!(metrics.value("baton_process_resident_memory_bytes") > Some(1e6));
    server.stop();
}

#[test]
fn a_stage_that_was_opened_again_and_not_worked_on_took_no_time() {
    let world = World::new();
    let text = workflow(&[
        ("check", &[], GATE),
        ("work", &["check"], ""),
        ("last", &["work"], GATE),
        // Keeps the run in memory, with what is known of its agents.
        ("busy", &[], ""),
    ]);
    world.file(
        "w.yaml",
        text.replace("${{ stages.check.outputs.text }}", ""),
    );
    world.pipe("go");
    let busy = r#"cat >/dev/null; read x <"$TEST_ROOT/go""#;
    world.agents(&[("work", "cat >/dev/null; echo done"), ("busy", busy)]);
    let server = Server::start(&world);
    let mut live = world.start(&["run", "w.yaml"]);
    let run = live.run();
    live.until("baton approve");
    world.baton(&["approve", &run]).exits(0);
    live.until("baton approve");
    world.baton(&["reopen", &run, "check"]).exits(0);
    live.until("baton approve");
    world.baton(&["cancel", &run, "--yes"]).exits(0);
    live.end().exits(1);
    expect(
        &scrape(&server),
        r#"
        baton_stages_finished_total{outcome="completed",adapter="command"} 1
        baton_stages_finished_total{outcome="cancelled",adapter="command"} 2
        baton_stage_duration_seconds_count{adapter="command"} 2
        "#,
    );
    server.stop();
}

#[test]
fn the_next_server_goes_on_with_what_waits() {
    let (world, server, run) = with_a_run();
    server.stop();
    let server = Server::start(&world);
    expect(
        &scrape(&server),
        r#"
        baton_runs{status="waiting_for_approval"} 1
        baton_runs_started_total 0
        baton_stages{status="waiting_for_approval"} 1
        baton_stages{status="waiting_for_input"} 1
        "#,
    );
    world.baton(&["cancel", &run, "--yes"]).exits(0);
    expect(
        &scrape(&server),
        r#"
        baton_runs{status="waiting_for_approval"} 0
        baton_runs_finished_total{outcome="cancelled"} 1
        baton_stages{status="waiting_for_approval"} 0
        baton_stages{status="waiting_for_input"} 0
        baton_stages{status="pending"} 0
        "#,
    );
    server.stop();
}

#[test]
fn followers_of_streams_are_counted_while_they_read() {
    let (_world, server, run) = with_a_run();
    let clients = |server: &Server| scrape(server).value("baton_sse_clients");
    assert_eq!(clients(&server), Some(0.0));
    let stream = server.connect();
    let path = format!("/api/v1/workflow-executions/{run}/stream");
    let request = format!("GET {path} HTTP/1.1\r\nhost: {}\r\n\r\n", server.address);
    std::io::Write::write_all(&mut &stream, request.as_bytes()).unwrap();
    std::io::Read::read_exact(&mut &stream, &mut [0; 12]).unwrap();
    assert_eq!(clients(&server), Some(1.0));
    drop(stream);
    // The server learns of it when it has something to send or to read.
    eventually("nobody follows", || clients(&server) == Some(0.0));
    server.stop();
}

#[test]
fn whoever_is_not_known_reads_no_metrics_but_sees_whether_the_server_is_up() {
    let world = World::new();
    let made = world.baton(&["token", "create", "prometheus", "--scope", "read"]);
    let token = made.exits(0).stdout.trim().to_owned();
    let config = world.data().join("config.toml");
    std::fs::write(config, "[server]\nauth = \"always\"\n").unwrap();
    let server = Server::start(&world);
    let bearer = format!("Bearer {token}");
    let ask = |path: &str, headers: &[(&str, &str)]| {
        let answer = server.ask(&format!("GET {path}"), headers, None);
        (answer.status, answer.json()["status"].clone())
    };
    assert_eq!(ask("/metrics", &[]).0, 401);
    assert_eq!(ask("/metrics", &[("authorization", &bearer)]).0, 200);
    assert_eq!(ask("/health", &[]), (200, "healthy".into()));
    // What earlier servers left is taken up first, which a busy machine takes long for.
    eventually("it is ready", || {
        ask("/health/ready", &[]) == (200, "ready".into())
    });
    let foreign = [("origin", "https://elsewhere.example")];
    assert_eq!(ask("/metrics", &foreign).0, 403);
    server.stop();
}

/// Name, type and help of each metric, as the table in the manual has them.
#[test]
fn the_manual_describes_every_metric_and_no_other() {
    let (_world, server, _run) = with_a_run();
    let metrics = scrape(&server);
    server.stop();
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/operations.md");
    let page = std::fs::read_to_string(page).unwrap();
    let is_row = |line: &&str| {
        let mut cells = line.split(" | ");
        let kind = cells.nth(1).unwrap_or_default();
        ["counter", "gauge", "histogram"].contains(&kind)
    };
    let rows = page.lines().filter(is_row);
    let described: BTreeSet<String> = rows.map(str::to_owned).collect();
    let there = metrics.0.iter().map(|(name, family)| {
        let help = &family.help;
        format!("| `{name}` | {} | {help} |", family.kind)
    });
    let there: BTreeSet<String> = there.collect();
    let missing: Vec<_> = there.difference(&described).collect();
    let gone: Vec<_> = described.difference(&there).collect();
    assert!(
        missing.is_empty() && gone.is_empty(),
        "missing {missing:#?}, gone {gone:#?}"
    );
}
