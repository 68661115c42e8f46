//! The same done to many things at once; each succeeds or fails by itself.

use std::collections::BTreeSet;

use baton_model::{ErrorCode, ExecutionStatus, WorkflowId};

use crate::{App, AppError, Caller};

/// Most things in one batch.
pub const BATCH_MAX: usize = 50;

/// What can be done to runs in a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// Nothing of them starts until they are resumed.
    Pause,
    /// They go on.
    Resume,
    /// They end.
    Cancel,
}

impl App {
    /// Does the same to many runs, one after the other: how each stands then,
    /// or why nothing was done to it. In the order given.
    pub async fn control_runs(
        &self,
        caller: &Caller,
        control: Control,
        ids: &[String],
    ) -> Result<Vec<Result<ExecutionStatus, AppError>>, AppError> {
        expect_batch(ids)?;
        let mut outcomes = Vec::with_capacity(ids.len());
        for id in ids {
            outcomes.push(self.control_run(caller, control, id).await);
        }
        Ok(outcomes)
    }

    async fn control_run(
        &self,
        caller: &Caller,
        control: Control,
        id: &str,
    ) -> Result<ExecutionStatus, AppError> {
        let run = self.find_run(id).await?;
        match control {
            Control::Pause => self.pause_run(caller, run, None).await,
            Control::Resume => self.resume_run(caller, run).await,
            Control::Cancel => self.cancel_run(caller, run, None).await,
        }?;
        Ok(self.execution(run).await?.status)
    }

    /// Deletes many workflows in one transaction; says of each, in the order
    /// given, why it was not there. Only whole ids are taken: what is deleted
    /// should not be guessed.
    pub async fn delete_workflows(
        &self,
        ids: &[String],
    ) -> Result<Vec<Result<WorkflowId, AppError>>, AppError> {
        expect_batch(ids)?;
        let parsed: Vec<Option<WorkflowId>> = ids.iter().map(|id| id.parse().ok()).collect();
        let wanted: Vec<WorkflowId> = parsed.iter().flatten().copied().collect();
        let deleted = self.store.delete_workflows(&wanted).await?;
        for id in &deleted {
            tracing::info!(event = "workflow.deleted", workflow_id = %id);
        }
        // One that is named twice was there the first time only.
        let mut deleted: BTreeSet<_> = deleted.into_iter().collect();
        let outcomes = parsed.into_iter().zip(ids).map(|(id, text)| {
            id.filter(|id| deleted.remove(id))
                .ok_or_else(|| crate::lookup::no_workflow(text))
        });
        Ok(outcomes.collect())
    }
}

fn expect_batch(ids: &[String]) -> Result<(), AppError> {
    if (1..=BATCH_MAX).contains(&ids.len()) {
        return Ok(());
    }
    let message = format!("a batch holds 1 to {BATCH_MAX} ids");
    Err(AppError::new(ErrorCode::Malformed, message))
}
