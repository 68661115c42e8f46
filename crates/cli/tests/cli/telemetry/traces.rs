//! Traces, as a collector gets them from the real binary.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use super::collector::{Collector, Manner};
use super::exposition::Exposition;
use super::protobuf::Span;
use crate::support::{Live, World, workflow};

const GATE: &str = "type: gate\n    gate: { message: Go on? }";
const RETRY: &str = "error_policy: { retry: { max_attempts: 2, initial_interval: 0s } }";
/// What must not leave the machine, wherever it stands.
const SECRET: &str = "swordfish";
/// Fails the first time, with a secret in its words.
const FICKLE: &str = r#"
cat >/dev/null
case "$BATON_ATTEMPT" in 1) echo swordfish >&2; exit 3 ;; esac
echo swordfish
"#;

fn two_stages() -> World {
    let world = World::new();
    let stages = [("fickle", &[][..], RETRY), ("check", &["fickle"], GATE)];
    world.file("w.yaml", workflow(&stages));
    world.agents(&[("fickle", FICKLE)]);
    world
}

fn traced(world: &World, arguments: &[&str], collector: &Collector) -> Live {
    let mut command = world.command(arguments);
    command
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url)
        .env("OTEL_EXPORTER_OTLP_HEADERS", format!("x-key={SECRET}"))
        .env("OTEL_SERVICE_NAME", "baton-of-a-test");
    Live::of(&mut command)
}

#[track_caller]
fn named<'s>(spans: &'s [Span], name: &str) -> Vec<&'s Span> {
    let found: Vec<&Span> = spans.iter().filter(|span| span.name == name).collect();
    assert!(!found.is_empty(), "no span {name} in {spans:#?}");
    found
}

#[test]
fn a_run_is_a_trace_of_stages_and_attempts() {
    let collector = Collector::start(Manner::Good);
    let world = two_stages();
    let mut live = traced(&world, &["run", "w.yaml", "--yes-gates"], &collector);
    let run = live.run();
    live.end().exits(0);
    let request = collector.request();
    assert_eq!(request.line, "POST /v1/traces HTTP/1.1");
    for header in ["content-type: application/x-protobuf", "x-key: swordfish"] {
        assert!(request.headers.iter().any(|it| it == header), "{header}");
    }
    let spans = request.spans;
    let trace = trace_of(&world, &run);
    for span in &spans {
        assert_eq!(span.trace, trace, "the trace is called like the run");
        assert_eq!(span.resource["service.name"], "baton-of-a-test");
        assert!(span.began > 0 && span.began <= span.ended, "{span:?}");
        assert!(!format!("{span:?}").contains(SECRET), "{span:?}");
    }
    let [whole] = named(&spans, "invoke_workflow Test")[..] else {
        panic!("{spans:#?}")
    };
    assert_eq!((&*whole.parent, whole.status), ("", 1));
    assert_eq!(whole.attributes["gen_ai.operation.name"], "invoke_workflow");
    let [stage] = named(&spans, "fickle")[..] else {
        panic!("{spans:#?}")
    };
    assert_eq!((&stage.parent, stage.status), (&whole.id, 1));
    let attempts = named(&spans, "invoke_agent agent:fickle");
    let [first, second] = attempts[..] else {
        panic!("{attempts:#?}")
    };
    assert_eq!((first.status, &*first.message), (2, "exit"));
    assert_eq!(first.attributes["error.type"], "exit");
    assert_eq!(second.status, 1);
    for attempt in [first, second] {
        assert_eq!((&attempt.parent, attempt.kind), (&stage.id, 3));
        assert_eq!(attempt.attributes["gen_ai.operation.name"], "invoke_agent");
        assert_eq!(attempt.attributes["gen_ai.agent.name"], "agent:fickle");
        assert_eq!(attempt.attributes["gen_ai.provider.name"], "baton.command");
        assert!(stage.began <= attempt.began && attempt.ended <= stage.ended);
    }
    assert_ne!(first.id, second.id);
    assert_eq!(named(&spans, "check")[0].parent, whole.id);
    assert_eq!(spans.len(), 5);
}

/// The whole id of a run, without hyphens.
fn trace_of(world: &World, run: &str) -> String {
    let id = world.show(run)["id"].as_str().unwrap().to_owned();
    id.replace('-', "")
}

