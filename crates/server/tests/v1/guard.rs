//! What is let in from the network, and what becomes of the rest.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::request::Builder;
use axum::http::{HeaderMap, Method, Request, Response, header};
use baton_app::access::Authentication;
use baton_app::rows::ExecutionFilter;
use baton_server::http::guard::{RateLimit, Settings};
use baton_server::http::{Instruments, Router, guarded};
use baton_server::listen::Peer;
use baton_store::RunQuery;
use futures_util::stream;
use serde_json::{Value, json};

use super::server::{Answer, Server, definition, open, send};

/// This machine, and another one.
pub(crate) const HERE: &str = "127.0.0.1:50000";
pub(crate) const ELSEWHERE: &str = "192.0.2.9:50000";

/// A server as it is seen from the network.
pub(crate) struct Network {
    pub(crate) server: Server,
    router: Router,
}

impl Network {
    pub(crate) fn new() -> Self {
        Self::with(Settings::default(), Authentication::Auto)
    }

    pub(crate) fn with(settings: Settings, authentication: Authentication) -> Self {
        let mut server = Server::start();
        server.app = server.app.clone().with_authentication(authentication);
        let router = guarded(server.app.clone(), settings, Instruments::default());
        Self { server, router }
    }

    /// Sends a request from a peer.
    pub(crate) async fn send(&self, from: &str, request: Request<Body>) -> Answer {
        send(&self.router, coming(from, request)).await
    }

    /// The same for an answer that may take for ever.
    pub(crate) async fn open(&self, from: &str, request: Request<Body>) -> Response<Body> {
        open(&self.router, coming(from, request)).await
    }

