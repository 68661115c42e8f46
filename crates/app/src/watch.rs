//! What happens to a run, as a stream without gaps or repeats.
//!
//! News come as numbers only; events and lines are read from the store, page
//! by page, so a slow watcher holds no more than one page. Watchers that are at
//! the same place share what one of them has [read](shared).

mod all;
mod shared;

use baton_model::{ErrorCode, Event, ExecutionStatus, Recorded, RunId};
use baton_runtime::Progress;
use baton_store::{Attention, EVENT_PAGE_BYTES, LogFilter, LogLine, StoredEvent};

use crate::{App, AppError};
use shared::{Found, Page, Reader};

pub use all::{AllWatch, Happened};
pub(crate) use shared::Watched;

/// Rows read at once, or fewer where the events among them are large.
const PAGE: u32 = 256;

/// Runs looked at together.
const RUNS_AT_ONCE: u32 = 1_000;

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

/// What a watcher wants to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Interest {
    EventsAndLines,
    Events,
}

/// Where a page of a run begins, and what is on it.
type PageOfRun = (Place, Interest);

/// Follows one run.
pub struct RunWatch {
    app: App,
    run: RunId,
    place: Place,
    interest: Interest,
    reader: Reader<Progress, PageOfRun, News>,
    /// It had ended before it was watched, so nothing is to be waited for.
    was_over: bool,
    ended: bool,
}

impl App {
    /// Follows a run from a place on.
    pub async fn watch(&self, run: RunId, place: Place) -> Result<RunWatch, AppError> {
        self.follow(run, place, Interest::EventsAndLines).await
    }

    /// Follows the events of a run, without what its agents write.
    pub async fn watch_events(&self, run: RunId, after: u64) -> Result<RunWatch, AppError> {
        let place = Place {
            event_seq: after,
            log_seq: 0,
        };
        self.follow(run, place, Interest::Events).await
    }

    async fn follow(
        &self,
        run: RunId,
        place: Place,
        interest: Interest,
    ) -> Result<RunWatch, AppError> {
        // Before the first read, so that nothing falls in between.
        let source = self.watched.run(run, || self.runtime.watch(run));
        let execution = self.execution(run).await?;
        self.expect_reached(run, place, execution.version).await?;
        let was_over = execution.status.is_terminal();
        let ended = was_over && execution.version <= place.event_seq;
        Ok(RunWatch {
            app: self.clone(),
            run,
            place,
            interest,
            reader: Reader::new(source),
            was_over,
            ended,
        })
    }

    /// Refuses a place that the run has not come to, such as one from before
    /// an older backup was restored: what is new would be passed over.
    async fn expect_reached(
        &self,
        run: RunId,
        place: Place,
        last_event: u64,
    ) -> Result<(), AppError> {
        let not_yet = |what, seq, last| {
            let message = format!("there is no {what} {seq} of this run: the last one is {last}");
            Err(AppError::new(ErrorCode::InvalidCursor, message))
        };
        if place.event_seq > last_event {
            return not_yet("event", place.event_seq, last_event);
        }
        if place.log_seq > 0 {
            let last_line = self.store.last_log_seq(run).await?;
            if place.log_seq > last_line {
                return not_yet("log line", place.log_seq, last_line);
            }
        }
        Ok(())
    }
}

impl App {
    /// Waits until a run has ended, and says how.
    pub async fn ended(&self, run: RunId) -> Result<ExecutionStatus, AppError> {
        // Before the look at the run, so that no end falls in between.
        let mut progress = self.runtime.watch(run);
        if !self.runtime.is_in_memory(run) {
            let execution = self.execution(run).await?;
            if execution.status.is_terminal() {
                return Ok(execution.status);
            }
        }
        let ended = progress.wait_for(|progress| progress.ended.is_some()).await;
        let ended = ended.ok().and_then(|progress| progress.ended);
        ended.ok_or_else(|| AppError::new(ErrorCode::Unavailable, "Baton is shutting down"))
    }
}

impl App {
    /// Whether something is still done for a run, such as its hooks, which
    /// may take longer than the run itself.
    pub async fn is_worked_on(&self, run: RunId) -> Result<bool, AppError> {
        Ok(self.execution(run).await?.attention == Attention::Working)
    }

