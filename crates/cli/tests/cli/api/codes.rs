//! Every error code is produced by a test: here by a request, or where a test
//! has what else it takes.

use std::fs;
use std::path::Path;

use baton_model::ErrorCode;
use serde_json::{Value, json};

use super::client::{Answer, Server};
use crate::support::{REPOSITORY, World, workflow};

/// Codes that take more than a request: the file and the words of the test that
/// produces each.
const ELSEWHERE: &[(ErrorCode, &str, &str)] = &[
    (
        ErrorCode::TooSlow,
        "crates/server/tests/v1/guard.rs",
        r#"problem(408, "too_slow")"#,
    ),
    (
        ErrorCode::RateLimited,
        "crates/server/tests/v1/guard.rs",
        r#"problem(429, "rate_limited")"#,
    ),
    (
        ErrorCode::Internal,
        "crates/server/src/http.rs",
        r#"assert_eq!(problem["code"], "internal")"#,
    ),
    (
        ErrorCode::Unavailable,
        "crates/server/tests/v1/surroundings.rs",
        r#"problem(503, "unavailable")"#,
    ),
    (
        ErrorCode::Overloaded,
        "crates/cli/tests/cli/full_places.rs",
        "error[overloaded]",
    ),
    (
        ErrorCode::StorageDamaged,
        "crates/cli/tests/cli/damage.rs",
        "error[storage_damaged]",
    ),
    (
        ErrorCode::StorageFull,
        "crates/cli/tests/cli/small_disks.rs",
        "storage_full",
    ),
];

/// Method and path, body where there is one; the code.
const REFUSED: &str = r#"
GET /nowhere = not_found
DELETE /workflows = method_not_allowed
POST /workflows {"yaml_content":1} = malformed
POST /workflows {"yaml_content":"stages: 1"} = invalid_definition
POST /workflows {"yaml_content":WORKFLOW} = name_taken
PATCH /workflows/test {"tags":[],"revision":9} = changed_meanwhile
GET /workflows?cursor=x = invalid_cursor
POST /workflows/test/run {"parameters":{"x":1},"config":CONFIG} = invalid_parameters
POST /workflows/test/run {} = unresolved_agent
POST /workflow-executions/RUN/steps/ask/answer {"answers":{}} = invalid_answers
POST /workflow-executions/RUN/edits {"edits":[{"type":"delete","stage_id":"x"}]} = invalid_edits
POST /workflow-executions/RUN/edits {"text":"- type: ["} = invalid_edits
POST /workflow-executions/RUN/edits {"edits":[],"text":"[]"} = invalid_edits
POST /workflow-executions/RUN/edits {} = invalid_edits
POST /workflow-executions/RUN/rerun = illegal_state
"#;

/// Headers, and the code a request with them is refused with.
const UNTRUSTED: &[(&[(&str, &str)], &str)] = &[
    (&[("origin", "https://elsewhere.example")], "forbidden"),
    (&[("sec-fetch-site", "cross-site")], "forbidden"),
    (&[("authorization", "Bearer nobody")], "unauthenticated"),
];

const ASKS: &str = r#"cat >/dev/null
echo '{"$baton": {"status": "needs_input", "questions": [{"question": "Why?"}]}}'"#;

fn code(answer: &Answer) -> ErrorCode {
    assert_eq!(answer.kind, "application/problem+json", "{answer:?}");
    let problem = answer.json();
    let code = ErrorCode::from_word(problem["code"].as_str().unwrap()).unwrap();
    assert_eq!(answer.status, code.http_status(), "{problem}");
    code
}

#[test]
fn every_error_code_is_produced() {
    let world = World::new();
    world.agents(&[("ask", ASKS)]);
    let server = Server::start(&world);
    let text = json!(workflow(&[("ask", &[], "")]));
    let config = json!(world.project().join("baton.toml"));
    let post = |path: &str, body: &Value| {
        let body = body.to_string();
        server.ask(&format!("POST /api/v1{path}"), &[], Some(&body))
    };
    assert_eq!(
        post("/workflows", &json!({ "yaml_content": text })).status,
        201
    );
    let run = post("/workflows/test/run", &json!({ "config": config })).json();
    let run = run["id"].as_str().unwrap();
    let stream = format!("/api/v1/workflow-executions/{run}/stream");
    server.follow(&stream, &[], "stage_waiting_for_input");
    let mut produced = Vec::new();
    for row in REFUSED.trim().lines() {
        let (asked, expected) = row.rsplit_once(" = ").unwrap();
        let asked = asked
            .replace("RUN", run)
            .replace("WORKFLOW", &text.to_string());
        let asked = asked.replace("CONFIG", &config.to_string());
        let mut parts = asked.splitn(3, ' ');
        let (method, path) = (parts.next().unwrap(), parts.next().unwrap());
        let answer = server.ask(&format!("{method} /api/v1{path}"), &[], parts.next());
        assert_eq!(code(&answer).as_str(), expected, "{asked}: {answer:?}");
        produced.push(code(&answer));
    }
    for (headers, expected) in UNTRUSTED {
        let answer = server.ask("GET /api/v1/workflows", headers, None);
        assert_eq!(code(&answer).as_str(), *expected, "{headers:?}");
        produced.push(code(&answer));
    }
    produced.push(code(&of_a_form(&server)));
    produced.push(code(&of_a_large_body(&server)));
    for (elsewhere, file, words) in ELSEWHERE {
        let text = fs::read_to_string(Path::new(REPOSITORY).join(file)).unwrap();
        assert!(text.contains(words), "{file} has no test for {elsewhere}");
        produced.push(*elsewhere);
    }
    let missing: Vec<_> = ErrorCode::ALL
        .iter()
        .filter(|code| !produced.contains(code))
        .collect();
    assert!(missing.is_empty(), "nothing produces {missing:?}");
    server.stop();
}

fn of_a_form(server: &Server) -> Answer {
    let headers = [("content-type", "text/plain"), ("content-length", "0")];
    let plain = server.ask("POST /api/v1/workflows", &headers, None);
    assert_eq!(plain.status, 415);
    plain
}

fn of_a_large_body(server: &Server) -> Answer {
    let length = (u64::from(u32::MAX) * 2).to_string();
    let headers = [
        ("content-type", "application/json"),
        ("content-length", length.as_str()),
    ];
    server.ask("POST /api/v1/workflows", &headers, None)
}
