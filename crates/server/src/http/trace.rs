//! What a request is called in the log. An error shows the same id to whoever
//! asked.

use std::time::Duration;

use axum::http::{HeaderMap, Method};
use axum::response::Response;
use tracing::info;
use uuid::Uuid;

/// The target of the lines about requests, for filters.
pub(super) const REQUESTS: &str = "baton::http";

/// What a request is called: 32 hex digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TraceId(String);

/// Who has asked, as an answer carries it to the log.
#[derive(Clone, Debug)]
pub(super) struct Asker(pub(super) String);

tokio::task_local! {
    static CURRENT: TraceId;
}

impl TraceId {
    /// The trace that a request belongs to, as its `traceparent` says; else a
    /// new one.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let given = headers
            .get("traceparent")
            .and_then(|value| value.to_str().ok());
        given.and_then(Self::of_parent).unwrap_or_else(Self::new)
    }

    fn new() -> Self {
        Self(Uuid::now_v7().simple().to_string())
    }

    /// `00-<trace id>-<parent id>-<flags>`; whatever else it is, is nothing.
    fn of_parent(header: &str) -> Option<Self> {
        let mut parts = header.split('-');
        let (version, trace) = (parts.next()?, parts.next()?);
        let is_hex = |text: &str| text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let is_good = version == "00"
            && parts
                .next()
                .is_some_and(|parent| parent.len() == 16 && is_hex(parent))
            && parts.next().is_some_and(|flags| flags.len() == 2)
            && parts.next().is_none()
            && trace.len() == 32
            && is_hex(trace)
            && trace.bytes().any(|digit| digit != b'0');
        is_good.then(|| Self(trace.to_owned()))
    }

    /// The one of the request that is being answered; else a new one.
    pub(super) fn current() -> String {
        let current = CURRENT.try_with(Clone::clone);
        current.unwrap_or_else(|_no_request| Self::new()).0
    }

    /// Answers a request under this name.
    pub(super) async fn around<T>(self, answering: impl Future<Output = T>) -> T {
        CURRENT.scope(self, answering).await
    }
}

/// Writes down how a request was answered. A query may hold anything, and is
/// left out.
pub(super) fn log_request(
    TraceId(trace_id): &TraceId,
    (method, route, path): (&Method, &str, &str),
    answer: &Response,
    took: Duration,
) {
    let caller = answer.extensions().get::<Asker>().map(|asker| &*asker.0);
    info!(
        target: REQUESTS,
        trace_id,
        %method,
        route,
        path,
        status = answer.status().as_u16(),
        took_ms = took.as_secs_f64() * 1_000.0,
        caller,
        "request answered"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    fn of(header: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert("traceparent", header.parse().unwrap());
        TraceId::of(&headers).0
    }

    #[test]
    fn a_request_keeps_the_trace_it_comes_with() {
        assert_eq!(of(&format!("00-{TRACE}-00f067aa0ba902b7-01")), TRACE);
    }

    #[test]
    fn what_is_no_trace_is_not_believed() {
        let zero = "0".repeat(32);
        for wrong in [
            String::new(),
            TRACE.to_owned(),
            format!("00-{zero}-00f067aa0ba902b7-01"),
            format!("00-{}-00f067aa0ba902b7-01", TRACE.to_uppercase()),
            format!("00-{TRACE}x-00f067aa0ba902b7-01"),
            format!("01-{TRACE}-00f067aa0ba902b7-01"),
            format!("00-{TRACE}-00f067aa0ba902b7-01-more"),
        ] {
            let id = of(&wrong);
            assert_ne!(id, TRACE, "{wrong}");
            assert_eq!(id.len(), 32, "{wrong}");
        }
    }

    #[tokio::test]
    async fn an_error_is_called_like_its_request() {
        let id = TraceId(TRACE.to_owned());
        assert_eq!(id.around(async { TraceId::current() }).await, TRACE);
        assert_ne!(TraceId::current(), TRACE);
    }
}
