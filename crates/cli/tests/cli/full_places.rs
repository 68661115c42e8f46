//! More followers than a server has places for.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::Signal;

use crate::support::{World, eventually, workflow};

/// Followers a server has places for.
const STREAMS_MAX: usize = 2_048;

const GATE: &str = "type: gate\n    gate: { message: Go on? }";

/// Opens a stream of a run, and waits until there is an answer.
fn follow(world: &World, run: &str) -> (UnixStream, String) {
    let mut stream = UnixStream::connect(world.data().join("baton.sock")).unwrap();
    let path = format!("/api/v1/workflow-executions/{run}/stream");
    write!(stream, "GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    let mut status = [0; "HTTP/1.1 200".len()];
    stream.read_exact(&mut status).unwrap();
    (stream, String::from_utf8(status.to_vec()).unwrap())
}

#[test]
fn followers_take_no_place_of_other_commands_and_have_a_bound_of_their_own() {
    let world = World::new();
    let stages: [(&str, &[&str], &str); 2] = [("a", &[], ""), ("check", &["a"], GATE)];
    world.file("w.yaml", workflow(&stages));
    world.agents(&[("a", "echo a")]);
    let mut serve = world.start(&["serve"]);
    serve.until("took up");
    let mut live = world.start(&["run", "w.yaml"]);
    let run = live.run();
    live.until("baton approve");
    live.signal(Signal::SIGTERM);
    live.end().exits(75);

    // The server sees to its own files; these are the other ends.
    let (_soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, hard.min(8_192), hard).unwrap();
    let mut followers = Vec::new();
    for n_followers in 0..STREAMS_MAX {
        let (stream, status) = follow(&world, &run);
        assert!(status.ends_with("200"), "{n_followers}: {status}");
        followers.push(stream);
    }
    assert!(follow(&world, &run).1.ends_with("503"));
    let refused = world.baton(&["events", &run, "--follow"]).exits(69);
    refused.says(&["error[overloaded]", "2048 followers"]);
    followers.pop();
    let mut last = None;
    eventually("the place of a follower that has gone is free", || {
        let (stream, status) = follow(&world, &run);
        last = Some(stream);
        status.ends_with("200")
    });
    world.baton(&["runs"]).exits(0);
    world.baton(&["approve", &run]).exits(0);
    serve.signal(Signal::SIGTERM);
    serve.end().exits(0);
}
