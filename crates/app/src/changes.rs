//! A stage of a run runs again, or the whole run is repeated by a new one.

use baton_model::{Command, ErrorCode, Object, RunId, StageId};
use baton_runtime::NewRunSpec;
use baton_store::{StepRow, Trigger};
use uuid::Uuid;

use crate::repeats::start_claims;
use crate::rounds::leave_door;
use crate::runs::{START, Started, seed_of};
use crate::suggest::did_you_mean;
use crate::{App, AppError, Caller};

/// A run somebody wants to repeat.
#[derive(Clone, Debug)]
pub struct RerunRun {
    /// The run, by its id or an end of it; it must have ended.
    pub run: String,
    /// This stage and all that depend on it run again, and whatever did not
    /// end well; the rest is reused. None: everything runs again.
    pub from: Option<String>,
    /// What set it off.
    pub trigger: Trigger,
    /// The same key starts only one run.
    pub idempotency_key: Option<String>,
}

impl App {
    /// Has a stage that has ended run again, with what is to be different.
    /// Stages that depend on it start over.
    pub async fn reopen_stage(
        &self,
        caller: &Caller,
        run: RunId,
        stage: &str,
        feedback: Option<String>,
    ) -> Result<StageId, AppError> {
        let stage = self.step(run, stage).await?.stage;
        let by = caller.name.clone();
        let command = Command::ReopenStage {
            stage: stage.clone(),
            at_gate: None,
            feedback,
            details: Object::new(),
            by,
        };
        self.runtime.command(run, command).await?;
        tracing::info!(%run, %stage, caller = %caller.name, "stage reopened");
        Ok(stage)
    }

    /// Starts a new run that repeats one that has ended.
    pub async fn rerun(&self, caller: &Caller, rerun: RerunRun) -> Result<Started, AppError> {
        let key = rerun.idempotency_key.as_deref();
        if let Some(earlier) = self.earlier_start(key).await? {
            return Ok(earlier);
        }
        let repeated = self.find_run(&rerun.run).await?;
        let earlier = self.execution(repeated).await?;
        let from = match &rerun.from {
            Some(stage) => Some(self.step(repeated, stage).await?.stage),
            None => None,
        };
        let mut made = self.runtime.rerun_of(repeated, from.as_ref()).await?;
        leave_door(&mut made.plan);
        let id = Uuid::now_v7();
        let run = RunId::new(id);
        let claims = start_claims(START, rerun.idempotency_key, run);
        self.resolve_agents(&made.plan.stages, &made.plan.workspace)?;
        let spec = NewRunSpec {
            id: run,
            plan: made.plan,
            definition: earlier.definition,
            workflow_id: earlier.workflow_id,
            seed: seed_of(id),
            created_by: caller.name.clone(),
            trigger: rerun.trigger,
            claims,
            rerun_of: Some(repeated),
            reused: made.reused,
            project_runs_max: self.settings().runs_per_project,
        };
        self.create(caller, spec, Vec::new()).await
    }

    /// The step of a stage of a run.
    pub(crate) async fn step(&self, run: RunId, stage: &str) -> Result<StepRow, AppError> {
        known_stage(&self.steps(run).await?, stage).cloned()
    }
}

/// The stage with this id.
pub(crate) fn known_stage<'s>(steps: &'s [StepRow], stage: &str) -> Result<&'s StepRow, AppError> {
    let found = steps.iter().find(|step| step.stage.as_str() == stage);
    found.ok_or_else(|| {
        let help = did_you_mean(stage, steps.iter().map(|step| step.stage.as_str()));
        let message = format!("the run has no stage `{stage}`; {help}");
        AppError::new(ErrorCode::NotFound, message)
    })
}
