//! What happens to all runs, as one stream without gaps or repeats.

use baton_model::{ErrorCode, Recorded, RunId};
use baton_store::OrderedEvent;

use super::shared::{Found, Page, Reader};
use super::{PAGE, decode, is_last};
use crate::{App, AppError};

/// An event of some run.
#[derive(Clone, Debug)]
pub struct Happened {
    /// Its place among the events of all runs.
    pub position: u64,
    /// The run.
    pub run: RunId,
    /// What happened, or why nobody can tell: the event is damaged, which
    /// keeps no other from being handed out.
    pub recorded: Result<Recorded, AppError>,
}

/// Follows all runs.
pub struct AllWatch {
    app: App,
    position: u64,
    reader: Reader<u64, u64, Happened>,
}

impl App {
    /// Follows all runs: from a position on, or else from now on.
    pub async fn watch_all(&self, after: Option<u64>) -> Result<AllWatch, AppError> {
        // Before the first read, so that nothing falls in between.
        let source = self.watched.all(|| self.runtime.watch_all());
        let last = self.store.last_position().await?;
        let position = after.unwrap_or(last);
        if position > last {
            let message = format!("there is no event {position} yet: the last one is {last}");
            return Err(AppError::new(ErrorCode::InvalidCursor, message));
        }
        Ok(AllWatch {
            app: self.clone(),
            position,
            reader: Reader::new(source),
        })
    }
}

impl AllWatch {
    /// Position of what was handed out last.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The next event; it may be long until there is one.
    pub async fn next(&mut self) -> Result<Happened, AppError> {
        loop {
            if let Some(happened) = self.reader.next_read() {
                self.position = happened.position;
                return Ok(happened);
            }
            let (app, after) = (&self.app, self.position);
            let found = self.reader.read(after, || read(app, after)).await?;
            if found == Found::Nothing {
                self.reader.wait().await?;
            }
        }
    }
}

async fn read(app: &App, after: u64) -> Result<Page<Happened>, AppError> {
    let found = app.store.all_events(after, PAGE).await?;
    let size = |ordered: &OrderedEvent| ordered.event.as_ref().map_or(0, |event| event.body.len());
    let is_whole = is_last(found.iter().map(size));
    let items = found.iter().map(|ordered| Happened {
        position: ordered.position,
        run: ordered.run,
        recorded: recorded(ordered),
    });
    let items = items.collect();
    Ok(Page { items, is_whole })
}

fn recorded(ordered: &OrderedEvent) -> Result<Recorded, AppError> {
    let found = match &ordered.event {
        Ok(event) => decode(event).map_err(|error| error.internal.unwrap_or(error.message)),
        Err(what) => Err(what.clone()),
    };
    found.map_err(|what| {
        let (position, run) = (ordered.position, ordered.run);
        tracing::warn!(position, %run, %what, "an event is damaged and is passed over");
        AppError::damaged(format!("an event of run {run} cannot be read"))
    })
}
