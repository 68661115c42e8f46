//! Requests that no client library would send, byte by byte.

use std::io::{BufReader, Read, Write};
use std::net::Shutdown;

use super::client::{Server, read_answer};
use crate::support::World;

fn served() -> (World, Server) {
    let world = World::new();
    let server = Server::start(&world);
    (world, server)
}

/// Makes the server close the connection after its answer.
const CLOSES: &[u8] = b"connection: close";

/// Sends bytes, closes the sending half unless the server is asked to close,
/// and reads until it does.
fn exchange(server: &Server, bytes: &[u8]) -> String {
    let mut stream = server.connect();
    // The server may have refused and closed before it has read everything.
    drop(stream.write_all(bytes));
    // A server need not answer all of what was asked by whoever has hung up.
    if !bytes.windows(CLOSES.len()).any(|part| part == CLOSES) {
        drop(stream.shutdown(Shutdown::Write));
    }
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer));
    String::from_utf8_lossy(&answer).into_owned()
}

fn statuses(answer: &str) -> Vec<&str> {
    let lines = answer.split("HTTP/1.1 ").skip(1);
    lines.map(|line| &line[..3]).collect()
}

/// Bytes after `HOST` is put in, and the statuses they are answered with; none:
/// the connection is closed without a word.
const EXCHANGES: &[(&str, &[&str])] = &[
    // Nothing, and less than a request.
    ("", &[]),
    ("GET", &[]),
    ("GET /api/v1/workflows HTTP/1.1\r\nHOST", &[]),
    // Not HTTP.
    ("\0\0\0\0\r\n\r\n", &["400"]),
    ("SSH-2.0-OpenSSH_9.2\r\n\r\n", &["400"]),
    ("\x16\x03\x01\x02\x00\x01", &["400"]),
    ("GET /api/v1/workflows HTTP/9.9\r\nHOST\r\n\r\n", &["400"]),
    ("GET /api/v1/work flows HTTP/1.1\r\nHOST\r\n\r\n", &["400"]),
    ("GET /\u{7f} HTTP/1.1\r\nHOST\r\n\r\n", &["400"]),
    // No host, and two.
    (
        "GET /api/v1/workflows HTTP/1.1\r\nconnection: close\r\n\r\n",
        &["403"],
    ),
    // Lengths that contradict each other or make no sense.
    (
        "POST /api/v1/workflows HTTP/1.1\r\nHOST\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}",
        &["400"],
    ),
    (
        "POST /api/v1/workflows HTTP/1.1\r\nHOST\r\ncontent-length: -1\r\n\r\n{}",
        &["400"],
    ),
    (
        "POST /api/v1/workflows HTTP/1.1\r\nHOST\r\ncontent-length: 0x2\r\n\r\n{}",
        &["400"],
    ),
    // A name of a header with a blank, and a line that goes on in the next.
    (
        "GET /api/v1/workflows HTTP/1.1\r\nHOST\r\na b: c\r\n\r\n",
        &["400"],
    ),
    (
        "GET /api/v1/workflows HTTP/1.1\r\nHOST\r\na: b\r\n c\r\n\r\n",
        &["400"],
    ),
    // A body that ends before it should.
    (
        "POST /api/v1/workflows HTTP/1.1\r\nHOST\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{",
        &["422"],
    ),
    // Chunks that are none.
    (
        "POST /api/v1/workflows HTTP/1.1\r\nHOST\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        &["422"],
    ),
    // Three at once, of which one is refused.
    (
        "GET /api/v1/config/feature-flags HTTP/1.1\r\nHOST\r\n\r\nPUT /api/v1/workflows HTTP/1.1\r\nHOST\r\n\r\nGET /api/v1/config/feature-flags HTTP/1.1\r\nHOST\r\nconnection: close\r\n\r\n",
        &["200", "405", "200"],
    ),
    // Methods that nobody knows.
    (
        "BREW /api/v1/workflows HTTP/1.1\r\nHOST\r\nconnection: close\r\n\r\n",
        &["405"],
    ),
    (
        "TRACE /api/v1/workflows HTTP/1.1\r\nHOST\r\nconnection: close\r\n\r\n",
        &["405"],
    ),
    (
        "CONNECT example.com:443 HTTP/1.1\r\nHOST\r\nconnection: close\r\n\r\n",
        &["403"],
    ),
    (
        "OPTIONS * HTTP/1.1\r\nHOST\r\nconnection: close\r\n\r\n",
        &["404"],
    ),
];

#[test]
fn what_is_no_proper_request_is_refused_and_the_server_goes_on() {
    let (_world, server) = served();
    let host = format!("host: {}", server.address);
    for (bytes, expected) in EXCHANGES {
        let sent = bytes.replace("HOST", &host);
        let answer = exchange(&server, sent.as_bytes());
        assert_eq!(statuses(&answer), *expected, "{bytes:?}: {answer}");
        let alive = server.ask("GET /api/v1/config/feature-flags", &[], None);
        assert_eq!(alive.status, 200, "after {bytes:?}");
    }
    server.stop();
}

#[test]
fn what_is_too_long_is_refused_and_the_server_goes_on() {
    let (_world, server) = served();
    let host = format!("host: {}", server.address);
    let long = "x".repeat(1 << 20);
    let many = "a: b\r\n".repeat(1_000);
    for (request, expected) in [
        (format!("GET /{long} HTTP/1.1\r\n{host}\r\n\r\n"), "431"),
        (
            format!("GET / HTTP/1.1\r\n{host}\r\na: {long}\r\n\r\n"),
            "431",
        ),
        (format!("GET / HTTP/1.1\r\n{host}\r\n{many}\r\n"), "431"),
    ] {
        let answer = exchange(&server, request.as_bytes());
        let start = &request[..40];
        // A refusal may be lost when more was on its way than anybody reads.
        let found = statuses(&answer);
        assert!(found.is_empty() || found == [expected], "{start}: {answer}");
        let alive = server.ask("GET /api/v1/config/feature-flags", &[], None);
        assert_eq!(alive.status, 200, "after {start}");
    }
    server.stop();
}

