//! Server-sent events of all executions together (BLUEPRINT §7).
//!
//! `id:` is the place of an event among those of all executions: whoever comes
//! back with it goes on without loss or repeat. What agents write is not in it.

use std::convert::Infallible;

use axum::extract::{Extension, State};
use axum::response::Sse;
use axum::response::sse::{Event as Message, KeepAlive};
use baton_app::App;
use baton_app::watch::{AllWatch, Happened};
use baton_model::Recorded;
use futures_util::stream::{self, Stream, StreamExt};
use serde_json::{Value, json};
use tokio::sync::OwnedSemaphorePermit;

use super::extract::{LastEventSeq, Query};
use super::stream::{KEEP_ALIVE, Places};
use super::{dto, message};
use crate::http::error::Problem;

/// What is left to send, and the place it is sent from, which is free again
/// when nobody reads any more.
struct Sending {
    watch: AllWatch,
    _place: OwnedSemaphorePermit,
}

/// Streams what happens to all executions, without end.
///
/// The answer is a stream of server-sent events. The first message is
/// `stream_opened`; its `id` is the place from where the stream goes on, which
/// without `after` is the present. Each message after it is one of those that an
/// execution streams, but for `log_line`, and has an `execution_id`. Whoever comes
/// back with the last `id`, as the header `Last-Event-ID` or as `after`, goes on
/// without loss or repeat; `after=0` is the very beginning. A comment comes every 15
/// seconds. A place that does not exist (yet), such as after a backup was restored,
/// is refused. In the place of an event that is damaged comes `event_damaged`, with
/// `execution_id`, `code` and `detail`, and the stream goes on with the next.
#[utoipa::path(
    get,
    path = "/events/stream",
    operation_id = "streamEvents",
    tag = "workflow-executions",
    params(dto::AllEventsQuery, LastEventSeq),
    responses(
        (status = 200, body = dto::EventStream, content_type = "text/event-stream"),
        (status = 400),
    ),
)]
pub(super) async fn stream(
    State(app): State<App>,
    Extension(places): Extension<Places>,
    Query(query): Query<dto::AllEventsQuery>,
    LastEventSeq(last): LastEventSeq,
) -> Result<Sse<impl Stream<Item = Result<Message, Infallible>>>, Problem> {
    let place = places.take()?;
    let watch = app.watch_all(last.or(query.after)).await?;
    let position = watch.position();
    let opened = Message::default()
        .event("stream_opened")
        .id(position.to_string())
        .data(json!({ "position": position }).to_string());
    let sending = Sending {
        watch,
        _place: place,
    };
    let messages = stream::once(async { Ok(opened) }).chain(stream::unfold(sending, next));
    Ok(Sse::new(messages).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// The next message; events that mean nothing to a client are passed over.
async fn next(mut sending: Sending) -> Option<(Result<Message, Infallible>, Sending)> {
    loop {
        let happened = match sending.watch.next().await {
            Ok(happened) => happened,
            Err(error) => {
                tracing::info!(%error, "a stream ends early");
                return None;
            }
        };
        if let Some(message) = message_of(&happened) {
            return Some((Ok(message), sending));
        }
    }
}

fn message_of(happened: &Happened) -> Option<Message> {
    let (name, mut data) = match &happened.recorded {
        Ok(recorded) => dated(recorded)?,
        Err(error) => (
            "event_damaged",
            json!({ "code": error.code.as_str(), "detail": error.message }),
        ),
    };
    if let Value::Object(fields) = &mut data {
        let run = Value::String(happened.run.to_string());
        fields.insert("execution_id".to_owned(), run);
    }
    let id = happened.position.to_string();
    Some(Message::default().event(name).id(id).data(data.to_string()))
}

/// Name and data of what happened, with the time when it did.
fn dated(recorded: &Recorded) -> Option<(&'static str, Value)> {
    let (name, mut data) = message::of(recorded)?;
    if let Value::Object(fields) = &mut data {
        fields.insert("at".to_owned(), Value::String(recorded.at.to_string()));
    }
    Some((name, data))
}
