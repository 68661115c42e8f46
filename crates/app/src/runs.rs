//! Runs: started, listed, looked at, decided on, ended.

use std::sync::Arc;

use baton_model::plan::Workspace;
use baton_model::{Command, Diagnostic, ErrorCode, RunId, StageId, StepStatus};
use baton_runtime::NewRunSpec;
use baton_store::{
    Claim, ExecutionFilter, ExecutionRow, LogFilter, LogLine, StepRow, StoredEvent, Trigger,
};
use uuid::Uuid;

use crate::definitions::Parameters;
use crate::{App, AppError, Caller, page};

/// Most rows of a list in one answer.
pub const PAGE_MAX: u32 = 200;
/// Rows of a list when nobody says how many.
pub const PAGE_DEFAULT: u32 = 50;
/// Most log lines or events in one answer.
pub const LINES_MAX: u32 = 10_000;

/// A run somebody wants to start.
#[derive(Clone, Debug)]
pub struct StartRun {
    /// The definition, as text.
    pub definition: Arc<str>,
    /// Its parameters.
    pub parameters: Parameters,
    /// Where its stages work.
    pub workspace: Workspace,
    /// What set it off.
    pub trigger: Trigger,
    /// The same key starts only one run.
    pub idempotency_key: Option<String>,
}

/// A run that was started.
#[derive(Clone, Debug)]
pub struct Started {
    /// Its id.
    pub run: RunId,
    /// Whether an earlier call with the same key had started it.
    pub existed: bool,
    /// What is probably not as meant.
    pub warnings: Vec<Diagnostic>,
}

/// A run with its steps.
#[derive(Clone, Debug)]
pub struct RunDetail {
    /// The run.
    pub execution: ExecutionRow,
    /// Its steps in declaration order.
    pub steps: Vec<StepRow>,
}

/// A page of runs.
#[derive(Clone, Debug)]
pub struct RunList {
    /// The runs, newest first.
    pub items: Vec<ExecutionRow>,
    /// Leads to the next page.
    pub next_cursor: Option<String>,
    /// How many there are on all pages together.
    pub total_count: u64,
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
    /// Starts a run. It is durable when this returns, and goes on by itself.
    pub async fn start_run(&self, caller: &Caller, start: StartRun) -> Result<Started, AppError> {
        let compiled = self.compile(&start.definition, &start.parameters)?;
        let warnings = compiled.warnings().to_vec();
        let mut plan = compiled.plan;
        self.resolve_agents(&plan, &start.workspace)?;
        plan.workspace = start.workspace;
        let id = Uuid::now_v7();
        let claims = start.idempotency_key.into_iter();
        let spec = NewRunSpec {
            id: RunId::new(id),
            plan,
            definition: Some(start.definition),
            workflow_id: None,
            seed: seed_of(id),
            created_by: caller.name.clone(),
            trigger: start.trigger,
            claims: claims
                .map(|key| Claim {
                    scope: "start".to_owned(),
                    key,
                })
                .collect(),
        };
        let created = self.runtime.create_run(spec).await?;
        let (Ok(run) | Err(run)) = created;
        if created.is_err() {
            // Whoever started it may have died since.
            self.runtime.take_up(run).await;
        }
        tracing::info!(%run, caller = %caller.name, "run started");
        Ok(Started {
            run,
            existed: created.is_err(),
            warnings,
        })
    }

    /// One run with its steps.
    pub async fn run(&self, run: RunId) -> Result<RunDetail, AppError> {
        let execution = self.store.execution(run).await?;
        let execution =
            execution.ok_or_else(|| AppError::new(ErrorCode::NotFound, format!("no run {run}")))?;
        let steps = self.store.steps(run).await?;
        Ok(RunDetail { execution, steps })
    }

    /// A page of runs. `cursor` comes from the page before.
    pub async fn runs(
        &self,
        filter: ExecutionFilter,
        cursor: Option<&str>,
    ) -> Result<RunList, AppError> {
        let after = cursor.map(page::from_cursor).transpose()?;
        let found = self
            .store
            .executions(ExecutionFilter { after, ..filter })
            .await?;
        let last = found.items.last().filter(|_| found.has_more);
        let next_cursor = last.map(|row| {
            page::to_cursor(baton_store::PageKey {
                created_at: row.created_at,
                id: row.id,
            })
        });
        Ok(RunList {
            items: found.items,
            next_cursor,
            total_count: found.total_count,
        })
    }

    /// Ends a run. Its running stages are told to end and are waited for.
    pub async fn cancel_run(
        &self,
        caller: &Caller,
        run: RunId,
        reason: Option<String>,
    ) -> Result<(), AppError> {
        let by = caller.name.clone();
        self.runtime
            .command(run, Command::CancelRun { by, reason })
            .await?;
        tracing::info!(%run, caller = %caller.name, "run cancelled");
        Ok(())
    }

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
        let detail = self.run(run).await?;
        let open = detail
            .steps
            .iter()
            .filter(|step| step.progress.status == StepStatus::WaitingForApproval)
            .map(|step| step.stage.clone())
            .collect::<Vec<_>>();
        match open.as_slice() {
            [stage] => Ok(stage.clone()),
            [] => {
                let status = detail.execution.status;
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

    /// Takes up a run that an earlier process left behind.
    pub async fn resume_run(&self, run: RunId) -> Result<(), AppError> {
        self.run(run).await?;
        self.runtime.take_up(run).await;
        Ok(())
    }

    /// Takes up every run that has not ended.
    pub async fn resume_all(&self) -> Result<Vec<RunId>, AppError> {
        Ok(self.runtime.take_up_all().await?)
    }

    /// Log lines of a run.
    pub async fn logs(&self, run: RunId, filter: LogFilter) -> Result<Vec<LogLine>, AppError> {
        let limit = filter.limit.min(LINES_MAX);
        Ok(self.store.logs(run, LogFilter { limit, ..filter }).await?)
    }

    /// Events of a run after a sequence number.
    pub async fn events(
        &self,
        run: RunId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<StoredEvent>, AppError> {
        Ok(self.store.events(run, after, limit.min(LINES_MAX)).await?)
    }
}

/// The random part of a v7 id, as a number.
fn seed_of(id: Uuid) -> u64 {
    id.as_u64_pair().1
}
