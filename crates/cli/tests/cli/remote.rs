//! A server somewhere else is asked with the same commands: over TCP, with
//! tokens, encrypted, and across its restarts.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;

use nix::sys::signal::Signal;
use rcgen::{CertifiedKey, generate_simple_self_signed};

use crate::network::served;
use crate::support::{Answer, Live, World, workflow};

const GATE: &str = "type: gate\n    gate: { message: Go on? }";
const AGENTS: &str = "[agents.\"agent:*\"]\nadapter = \"simulated\"\n";

/// A world whose data directory knows agents, and another that asks it.
fn worlds() -> (World, World) {
    let (server, client) = (World::new(), World::new());
    configure(&server, AGENTS);
    client.file(
        "w.yaml",
        workflow(&[("a", &[], ""), ("check", &["a"], GATE)]),
    );
    (server, client)
}

fn configure(world: &World, toml: &str) {
    fs::create_dir_all(world.data()).unwrap();
    fs::write(world.data().join("config.toml"), toml).unwrap();
}

fn stop(serve: Live) {
    serve.signal(Signal::SIGTERM);
    serve.end().exits(0);
}

#[test]
fn every_command_works_on_a_server() {
    let (server, client) = worlds();
    let (serve, address) = served(&server, &[]);
    let url = format!("http://{address}");
    let ask = |arguments: &[&str]| {
        let mut command = client.command(arguments);
        Answer::of(command.env("BATON_SERVER", &url))
    };
    ask(&["create", "w.yaml"]).exits(0);
    let mut run = client.command(&["run", "Test"]);
    let mut run = Live::of(run.env("BATON_SERVER", &url));
    let id = run.run();
    run.until("waiting");
    ask(&["approve", &id, "--reason", "fine"])
        .exits(0)
        .stdout_says("Gate approved");
    run.end().exits(0).stdout_says("✓ completed");
    ask(&["events", &id]).exits(0).stdout_says("completed");
    ask(&["run", "w.yaml", "--yes-gates"])
        .exits(0)
        .stdout_says("✓ completed");
    ask(&["logs", &id]).exits(0);
    assert!(!client.data().exists(), "something was kept here");
    let here = client
        .baton(&["runs", "--server", &url, "-o", "json"])
        .exits(0)
        .json();
    assert_eq!(here["total_count"], 2);
    stop(serve);
    let gone = ask(&["runs"]).exits(69);
    gone.says(&["error[unreachable]", &url, "refused"]);
}

#[test]
fn what_only_a_server_can_know_is_its_own() {
    let (server, client) = worlds();
    let (serve, address) = served(&server, &[]);
    let url = format!("http://{address}");
    let ask = |arguments: &[&str]| client.baton(&[arguments, &["--server", &url]].concat());
    ask(&["plan", "w.yaml"])
        .exits(0)
        .stdout_says("Execution Plan");
    ask(&["plan", "w.yaml", "--project", "here"])
        .exits(2)
        .says(&["whole path"]);
    let refused = ask(&["run", "w.yaml", "--project", "/no/such/directory"]).exits(4);
    refused.says(&["error[not_found]", "/no/such/directory"]);
    let project = server.project();
    let project = project.to_str().unwrap();
    let here = client.file(
        "w.yaml",
        workflow(&[("a", &[], ""), ("check", &["a"], GATE)]),
    );
    server.file("baton.toml", AGENTS);
    let file = here.to_str().unwrap();
    for more in [&["-o", "json"][..], &["--graph", "dot"], &[]] {
        let words = [&["plan", file, "--project", project], more].concat();
        let there = ask(&words).exits(0).stdout;
        assert_eq!(there, server.baton(&words).exits(0).stdout, "{more:?}");
    }
    ask(&["plan", "w.yaml", "--project", project, "--definition"]).exits(2);
    ask(&["plan", "w.yaml", "--config", "baton.toml"]).exits(2);
    ask(&["doctor"]).exits(2).says(&["about this machine"]);
    ask(&["runs", "--data-dir", "x"])
        .exits(2)
        .says(&["two places"]);
    client.file("bad.yaml", "workflow: 1\n");
    ask(&["run", "bad.yaml"]).exits(1).says(&["bad.yaml:1:11"]);
    client.file("baton.toml", AGENTS);
    ask(&["plan", "w.yaml"])
        .exits(0)
        .says(&["knows nothing of the project here"]);
    stop(serve);
}

