//! The queue of spans, and the task that empties it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use baton_metrics::{Counter, Page, Source};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::encode;
use super::settings::Settings;
use super::span::Span;

/// Spans that wait; more are dropped.
const QUEUE_MAX: usize = 8_192;
/// Spans in one request.
const BATCH_MAX: usize = 512;
/// How long a span waits for others to go with it.
const GATHERING: Duration = Duration::from_secs(1);
/// Waits before the same request is sent once more.
const WAITS: [Duration; 4] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
];

/// Where spans are handed in. Never waits.
#[derive(Clone)]
pub(crate) struct Exporter {
    queue: mpsc::Sender<Span>,
    counts: Arc<Counts>,
}

/// What became of spans.
#[derive(Debug, Default)]
struct Counts {
    exported: Counter,
    /// There was no room for them.
    crowded_out: Counter,
    /// The collector did not take them.
    refused: Counter,
}

impl Exporter {
    /// Hands a span in, or drops it.
    pub(crate) fn send(&self, span: Span) {
        if self.queue.try_send(span).is_err() {
            self.counts.crowded_out.count();
        }
    }
}

/// The task, as its owner sees it.
pub(crate) struct Exporting {
    pub(crate) exporter: Exporter,
    closing: CancellationToken,
    task: JoinHandle<()>,
}

impl Exporting {
    /// Starts to send.
    pub(crate) fn start(settings: Settings) -> Self {
        let (queue, spans) = mpsc::channel(QUEUE_MAX);
        let counts = Arc::new(Counts::default());
        let closing = CancellationToken::new();
        let exporter = Exporter {
            queue,
            counts: Arc::clone(&counts),
        };
        let work = Work {
            settings,
            spans,
            counts,
            closing: closing.clone(),
            fails: AtomicBool::new(false),
        };
        Self {
            exporter,
            closing,
            task: tokio::spawn(work.run()),
        }
    }

    /// Sends what is left, as far as that takes no longer than `grace`.
    pub(crate) async fn stop(self, grace: Duration) {
        self.closing.cancel();
        let mut task = self.task;
        if tokio::time::timeout(grace, &mut task).await.is_err() {
            task.abort();
            tracing::warn!("the collector of traces takes too long; the last spans are dropped");
        }
    }

    /// The metrics of the queue.
    pub(crate) fn metrics(&self) -> Arc<dyn Source> {
        Arc::clone(&self.exporter.counts) as Arc<dyn Source>
    }
}

/// The metrics of a server that sends no spans.
pub(crate) fn no_metrics() -> Arc<dyn Source> {
    Arc::new(Counts::default())
}

impl Source for Counts {
    fn write(&self, page: &mut Page) {
        page.counter(
            "baton_spans_exported_total",
            "Spans that the collector of traces took.",
        )
        .value(&[], self.exported.value());
        let help =
            "Spans that were dropped: the queue was full, or the collector did not take them.";
        page.counter("baton_spans_dropped_total", help)
            .value(&[("reason", "queue_full")], self.crowded_out.value())
            .value(&[("reason", "not_taken")], self.refused.value());
    }
}

struct Work {
    settings: Settings,
    spans: mpsc::Receiver<Span>,
    counts: Arc<Counts>,
    closing: CancellationToken,
    /// Whether the last request came to nothing; said once, not each time.
    fails: AtomicBool,
}

/// Why a request came to nothing.
enum Trouble {
    /// It may be taken later; after so long, where the collector says so.
    Passing(String, Option<Duration>),
    /// It never will be.
    Final(String),
}

impl Work {
    async fn run(mut self) {
        let settings = self.settings.clone();
        // Reads the certificates of this machine.
        let made = tokio::task::spawn_blocking(move || client(&settings)).await;
        let client = match made {
            Ok(Ok(client)) => Some(client),
            Ok(Err(error)) => {
                tracing::warn!(%error, "no traces are sent: requests cannot be prepared");
                None
            }
            Err(_cancelled) => None,
        };
        while let Some(batch) = self.next_batch().await {
            let n_spans = batch.len() as u64;
            let is_taken = match &client {
                Some(client) => self.deliver(client, &batch).await,
                None => false,
            };
            let counter = if is_taken {
                &self.counts.exported
            } else {
                &self.counts.refused
            };
            counter.add(n_spans);
        }
    }