    /// Asks for a path of the API with these headers.
    pub(crate) async fn ask(
        &self,
        from: &str,
        (method, path): (&str, &str),
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Answer {
        let mut request = request(method, path);
        let map = request.headers_mut().unwrap();
        if body.is_some() {
            map.insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
        }
        for (name, value) in headers {
            let name: header::HeaderName = name.parse().unwrap();
            if name == header::HOST {
                map.remove(header::HOST);
            }
            map.append(name, value.parse().unwrap());
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.send(from, request.body(body).unwrap()).await
    }

    async fn n_runs(&self) -> u64 {
        let all = self.server.store.executions(ExecutionFilter::default());
        all.await.unwrap().total_count
    }
}

/// The request as it comes from a peer.
fn coming(from: &str, mut request: Request<Body>) -> Request<Body> {
    let remote: SocketAddr = from.parse().unwrap();
    let local = if remote.ip().is_loopback() {
        "127.0.0.1:7878"
    } else {
        "192.0.2.1:7878"
    };
    let local = local.parse().unwrap();
    request.extensions_mut().insert(Peer { remote, local });
    request
}

pub(crate) fn request(method: &str, path: &str) -> Builder {
    Request::builder()
        .method(method)
        .uri(format!("/api/v1{path}"))
        .header(header::HOST, "localhost:7878")
}

/// What starts a run.
fn start() -> Value {
    json!({ "definition": definition("Guarded"), "parameters": { "topic": "doors" } })
}

/// What a page of another site, or one whose name was given our address, sends.
const HOSTILE: &[&[(&str, &str)]] = &[
    &[("host", "evil.example")],
    &[
        ("host", "evil.example:7878"),
        ("origin", "http://evil.example:7878"),
    ],
    &[
        ("host", "localhost.evil.example:7878"),
        ("sec-fetch-site", "same-origin"),
    ],
    &[("host", "0.0.0.0:7878")],
    &[("host", "localhost"), ("host", "evil.example")],
    &[("host", "")],
    &[("origin", "http://evil.example")],
    &[("origin", "null")],
    &[
        ("origin", "http://localhost:3000"),
        ("sec-fetch-site", "same-site"),
    ],
    &[
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-mode", "no-cors"),
    ],
    &[
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-mode", "navigate"),
    ],
];

#[tokio::test]
async fn pages_of_other_sites_start_nothing_and_read_nothing() {
    let network = Network::new();
    let started = network
        .ask(HERE, ("POST", "/workflow-executions"), &[], Some(&start()))
        .await;
    let run = started.with(201)["id"].as_str().unwrap().to_owned();
    let below = |rest: &str| format!("/workflow-executions/{run}{rest}");
    let start = start();
    let asked = [
        ("GET", "/workflows".to_owned(), None),
        ("HEAD", "/workflows".to_owned(), None),
        ("GET", below(""), None),
        ("GET", below("/stream"), None),
        ("GET", below("/events/stream"), None),
        ("GET", below("/logs"), None),
        ("GET", "/nowhere".to_owned(), None),
        ("OPTIONS", "/workflow-executions".to_owned(), None),
        ("POST", "/workflow-executions".to_owned(), Some(&start)),
        ("POST", below("/cancel"), None),
        ("GET", "/tokens".to_owned(), None),
    ];
    for headers in HOSTILE {
        for (method, path, body) in &asked {
            let answer = network.ask(HERE, (method, path), headers, *body).await;
            assert_eq!(answer.status.as_u16(), 403, "{method} {path} {headers:?}");
            let allowed = answer.headers.get(header::ACCESS_CONTROL_ALLOW_ORIGIN);
            assert_eq!(allowed, None, "{method} {path} {headers:?}");
            if *method != "HEAD" {
                answer.problem(403, "forbidden");
            }
        }
    }
    assert_eq!(network.n_runs().await, 1);
    let run = network
        .ask(HERE, ("GET", &below("")), &[], None)
        .await
        .with(200);
    assert_eq!(run["status"], "running");
}

#[tokio::test]
async fn a_host_inside_the_request_line_counts_too() {
    let network = Network::new();
    let request = Request::get("http://evil.example/api/v1/workflows")
        .header(header::HOST, "localhost")
        .body(Body::empty());
    let answer = network.send(HERE, request.unwrap()).await;
    answer.problem(403, "forbidden");
}

#[tokio::test]
async fn our_own_pages_and_programs_are_let_in() {
    let network = Network::new();
    for headers in [
        &[][..],
        &[
            ("host", "127.0.0.1:7878"),
            ("origin", "http://127.0.0.1:7878"),
            ("sec-fetch-site", "same-origin"),
        ],
        &[("host", "[::1]:7878"), ("sec-fetch-site", "none")],
    ] {
        network
            .ask(HERE, ("GET", "/workflows"), headers, None)
            .await
            .with(200);
    }
}

#[tokio::test]
async fn names_and_sites_that_are_configured_are_let_in() {
    let settings = Settings {
        hosts: vec!["baton.example.org".to_owned()],
        origins: vec!["https://ci.example.org".to_owned()],
        rate_limit: None,
    };
    let network = Network::with(settings, Authentication::Auto);
    let host = ("host", "baton.example.org");
    network
        .ask(HERE, ("GET", "/workflows"), &[host], None)
        .await
        .with(200);
    let site = ("origin", "https://ci.example.org");
    let fetch = ("sec-fetch-site", "cross-site");
    let answer = network
        .ask(HERE, ("GET", "/workflows"), &[host, site, fetch], None)
        .await;
    let allowed = answer.headers.get(header::ACCESS_CONTROL_ALLOW_ORIGIN);
    assert_eq!(allowed.unwrap(), "https://ci.example.org");
    answer.with(200);
    let asking = [
        site,
        ("access-control-request-method", "POST"),
        (
            "access-control-request-headers",
            "authorization,content-type",
        ),
    ];
    let answer = network
        .ask(HERE, ("OPTIONS", "/workflow-executions"), &asking, None)
        .await;
    assert!(answer.status.is_success(), "{}", answer.status);
    let methods = answer.headers[header::ACCESS_CONTROL_ALLOW_METHODS]
        .to_str()
        .unwrap();
    assert!(
        methods.contains("POST") && methods.contains("DELETE"),
        "{methods}"
    );
    let other = ("origin", "https://ci.example.org.evil.example");
    let answer = network
        .ask(HERE, ("GET", "/workflows"), &[other], None)
        .await;
    answer.problem(403, "forbidden");
}

#[tokio::test]
async fn every_answer_tells_browsers_to_believe_nothing() {
    let network = Network::new();
    for (path, headers) in [
        ("/workflows", &[][..]),
        ("/nowhere", &[]),
        ("/workflows", &[("host", "evil.example")]),
    ] {
        let answer = network.ask(HERE, ("GET", path), headers, None).await;
        assert_protected(&answer.headers);
        let on_socket = network.server.get(path).await;
        assert_protected(&on_socket.headers);
    }
}

fn assert_protected(headers: &HeaderMap) {
    let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert_eq!(headers[header::X_FRAME_OPTIONS], "DENY");
    assert_eq!(headers[header::REFERRER_POLICY], "no-referrer");
    assert_eq!(headers[header::CACHE_CONTROL], "no-store");
    assert!(!headers.contains_key(header::SERVER));
    assert!(!headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN));
}

#[tokio::test]
async fn a_body_has_to_say_that_it_is_json() {
    let network = Network::new();
    let start = start().to_string();
    for kind in [
        None,
        Some(""),
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data; boundary=x"),
        Some("text/plain; application/json"),
        Some("application/jsonp"),
    ] {
        for path in [
            "/workflow-executions",
            "/workflows/x/duplicate",
            "/workflows/x/run",
        ] {
            let mut request = request("POST", path);
            if let Some(kind) = kind {
                request = request.header(header::CONTENT_TYPE, kind);
            }
            let request = request.body(Body::from(start.clone())).unwrap();
            let answer = network.send(HERE, request).await;
            answer.problem(415, "unsupported_media_type");
        }
    }
    for kind in [
        "application/json",
        "Application/JSON; charset=utf-8",
        "application/ld+json",
    ] {
        let request = request("POST", "/workflow-executions")
            .header(header::CONTENT_TYPE, kind)
            .body(Body::from(start.clone()));
        network.send(HERE, request.unwrap()).await.with(201);
    }
    assert_eq!(network.n_runs().await, 3);
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused_before_it_comes() {
    let network = Network::new();
    let bytes = 17 * 1024 * 1024;
    let claims = request("POST", "/workflow-executions")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CONTENT_LENGTH, bytes)
        .body(never_ending());
    let answer = network.send(HERE, claims.unwrap()).await;
    answer.problem(413, "too_large");
    let is = request("POST", "/workflow-executions")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(vec![b' '; bytes]));
    let answer = network.send(HERE, is.unwrap()).await;
    answer.problem(413, "too_large");
}