#[test]
fn tokens_say_who_asks_and_what_they_may() {
    let (server, client) = worlds();
    configure(&server, &format!("{AGENTS}[server]\nauth = \"always\"\n"));
    let token = |name: &str, scope: &str| {
        let made = server
            .baton(&["token", "create", name, "--scope", scope])
            .exits(0);
        made.stdout.trim().to_owned()
    };
    let (reader, runner) = (token("reader", "read"), token("runner", "run"));
    let (serve, address) = served(&server, &[]);
    let url = format!("http://{address}");
    let ask = |token: &str, arguments: &[&str]| {
        let mut command = client.command(arguments);
        Answer::of(command.env("BATON_SERVER", &url).env("BATON_TOKEN", token))
    };
    for token in ["", "nobodys"] {
        let refused = ask(token, &["runs"]).exits(77);
        refused.says(&["error[unauthenticated]", "--token-file"]);
    }
    ask(&reader, &["runs"]).exits(0);
    ask(&reader, &["create", "w.yaml"])
        .exits(77)
        .says(&["error[forbidden]"]);
    ask(&runner, &["create", "w.yaml"]).exits(0);
    let file = client.file("token", format!("{reader}\n"));
    let file = file.to_str().unwrap();
    ask("nobodys", &["list", "--token-file", file])
        .exits(0)
        .stdout_says("Test");
    ask("", &["list", "--token-file", "nowhere"]).exits(74);
    client.baton(&["list", "--token-file", file]).exits(2);
    let shown = ask(&reader, &["config"]).exits(0);
    shown.stdout_says("BATON_TOKEN");
    assert!(!shown.stdout.contains(&reader), "{}", shown.stdout);
    stop(serve);
}

#[test]
fn an_encrypted_server_must_be_one_this_machine_trusts() {
    let (server, client) = worlds();
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names).unwrap();
    configure(
        &server,
        &format!("{AGENTS}[server.tls]\ncert = \"cert.pem\"\nkey = \"key.pem\"\n"),
    );
    let certificate = server.data().join("cert.pem");
    fs::write(&certificate, cert.pem()).unwrap();
    fs::write(server.data().join("key.pem"), signing_key.serialize_pem()).unwrap();
    let (serve, address) = served(&server, &[]);
    let port = address.rsplit(':').next().unwrap();
    let list = |trusted: &Path, host: &str| {
        let url = format!("https://{host}:{port}");
        let mut command = client.command(&["list", "--server", &url]);
        Answer::of(command.env("SSL_CERT_FILE", trusted))
    };
    for host in ["localhost", "127.0.0.1"] {
        list(&certificate, host)
            .exits(0)
            .stdout_says("No workflows");
    }
    let other = generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let other = client.file("other.pem", other.cert.pem());
    list(&other, "localhost")
        .exits(69)
        .says(&["error[unreachable]", "certificate"]);
    stop(serve);
}

#[test]
fn a_run_is_followed_across_a_restart_of_its_server() {
    let (server, client) = worlds();
    let (serve, address) = served(&server, &[]);
    let url = format!("http://{address}");
    let mut run = client.start(&["run", "w.yaml", "--server", &url]);
    let id = run.run();
    run.until("waiting");
    stop(serve);
    run.until("does not answer");
    let (serve, _) = served(&server, &["--listen", &address]);
    client.baton(&["approve", &id, "--server", &url]).exits(0);
    run.end().exits(0).stdout_says("✓ completed");
    stop(serve);
}

#[test]
fn what_is_no_baton_is_said_to_be_none() {
    let client = World::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answers = [
        "HTTP/1.1 404 Not Found\r\ncontent-length: 4\r\n\r\nnope",
        "HTTP/1.1 301 Moved\r\nlocation: https://elsewhere.example/x\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nnope",
    ];
    let server = std::thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            read_head(&mut stream);
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    let ask = || client.baton(&["runs", "--server", &url]).exits(69);
    ask().says(&["404", "not how Baton answers"]);
    ask().says(&["https://elsewhere.example/x", "--server"]);
    ask().says(&["error[unreachable]"]);
    server.join().unwrap();
    for wrong in ["nowhere", "ftp://a", "https://a:b@c"] {
        client
            .baton(&["runs", "--server", wrong])
            .exits(2)
            .says(&["error[usage]", wrong]);
    }
}

fn read_head(stream: &mut TcpStream) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() > 0 {
        head.extend(byte);
    }
}

#[test]
fn a_server_that_has_workflows_switched_off_says_so() {
    let (server, client) = worlds();
    let mut serve = server.command(&["serve"]);
    let mut serve = Live::of(serve.env("BATON_WORKFLOW_ENGINE_ENABLED", "0"));
    let line = serve.until("  http ");
    let (_, address) = line.split_once("://").unwrap();
    serve.until("took up");
    let url = format!("http://{address}");
    for arguments in [["list"].as_slice(), &["run", "w.yaml"], &["show", "Test"]] {
        let arguments = [arguments, &["--server", &url]].concat();
        client.baton(&arguments).exits(0).stdout_says("coming soon");
    }
    stop(serve);
}
