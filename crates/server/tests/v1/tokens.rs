//! Tokens: who has one, and what they may do with it.

use std::time::Duration;

use axum::body::Body;
use baton_app::Caller;
use baton_app::access::Authentication;
use baton_app::rows::Scope;
use baton_model::Timestamp;
use baton_server::http::guard::Settings;
use baton_store::{TokenHash, TokenRow, TokenStore};
use futures_util::StreamExt;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use super::guard::{ELSEWHERE, HERE, Network, request};
use super::server::{Answer, Server, definition};

const LIST: (&str, &str) = ("GET", "/workflows");

impl Network {
    /// Makes a token, as the owner of the machine does.
    async fn token(&self, name: &str, scope: &str) -> String {
        let new = json!({ "name": name, "scope": scope });
        let made = self.server.post("/tokens", &new).await.with(201);
        assert_eq!(
            (&made["name"], &made["scope"]),
            (&json!(name), &json!(scope))
        );
        made["token"].as_str().unwrap().to_owned()
    }

    /// Asks from another machine, with a token.
    async fn ask_as(&self, token: &str, asked: (&str, &str), body: Option<&Value>) -> Answer {
        let bearer = format!("Bearer {token}");
        let headers = [("host", "192.0.2.1"), ("authorization", bearer.as_str())];
        self.ask(ELSEWHERE, asked, &headers, body).await
    }
}

#[tokio::test]
async fn other_machines_need_a_token() {
    let network = Network::new();
    let token = network.token("ci", "read").await;
    assert!(token.starts_with("baton_") && token.len() == 49, "{token}");
    let with = |scheme: &str, token: &str| format!("{scheme} {token}");
    for wrong in [
        None,
        Some(String::new()),
        Some("Bearer".to_owned()),
        Some(with("Bearer", "")),
        Some(with("Bearer", "baton_")),
        Some(with("Bearer", &token[..48])),
        Some(with("Bearer", &format!("{token}x"))),
        Some(with("Bearer", &token.to_uppercase())),
        Some(with("Basic", &token)),
        Some(token.clone()),
    ] {
        let mut headers = vec![("host", "192.0.2.1")];
        headers.extend(wrong.as_deref().map(|value| ("authorization", value)));
        let path = format!("/workflows?token={token}&access_token={token}");
        let answer = network.ask(ELSEWHERE, ("GET", &path), &headers, None).await;
        assert_eq!(answer.headers["www-authenticate"], "Bearer realm=\"baton\"");
        answer.problem(401, "unauthenticated");
    }
    let twice = with("Bearer", &token);
    let headers = [
        ("host", "192.0.2.1"),
        ("authorization", &*twice),
        ("authorization", &*twice),
    ];
    let answer = network.ask(ELSEWHERE, LIST, &headers, None).await;
    answer.problem(401, "unauthenticated");
    network.ask_as(&token, LIST, None).await.with(200);
}

#[tokio::test]
async fn this_machine_needs_none_unless_it_is_told_to() {
    let network = Network::new();
    network.ask(HERE, LIST, &[], None).await.with(200);
    // What somebody says must be true, even where nothing need be said.
    let lie = [("authorization", "Bearer baton_lie")];
    let answer = network.ask(HERE, LIST, &lie, None).await;
    answer.problem(401, "unauthenticated");
    for proxy in ["x-forwarded-for", "forwarded", "via", "x-real-ip"] {
        let answer = network
            .ask(HERE, LIST, &[(proxy, "198.51.100.1")], None)
            .await;
        answer.problem(401, "unauthenticated");
    }
    let network = Network::with(Settings::default(), Authentication::Always);
    let answer = network.ask(HERE, LIST, &[], None).await;
    answer.problem(401, "unauthenticated");
    let token = network.token("me", "read").await;
    let bearer = format!("bearer {token}");
    network
        .ask(HERE, LIST, &[("authorization", &bearer)], None)
        .await
        .with(200);
}

#[tokio::test]
async fn a_scope_holds_what_is_below_it() {
    let network = Network::new();
    let start = json!({ "definition": definition("Mine"), "parameters": { "topic": "x" } });
    let token = json!({ "name": "more", "scope": "admin" });
    let asked = [
        (("GET", "/workflow-executions"), None, Scope::Read),
        (("GET", "/artifacts"), None, Scope::Run),
        (("POST", "/workflow-executions"), Some(&start), Scope::Run),
        (("GET", "/tokens"), None, Scope::Admin),
        (("POST", "/tokens"), Some(&token), Scope::Admin),
        (("DELETE", "/tokens/more"), None, Scope::Admin),
    ];
    for scope in Scope::ALL {
        let token = network.token(&format!("a-{scope}"), scope.as_str()).await;
        for (asked, body, wanted) in asked {
            let answer = network.ask_as(&token, asked, body).await;
            if scope >= &wanted {
                assert!(answer.status.is_success(), "{asked:?} {scope}: {answer:?}");
            } else {
                let problem = answer.problem(403, "forbidden");
                let detail = problem["detail"].as_str().unwrap();
                assert!(detail.contains(wanted.as_str()), "{detail}");
            }
        }
    }
}

