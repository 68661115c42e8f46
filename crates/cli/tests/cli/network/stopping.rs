//! A server that is told to stop.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use super::{GATE, RUNS, served};
use crate::support::{PATIENCE, World, workflow};

/// Longest time to stop.
const STOP_MAX: Duration = Duration::from_secs(10);

fn connected(address: &str, said: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(said.as_bytes()).unwrap();
    stream
}

#[test]
fn streams_and_idle_connections_do_not_keep_a_server() {
    let world = World::new();
    world.file("w.yaml", workflow(&[("check", &[], GATE)]));
    let (serve, address) = served(&world, &[]);
    let mut live = world.start(&["run", "w.yaml"]);
    let run = live.run();
    live.until("baton approve");
    live.signal(Signal::SIGTERM);
    live.end().exits(75);
    let _idle = connected(&address, "");
    let request = format!("GET {RUNS}/{run}/stream HTTP/1.1\r\nhost: {address}\r\n\r\n");
    let mut stream = connected(&address, &request);
    let mut first = [0; 12];
    stream.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
    let start = Instant::now();
    serve.signal(Signal::SIGTERM);
    serve.end().exits(0);
    assert!(start.elapsed() < STOP_MAX, "{:?}", start.elapsed());
    let mut rest = Vec::new();
    // Cut off, in whatever way the system says so.
    let (Ok(_) | Err(_)) = stream.read_to_end(&mut rest);
    let rest = String::from_utf8_lossy(&rest);
    assert!(
        !rest.ends_with("\r\n0\r\n\r\n"),
        "it does not look whole: {rest}"
    );
}

#[test]
fn neither_followers_nor_agents_at_work_keep_a_server() {
    let world = World::new();
    world.file("w.yaml", workflow(&[("slow", &[], "")]));
    world.agents(&[("slow", "cat >/dev/null; exec sleep 600")]);
    let (serve, address) = served(&world, &[]);
    let mut live = world.start(&["run", "w.yaml"]);
    let run = live.run();
    let request = format!("GET {RUNS}/{run}/stream HTTP/1.1\r\nhost: {address}\r\n\r\n");
    let mut stream = BufReader::new(connected(&address, &request));
    let mut line = String::new();
    while !line.contains("stage_started") {
        line.clear();
        assert!(stream.read_line(&mut line).unwrap() > 0, "cut off early");
    }
    let start = Instant::now();
    serve.signal(Signal::SIGTERM);
    serve.end().exits(0);
    assert!(start.elapsed() < STOP_MAX, "{:?}", start.elapsed());
    assert!(!world.shims_alive().is_empty(), "the agent goes on");
    live.kill();
    world.kill_attempts();
}

/// A request whose body never comes.
fn half_a_request(address: &str) -> TcpStream {
    let head = format!(
        "POST {RUNS} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
         expect: 100-continue\r\ncontent-length: 9\r\n\r\n"
    );
    let mut stream = connected(address, &head);
    // The server has begun to read.
    let mut said = [0; 12];
    stream.read_exact(&mut said).unwrap();
    assert_eq!(&said, b"HTTP/1.1 100");
    stream
}

#[test]
fn a_request_under_way_is_answered_before_the_server_goes() {
    let world = World::new();
    let (mut serve, address) = served(&world, &[]);
    let mut stream = half_a_request(&address);
    serve.signal(Signal::SIGTERM);
    serve.until("stopping");
    stream.write_all(b"{\"a\": 12}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("HTTP/1.1 422"), "{answer}");
    serve.end().exits(0);
}

#[test]
fn a_second_signal_ends_a_server_at_once() {
    let world = World::new();
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let (mut serve, address) = served(&world, &[]);
        let _stream = half_a_request(&address);
        serve.signal(signal);
        serve.until("stopping");
        let start = Instant::now();
        serve.signal(signal);
        serve.end().exits(130);
        assert!(
            start.elapsed() < Duration::from_secs(2),
            "{:?}",
            start.elapsed()
        );
    }
}

#[test]
fn a_request_that_never_ends_is_waited_for_only_so_long() {
    let world = World::new();
    let (serve, address) = served(&world, &[]);
    let _stream = half_a_request(&address);
    let start = Instant::now();
    serve.signal(Signal::SIGTERM);
    serve.end().exits(0);
    assert!(start.elapsed() < STOP_MAX, "{:?}", start.elapsed());
}
