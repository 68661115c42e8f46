//! What a server tells of itself: metrics, a log of lifecycles, and traces.
//! Whatever goes wrong here is noted and never keeps a run from going on.

mod figures;
mod lifecycle;
mod otlp;
mod process;
mod spans;
mod work;

use std::sync::Arc;
use std::time::Duration;

use baton_engine::RunState;
use baton_metrics::Source;
use baton_runtime::observe::{AttemptEnd, Committed, Standing};
use baton_runtime::{Observer, Runtime};
use baton_store_sql::{Census, SqliteStore};

use figures::Figures;
use lifecycle::Lifecycle;
use otlp::{Exporting, Settings};
use process::Process;
use spans::Spans;
use work::Work;

/// How long the last spans may take on their way.
const TRACES_GRACE: Duration = Duration::from_secs(2);

/// Everything that watches a server.
pub(crate) struct Telemetry {
    figures: Arc<Figures>,
    exporting: Option<Exporting>,
}

impl Telemetry {
    /// Starts to watch a server that works on the runs of a store.
    pub(crate) fn start(census: &Census) -> Self {
        let exporting = Settings::of_environment().unwrap_or_else(|why| {
            tracing::warn!(why, "no traces are sent");
            None
        });
        Self {
            figures: Arc::new(Figures::from(census)),
            exporting: exporting.map(Exporting::start),
        }
    }

    /// Who is told what happens to runs.
    pub(crate) fn observer(&self) -> Arc<dyn Observer> {
        let exporter = self.exporting.as_ref().map(|it| it.exporter.clone());
        Arc::new(Watchers {
            figures: Arc::clone(&self.figures),
            lifecycle: Lifecycle,
            spans: exporter.map(Spans::new),
        })
    }

    /// All metrics but those of requests.
    pub(crate) fn sources(&self, store: &SqliteStore, runtime: &Runtime) -> Vec<Arc<dyn Source>> {
        let exporting = self.exporting.as_ref();
        vec![
            Arc::new(Process::new()),
            Arc::clone(&self.figures) as Arc<dyn Source>,
            Arc::new(Work::of(runtime)),
            store.metrics(),
            exporting.map_or_else(otlp::no_metrics, Exporting::metrics),
        ]
    }

    /// Sends what is left.
    pub(crate) async fn stop(self) {
        if let Some(exporting) = self.exporting {
            exporting.stop(TRACES_GRACE).await;
        }
    }
}

/// All who are told what happens.
struct Watchers {
    figures: Arc<Figures>,
    lifecycle: Lifecycle,
    spans: Option<Spans>,
}

impl Observer for Watchers {
    fn taken_up(&self, state: &RunState) {
        if let Some(spans) = &self.spans {
            spans.taken_up(state);
        }
    }

    fn committed(&self, news: &Committed<'_>) {
        self.figures.committed(news);
        self.lifecycle.committed(news);
        if let Some(spans) = &self.spans {
            spans.committed(news);
        }
    }

    fn moved(&self, from: Option<Standing>, to: Option<Standing>) {
        self.figures.moved(from, to);
    }

    fn attempt_ended(&self, end: &AttemptEnd<'_>) {
        self.figures.attempt_ended(end);
    }
}
