//! Gates: passed or closed by whoever is asked.

use baton_model::{Command, ErrorCode, RunId, StageId, StepStatus};

use crate::{App, AppError, Caller};

/// What is decided at a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The gate is passed.
    Approve,
    /// The gate is closed, and the run stops.
    Reject,
}

impl App {
    /// Decides a gate. Without a stage, the one gate that is open.
    pub async fn decide_gate(
        &self,
        caller: &Caller,
        run: RunId,
        gate: Option<&str>,
        (verdict, reason): (Verdict, Option<String>),
    ) -> Result<StageId, AppError> {
        let stage = match gate {
            Some(stage) => StageId::new(stage)
                .map_err(|bad| AppError::new(ErrorCode::NotFound, bad.to_string()))?,
            None => self.only_open_gate(run).await?,
        };
        let by = caller.name.clone();
        let command = match verdict {
            Verdict::Approve => Command::ApproveGate {
                stage: stage.clone(),
                by,
                reason,
            },
            Verdict::Reject => Command::RejectGate {
                stage: stage.clone(),
                by,
                reason,
            },
        };
        self.runtime.command(run, command).await?;
        tracing::info!(%run, %stage, caller = %caller.name, ?verdict, "gate decided");
        Ok(stage)
    }

    async fn only_open_gate(&self, run: RunId) -> Result<StageId, AppError> {
        let open = self
            .steps(run)
            .await?
            .iter()
            .filter(|step| step.progress.status == StepStatus::WaitingForApproval)
            .map(|step| step.stage.clone())
            .collect::<Vec<_>>();
        match open.as_slice() {
            [stage] => Ok(stage.clone()),
            [] => {
                let status = self.execution(run).await?.status;
                let message =
                    format!("no gate of this run waits for approval; the run is {status}");
                Err(AppError::new(ErrorCode::IllegalState, message))
            }
            several => {
                let names: Vec<&str> = several.iter().map(StageId::as_str).collect();
                let message = format!("several gates are open, name one: {}", names.join(", "));
                Err(AppError::new(ErrorCode::IllegalState, message))
            }
        }
    }
}
