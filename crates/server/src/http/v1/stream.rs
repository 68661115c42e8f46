//! Server-sent events of one execution (BLUEPRINT §7).
//!
//! `id:` is `<event seq>.<log seq>`: whoever comes back with it goes on
//! without loss or repeat. A reader that does not read is not read for either:
//! each stream holds one page of news and waits.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::{Event as Message, KeepAlive};
use baton_app::App;
use baton_app::watch::{News, Place, RunWatch};
use baton_model::{ErrorCode, Event, Recorded};
use futures_util::stream::{self, Stream};
use serde_json::{Value, json};

use super::extract::{Path, Query};
use super::{convert, dto};
use crate::http::error::Problem;

const KEEP_ALIVE: Duration = Duration::from_secs(15);

pub(super) async fn stream(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(query): Query<dto::StreamQuery>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Message, Infallible>>>, Problem> {
    let run = app.find_run(&id).await?;
    let header = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok());
    let place = match header.or(query.after.as_deref()) {
        Some(text) => parse(text).ok_or_else(|| {
            let message = "a place in a stream is written <event seq>.<log seq>";
            Problem::new(ErrorCode::Malformed, message)
        })?,
        None => Place::default(),
    };
    let watch = app.watch(run, place).await?;
    let messages = stream::unfold(watch, next_message);
    Ok(Sse::new(messages).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

fn parse(text: &str) -> Option<Place> {
    let (event_seq, log_seq) = text.split_once('.')?;
    Some(Place {
        event_seq: event_seq.parse().ok()?,
        log_seq: log_seq.parse().ok()?,
    })
}

/// The next message; events that mean nothing to a client are passed over.
async fn next_message(mut watch: RunWatch) -> Option<(Result<Message, Infallible>, RunWatch)> {
    loop {
        let news = match watch.next().await {
            Ok(news) => news?,
            Err(error) => {
                tracing::info!(%error, "a stream ends early");
                return None;
            }
        };
        let place = watch.place();
        let named = match &news {
            News::Line(line) => serde_json::to_value(convert::log_line(line))
                .ok()
                .map(|data| ("log_line", data)),
            News::Event(recorded) => name(recorded),
        };
        if let Some((name, mut data)) = named {
            if let (News::Event(recorded), Value::Object(fields)) = (&news, &mut data) {
                fields.insert("at".to_owned(), Value::String(recorded.at.to_string()));
            }
            let id = format!("{}.{}", place.event_seq, place.log_seq);
            let message = Message::default().event(name).id(id).data(data.to_string());
            return Some((Ok(message), watch));
        }
    }
}

/// How the API calls an event, and what it tells of it.
fn name(recorded: &Recorded) -> Option<(&'static str, Value)> {
    Some(match &recorded.event {
        Event::RunCreated(created) => {
            let workflow = &created.plan.workflow;
            (
                "execution_started",
                json!({ "workflow_id": workflow.id, "workflow_name": workflow.name }),
            )
        }
        Event::StageReady { .. } | Event::StageStopping { .. } | Event::RunStopping { .. } => {
            return None;
        }
        Event::StageStarted {
            stage,
            attempt,
            iteration,
            ..
        } => (
            "stage_started",
            json!({ "stage_id": stage, "attempt": attempt, "iteration": iteration }),
        ),
        Event::StageRestarted { stage, .. } => (
            "stage_started",
            json!({ "stage_id": stage, "restarted": true }),
        ),
        Event::StageCompleted { stage, outputs, .. } => (
            "stage_completed",
            json!({ "stage_id": stage, "outputs": outputs }),
        ),
        Event::StageRetrying {
            stage,
            failure,
            retry_at,
            ..
        } => (
            "stage_retrying",
            json!({ "stage_id": stage, "error": failure.message, "error_label": failure.label, "retry_at": retry_at.to_string() }),
        ),
        Event::StageFailed { stage, failure } => (
            "stage_failed",
            json!({ "stage_id": stage, "error": failure.message, "error_label": failure.label }),
        ),
        Event::StageSkipped { stage, reason } => (
            "stage_skipped",
            json!({ "stage_id": stage, "reason": reason }),
        ),
        Event::StageCancelled { stage } => ("stage_cancelled", json!({ "stage_id": stage })),
        Event::GateOpened {
            stage,
            message,
            deadline,
        } => (
            "stage_waiting_for_approval",
            json!({ "stage_id": stage, "message": message, "deadline": deadline.map(|at| at.to_string()) }),
        ),
        Event::GateApproved { stage, decision } => (
            "gate_approved",
            json!({ "stage_id": stage, "by": decision.by, "reason": decision.reason }),
        ),
        Event::GateRejected { stage, decision } => (
            "gate_rejected",
            json!({ "stage_id": stage, "by": decision.by, "reason": decision.reason }),
        ),
        Event::RunEnded { status, error } => (
            "execution_completed",
            json!({ "status": status, "error": error }),
        ),
    })
}