#[test]
fn a_run_that_outlives_its_process_is_one_trace() {
    let collector = Collector::start(Manner::Good);
    let world = two_stages();
    let mut live = traced(&world, &["run", "w.yaml"], &collector);
    let run = live.run();
    live.until("baton approve");
    live.signal(Signal::SIGTERM);
    live.end().exits(75);
    let before = collector.spans_until("fickle");
    let mut serve = traced(&world, &["serve", "--listen", "127.0.0.1:0"], &collector);
    serve.until("took up");
    world.baton(&["approve", &run]).exits(0);
    let after = collector.spans_until("invoke_workflow Test");
    let whole = named(&after, "invoke_workflow Test")[0];
    let gate = named(&after, "check")[0];
    assert_eq!(named(&before, "fickle")[0].parent, whole.id);
    assert_eq!(gate.parent, whole.id);
    assert!(gate.began < gate.ended, "its beginning is known");
    serve.signal(Signal::SIGTERM);
    serve.end().exits(0);
}

#[test]
fn what_an_earlier_process_began_ends_also_when_nobody_decides_it() {
    for arguments in [&["cancel", "--yes"][..], &["reopen", "fickle"]] {
        let collector = Collector::start(Manner::Good);
        let world = two_stages();
        let mut live = traced(&world, &["run", "w.yaml"], &collector);
        let run = live.run();
        live.until("baton approve");
        live.signal(Signal::SIGTERM);
        live.end().exits(75);
        let stage = collector.spans_until("fickle");
        let mut serve = traced(&world, &["serve", "--listen", "127.0.0.1:0"], &collector);
        serve.until("took up");
        let (command, rest) = arguments.split_first().unwrap();
        world.baton(&[&[*command, &run], rest].concat()).exits(0);
        let spans = collector.spans_until("check");
        let gate = named(&spans, "check")[0];
        assert_eq!(gate.parent, named(&stage, "fickle")[0].parent, "{command}");
        assert!(gate.began < gate.ended, "{command}");
        let label = if *command == "cancel" {
            "cancelled"
        } else {
            "rework"
        };
        assert_eq!((gate.status, &*gate.message), (2, label));
        assert_eq!(gate.attributes["baton.stage.iteration"], "1");
        serve.signal(Signal::SIGTERM);
        serve.end().exits(0);
    }
}

#[test]
fn a_collector_that_is_busy_gets_its_spans_later() {
    let collector = Collector::start(Manner::BusyAtFirst(2));
    let world = two_stages();
    let mut serve = traced(&world, &["serve", "--listen", "127.0.0.1:0"], &collector);
    serve.until("took up");
    world.baton(&["run", "w.yaml", "--yes-gates"]).exits(0);
    let spans = collector.spans_until("invoke_workflow Test");
    assert_eq!(spans.len(), 5);
    serve.signal(Signal::SIGTERM);
    serve.end().exits(0);
}

/// Nobody listens at the address.
fn dead() -> Collector {
    let mut collector = Collector::start(Manner::Good);
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    collector.url = format!("http://{}", gone.local_addr().unwrap());
    collector
}

#[test]
fn no_collector_keeps_a_run_from_its_end_or_a_server_from_stopping() {
    let bad = [
        Manner::Silent,
        Manner::Garbage,
        Manner::Endless,
        Manner::Refusing,
    ];
    let collectors = bad.map(Collector::start).into_iter().chain([dead()]);
    for (place, collector) in collectors.enumerate() {
        let world = two_stages();
        let arguments = ["serve", "--listen", "127.0.0.1:0"];
        let mut serve = traced(&world, &arguments, &collector);
        let line = serve.until("http://");
        serve.until("took up");
        let start = Instant::now();
        world.baton(&["run", "w.yaml", "--yes-gates"]).exits(0);
        assert!(
            start.elapsed() < Duration::from_secs(5),
            "{place}: {:?}",
            start.elapsed()
        );
        let (_, address) = line.split_once("http://").unwrap();
        let metrics = scrape(address.trim());
        let exported = metrics.value("baton_spans_exported_total");
        // Whoever answers 200 has taken them, whatever follows.
        let is_taken = exported > Some(0.0);
        assert!(!is_taken || place == 2, "{place}");
        let stopping = Instant::now();
        serve.signal(Signal::SIGTERM);
        let said = serve.end().exits(0).stderr;
        assert!(stopping.elapsed() < Duration::from_secs(10), "{place}");
        assert!(!said.contains(SECRET), "{said}");
    }
}

fn scrape(address: &str) -> Exposition {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let request = format!("GET /metrics HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    Exposition::parse(body)
}
