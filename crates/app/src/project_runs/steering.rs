//! What people do about a run of a skill.

use baton_model::{Answers, Command, ExecutionStatus, StageId};

use super::{Killed, ProjectRun, ProjectRunError, STAGE, translate};
use crate::{App, AppError, Caller};

impl App {
    /// Answers what the agent of a run asks. Any texts are taken, under any
    /// names; the first answer counts.
    pub async fn answer_project_run(
        &self,
        caller: &Caller,
        id: &str,
        answers: &Answers,
    ) -> Result<ProjectRun, ProjectRunError> {
        let run = self.project_run(id).await?;
        let Some(questions) = run.open_questions() else {
            return Err(ProjectRunError::WrongState(run.status()));
        };
        if self.project(&run.project).await.is_err() {
            return Err(ProjectRunError::UnknownProject(run.project));
        }
        let command = Command::AnswerStage {
            stage: stage()?,
            dispatch: Some(run.step.progress.dispatch),
            answers: translate::from_client(questions, answers),
            by: caller.name.clone(),
        };
        self.runtime
            .command(run.id(), command)
            .await
            .map_err(|error| overtaken(error.into(), ExecutionStatus::Running))?;
        tracing::info!(run = %run.id(), caller = %caller.name, "stage answered");
        self.look_at_project_run(run.id()).await
    }

    /// Ends a run of a project, with all processes of its agent.
    pub async fn cancel_project_run(
        &self,
        caller: &Caller,
        id: &str,
    ) -> Result<ProjectRun, ProjectRunError> {
        let run = self.project_run(id).await?;
        if run.status().is_terminal() {
            return Err(ProjectRunError::WrongState(run.status()));
        }
        self.cancel_run(caller, run.id(), None)
            .await
            .map_err(|error| overtaken(error, run.status()))?;
        self.look_at_project_run(run.id()).await
    }

    /// Ends a run of a project, and its processes at once when they are not to
    /// have a moment for it.
    pub async fn kill_project_run(
        &self,
        caller: &Caller,
        id: &str,
        manner: Manner,
    ) -> Result<(ProjectRun, Killed), ProjectRunError> {
        let before = self.project_run(id).await?;
        let run = self.cancel_project_run(caller, id).await?;
        let attempt = Self::attempt_at_work(before.id(), &before.step);
        let killed = match (manner, attempt) {
            (Manner::AtOnce, Some(attempt)) => self.resolver.kill(&attempt),
            (Manner::InOrder, _) | (_, None) => Killed {
                killed: before
                    .processes
                    .map(|found| found.agents)
                    .unwrap_or_default(),
                failed: Vec::new(),
            },
        };
        Ok((run, killed))
    }
}

/// How processes are ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// They are told to, and have five seconds for it.
    InOrder,
    /// At once.
    AtOnce,
}

fn stage() -> Result<StageId, AppError> {
    StageId::new(STAGE).map_err(AppError::internal)
}

/// What is refused by now, though it was possible a moment ago.
fn overtaken(error: AppError, by: ExecutionStatus) -> ProjectRunError {
    match error.code {
        baton_model::ErrorCode::IllegalState => ProjectRunError::WrongState(by),
        _ => ProjectRunError::Other(error),
    }
}
