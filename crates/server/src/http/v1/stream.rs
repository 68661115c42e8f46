//! Server-sent events of one execution (BLUEPRINT §7), in the words of the API
//! or as they are stored.
//!
//! `id:` is `<event seq>.<log seq>`: whoever comes back with it goes on
//! without loss or repeat. A reader that does not read is not read for either:
//! each stream holds one page of news and waits.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Extension, State};
use axum::response::Sse;
use axum::response::sse::{Event as Message, KeepAlive};
use baton_app::App;
use baton_app::watch::{News, Place, RunWatch};
use baton_model::{ErrorCode, RunId};
use futures_util::stream::{self, Stream};
use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::extract::{LastEventId, LastEventSeq, Path, Query};
use super::{convert, dto, message};
use crate::http::error::Problem;

pub(super) const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Streams served at once. Each keeps its connection for as long as its run
/// takes, so they are counted apart from all other requests.
pub(crate) const STREAMS_MAX: usize = 2_048;

/// The places for streams.
#[derive(Clone)]
pub(super) struct Places(Arc<Semaphore>);

impl Places {
    pub(super) fn new() -> Self {
        Self(Arc::new(Semaphore::new(STREAMS_MAX)))
    }

    pub(super) fn take(&self) -> Result<OwnedSemaphorePermit, Problem> {
        Arc::clone(&self.0).try_acquire_owned().map_err(|_full| {
            let message = format!(
                "{STREAMS_MAX} followers are served already, and more cannot be; \
                 try again when some have ended"
            );
            Problem::new(ErrorCode::Overloaded, message)
        })
    }
}

/// What is left to send, and the place it is sent from, which is free again
/// when nobody reads any more.
struct Sending {
    watch: RunWatch,
    _place: OwnedSemaphorePermit,
}

/// Streams what happens to an execution, from its beginning to its end.
///
/// The answer is a stream of server-sent events. Each message has a name, an `id`
/// (`<event seq>.<log seq>`) and data, a JSON object with `at` and, where a stage is
/// concerned, `stage_id`. Whoever comes back with the last `id`, as the header
/// `Last-Event-ID` or as `after`, goes on without loss or repeat. The last message
/// is `execution_completed`; there is one in each stream, and the stream ends after
/// it. A comment comes every 15 seconds. A place that the execution has not come to,
/// such as after a backup was restored, is refused.
#[utoipa::path(
    get,
    path = "/workflow-executions/{execution_id}/stream",
    operation_id = "streamExecution",
    tag = "workflow-executions",
    params(dto::StreamQuery, LastEventId),
    responses(
        (status = 200, body = dto::EventStream, content_type = "text/event-stream"),
        (status = 400),
    ),
)]
pub(super) async fn stream(
    State(app): State<App>,
    Extension(places): Extension<Places>,
    Path(id): Path<String>,
    Query(query): Query<dto::StreamQuery>,
    LastEventId(last): LastEventId,
) -> Result<Sse<impl Stream<Item = Result<Message, Infallible>>>, Problem> {
    let run = app.find_run(&id).await?;
    follow(&app, &places, run, last.or(query.after)).await
}

/// Streams what happens to an execution, under the path of its workflow.
///
/// The answer is that of `streamExecution`, for whoever knows the workflow as well;
/// an execution of another workflow is not found there.
#[utoipa::path(
    get,
    path = "/workflows/{workflow_id}/executions/{execution_id}/stream",
    operation_id = "streamWorkflowExecution",
    tag = "workflows",
    params(dto::StreamQuery, LastEventId),
    responses(
        (status = 200, body = dto::EventStream, content_type = "text/event-stream"),
        (status = 400),
    ),
)]
pub(super) async fn stream_of_workflow(
    State(app): State<App>,
    Extension(places): Extension<Places>,
    Path((workflow, id)): Path<(String, String)>,
    Query(query): Query<dto::StreamQuery>,
    LastEventId(last): LastEventId,
) -> Result<Sse<impl Stream<Item = Result<Message, Infallible>>>, Problem> {
    let run = app.find_run_of(&workflow, &id).await?;
    follow(&app, &places, run, last.or(query.after)).await
}