/// Parts of paths and values that mean something to somebody else.
const HOSTILE: &[&str] = &[
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "..%5c..%5cboot.ini",
    "%00",
    "%0d%0aset-cookie:%20a=b",
    "%ff%fe",
    "%e2%80%ae",
    "'%20OR%20'1'='1",
    "1;DROP%20TABLE%20workflows--",
    "%25",
    "_",
    "%5f%5f%5f",
    "$%7B%7Bsecrets.KEY%7D%7D",
    "%7B%7B7*7%7D%7D",
    "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "$(id)",
    "%60id%60",
    "%7C%7Cid",
    "-1",
    "NaN",
    "9223372036854775808",
    "00000000-0000-0000-0000-000000000000",
];

#[test]
fn nothing_in_a_path_or_a_query_means_anything() {
    let (_world, server) = served();
    for hostile in HOSTILE {
        for path in [
            format!("/workflows/{hostile}"),
            format!("/workflow-executions/{hostile}"),
            format!("/workflow-executions/{hostile}/stream"),
            format!("/workflows/x/executions/{hostile}/stream"),
            format!("/workflows/{hostile}/executions/x/stream"),
        ] {
            let answer = server.ask(&format!("GET /api/v1{path}"), &[], None);
            assert!([404, 422].contains(&answer.status), "{path}: {answer:?}");
            assert_eq!(answer.kind, "application/problem+json", "{path}");
            assert!(!answer.text.contains("SQL"), "{path}: {}", answer.text);
        }
        for query in ["search", "tags", "project_id"] {
            let line = format!("GET /api/v1/workflows?{query}={hostile}");
            let answer = server.ask(&line, &[], None);
            assert_eq!(answer.status, 200, "{line}: {answer:?}");
            assert_eq!(answer.json()["total_count"], 0, "{line}");
        }
    }
    server.stop();
}

#[test]
fn names_are_kept_letter_for_letter_or_refused() {
    let (_world, server) = served();
    let rows: &[(&str, u16)] = &[
        ("Robert'); DROP TABLE workflows;--", 201),
        ("100%_sure\\", 201),
        ("<b onload=alert(1)>", 201),
        ("{{ 7 * 7 }}", 201),
        ("\u{202e}gnp.exe", 201),
        ("𝒲orkflow 🎼", 201),
    ];
    for (place, (name, status)) in rows.iter().enumerate() {
        let name_text = serde_json::to_string(name).unwrap();
        let text = format!(
            "workflow: {{ id: w{place}, name: {name_text} }}\nstages: [{{ id: a, name: A, roles: {{ primary: {{ artifact: \"agent:a\" }} }} }}]\n"
        );
        let body = serde_json::json!({ "yaml_content": text }).to_string();
        let answer = server.ask("POST /api/v1/workflows", &[], Some(&body));
        assert_eq!(answer.status, *status, "{name}: {answer:?}");
        assert_eq!(answer.json()["name"], *name);
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        let shown = server.ask(&format!("GET /api/v1/workflows/{id}"), &[], None);
        assert_eq!(shown.json()["definition"], text.as_str());
    }
    for name in ["a\\u0000b", "a\\u0007b", "a\\nb"] {
        let body = format!("{{\"new_name\": \"{name}\"}}");
        let answer = server.ask("POST /api/v1/workflows/w0/duplicate", &[], Some(&body));
        assert_eq!(answer.status, 422, "{name}: {answer:?}");
    }
    server.stop();
}

#[test]
fn a_body_is_an_object_with_fields_that_are_known() {
    let (_world, server) = served();
    for body in [
        "",
        "null",
        "[]",
        "\"text\"",
        "1",
        "{",
        "{}}",
        "{\"yaml_content\": \"a\", \"yaml_content\": \"b\"}",
        "{\"yaml_content\": \"a\", \"x\": 1}",
        "{\"yaml_content\": null}",
        "[\"a\", null]",
        "\u{feff}{}",
        "{\"yaml_content\": \"\\ud800\"}",
        "{'yaml_content': 1}",
        "{\"yaml_content\": NaN}",
    ] {
        let answer = server.ask("POST /api/v1/workflows", &[], Some(body));
        assert_eq!(answer.status, 422, "{body}: {answer:?}");
    }
    let deep = format!(
        "{{\"yaml_content\": {}1{}}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let answer = server.ask("POST /api/v1/workflows", &[], Some(&deep));
    assert_eq!(answer.status, 422, "{answer:?}");
    server.stop();
}

#[test]
fn one_who_sends_slowly_keeps_nobody_waiting() {
    let (_world, server) = served();
    let mut slow: Vec<_> = (0..50).map(|_| server.connect()).collect();
    for stream in &mut slow {
        stream
            .write_all(b"GET /api/v1/workflows HTTP/1.1\r\nhost: loc")
            .unwrap();
    }
    let alive = server.ask("GET /api/v1/config/feature-flags", &[], None);
    assert_eq!(alive.status, 200);
    // What was begun may still be ended.
    let rest = format!(
        "alhost:{}\r\nconnection: close\r\n\r\n",
        server.address.port()
    );
    for mut stream in slow {
        stream.write_all(rest.as_bytes()).unwrap();
        assert_eq!(read_answer(&mut BufReader::new(stream)).status, 200);
    }
    server.stop();
}