#[tokio::test]
async fn what_is_done_carries_the_name_of_the_token() {
    let network = Network::new();
    let token = network.token("ada@example.org", "run").await;
    let text = json!({ "yaml_content": definition("Hers") });
    let created = network
        .ask_as(&token, ("POST", "/workflows"), Some(&text))
        .await
        .with(201);
    assert_eq!(created["created_by"], "ada@example.org");
    let path = format!("/workflows/{}/run", created["id"].as_str().unwrap());
    let with = json!({ "parameters": { "topic": "x" } });
    let run = network
        .ask_as(&token, ("POST", &path), Some(&with))
        .await
        .with(201);
    let by_local = network.server.post(&path, &with).await.with(201);
    let events = |run: &Value| format!("/workflow-executions/{}", run["id"].as_str().unwrap());
    let shown = network.server.get(&events(&run)).await.with(200);
    assert_eq!(shown["created_by"], "ada@example.org");
    let shown = network.server.get(&events(&by_local)).await.with(200);
    assert_eq!(shown["created_by"], "local");
}

const GATE: &str = "
workflow: { id: gated, name: Gated }
stages:
  - { id: release, name: Release, type: gate, gate: { approvers: [ada, grace] } }
";

async fn gated(server: &Server) -> String {
    let start = json!({ "definition": GATE });
    let run = server.post("/workflow-executions", &start).await.with(201);
    let id = run["id"].as_str().unwrap();
    format!("/workflow-executions/{id}/gates/release/approve")
}

#[tokio::test]
async fn only_approvers_decide_a_gate_once_callers_have_names() {
    let network = Network::new();
    let server = &network.server;
    // Nobody has a name, so anybody may.
    let approve = gated(server).await;
    server.post_nothing(&approve).await.with(200);

    let ada = network.token("ada", "run").await;
    let eve = network.token("eve", "admin").await;
    let approve = gated(server).await;
    for answer in [
        server.post_nothing(&approve).await,
        network.ask(HERE, ("POST", &approve), &[], None).await,
        network.ask_as(&eve, ("POST", &approve), None).await,
        network
            .ask_as(&eve, ("POST", &approve.replace("approve", "reject")), None)
            .await,
        network
            .ask_as(&eve, ("POST", &approve.replace("/release", "")), None)
            .await,
    ] {
        let problem = answer.problem(403, "forbidden");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains("ada, grace"), "{detail}");
    }
    let step = network
        .ask_as(&ada, ("POST", &approve), None)
        .await
        .with(200);
    assert_eq!(step["gate"]["decided_by"], "ada", "{step:#}");
}

/// Who decides is known once the gate is open, and not before.
#[tokio::test]
async fn nobody_decides_a_gate_that_has_not_opened_yet() {
    let network = Network::new();
    let eve = network.token("eve", "run").await;
    let text = "
workflow: { id: gated, name: Gated }
stages:
  - { id: review, name: Review, type: gate, gate: { approvers: [eve] } }
  - { id: release, name: Release, type: gate, depends_on: [review], gate: { approvers: [ada] } }
";
    let start = json!({ "definition": text });
    let run = network.server.post("/workflow-executions", &start).await;
    let run = run.with(201)["id"].as_str().unwrap().to_owned();
    let gate = |stage| format!("/workflow-executions/{run}/gates/{stage}/approve");
    let early = network.ask_as(&eve, ("POST", &gate("release")), None).await;
    early.problem(409, "illegal_state");
    let known = network.ask_as(&eve, ("POST", &gate("review")), None).await;
    known.with(200);
    let late = network.ask_as(&eve, ("POST", &gate("release")), None).await;
    late.problem(403, "forbidden");
    let nowhere = network.ask_as(&eve, ("POST", &gate("nowhere")), None).await;
    nowhere.problem(404, "not_found");
}

