//! Gates: passed or closed by whoever is asked.

use baton_model::{Command, ErrorCode, Object, RunId, StageId, StepStatus};

use crate::{App, AppError, Caller};

/// What somebody decides at a gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateDecision {
    /// What.
    pub verdict: Verdict,
    /// Why.
    pub reason: Option<String>,
    /// The iteration of the gate they have seen; when it is in another one,
    /// nothing is decided. None: whichever is open.
    pub iteration: Option<u32>,
}

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
        decision: GateDecision,
    ) -> Result<StageId, AppError> {
        let GateDecision {
            verdict,
            reason,
            iteration,
        } = decision;
        let (stage, iteration) = if let Some(stage) = gate {
            let stage = StageId::new(stage)
                .map_err(|bad| AppError::new(ErrorCode::NotFound, bad.to_string()))?;
            (stage, iteration)
        } else {
            let (stage, open) = self.only_open_gate(run).await?;
            (stage, iteration.or(Some(open)))
        };
        let seen = self.expect_approver(caller, run, &stage).await?;
        let iteration = iteration.or(seen);
        let by = caller.name.clone();
        let command = match verdict {
            Verdict::Approve => Command::ApproveGate {
                stage: stage.clone(),
                iteration,
                by,
                reason,
                details: Object::new(),
            },
            Verdict::Reject => Command::RejectGate {
                stage: stage.clone(),
                iteration,
                by,
                reason,
                details: Object::new(),
            },
        };
        self.runtime.command(run, command).await?;
        tracing::info!(%run, %stage, caller = %caller.name, ?verdict, "gate decided");
        Ok(stage)
    }

    /// The gate that is open, and its iteration.
    async fn only_open_gate(&self, run: RunId) -> Result<(StageId, u32), AppError> {
        let open = self
            .steps(run)
            .await?
            .iter()
            .filter(|step| step.progress.status == StepStatus::WaitingForApproval)
            .map(|step| (step.stage.clone(), step.progress.iteration))
            .collect::<Vec<_>>();
        match open.as_slice() {
            [gate] => Ok(gate.clone()),
            [] => {
                let status = self.execution(run).await?.status;
                let message =
                    format!("no gate of this run waits for approval; the run is {status}");
                Err(AppError::new(ErrorCode::IllegalState, message))
            }
            several => {
                let names: Vec<&str> = several.iter().map(|(stage, _)| stage.as_str()).collect();
                let message = format!("several gates are open, name one: {}", names.join(", "));
                Err(AppError::new(ErrorCode::IllegalState, message))
            }
        }
    }
}
