//! Request bodies: how long they may be, how long they may take, and that they
//! say to be JSON.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use baton_model::ErrorCode;
use hyper::body::{Frame, SizeHint};
use tokio::time::{Sleep, sleep};

use crate::http::error::Problem;

/// Largest request body: a definition of 4 MB with its escapes, and parameters.
pub(super) const BYTES_MAX: usize = 16 * 1024 * 1024;

/// Longest time from the first look at a body to its end.
const TIME_MAX: Duration = Duration::from_mins(1);

/// A body that did not come in time.
#[derive(Debug, thiserror::Error)]
#[error("the body did not come within {} s", TIME_MAX.as_secs())]
pub(super) struct TooSlow;

/// Bounds the time that a body takes, and refuses one that says to be too long.
pub(super) async fn bound(request: Request, next: Next) -> Response {
    if length(request.headers()).is_some_and(|length| length > BYTES_MAX as u64) {
        let message = format!("a body may have {BYTES_MAX} bytes");
        return Problem::new(ErrorCode::TooLarge, message).into_response();
    }
    let request = request.map(|inner| {
        let deadline = None;
        Body::new(Timed { inner, deadline })
    });
    next.run(request).await
}

fn length(headers: &HeaderMap) -> Option<u64> {
    headers
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

/// Refuses a body that does not say to be JSON: a form of another site could
/// send anything else without being asked.
pub(super) async fn must_be_json(request: Request, next: Next) -> Response {
    if !request.body().is_end_stream() && !says_json(request.headers()) {
        let message = "a body needs the header Content-Type: application/json";
        return Problem::new(ErrorCode::UnsupportedMediaType, message).into_response();
    }
    next.run(request).await
}

/// Refuses a body that says to be something else than JSON; one that says
/// nothing is taken, for clients that never did.
pub(super) async fn must_not_be_other_than_json(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let is_said = headers.contains_key(header::CONTENT_TYPE);
    if !request.body().is_end_stream() && is_said && !says_json(headers) {
        let message = "a body is JSON: send Content-Type: application/json, or none";
        return Problem::new(ErrorCode::UnsupportedMediaType, message).into_response();
    }
    next.run(request).await
}

fn says_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    let essence = essence.to_ascii_lowercase();
    essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// A body that fails when it takes too long.
struct Timed {
    inner: Body,
    /// Set when the body is first waited for.
    deadline: Option<Pin<Box<Sleep>>>,
}

impl HttpBody for Timed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.inner).poll_frame(context) {
            return Poll::Ready(frame);
        }
        let deadline = self
            .deadline
            .get_or_insert_with(|| Box::pin(sleep(TIME_MAX)));
        ready!(deadline.as_mut().poll(context));
        Poll::Ready(Some(Err(axum::Error::new(TooSlow))))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
