//! What happens to a run, as a stream without gaps or repeats.
//!
//! News come as numbers only; events and lines are read from the store, page
//! by page, so a slow watcher holds no more than one page.

use std::collections::VecDeque;

use baton_model::{ErrorCode, Event, ExecutionStatus, Recorded, RunId};
use baton_runtime::Progress;
use baton_store::{LogFilter, LogLine};
use tokio::sync::watch;

use crate::{App, AppError};

/// Rows read at once.
const PAGE: u32 = 256;

/// How far a watcher has read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Last event.
    pub event_seq: u64,
    /// Last log line.
    pub log_seq: u64,
}

/// Something that happened to a run.
#[derive(Clone, Debug)]
pub enum News {
    /// An event of its log.
    Event(Recorded),
    /// A line one of its agents wrote.
    Line(LogLine),
}

/// Follows one run.
pub struct RunWatch {
    app: App,
    run: RunId,
    place: Place,
    progress: watch::Receiver<Progress>,
    /// Read, but not handed out yet.
    page: VecDeque<News>,
    ended: bool,
}

impl App {
    /// Follows a run from a place on.
    pub async fn watch(&self, run: RunId, place: Place) -> Result<RunWatch, AppError> {
        // Before the first read, so that nothing falls in between.
        let progress = self.runtime.watch(run);
        let execution = self.store.execution(run).await?;
        let execution =
            execution.ok_or_else(|| AppError::new(ErrorCode::NotFound, format!("no run {run}")))?;
        let ended = execution.status.is_terminal() && execution.version <= place.event_seq;
        let page = VecDeque::new();
        Ok(RunWatch {
            app: self.clone(),
            run,
            place,
            progress,
            page,
            ended,
        })
    }
}

impl App {
    /// Waits until a run has ended, and says how.
    pub async fn ended(&self, run: RunId) -> Result<ExecutionStatus, AppError> {
        // Before the look at the run, so that no end falls in between.
        let mut progress = self.runtime.watch(run);
        if !self.runtime.is_in_memory(run) {
            let execution = self.store.execution(run).await?;
            let execution = execution
                .ok_or_else(|| AppError::new(ErrorCode::NotFound, format!("no run {run}")))?;
            if execution.status.is_terminal() {
                return Ok(execution.status);
            }
        }
        let ended = progress.wait_for(|progress| progress.ended.is_some()).await;
        let ended = ended.ok().and_then(|progress| progress.ended);
        ended.ok_or_else(|| AppError::new(ErrorCode::Unavailable, "Baton is shutting down"))
    }
}

impl RunWatch {
    /// How far has been handed out.
    pub fn place(&self) -> Place {
        self.place
    }

    /// The next piece of news; None after the run's last.
    pub async fn next(&mut self) -> Result<Option<News>, AppError> {
        loop {
            if let Some(news) = self.page.pop_front() {
                self.step(&news);
                return Ok(Some(news));
            }
            if self.ended {
                return Ok(None);
            }
            self.progress.mark_unchanged();
            self.read().await?;
            if self.page.is_empty() && !self.ended {
                let changed = self.progress.changed().await;
                changed.map_err(|_closed| {
                    AppError::new(ErrorCode::Unavailable, "Baton is shutting down")
                })?;
            }
        }
    }

    fn step(&mut self, news: &News) {
        match news {
            News::Event(recorded) => {
                self.place.event_seq = recorded.seq;
                self.ended |= matches!(recorded.event, Event::RunEnded { .. });
            }
            News::Line(line) => self.place.log_seq = line.seq,
        }
    }

    /// Reads what is new, in the order it happened.
    async fn read(&mut self) -> Result<(), AppError> {
        let stored = self
            .app
            .events(self.run, self.place.event_seq, PAGE)
            .await?;
        let n_full = PAGE as usize;
        let filter = LogFilter {
            after: self.place.log_seq,
            limit: PAGE,
            ..LogFilter::default()
        };
        let lines = self.app.logs(self.run, filter).await?;
        let (n_events, n_lines) = (stored.len(), lines.len());
        let mut events = stored.into_iter().peekable();
        let mut lines = lines.into_iter().peekable();
        let mut ordered = VecDeque::new();
        loop {
            let take_line = match (lines.peek(), events.peek()) {
                (Some(line), Some(event)) => line.at < event.at,
                (Some(_), None) => true,
                (None, Some(_)) => false,
                (None, None) => break,
            };
            // Past the end of a full page, nobody knows what comes next.
            let lines_cut = lines.peek().is_none() && n_lines == n_full;
            let events_cut = events.peek().is_none() && n_events == n_full;
            if lines_cut || events_cut {
                break;
            }
            if take_line {
                ordered.extend(lines.next().map(News::Line));
            } else if let Some(event) = events.next() {
                let recorded = decode(&event)?;
                ordered.push_back(News::Event(recorded));
            }
        }
        self.page = ordered;
        Ok(())
    }
}

fn decode(stored: &baton_store::StoredEvent) -> Result<Recorded, AppError> {
    let event = serde_json::from_str(&stored.body).map_err(AppError::internal)?;
    Ok(Recorded {
        seq: stored.seq,
        at: stored.at,
        event,
    })
}
