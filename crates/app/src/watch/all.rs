//! What happens to all runs, as one stream without gaps or repeats.

use baton_model::{ErrorCode, Recorded, RunId};

use super::shared::{Found, Page, Reader};
use super::{PAGE, decode};
use crate::{App, AppError};

/// An event of some run.
#[derive(Clone, Debug)]
pub struct Happened {
    /// Its place among the events of all runs.
    pub position: u64,
    /// The run.
    pub run: RunId,
    /// What happened.
    pub recorded: Recorded,
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
    let is_whole = found.len() < PAGE as usize;
    let items = found.iter().map(|ordered| {
        Ok(Happened {
            position: ordered.position,
            run: ordered.run,
            recorded: decode(&ordered.event)?,
        })
    });
    let items = items.collect::<Result<_, AppError>>()?;
    Ok(Page { items, is_whole })
}
