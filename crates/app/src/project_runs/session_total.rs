//! What a session has told of all it has taken so far, as far as runs of skills
//! have gone on with it: agents tell it anew each time, and it is paid once.

use baton_model::{Timestamp, Usage};
use baton_store::{ExecutionFilter, ExecutionRow, ExecutionSort};

use super::listing::LISTED_MAX;
use super::{Story, listing, look};
use crate::{App, AppError};

/// As many pages of runs are looked at: sessions that somebody goes on with are
/// not old, and one that began in a terminal is in no run.
const PAGES_MAX: usize = LISTED_MAX / ExecutionFilter::LIMIT_MAX as usize;

/// What a run tells of its session. A run that goes on with one begins with what
/// that had told before.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    session: Option<String>,
    total: Option<Usage>,
}

impl App {
    /// What a session has told, as far as runs in this project know: the one of
    /// them that changed last.
    pub(super) async fn total_of_session(
        &self,
        project: &str,
        session: &str,
    ) -> Result<Option<Usage>, AppError> {
        // Those that have not ended come first, then those that ended last.
        let mut next = Some(ExecutionFilter {
            project_id: Some(project.to_owned()),
            sort: ExecutionSort::CompletedAt,
            ..listing::of_skills()
        });
        let mut latest: Option<(Timestamp, Usage)> = None;
        for _ in 0..PAGES_MAX {
            let Some(filter) = next.take() else {
                break;
            };
            let (rows, further) = self.project_run_rows(filter).await?;
            for row in rows {
                let told = self.told_in(&row).await?;
                if told.session.as_deref() != Some(session) {
                    continue;
                }
                if let Some(total) = told.total
                    && latest.is_none_or(|(at, _)| at < row.updated_at)
                {
                    latest = Some((row.updated_at, total));
                }
                if row.status.is_terminal() {
                    return Ok(latest.map(|(_, total)| total));
                }
            }
            next = further;
        }
        Ok(latest.map(|(_, total)| total))
    }

    /// What a run tells of its session. One that cannot be read says nothing, and
    /// keeps no other from starting.
    async fn told_in(&self, row: &ExecutionRow) -> Result<Told, AppError> {
        if let Some(known) = self.known_runs.told.get(row) {
            return Ok(known);
        }
        let told = match self.story_of_session(row).await {
            Ok(story) => Told::of(&story),
            Err(error) if look::is_unreadable(&error) => {
                listing::log_unreadable(row.id, &error);
                Told::default()
            }
            Err(error) => return Err(error),
        };
        if row.status.is_terminal() {
            self.known_runs.told.note(row, told.clone());
        }
        Ok(told)
    }

    async fn story_of_session(&self, row: &ExecutionRow) -> Result<Story, AppError> {
        let mut story = Story::of(&self.all_events_of(row.id).await?);
        if story.session.is_none()
            && story.earlier_session.is_none()
            && story.has_begun()
            && let Some(step) = self.skill_step(row.id).await?
        {
            story.session = self.session_begun(row.id, &step, &story);
        }
        Ok(story)
    }
}

impl Told {
    fn of(story: &Story) -> Self {
        let own = story.session.as_ref();
        let session = own.or(story.earlier_session.as_ref());
        Self {
            session: session.cloned(),
            total: story.session_total,
        }
    }
}
