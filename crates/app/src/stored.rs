//! What is done with stored workflows: validated, planned, run.

use baton_model::plan::Workspace;
use baton_model::{Object, WorkflowId};
use baton_store::{Trigger, WorkflowRow};

use crate::definitions::{Compiled, Parameters};
use crate::runs::Stored;
use crate::texts::{GivenText, Validation};
use crate::{App, AppError, Caller, StartRun, Started};

/// What a stored workflow is looked at with.
#[derive(Clone, Debug, Default)]
pub struct Around {
    /// Its parameters; none: they are not looked at.
    pub parameters: Option<Parameters>,
    /// Where its stages would work.
    pub workspace: Workspace,
    /// What would be different for one run: a block of overrides.
    pub overrides: Option<Object>,
}

/// A run of a stored workflow that somebody wants to start.
#[derive(Clone, Debug)]
pub struct StartStored {
    /// The workflow: its id, an end of it, or its name.
    pub workflow: String,
    /// Its parameters.
    pub parameters: Parameters,
    /// Where its stages work.
    pub workspace: Workspace,
    /// What is different for this run alone: a block of overrides.
    pub overrides: Option<Object>,
    /// What set it off.
    pub trigger: Trigger,
    /// The same key starts only one run.
    pub idempotency_key: Option<String>,
}

impl App {
    /// Everything there is to say of a stored workflow.
    pub async fn validate_stored(
        &self,
        id: WorkflowId,
        around: Around,
    ) -> Result<Validation, AppError> {
        let given = given(self.workflow_row(id).await?, around);
        let validation = self.validate(given).await?;
        tracing::info!(
            event = "workflow.validated", workflow_id = %id,
            is_valid = validation.errors.is_empty(), n_errors = validation.errors.len()
        );
        Ok(validation)
    }

    /// What a run of a stored workflow would do.
    pub async fn plan_stored(&self, id: WorkflowId, around: Around) -> Result<Compiled, AppError> {
        let row = self.workflow_row(id).await?;
        let name = row.facts.name.clone();
        let mut compiled = self.plan(given(row, around)).await?;
        compiled.plan.workflow.name = name;
        compiled.plan.workflow.stored = Some(id);
        let n_stages = compiled.plan.stages.len();
        tracing::info!(event = "workflow.planned", workflow_id = %id, n_stages);
        Ok(compiled)
    }

    /// Starts a run of a stored workflow. A draft with errors is refused with
    /// all of them.
    pub async fn start_stored(
        &self,
        caller: &Caller,
        start: StartStored,
    ) -> Result<Started, AppError> {
        let key = start.idempotency_key.as_deref();
        if let Some(earlier) = self.earlier_start(key).await? {
            return Ok(earlier);
        }
        let id = self.find_workflow(&start.workflow).await?;
        let row = self.workflow_row(id).await?;
        let stored = Stored {
            id: row.id,
            name: row.facts.name,
        };
        let start = StartRun {
            definition: row.definition.unwrap_or_default(),
            parameters: start.parameters,
            workspace: start.workspace,
            overrides: start.overrides,
            trigger: start.trigger,
            idempotency_key: start.idempotency_key,
        };
        self.start(caller, start, Some(stored)).await
    }
}

fn given(row: WorkflowRow, around: Around) -> GivenText {
    GivenText {
        definition: row.definition.unwrap_or_default(),
        parameters: around.parameters,
        workspace: around.workspace,
        overrides: around.overrides,
    }
}