/// Streams the events of an execution as they are stored, without its log.
///
/// Each message is called `event`; its `id` is the place of the event, and its data
/// is an event as in the list of events. A place that the execution has not come to is
/// refused.
#[utoipa::path(
    get,
    path = "/workflow-executions/{execution_id}/events/stream",
    operation_id = "streamExecutionEvents",
    tag = "workflow-executions",
    params(dto::EventStreamQuery, LastEventSeq),
    responses(
        (status = 200, body = dto::EventStream, content_type = "text/event-stream"),
        (status = 400),
    ),
)]
pub(super) async fn events(
    State(app): State<App>,
    Extension(places): Extension<Places>,
    Path(id): Path<String>,
    Query(query): Query<dto::EventStreamQuery>,
    LastEventSeq(last): LastEventSeq,
) -> Result<Sse<impl Stream<Item = Result<Message, Infallible>>>, Problem> {
    let run = app.find_run(&id).await?;
    let sending = Sending {
        _place: places.take()?,
        watch: app
            .watch_events(run, last.or(query.after).unwrap_or(0))
            .await?,
    };
    let messages = stream::unfold(sending, next_event);
    Ok(Sse::new(messages).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// Sends what happens to a run from a place on.
async fn follow(
    app: &App,
    places: &Places,
    run: RunId,
    place: Option<String>,
) -> Result<Sse<impl Stream<Item = Result<Message, Infallible>> + use<>>, Problem> {
    let place = match place {
        Some(text) => parse(&text).ok_or_else(|| {
            let message = "a place in a stream is written <event seq>.<log seq>";
            Problem::new(ErrorCode::Malformed, message)
        })?,
        None => Place::default(),
    };
    let sending = Sending {
        _place: places.take()?,
        watch: app.watch(run, place).await?,
    };
    let messages = stream::unfold(sending, next_message);
    Ok(Sse::new(messages).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

async fn next_event(mut sending: Sending) -> Option<(Result<Message, Infallible>, Sending)> {
    loop {
        let recorded = match sending.watch.next().await {
            Ok(Some(News::Event(recorded))) => recorded,
            Ok(Some(News::Line(_))) => continue,
            Ok(None) => return None,
            Err(error) => {
                tracing::info!(%error, "a stream ends early");
                return None;
            }
        };
        let data = serde_json::to_string(&convert::recorded(&recorded).ok()?).ok()?;
        let message = Message::default()
            .event("event")
            .id(recorded.seq.to_string())
            .data(data);
        return Some((Ok(message), sending));
    }
}

fn parse(text: &str) -> Option<Place> {
    // Whoever knows of no line has read none.
    let (event_seq, log_seq) = text.split_once('.').unwrap_or((text, "0"));
    Some(Place {
        event_seq: event_seq.parse().ok()?,
        log_seq: log_seq.parse().ok()?,
    })
}

/// The next message; events that mean nothing to a client are passed over.
async fn next_message(mut sending: Sending) -> Option<(Result<Message, Infallible>, Sending)> {
    loop {
        let news = match sending.watch.next().await {
            Ok(news) => news?,
            Err(error) => {
                tracing::info!(%error, "a stream ends early");
                return None;
            }
        };
        let place = sending.watch.place();
        let named = match &news {
            News::Line(line) => serde_json::to_value(convert::log_line(line))
                .ok()
                .map(|data| ("log_line", data)),
            News::Event(recorded) => message::of(recorded),
        };
        if let Some((name, mut data)) = named {
            if let (News::Event(recorded), Value::Object(fields)) = (&news, &mut data) {
                fields.insert("at".to_owned(), Value::String(recorded.at.to_string()));
            }
            let id = format!("{}.{}", place.event_seq, place.log_seq);
            let message = Message::default().event(name).id(id).data(data.to_string());
            return Some((Ok(message), sending));
        }
    }
}