    /// The next spans to be sent together; none when there will be no more.
    async fn next_batch(&mut self) -> Option<Vec<Span>> {
        let mut batch = Vec::new();
        let closing = self.closing.clone();
        tokio::select! {
            biased;
            n_taken = self.spans.recv_many(&mut batch, BATCH_MAX) => {
                if n_taken == 0 {
                    return None;
                }
            }
            () = closing.cancelled() => {
                self.spans.close();
                let n_taken = self.spans.recv_many(&mut batch, BATCH_MAX).await;
                return (n_taken > 0).then_some(batch);
            }
        }
        let full = tokio::time::sleep(GATHERING);
        tokio::pin!(full);
        while batch.len() < BATCH_MAX && !closing.is_cancelled() {
            let room = BATCH_MAX - batch.len();
            tokio::select! {
                biased;
                () = closing.cancelled() => {}
                () = &mut full => break,
                n_taken = self.spans.recv_many(&mut batch, room) => {
                    if n_taken == 0 {
                        break;
                    }
                }
            }
        }
        Some(batch)
    }

    /// Sends a request until it is taken, or there is no use in that.
    async fn deliver(&self, client: &Client, batch: &[Span]) -> bool {
        let body = encode::request(&self.settings.resource, batch);
        let mut waits = WAITS.into_iter();
        loop {
            let began = Instant::now();
            let trouble = match self.send(client, body.clone()).await {
                Ok(()) => {
                    if self.fails.swap(false, Ordering::Relaxed) {
                        tracing::info!("the collector of traces takes spans again");
                    }
                    return true;
                }
                Err(trouble) => trouble,
            };
            let (why, wait) = match trouble {
                Trouble::Passing(why, asked) => (
                    why,
                    waits.next().map(|wait| asked.unwrap_or(wait).min(WAITS[3])),
                ),
                Trouble::Final(why) => (why, None),
            };
            if !self.fails.swap(true, Ordering::Relaxed) {
                let took = began.elapsed();
                tracing::warn!(
                    why,
                    ?took,
                    "the collector of traces takes no spans; they are dropped when the queue is full"
                );
            }
            // Whoever ends does not wait for somebody who is away.
            let Some(wait) = wait.filter(|_| !self.closing.is_cancelled()) else {
                return false;
            };
            let waiting = tokio::time::sleep(wait);
            self.closing.run_until_cancelled(waiting).await;
        }
    }

    async fn send(&self, client: &Client, body: Vec<u8>) -> Result<(), Trouble> {
        let request = client
            .post(self.settings.url.clone())
            .headers(self.settings.headers.clone())
            .header(CONTENT_TYPE, "application/x-protobuf")
            .body(body);
        let answer = request.send().await.map_err(|error| {
            let error = error.without_url();
            Trouble::Passing(root_cause(&error), None)
        })?;
        // What else it says is nothing to go by, and is not read.
        let status = answer.status();
        match status {
            status if status.is_success() => Ok(()),
            StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT => {
                Err(Trouble::Passing(status.to_string(), retry_after(&answer)))
            }
            status => Err(Trouble::Final(status.to_string())),
        }
    }
}

fn retry_after(answer: &Response) -> Option<Duration> {
    let value = answer.headers().get(RETRY_AFTER)?.to_str().ok()?;
    value.parse().ok().map(Duration::from_secs)
}

/// What is at the bottom of an error.
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

fn client(settings: &Settings) -> reqwest::Result<Client> {
    match rustls::crypto::ring::default_provider().install_default() {
        // Whoever was first has chosen; here nobody chooses anything else.
        Ok(()) | Err(_) => {}
    }
    let builder = Client::builder()
        .user_agent(concat!("baton/", env!("CARGO_PKG_VERSION")))
        .timeout(settings.timeout)
        .redirect(Policy::none())
        .no_proxy();
    let builder = match settings.url.scheme() {
        // Needs no certificates, so a machine without any can do it.
        "http" => builder.tls_certs_only([]),
        _ => builder,
    };
    builder.build()
}
