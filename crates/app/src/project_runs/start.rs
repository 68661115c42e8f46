//! How a run of a skill starts.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use baton_lang::ParameterInput;
use baton_model::plan::{Speech, StageKind, Workspace};
use baton_model::{ErrorCode, Plan, RunId, Usage, Value};
use baton_runtime::NewRunSpec;
use baton_store::{StepRow, Trigger};
use serde_json::json;
use uuid::Uuid;

use super::prompt;
use super::{MISSING_SKILL, ProjectRun, ProjectRunError};
use crate::aside::aside;
use crate::builtin::SPECFLOW;
use crate::definitions::Parameters;
use crate::projects::Project;
use crate::repeats::start_claims;
use crate::runs::{layers_of, seed_of};
use crate::{App, AppError, Caller};

/// How long a turn takes at most when nobody says.
const TIMEOUT_MS: f64 = 600_000.0;

/// Longer than anybody waits, and short enough to be counted with.
const TIMEOUT_MAX: Duration = Duration::from_hours(100 * 365 * 24);

/// What starts of this door claim their keys as.
const START: &str = "specflow start";

/// Under which the payload of a stage names who was to work on it.
const PROVIDER: &str = "provider";

/// How long the end of a run is waited for that can only fail.
const END_PATIENCE: Duration = Duration::from_secs(2);

/// A run of a skill that somebody wants.
#[derive(Clone, Debug, PartialEq)]
pub struct StartProjectRun {
    /// The id of the project.
    pub project: String,
    /// The skill; with a session to go on with, a message to it.
    pub skill: String,
    /// How long a turn may take, in milliseconds; none: ten minutes.
    pub timeout_ms: Option<f64>,
    /// The session to go on with.
    pub session: Option<String>,
    /// Who works on it.
    pub provider: Provider,
    /// A second start with the same key is the first one.
    pub idempotency_key: Option<String>,
}

impl StartProjectRun {
    /// Whether it is only to be seen that an agent answers.
    fn is_self_test(&self) -> bool {
        self.session.is_none() && self.skill == prompt::SELF_TEST
    }
}

/// Who works on a skill.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Provider {
    /// Claude Code.
    #[default]
    Claude,
    /// Codex.
    Codex,
}

impl Provider {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Claude, Self::Codex];

    /// The word in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Claude => "claude",
            Self::Codex => "codex",
        }
    }

    /// How `baton.toml` names the agent.
    pub const fn artifact(self) -> &'static str {
        match self {
            Self::Claude => "agent:claude",
            Self::Codex => "agent:codex",
        }
    }

    /// The one whose agent works on a step.
    pub(super) fn of_step(step: &StepRow) -> Option<Self> {
        let agent = step.agent.as_deref()?;
        let mut all = Self::ALL.iter().copied();
        all.find(|one| one.artifact() == agent)
    }

    /// The one that was to work on a stage for which nobody does.
    pub(super) fn of_payload(payload: &Value) -> Option<Self> {
        let word = payload.get(PROVIDER)?.as_str()?;
        let mut all = Self::ALL.iter().copied();
        all.find(|one| one.as_str() == word)
    }
}

/// What the agent is told.
enum Task {
    /// This.
    Told(String),
    /// There is no such skill.
    Missing,
}

impl App {
    /// Starts a run of a skill in a project. One of a skill that does not exist
    /// has failed when this returns.
    pub async fn start_project_run(
        &self,
        caller: &Caller,
        start: StartProjectRun,
    ) -> Result<ProjectRun, ProjectRunError> {
        let key = start.idempotency_key.as_deref();
        if let Some(earlier) = self.started_under(START, key).await? {
            return self.look_at_project_run(earlier).await;
        }
        let id = Uuid::now_v7();
        let run = RunId::new(id);
        let claims = start_claims(START, start.idempotency_key.clone(), run);
        let project = self.project(&start.project).await;
        let project = project.map_err(|error| match error.code {
            ErrorCode::NotFound => ProjectRunError::UnknownProject(start.project.clone()),
            _ => error.into(),
        })?;
        let task = self.task_of(&start, &project).await?;
        let is_missing = matches!(task, Task::Missing);
        let total = match &start.session {
            Some(session) => self.total_of_session(&project.id, session).await?,
            None => None,
        };
        let mut plan = self.plan_of_skill(&start, project, task).await?;
        note_total(&mut plan, total);
        let spec = NewRunSpec {
            id: run,
            plan,
            definition: Some(Arc::from(SPECFLOW.definition)),
            workflow_id: None,
            seed: seed_of(id),
            created_by: caller.name.clone(),
            trigger: Trigger::Api,
            claims,
            rerun_of: None,
            reused: Vec::new(),
            project_runs_max: self.settings().runs_per_project,
        };
        let run = self.create(caller, spec, Vec::new()).await?.run;
        if is_missing {
            self.await_end(run).await;
        }
        self.look_at_project_run(run).await
    }

