//! A run of a skill as it stands now.

use baton_model::{AttemptKey, ErrorCode, Recorded, RunId, StepStatus, Value};
use baton_runtime::chosen_session;
use baton_store::{ExecutionRow, LogFilter, LogStream, StepRow};

use super::{Processes, ProjectRun, ProjectRunError, Provider, STAGE, Story, is_project_run};
use crate::history::LINES_MAX;
use crate::watch::decode;
use crate::{App, AppError};

/// As many of its last lines are shown of what an agent wrote.
const OUTPUT_LINES: u32 = 2_000;

/// As many of their last bytes.
const OUTPUT_BYTES: usize = 256 * 1024;

impl App {
    /// The run of a project with exactly this id.
    pub async fn project_run(&self, id: &str) -> Result<ProjectRun, ProjectRunError> {
        let run = self.find_project_run(id).await?;
        self.look_at_project_run(run.id).await
    }

    /// Its row.
    pub(super) async fn find_project_run(&self, id: &str) -> Result<ExecutionRow, ProjectRunError> {
        let unknown = || ProjectRunError::UnknownRun(id.to_owned());
        let run: RunId = id.parse().map_err(|_no_id| unknown())?;
        let row = self.store.execution(run).await.map_err(AppError::from)?;
        row.filter(is_project_run).ok_or_else(unknown)
    }

    /// Everything about one that is known to be a run of a project.
    pub(super) async fn look_at_project_run(
        &self,
        run: RunId,
    ) -> Result<ProjectRun, ProjectRunError> {
        let execution = self.execution(run).await?;
        let step = self.skill_step(run).await?;
        let step = step.ok_or_else(|| ProjectRunError::UnknownRun(run.to_string()))?;
        let mut story = Story::of(&self.all_events_of(run).await?);
        if story.session.is_none() {
            story.session = self.session_begun(run, &step, &story);
        }
        let stdout = self.written(run, &step, LogStream::Stdout).await?;
        let stderr = self.written(run, &step, LogStream::Stderr).await?;
        let processes = self.processes_of(run, &step);
        let text = |name: &str| execution.parameters.get(name).and_then(Value::as_str);
        let timeout = execution.parameters.get("timeout_ms");
        Ok(ProjectRun {
            project: execution.project_id.clone().unwrap_or_default(),
            provider: Provider::of_step(&step)
                .or(story.provider)
                .unwrap_or_default(),
            skill: text("skill").unwrap_or_default().to_owned(),
            timeout_ms: timeout.and_then(Value::as_f64).unwrap_or_default(),
            story,
            stdout,
            stderr,
            processes,
            execution,
            step,
        })
    }

    /// The one step of a run of a skill.
    pub(super) async fn skill_step(&self, run: RunId) -> Result<Option<StepRow>, AppError> {
        let mut steps = self.steps(run).await?.into_iter();
        Ok(steps.find(|step| step.stage.as_str() == STAGE))
    }

    /// The session that an agent works in which has not ended a turn well so
    /// far: the one it was to go on with, or the one it was told to begin.
    pub(super) fn session_begun(
        &self,
        run: RunId,
        step: &StepRow,
        story: &Story,
    ) -> Option<String> {
        if !story.has_begun() {
            return None;
        }
        let earlier = story.earlier_session.clone();
        earlier.or_else(|| {
            let artifact = step.agent.as_deref()?;
            let agent = self.resolver.resolve(&story.workspace, artifact).ok()?;
            chosen_session(agent.adapter(), &Self::attempt_of(run, step))
        })
    }

    pub(super) async fn all_events_of(&self, run: RunId) -> Result<Vec<Recorded>, AppError> {
        let mut events: Vec<Recorded> = Vec::new();
        loop {
            let after = events.last().map_or(0, |last| last.seq);
            let page = self.store.events(run, after, LINES_MAX).await?;
            if page.is_empty() {
                return Ok(events);
            }
            for event in &page {
                events.push(decode(event)?);
            }
        }
    }

    /// What the agent wrote in its last turn, or the end of it.
    async fn written(
        &self,
        run: RunId,
        step: &StepRow,
        stream: LogStream,
    ) -> Result<String, AppError> {
        let filter = LogFilter {
            dispatch: Some(step.progress.dispatch),
            limit: OUTPUT_LINES,
            from_end: true,
            ..LogFilter::default()
        };
        let lines = self.store.logs(run, filter).await?;
        let lines = lines.iter().filter(|line| line.stream == stream);
        let mut text = String::new();
        for line in lines {
            text.push_str(&line.text);
            text.push('\n');
        }
        let start = text.ceil_char_boundary(text.len().saturating_sub(OUTPUT_BYTES));
        Ok(text.split_off(start))
    }

    /// The attempt that is at work.
    pub(super) fn attempt_at_work(run: RunId, step: &StepRow) -> Option<AttemptKey> {
        let is_at_work = step.progress.status == StepStatus::Running;
        is_at_work.then(|| Self::attempt_of(run, step))
    }

    /// The attempt that was begun last.
    fn attempt_of(run: RunId, step: &StepRow) -> AttemptKey {
        let now = &step.progress;
        AttemptKey {
            run,
            stage: step.stage.clone(),
            iteration: now.iteration,
            attempt: now.attempt,
            dispatch: now.dispatch,
        }
    }

    fn processes_of(&self, run: RunId, step: &StepRow) -> Option<Processes> {
        let attempt = Self::attempt_at_work(run, step)?;
        self.resolver.processes(&attempt)
    }
}

/// Whether what is stored of a run is no good: trying again does not help, and
/// other runs are none the worse for it.
pub(super) fn is_unreadable(error: &AppError) -> bool {
    matches!(error.code, ErrorCode::StorageDamaged | ErrorCode::Internal)
}
