//! Streams of events that are cut off before they end.

use axum::body::Body;
use axum::http::{HeaderValue, Response, header};
use futures_util::{FutureExt, StreamExt, future, stream};

/// Cuts an answer that is a stream of events off as soon as `end` comes. Such a
/// stream ends with its run; this one breaks off, so that its reader knows that
/// there is more to come.
pub(crate) fn cut_at(
    end: impl Future<Output = ()> + Send + 'static,
    why: &'static str,
    answer: Response<Body>,
) -> Response<Body> {
    let kind = answer.headers().get(header::CONTENT_TYPE);
    if !kind.is_some_and(is_event_stream) {
        return answer;
    }
    answer.map(|body| {
        let end = end.shared();
        let has_come = end.clone();
        let cut =
            stream::once(
                async move { has_come.now_or_never().map(|()| Err(axum::Error::new(why))) },
            );
        let events = body
            .into_data_stream()
            .take_until(end)
            .chain(cut.filter_map(future::ready));
        Body::from_stream(events)
    })
}

fn is_event_stream(kind: &HeaderValue) -> bool {
    kind.as_bytes().starts_with(b"text/event-stream")
}