    async fn task_of(&self, start: &StartProjectRun, project: &Project) -> Result<Task, AppError> {
        let (skill, directory) = (start.skill.clone(), project.path.clone());
        let (provider, home) = (start.provider, self.roots.home.clone());
        let is_message = start.session.is_some();
        aside(move || {
            if !Path::new(&directory).is_dir() {
                std::fs::create_dir_all(&directory).map_err(|error| {
                    let message = format!("cannot make the project directory {directory}: {error}");
                    AppError::new(ErrorCode::NotFound, message)
                })?;
            }
            if is_message {
                return Ok(Task::Told(skill));
            }
            let text = prompt::of_skill(&skill, provider, home.as_deref(), Path::new(&directory));
            Ok(text.map_or(Task::Missing, Task::Told))
        })
        .await?
    }

    /// The built-in workflow, for this skill in this project.
    async fn plan_of_skill(
        &self,
        start: &StartProjectRun,
        project: Project,
        task: Task,
    ) -> Result<Plan, AppError> {
        let workspace = Workspace {
            directory: Some(project.path),
            config: None,
            project: Some(project.id),
        };
        let timeout_ms = start.timeout_ms.unwrap_or(TIMEOUT_MS);
        let is_missing = matches!(task, Task::Missing);
        let (artifact, told) = match task {
            Task::Told(text) => (start.provider.artifact().to_owned(), text),
            // Nobody works for a skill; why not is said by whoever looks for them.
            Task::Missing => (
                format!("{MISSING_SKILL}{}", start.skill),
                start.skill.clone(),
            ),
        };
        let speech = if start.is_self_test() {
            Speech::Bare
        } else {
            Speech::Skill
        };
        let layers = layers_of(&workspace, None).await?;
        let parameters: Parameters = [
            ("skill", Value::from(start.skill.as_str())),
            ("task", Value::from(told)),
            ("timeout_ms", number(timeout_ms)),
        ]
        .map(|(name, value)| (name.to_owned(), ParameterInput::Value(value)))
        .into();
        let text = (Arc::from(SPECFLOW.definition), layers);
        let mut plan = self.compile_aside(text, parameters).await?.plan;
        plan.workspace = workspace;
        plan.settings.timeout = None;
        for stage in &mut plan.stages {
            stage.timeout = Some(duration_of(timeout_ms));
            stage.question_timeout = None;
            stage.repairs_max = 0;
            if is_missing {
                stage.payload = json!({ PROVIDER: start.provider.as_str() });
            }
            if let StageKind::Agent(agent) = &mut stage.kind {
                agent.artifact.clone_from(&artifact);
                agent.speech = speech;
                agent.session.clone_from(&start.session);
                // What the agent itself is set to.
                agent.model = None;
            }
        }
        Ok(plan)
    }

    async fn await_end(&self, run: RunId) {
        let mut progress = self.runtime.watch(run);
        if self
            .execution(run)
            .await
            .is_ok_and(|row| row.status.is_terminal())
        {
            return;
        }
        let ended = progress.wait_for(|progress| progress.ended.is_some());
        // Whoever looks later sees it fail.
        let (Ok(_) | Err(_)) = tokio::time::timeout(END_PATIENCE, ended).await;
    }
}

fn note_total(plan: &mut Plan, total: Option<Usage>) {
    for stage in &mut plan.stages {
        if let StageKind::Agent(agent) = &mut stage.kind {
            agent.session_total = total;
        }
    }
}

/// A number as people write it: without a point where it needs none.
fn number(value: f64) -> Value {
    const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() < WHOLE_MAX {
        #[expect(clippy::cast_possible_truncation, reason = "it is whole, and in range")]
        return Value::from(value as i64);
    }
    Value::from(value)
}

fn duration_of(milliseconds: f64) -> Duration {
    let duration = Duration::try_from_secs_f64(milliseconds / 1_000.0);
    duration.map_or(TIMEOUT_MAX, |duration| duration.min(TIMEOUT_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_number_above_zero_is_a_time() {
        for (milliseconds, expected) in [
            (600_000.0, Duration::from_mins(10)),
            (0.5, Duration::from_micros(500)),
            (3_000_000_000.0, Duration::from_mins(50_000)),
            (f64::MAX, TIMEOUT_MAX),
        ] {
            assert_eq!(duration_of(milliseconds), expected, "{milliseconds}");
        }
    }
}
