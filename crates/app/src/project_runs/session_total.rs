//! What a session has told of all it has taken so far, as far as runs of skills
//! have gone on with it: agents tell it anew each time, and it is paid once.

use baton_model::{Timestamp, Usage};
use baton_store::{ExecutionFilter, ExecutionRow, ExecutionSort};

use super::{Story, listing, look};
use crate::{App, AppError};

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
        while let Some(filter) = next {
            let (rows, further) = self.project_run_rows(filter).await?;
            for row in rows {
                let Some(total) = self.told_in(&row, session).await? else {
                    continue;
                };
                if latest.is_none_or(|(at, _)| at < row.updated_at) {
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

    /// What a session has told in this run, if the run knows of it. One that
    /// cannot be read says nothing, and keeps no other from starting.
    async fn told_in(&self, row: &ExecutionRow, session: &str) -> Result<Option<Usage>, AppError> {
        if let Some(known) = self.known_runs.get(row) {
            return Ok(total_in(&known.story, session));
        }
        match self.story_of_session(row).await {
            Ok(story) => Ok(total_in(&story, session)),
            Err(error) if look::is_unreadable(&error) => {
                listing::log_unreadable(row.id, &error);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    async fn story_of_session(&self, row: &ExecutionRow) -> Result<Story, AppError> {
        let mut story = Story::of(&self.all_events_of(row.id).await?);
        if story.session.is_none()
            && story.session_total.is_some()
            && let Some(step) = self.skill_step(row.id).await?
        {
            story.session = self.session_begun(row.id, &step, &story);
        }
        Ok(story)
    }
}

fn total_in(story: &Story, session: &str) -> Option<Usage> {
    let own = story.session.as_deref();
    let known = own.or(story.earlier_session.as_deref());
    story.session_total.filter(|_| known == Some(session))
}
