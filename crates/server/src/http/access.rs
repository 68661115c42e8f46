//! What each route wants of whoever asks: the one place that says so. A route
//! that is not listed here is not served.

use axum::extract::{MatchedPath, Request};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use baton_app::Caller;
use baton_app::rows::Scope;
use baton_model::ErrorCode;

use crate::http::error::Problem;

/// Method, path below the door, and the least scope it takes.
type Rule = (Method, &'static str, Scope);

/// Where the rules of each door are.
const DOORS: &[(&str, &[Rule])] = &[
    ("/api/v1", V1),
    ("/api/workflow", SPECFLOW),
    ("/docs", DOCS),
    ("/health", HEALTH),
    ("/invoke", INVOKE),
    ("/metrics", METRICS),
    ("/ui", UI),
    ("/workflows", SPECKIT),
    ("/", ROOT),
];

const HEALTH: &[Rule] = &[
    (Method::GET, "", Scope::Read),
    (Method::GET, "/ready", Scope::Read),
];

const INVOKE: &[Rule] = &[(Method::POST, "/{agent}", Scope::Run)];

const SPECKIT: &[Rule] = &[
    (Method::GET, "/{workflow_id}", Scope::Read),
    (Method::GET, "/{workflow_id}/history", Scope::Read),
    (Method::POST, "", Scope::Run),
    (Method::POST, "/{workflow_id}/advance", Scope::Run),
];

/// Numbers say how busy somebody is, and names of routes and statuses more.
const METRICS: &[Rule] = &[(Method::GET, "", Scope::Read)];

const ROOT: &[Rule] = &[(Method::GET, "", Scope::Read)];

const UI: &[Rule] = &[
    (Method::GET, "", Scope::Read),
    (Method::GET, "/", Scope::Read),
    (Method::GET, "/{*path}", Scope::Read),
];

const DOCS: &[Rule] = &[
    (Method::GET, "", Scope::Read),
    (Method::GET, "/plain", Scope::Read),
    (Method::GET, "/{file}", Scope::Read),
];

const SPECFLOW: &[Rule] = &[
    (Method::GET, "/status", Scope::Read),
    (Method::GET, "/list", Scope::Read),
    (Method::GET, "/health", Scope::Read),
    (Method::GET, "/skills", Scope::Run),
    (Method::POST, "/start", Scope::Run),
    (Method::POST, "/answer", Scope::Run),
    (Method::POST, "/cancel", Scope::Run),
    (Method::POST, "/kill", Scope::Run),
];

const V1: &[Rule] = &[
    // What is stored.
    (Method::GET, "/config/feature-flags", Scope::Read),
    (Method::GET, "/config/settings", Scope::Read),
    (Method::GET, "/events/stream", Scope::Read),
    (Method::GET, "/inbox", Scope::Read),
    (Method::GET, "/openapi.json", Scope::Read),
    (Method::GET, "/projects", Scope::Read),
    (Method::GET, "/projects/{project_id}", Scope::Read),
    (Method::GET, "/schema/swdl.json", Scope::Read),
    (Method::GET, "/workflows", Scope::Read),
    (Method::GET, "/workflows/{workflow_id}", Scope::Read),
    (
        Method::GET,
        "/workflows/{workflow_id}/executions",
        Scope::Read,
    ),
    (
        Method::GET,
        "/workflows/{workflow_id}/executions/{execution_id}/stream",
        Scope::Read,
    ),
    (Method::GET, "/workflow-executions", Scope::Read),
    (
        Method::GET,
        "/workflow-executions/by-workflow/{workflow_id}",
        Scope::Read,
    ),
    (
        Method::GET,
        "/workflow-executions/{execution_id}",
        Scope::Read,
    ),
    (
        Method::GET,
        "/workflow-executions/{execution_id}/events",
        Scope::Read,
    ),
    (
        Method::GET,
        "/workflow-executions/{execution_id}/events/stream",
        Scope::Read,
    ),
    (
        Method::GET,
        "/workflow-executions/{execution_id}/logs",
        Scope::Read,
    ),
    (
        Method::GET,
        "/workflow-executions/{execution_id}/steps/{stage_id}",
        Scope::Read,
    ),
    (
        Method::GET,
        "/workflow-executions/{execution_id}/stream",
        Scope::Read,
    ),
    // What looks into directories of this machine.
    (Method::GET, "/artifacts", Scope::Run),
    (Method::GET, "/agents", Scope::Run),
    (Method::GET, "/projects/{project_id}/skills", Scope::Run),
    (Method::POST, "/workflows/complete", Scope::Run),
    (Method::POST, "/workflows/plan", Scope::Run),
    (Method::POST, "/workflows/validate", Scope::Run),
    (Method::POST, "/workflows/{workflow_id}/plan", Scope::Run),
    (
        Method::POST,
        "/workflows/{workflow_id}/validate",
        Scope::Run,
    ),
    // What says where runs may work.
    (Method::POST, "/projects", Scope::Run),
    (Method::DELETE, "/projects/{project_id}", Scope::Run),
    // What changes workflows.
    (Method::POST, "/workflows", Scope::Run),
    (Method::POST, "/workflows/batch/delete", Scope::Run),
    (Method::PUT, "/workflows/{workflow_id}", Scope::Run),
    (Method::PATCH, "/workflows/{workflow_id}", Scope::Run),
    (Method::DELETE, "/workflows/{workflow_id}", Scope::Run),
    (
        Method::POST,
        "/workflows/{workflow_id}/duplicate",
        Scope::Run,
    ),
    // What starts and steers runs.
    (Method::POST, "/workflows/{workflow_id}/run", Scope::Run),
    (Method::POST, "/workflow-executions", Scope::Run),
    (
        Method::POST,
        "/workflow-executions/batch/cancel",
        Scope::Run,
    ),
    (Method::POST, "/workflow-executions/batch/pause", Scope::Run),
    (
        Method::POST,
        "/workflow-executions/batch/resume",
        Scope::Run,
    ),
    (
        Method::POST,
        "/workflow-executions/{execution_id}/cancel",
        Scope::Run,
    ),
    (
        Method::POST,
        "/workflow-executions/{execution_id}/edits",
        Scope::Run,
    ),
    (
        Method::POST,
        "/workflow-executions/{execution_id}/edits/validate",
        Scope::Run,
    ),
    (
        Method::POST,
        "/workflow-executions/{execution_id}/gates/approve",
        Scope::Run,
    ),
    (
        Method::POST,
        "/workflow-executions/{execution_id}/gates/reject",
        Scope::Run,
    ),
    (
        Method::POST,
        "/workflow-executions/{execution_id}/gates/{stage_id}/approve",
        Scope::Run,
    ),
    (
        Method::POST,
        "/workflow-executions/{execution_id}/gates/{stage_id}/reject",
        Scope::Run,
    ),
    (
        Method::POST,
        "/workflow-executions/{execution_id}/pause",
        Scope::Run,
    ),
    (
        Method::POST,
        "/workflow-executions/{execution_id}/rerun",
        Scope::Run,
    ),
    (
        Method::POST,
        "/workflow-executions/{execution_id}/resume",
        Scope::Run,
    ),
    (
        Method::POST,
        "/workflow-executions/{execution_id}/steps/{stage_id}/answer",
        Scope::Run,
    ),
    (
        Method::POST,
        "/workflow-executions/{execution_id}/steps/{stage_id}/reopen",
        Scope::Run,
    ),
    (
        Method::POST,
        "/workflow-executions/{execution_id}/take-up",
        Scope::Run,
    ),
    // Who may come in.
    (Method::GET, "/tokens", Scope::Admin),
    (Method::POST, "/tokens", Scope::Admin),
    (Method::DELETE, "/tokens/{name}", Scope::Admin),
];

/// What holds nothing of anybody's. It may be had without a token, so that people
/// can read how to use one, and machines see whether this one is up.
const OPEN: &[&str] = &[
    "/",
    "/api/v1/openapi.json",
    "/api/v1/schema/swdl.json",
    "/docs",
    "/docs/plain",
    "/docs/{file}",
    "/health",
    "/health/ready",
    "/ui",
    "/ui/",
    "/ui/{*path}",
];

/// Whether a request only reads what anybody may have.
pub(super) fn is_open(request: &Request) -> bool {
    let path = request.extensions().get::<MatchedPath>();
    let is_reading = matches!(*request.method(), Method::GET | Method::HEAD);
    is_reading && path.is_some_and(|path| OPEN.contains(&path.as_str()))
}

/// Lets a request through to its route when its caller may ask for it.
pub(super) async fn check(request: Request, next: Next) -> Response {
    let Some(path) = request.extensions().get::<MatchedPath>() else {
        // There is no route, and nothing to protect.
        return next.run(request).await;
    };
    let Some(wanted) = wanted(request.method(), path.as_str()) else {
        return Problem::route(StatusCode::METHOD_NOT_ALLOWED).into_response();
    };
    let Some(caller) = request.extensions().get::<Caller>() else {
        return Problem::internal("nobody has said who is asking").into_response();
    };
    if caller.scope < wanted {
        let message = format!(
            "this takes a token with the scope `{wanted}`; that of `{}` has `{}`",
            caller.name, caller.scope
        );
        return Problem::new(ErrorCode::Forbidden, message).into_response();
    }
    next.run(request).await
}

/// The scope that a route wants; none when it is not listed.
pub(super) fn wanted(method: &Method, path: &str) -> Option<Scope> {
    // Every GET route answers HEAD, too.
    let method = if method == Method::HEAD {
        &Method::GET
    } else {
        method
    };
    let mut doors = DOORS.iter();
    let (below, rules) =
        doors.find_map(|(door, rules)| Some((path.strip_prefix(door)?, *rules)))?;
    let rule = rules
        .iter()
        .find(|(its_method, its_path, _)| its_method == method && *its_path == below);
    rule.map(|(_, _, scope)| *scope)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::http::v1::document;

    /// Routes are made from the document, so that it has all of them.
    fn operations() -> BTreeSet<(String, String)> {
        let document = document::document();
        let paths = document["paths"].as_object().unwrap();
        let operations = paths.iter().flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().keys();
            methods.map(|method| (method.to_uppercase(), path.clone()))
        });
        operations.collect()
    }

    #[test]
    fn every_route_has_one_rule_and_every_rule_a_route() {
        let rules: Vec<_> = DOORS
            .iter()
            .filter(|(door, _)| {
                !["/", "/docs", "/invoke", "/metrics", "/ui", "/workflows"].contains(door)
            })
            .flat_map(|(door, rules)| {
                rules
                    .iter()
                    .map(move |(method, path, _)| (method.to_string(), format!("{door}{path}")))
            })
            .collect();
        let distinct: BTreeSet<_> = rules.iter().cloned().collect();
        assert_eq!(distinct.len(), rules.len(), "a rule is there twice");
        assert_eq!(distinct, operations());
    }

    #[test]
    fn what_only_looks_at_what_is_stored_may_be_done_with_the_least_scope() {
        for (_, rules) in DOORS {
            for (method, path, scope) in *rules {
                assert!(
                    *scope > Scope::Read || *method == Method::GET,
                    "{method} {path} changes something"
                );
                assert_eq!(
                    path.starts_with("/tokens"),
                    *scope == Scope::Admin,
                    "{path}"
                );
            }
        }
    }

    #[test]
    fn what_has_no_rule_is_not_served() {
        assert_eq!(
            wanted(&Method::HEAD, "/api/v1/workflows"),
            Some(Scope::Read)
        );
        assert_eq!(wanted(&Method::DELETE, "/api/v1/workflows"), None);
        assert_eq!(wanted(&Method::GET, "/workflows"), None);
        assert_eq!(wanted(&Method::GET, "/api/v1/nowhere"), None);
    }
}