fn never_ending() -> Body {
    Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>())
}

#[tokio::test(start_paused = true)]
async fn a_body_that_never_ends_is_not_waited_for_for_ever() {
    let network = Network::new();
    // A letter a second, which is never silence.
    let letters = stream::unfold((), |()| async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        Some((Ok::<_, std::io::Error>(" "), ()))
    });
    for body in [never_ending(), Body::from_stream(letters)] {
        let start = tokio::time::Instant::now();
        let request = request("POST", "/workflow-executions")
            .header(header::CONTENT_TYPE, "application/json")
            .body(body);
        let answer = network.send(HERE, request.unwrap()).await;
        answer.problem(408, "too_slow");
        assert_eq!(start.elapsed().as_secs(), 60);
    }
}

#[tokio::test]
async fn whoever_asks_too_much_has_to_wait() {
    let limit = RateLimit {
        requests: NonZeroU32::new(3).unwrap(),
        per: Duration::from_hours(1),
    };
    let settings = Settings {
        rate_limit: Some(limit),
        ..Settings::default()
    };
    let network = Network::with(settings, Authentication::Auto);
    for _ in 0..3 {
        network
            .ask(HERE, ("GET", "/workflows"), &[], None)
            .await
            .with(200);
    }
    let answer = network.ask(HERE, ("GET", "/workflows"), &[], None).await;
    let wait: u64 = answer.headers[header::RETRY_AFTER]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=1_200).contains(&wait), "{wait}");
    answer.problem(429, "rate_limited");
    // Others are not concerned, and guesses of tokens are counted.
    for _ in 0..3 {
        let guess = [
            ("host", "192.0.2.1"),
            ("authorization", "Bearer baton_guess"),
        ];
        let answer = network
            .ask(ELSEWHERE, ("GET", "/workflows"), &guess, None)
            .await;
        answer.problem(401, "unauthenticated");
    }
    let answer = network
        .ask(
            ELSEWHERE,
            ("GET", "/workflows"),
            &[("host", "192.0.2.1")],
            None,
        )
        .await;
    answer.problem(429, "rate_limited");
}

#[tokio::test]
async fn every_method_is_looked_at() {
    let network = Network::new();
    for method in [
        Method::TRACE,
        Method::OPTIONS,
        Method::CONNECT,
        Method::PATCH,
    ] {
        let answer = network
            .ask(HERE, (method.as_str(), "/tokens"), &[], None)
            .await;
        answer.problem(405, "method_not_allowed");
    }
}

#[tokio::test]
async fn how_to_use_it_may_be_read_by_anybody_and_nothing_else() {
    let network = Network::new();
    let host = ("host", "192.0.2.1");
    let link = [
        host,
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-dest", "document"),
    ];
    let document = ("GET", "/openapi.json");
    let read = network.ask(ELSEWHERE, document, &[host], None).await;
    read.with(200);
    let read = network.ask(ELSEWHERE, document, &link, None).await;
    read.with(200);
    // Not for the script of another site, nor inside one of its pages.
    let mut framed = link;
    framed[3].1 = "iframe";
    for headers in [&framed[..], &link[..2], &link[..3]] {
        let answer = network.ask(ELSEWHERE, document, headers, None).await;
        answer.problem(403, "forbidden");
    }
    let answer = network
        .ask(ELSEWHERE, ("GET", "/workflows"), &link, None)
        .await;
    answer.problem(403, "forbidden");
    let answer = network
        .ask(ELSEWHERE, ("POST", "/openapi.json"), &[host], None)
        .await;
    answer.problem(401, "unauthenticated");
    let foreign = [("host", "evil.example")];
    let answer = network.ask(ELSEWHERE, document, &foreign, None).await;
    answer.problem(403, "forbidden");
}