#[tokio::test]
async fn a_token_is_worthless_once_it_is_revoked_or_has_expired() {
    let network = Network::new();
    let token = network.token("ci", "read").await;
    network.ask_as(&token, LIST, None).await.with(200);
    network.server.delete("/tokens/ci").await.with(204);
    let answer = network.ask_as(&token, LIST, None).await;
    answer.problem(401, "unauthenticated");
    network
        .server
        .delete("/tokens/ci")
        .await
        .problem(404, "not_found");

    let expired = TokenRow {
        name: "old".to_owned(),
        hash: TokenHash(Sha256::digest("baton_old").into()),
        scope: Scope::Admin,
        created_by: Caller::LOCAL.to_owned(),
        created_at: Timestamp::from_micros(0),
        expires_at: Some(Timestamp::from_micros(1)),
        last_used_at: None,
    };
    let network = Network::new();
    network.server.store.create_token(expired).await.unwrap();
    let problem = network
        .ask_as("baton_old", LIST, None)
        .await
        .problem(401, "unauthenticated");
    assert_eq!(problem["detail"], "the token has expired");
    assert!(!network.server.app.has_tokens().await.unwrap());
    // But callers have had names, and keep them.
    let approve = gated(&network.server).await;
    let answer = network.server.post_nothing(&approve).await;
    answer.problem(403, "forbidden");
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_cut_off_once_its_token_is_revoked() {
    let network = Network::new();
    let start = json!({ "definition": GATE });
    let run = network.server.post("/workflow-executions", &start).await;
    let run = run.with(201)["id"].as_str().unwrap().to_owned();
    for path in ["stream", "events/stream"] {
        let token = network.token("ci", "read").await;
        let request = request("GET", &format!("/workflow-executions/{run}/{path}"))
            .header("authorization", format!("Bearer {token}"))
            .body(Body::empty());
        let stream = network.open(ELSEWHERE, request.unwrap()).await;
        assert_eq!(stream.status(), 200);
        let mut stream = stream.into_body().into_data_stream();
        let open_for = Instant::now();
        // As long as the token is good it goes on.
        while open_for.elapsed() < Duration::from_mins(1) {
            stream.next().await.unwrap().unwrap();
        }
        let revoked = Instant::now();
        network.server.delete("/tokens/ci").await.with(204);
        let last = loop {
            if let Err(error) = stream.next().await.unwrap() {
                break error;
            }
        };
        assert!(revoked.elapsed() <= Duration::from_secs(15));
        assert!(
            last.to_string().contains("the token is good no more"),
            "{last}"
        );
        assert!(stream.next().await.is_none());
    }
}

#[tokio::test]
async fn lists_of_tokens_tell_everything_but_what_they_are() {
    let network = Network::new();
    let token = network.token("ci", "read").await;
    network.ask_as(&token, LIST, None).await.with(200);
    let ends = json!({ "name": "ends", "scope": "run", "expires_at": "2100-01-31T01:00:00+01:00" });
    network.server.post("/tokens", &ends).await.with(201);
    let list = loop {
        let list = network.server.get("/tokens").await.with(200);
        // Nobody waits for the note of a use.
        if !list["items"][0]["last_used_at"].is_null() {
            break list;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(list["items"][1]["expires_at"], "2100-01-31T00:00:00.000Z");
    assert_eq!(list["items"][0]["created_by"], "local");
    let secret = token.strip_prefix("baton_").unwrap();
    assert!(!list.to_string().contains(secret), "{list}");
}

#[tokio::test]
async fn a_token_that_makes_no_sense_is_refused() {
    let server = Server::start();
    let long = "x".repeat(65);
    for name in ["", "local", "a b", "a/b", "a:b", "a\nb", "<b>", &long] {
        let new = json!({ "name": name, "scope": "read" });
        server.post("/tokens", &new).await.problem(422, "malformed");
    }
    for new in [
        json!({ "name": "a" }),
        json!({ "name": "a", "scope": "root" }),
        json!({ "name": "a", "scope": "Admin" }),
        json!({ "name": "a", "scope": "read", "expires_at": "soon" }),
        json!({ "name": "a", "scope": "read", "forever": true }),
    ] {
        server.post("/tokens", &new).await.problem(422, "malformed");
    }
    let expired = json!({ "name": "a", "scope": "read", "expires_at": "2020-01-01T00:00:00Z" });
    let answer = server.post("/tokens", &expired).await;
    answer.problem(400, "invalid_parameters");
    let new = json!({ "name": "a", "scope": "read" });
    server.post("/tokens", &new).await.with(201);
    server
        .post("/tokens", &new)
        .await
        .problem(409, "name_taken");
}