    /// Waits until nothing is done for a run any more.
    pub async fn settled(&self, run: RunId) -> Result<(), AppError> {
        // Before the look at the run, so that nothing falls in between.
        let mut progress = self.runtime.watch(run);
        loop {
            progress.mark_unchanged();
            if !self.is_worked_on(run).await? {
                return Ok(());
            }
            progress.changed().await.map_err(|_closed| {
                AppError::new(ErrorCode::Unavailable, "Baton is shutting down")
            })?;
        }
    }
}

impl App {
    /// Carries out what is left of runs that have ended, such as hooks that an
    /// earlier process did not come to. To be called where runs are worked on.
    pub async fn settle_ended(&self) -> Result<(), AppError> {
        let mut last = None;
        loop {
            let page = self.store.open_runs(last, RUNS_AT_ONCE).await?;
            let Some(end) = page.last() else {
                return Ok(());
            };
            last = Some(end.run);
            for open in page
                .iter()
                .filter(|open| open.attention == Attention::Working)
            {
                if self.execution(open.run).await?.status.is_terminal() {
                    self.runtime.take_up(open.run).await;
                    self.settled(open.run).await?;
                }
            }
        }
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
            if let Some(news) = self.reader.next_read() {
                self.step(&news);
                return Ok(Some(news));
            }
            if self.ended {
                return Ok(None);
            }
            let (app, run) = (&self.app, self.run);
            let begin = (self.place, self.interest);
            let found = self.reader.read(begin, || read(app, run, begin)).await?;
            if found == Found::Something {
                continue;
            }
            if !self.was_over {
                self.reader.wait().await?;
                continue;
            }
            // What others have read may be older than the end of the run.
            let found = self.reader.read_alone(read(app, run, begin)).await?;
            if found == Found::Nothing {
                return Ok(None);
            }
        }
    }

    fn step(&mut self, news: &News) {
        match news {
            News::Event(recorded) => {
                self.place.event_seq = recorded.seq;
                match recorded.event {
                    Event::RunEnded { .. } => self.ended = true,
                    Event::RunReopened { .. } => self.ended = false,
                    _ => {}
                }
            }
            News::Line(line) => self.place.log_seq = line.seq,
        }
    }
}

/// Reads what is new of a run, in the order it happened.
async fn read(app: &App, run: RunId, (place, interest): PageOfRun) -> Result<Page<News>, AppError> {
    // Lines after events, and not at once: whatever was written before one of
    // the events is among the lines then, and is told before it.
    let stored = app.store.events(run, place.event_seq, PAGE).await?;
    let filter = LogFilter {
        after: place.log_seq,
        limit: PAGE,
        ..LogFilter::default()
    };
    let lines = match interest {
        Interest::EventsAndLines => app.store.logs(run, filter).await?,
        Interest::Events => Vec::new(),
    };
    let are_all_events = is_last(stored.iter().map(|event| event.body.len()));
    let are_all_lines = lines.len() < PAGE as usize;
    let mut events = stored.iter().peekable();
    let mut lines = lines.into_iter().peekable();
    let mut items = Vec::new();
    loop {
        let take_line = match (lines.peek(), events.peek()) {
            (Some(line), Some(event)) => line.at < event.at,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => break,
        };
        // Past the end of a full page, nobody knows what comes next.
        let lines_cut = lines.peek().is_none() && !are_all_lines;
        let events_cut = events.peek().is_none() && !are_all_events;
        if lines_cut || events_cut {
            break;
        }
        if take_line {
            items.extend(lines.next().map(News::Line));
        } else if let Some(event) = events.next() {
            items.push(News::Event(decode(event)?));
        }
    }
    let is_whole = are_all_events && are_all_lines;
    Ok(Page { items, is_whole })
}

/// Whether no event came after a page whose bodies have these sizes.
fn is_last(sizes: impl ExactSizeIterator<Item = usize>) -> bool {
    sizes.len() < PAGE as usize && sizes.sum::<usize>() < EVENT_PAGE_BYTES
}

pub(crate) fn decode(stored: &StoredEvent) -> Result<Recorded, AppError> {
    let event = serde_json::from_str(&stored.body).map_err(AppError::internal)?;
    Ok(Recorded {
        seq: stored.seq,
        at: stored.at,
        event,
    })
}
