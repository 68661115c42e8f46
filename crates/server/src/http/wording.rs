//! Refusals in the form that clients of a door know, also those of what stands
//! before all doors and knows none: who may come in, how much they may send,
//! what is routed.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use serde_json::Value;

use super::error::Told;
use super::{specflow, speckit};

/// How a door puts refusals.
pub(super) struct Wording {
    /// Its paths, with all that is below them.
    pub(super) paths: &'static [&'static str],
    /// The body of a refusal.
    pub(super) body: fn(&Told) -> Value,
}

/// Of all doors whose refusals are no problems as v1 has them.
const WORDINGS: [Wording; 2] = [speckit::WORDING, specflow::WORDING];

/// Gives refusals the form of the door whose path was asked for.
pub(super) async fn give(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let of_door = WORDINGS.iter().find(|wording| wording.is_for(path));
    let mut answer = next.run(request).await;
    match (answer.extensions_mut().remove::<Told>(), of_door) {
        (Some(told), Some(wording)) => with_body(answer, &(wording.body)(&told)),
        (Some(_) | None, _) => answer,
    }
}

impl Wording {
    fn is_for(&self, path: &str) -> bool {
        self.paths.iter().any(|door| is_below(path, door))
    }
}

fn is_below(path: &str, door: &str) -> bool {
    let rest = path.strip_prefix(door);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn with_body(answer: Response, body: &Value) -> Response {
    let (mut head, _) = answer.into_parts();
    head.headers.remove(header::CONTENT_LENGTH);
    let kind = HeaderValue::from_static("application/json");
    head.headers.insert(header::CONTENT_TYPE, kind);
    Response::from_parts(head, Body::from(body.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_a_door_are_meant() {
        for (path, door, expected) in [
            ("/workflows", "/workflows", true),
            ("/workflows/x/y", "/workflows", true),
            ("/workflowsx", "/workflows", false),
            ("/api/v1/workflows", "/workflows", false),
            ("/api/workflow/start", "/api/workflow", true),
            ("/api/workflows", "/api/workflow", false),
        ] {
            assert_eq!(is_below(path, door), expected, "{path}");
        }
    }
}
