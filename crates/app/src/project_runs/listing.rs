//! All runs of skills, or those of a project. One that has ended is read once.

use std::sync::Arc;

use baton_model::{ExecutionStatus, RunId};
use baton_runtime::Progress;
use baton_store::{ExecutionFilter, ExecutionRow};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};

use super::noted::Noted;
use super::session_total::Told;
use super::{ProjectRun, ProjectRunError, is_project_run, look};
use crate::builtin::SPECFLOW;
use crate::{App, AppError};

/// As many runs are listed, the newest.
pub(super) const LISTED_MAX: usize = 1_000;

/// Of as many runs it is known what they tell of their sessions, which is little
/// of each.
const TOLD_MAX: usize = 10 * LISTED_MAX;

/// As many news wait for whoever listens; nobody is that slow.
const NEWS_MAX: usize = 4_096;

/// What is known of runs of skills in this process.
#[derive(Debug)]
pub(crate) struct KnownRuns {
    /// Those that have ended, as they were read at their versions.
    ended: Noted<Arc<ProjectRun>>,
    /// What they have told of their sessions.
    pub(super) told: Noted<Told>,
    /// Tells of those that start.
    started: broadcast::Sender<RunId>,
}

impl Default for KnownRuns {
    fn default() -> Self {
        Self {
            // The newest are listed.
            ended: Noted::new(LISTED_MAX),
            told: Noted::new(TOLD_MAX),
            started: broadcast::Sender::new(NEWS_MAX),
        }
    }
}

/// Hears of runs of skills that start.
pub struct StartedRuns(broadcast::Receiver<RunId>);

impl StartedRuns {
    /// The next one; none: there will be no more.
    pub async fn recv(&mut self) -> Option<RunId> {
        loop {
            match self.0.recv().await {
                Ok(run) => return Some(run),
                Err(RecvError::Closed) => return None,
                Err(RecvError::Lagged(n_missed)) => {
                    tracing::warn!(n_missed, "runs of skills started unheard");
                }
            }
        }
    }
}

impl KnownRuns {
    /// Tells whoever listens that a run has started, if it is one of a skill.
    pub(crate) fn tell(&self, run: RunId, workflow: &str) {
        if workflow == SPECFLOW.name {
            // Nobody need listen.
            let (Ok(_) | Err(_)) = self.started.send(run);
        }
    }
}

impl App {
    /// Hears of runs of skills that this process starts from now on.
    pub fn project_runs_started(&self) -> StartedRuns {
        StartedRuns(self.known_runs.started.subscribe())
    }

    /// Tells how far a run has come, now and whenever it comes further.
    pub fn progress_of(&self, run: RunId) -> watch::Receiver<Progress> {
        self.runtime.watch(run)
    }

    /// Whether there is a run of a skill with exactly this id.
    pub async fn is_project_run(&self, id: &str) -> bool {
        self.find_project_run(id).await.is_ok()
    }

    /// Runs of skills that have not ended.
    pub async fn unfinished_project_runs(&self) -> Result<Vec<RunId>, AppError> {
        let unfinished = ExecutionStatus::ALL.iter().copied();
        let mut next = Some(ExecutionFilter {
            statuses: unfinished.filter(|status| !status.is_terminal()).collect(),
            ..of_skills()
        });
        let mut runs = Vec::new();
        while let Some(filter) = next {
            let (rows, further) = self.project_run_rows(filter).await?;
            runs.extend(rows.iter().map(|row| row.id));
            next = further;
        }
        Ok(runs)
    }

    /// Runs of skills, those that changed last first: of a project, or all.
    pub async fn project_runs(
        &self,
        project: Option<&str>,
    ) -> Result<Vec<Arc<ProjectRun>>, ProjectRunError> {
        let mut runs = Vec::new();
        let mut next = Some(ExecutionFilter {
            project_id: project.map(str::to_owned),
            ..of_skills()
        });
        while let Some(filter) = next.take_if(|_| runs.len() < LISTED_MAX) {
            let (rows, further) = self.project_run_rows(filter).await?;
            for row in rows {
                runs.extend(self.known_project_run(row).await?);
            }
            next = further;
        }
        runs.sort_by_key(|run| std::cmp::Reverse((run.execution.updated_at, run.id())));
        Ok(runs)
    }

    /// The runs of skills on the page that a filter asks for, and what asks for
    /// the page after it.
    pub(super) async fn project_run_rows(
        &self,
        filter: ExecutionFilter,
    ) -> Result<(Vec<ExecutionRow>, Option<ExecutionFilter>), AppError> {
        let mut page = self.store.executions(filter.clone()).await?;
        for damaged in &page.damaged {
            let error = AppError::damaged(damaged.what.clone());
            log_unreadable(damaged.key.id, &error);
        }
        let after = page.items.last().map(|row| filter.place_of(row));
        let further = after
            .filter(|_| page.has_more)
            .map(|_| ExecutionFilter { after, ..filter });
        page.items.retain(is_project_run);
        Ok((page.items, further))
    }

    /// None for what is no run of a skill, and for one that cannot be read: that
    /// hides no other.
    async fn known_project_run(
        &self,
        row: ExecutionRow,
    ) -> Result<Option<Arc<ProjectRun>>, ProjectRunError> {
        if let Some(known) = self.known_runs.ended.get(&row) {
            return Ok(Some(known));
        }
        let run = match self.look_at_project_run(row.id).await {
            Ok(run) => Arc::new(run),
            // It was not made by the door, whatever it is called.
            Err(ProjectRunError::UnknownRun(_)) => return Ok(None),
            Err(ProjectRunError::Other(error)) if look::is_unreadable(&error) => {
                log_unreadable(row.id, &error);
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        if run.execution.status.is_terminal() {
            self.known_runs.ended.note(&run.execution, Arc::clone(&run));
        }
        Ok(Some(run))
    }
}

/// All runs of skills, a full page of them.
pub(super) fn of_skills() -> ExecutionFilter {
    ExecutionFilter {
        workflow: Some(SPECFLOW.name.to_owned()),
        limit: ExecutionFilter::LIMIT_MAX,
        ..ExecutionFilter::default()
    }
}

/// Clients of runs of skills know none that cannot be read.
pub(super) fn log_unreadable(run: RunId, error: &AppError) {
    let internal = error.internal.as_deref().unwrap_or_default();
    tracing::warn!(%run, %error, internal, "a run of a skill cannot be read");
}
