//! Runs: started, listed, looked at, paused, ended, taken up.

mod of_id;

use std::path::Path;
use std::sync::Arc;

use baton_model::plan::Workspace;
use baton_model::{
    Command, Diagnostic, ErrorCode, ExecutionStatus, Object, Plan, RunId, WorkflowId,
};
use baton_runtime::NewRunSpec;
use baton_store::{
    ExecutionFilter, ExecutionPage, ExecutionRow, NewRun, PageKey, StepRow, Trigger,
};
use uuid::Uuid;

use crate::aside::aside;
use crate::definitions::Parameters;
use crate::history::Background;
use crate::overrides::{self, Layer};
use crate::repeats::start_claims;
use crate::{App, AppError, Caller, page};

/// What starts claim their keys as.
pub(crate) const START: &str = "start";

/// A run somebody wants to start.
#[derive(Clone, Debug)]
pub struct StartRun {
    /// The definition, as text.
    pub definition: Arc<str>,
    /// Its parameters.
    pub parameters: Parameters,
    /// Where its stages work.
    pub workspace: Workspace,
    /// What is different for this run alone: a block of overrides, laid over
    /// those of its project.
    pub overrides: Option<Object>,
    /// What set it off.
    pub trigger: Trigger,
    /// The same key starts only one run.
    pub idempotency_key: Option<String>,
}

/// The stored workflow a run comes from.
pub(crate) struct Stored {
    pub(crate) id: WorkflowId,
    pub(crate) name: String,
}

/// A run that was started.
#[derive(Clone, Debug)]
pub struct Started {
    /// Its id.
    pub run: RunId,
    /// What it began as; none where an earlier call with the same key had
    /// started it.
    pub made: Option<Made>,
    /// What is probably not as meant.
    pub warnings: Vec<Diagnostic>,
}

impl Started {
    /// One that an earlier call had started.
    fn earlier(run: RunId) -> Self {
        Self {
            run,
            made: None,
            warnings: Vec::new(),
        }
    }
}

/// What was stored of a run when it was made.
#[derive(Clone, Debug)]
pub struct Made {
    rows: Arc<NewRun>,
    background: Background,
}

/// A run with its steps.
#[derive(Clone, Debug)]
pub struct RunDetail {
    /// The run.
    pub execution: ExecutionRow,
    /// Its steps in declaration order.
    pub steps: Vec<StepRow>,
    /// Where it comes from, and what was done beside it.
    pub background: Background,
}

/// A run that cannot be read.
#[derive(Clone, Debug)]
pub struct DamagedRun {
    /// Its id.
    pub run: RunId,
    /// What is wrong, and what helps.
    pub error: AppError,
}

/// A page of runs.
#[derive(Clone, Debug)]
pub struct RunList {
    /// The runs, in the order that was asked for.
    pub items: Vec<ExecutionRow>,
    /// Runs that belong on this page and cannot be read.
    pub damaged: Vec<DamagedRun>,
    /// Leads to the next page.
    pub next_cursor: Option<String>,
    /// Leads to the page before.
    pub prev_cursor: Option<String>,
    /// How many there are on all pages together.
    pub total_count: u64,
}

impl Made {
    fn detail(self) -> RunDetail {
        RunDetail {
            execution: self.rows.execution.clone(),
            steps: self.rows.steps.clone(),
            background: self.background,
        }
    }
}

impl App {
    /// Starts a run. It is durable when this returns, and goes on by itself.
    pub async fn start_run(&self, caller: &Caller, start: StartRun) -> Result<Started, AppError> {
        let key = start.idempotency_key.as_deref();
        if let Some(earlier) = self.earlier_start(key).await? {
            return Ok(earlier);
        }
        self.start(caller, start, None).await
    }

    /// What a start was answered when it came first under its key, whatever has
    /// gone away since.
    pub(crate) async fn earlier_start(
        &self,
        key: Option<&str>,
    ) -> Result<Option<Started>, AppError> {
        let earlier = self.started_under(START, key).await?;
        Ok(earlier.map(Started::earlier))
    }

    /// Starts a run that no earlier call has started, perhaps of a stored
    /// workflow.
    pub(crate) async fn start(
        &self,
        caller: &Caller,
        start: StartRun,
        stored: Option<Stored>,
    ) -> Result<Started, AppError> {
        let id = Uuid::now_v7();
        let run = RunId::new(id);
        let claims = start_claims(START, start.idempotency_key, run);
        let workspace = self.settled_workspace(start.workspace).await?;
        let layers = layers_of(&workspace, start.overrides).await?;
        let text = (Arc::clone(&start.definition), layers);
        let compiled = self.compile_aside(text, start.parameters).await?;
        let warnings = compiled.warnings();
        let mut plan = compiled.plan;
        self.resolve_agents(&plan.stages, &workspace)?;
        plan.workspace = workspace;
        let workflow_id = stored.as_ref().map(|stored| stored.id);
        if let Some(stored) = stored {
            // It may be called something else than its text says.
            plan.workflow.name = stored.name;
            plan.workflow.stored = Some(stored.id);
        }
        let spec = NewRunSpec {
            id: run,
            plan,
            definition: Some(start.definition),
            workflow_id,
            seed: seed_of(id),
            created_by: caller.name.clone(),
            trigger: start.trigger,
            claims,
            rerun_of: None,
            reused: Vec::new(),
            project_runs_max: self.settings().runs_per_project,
        };
        self.create(caller, spec, warnings).await
    }

    pub(crate) async fn create(
        &self,
        caller: &Caller,
        spec: NewRunSpec,
        warnings: Vec<Diagnostic>,
    ) -> Result<Started, AppError> {
        self.expect_secrets(&spec.plan)?;
        let workflow = spec.plan.workflow.id.clone();
        let background = Background::of_new(&spec);
        let (run, made) = match self.runtime.create_run(spec).await? {
            Ok(rows) => (rows.execution.id, Some(Made { rows, background })),
            Err(run) => {
                // Whoever started it may have died since.
                self.runtime.take_up(run).await;
                (run, None)
            }
        };
        self.known_runs.tell(run, &workflow);
        tracing::info!(%run, caller = %caller.name, "run started");
        Ok(Started {
            run,
            made,
            warnings,
        })
    }

    /// A run that was started: as it was made, or as it is now if that was done
    /// by an earlier call.
    pub async fn started(&self, started: Started) -> Result<RunDetail, AppError> {
        match started.made {
            Some(made) => Ok(made.detail()),
            None => self.run(started.run).await,
        }
    }

    /// Refuses a plan that names secrets which cannot be had here.
    pub(crate) fn expect_secrets(&self, plan: &Plan) -> Result<(), AppError> {
        let missing = self.resolver.missing_secrets(plan);
        if missing.is_empty() {
            return Ok(());
        }
        let message = missing.join("\n");
        Err(AppError::new(ErrorCode::UnresolvedAgent, message))
    }

    /// One run with its steps.
    pub async fn run(&self, run: RunId) -> Result<RunDetail, AppError> {
        let whole = self.store.whole_execution(run).await?;
        let whole = whole.ok_or_else(|| no_run(run))?;
        let background = self.background(run, whole.first_event).await?;
        Ok(RunDetail {
            execution: whole.execution,
            steps: whole.steps,
            background,
        })
    }

    /// The steps of a run.
    pub(crate) async fn steps(&self, run: RunId) -> Result<Vec<StepRow>, AppError> {
        let steps = self.store.steps(run).await?;
        if steps.is_empty() {
            self.execution(run).await?;
        }
        Ok(steps)
    }

    /// One run without its steps.
    pub(crate) async fn execution(&self, run: RunId) -> Result<ExecutionRow, AppError> {
        let execution = self.store.execution(run).await?;
        execution.ok_or_else(|| no_run(run))
    }

    /// A page of runs. `cursor` comes from the page before.
    pub async fn runs(
        &self,
        filter: ExecutionFilter,
        cursor: Option<&str>,
    ) -> Result<RunList, AppError> {
        let after = page::from_cursor(cursor, filter.sort)?;
        let filter = ExecutionFilter { after, ..filter };
        let found = self.store.executions(filter.clone()).await?;
        if found.total_count == 0
            && let Some(named) = self.runs_of_id(&filter).await?
        {
            return Ok(named);
        }
        let next = further(&found, &filter)?;
        let damaged = found.damaged.into_iter().map(|row| DamagedRun {
            run: row.key.id,
            error: AppError::damaged(row.what),
        });
        Ok(RunList {
            items: found.items,
            damaged: damaged.collect(),
            next_cursor: next.as_ref().map(page::to_cursor),
            prev_cursor: found.before.as_ref().map(page::to_cursor_before),
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

    /// Lets nothing of a run start until it is resumed. What is at work goes on
    /// to its end.
    pub async fn pause_run(
        &self,
        caller: &Caller,
        run: RunId,
        reason: Option<String>,
    ) -> Result<(), AppError> {
        let by = caller.name.clone();
        self.runtime
            .command(run, Command::PauseRun { by, reason })
            .await?;
        tracing::info!(%run, caller = %caller.name, "run paused");
        Ok(())
    }

    /// Goes on with a run, be it paused or left behind by an earlier process.
    pub async fn resume_run(&self, caller: &Caller, run: RunId) -> Result<(), AppError> {
        let execution = self.execution(run).await?;
        if execution.status == ExecutionStatus::Paused {
            let by = caller.name.clone();
            self.runtime.command(run, Command::ResumeRun { by }).await?;
            tracing::info!(%run, caller = %caller.name, "run resumed");
        }
        self.runtime.take_up(run).await;
        Ok(())
    }

    /// Takes up a run that an earlier process left behind; one that is paused
    /// stays so.
    pub async fn take_up_run(&self, run: RunId) -> Result<(), AppError> {
        self.execution(run).await?;
        self.runtime.take_up(run).await;
        Ok(())
    }

    /// Takes up every run that has not ended.
    pub async fn take_up_all(&self) -> Result<Vec<RunId>, AppError> {
        Ok(self.runtime.take_up_all().await?)
    }
}

fn no_run(run: RunId) -> AppError {
    AppError::new(ErrorCode::NotFound, format!("no run {run}"))
}

/// The place after which the next page begins, if there is one.
fn further(page: &ExecutionPage, filter: &ExecutionFilter) -> Result<Option<PageKey>, AppError> {
    let next = page.has_more.then(|| last_of(page, filter)).flatten();
    let is_backward = |next| {
        let after = filter.after;
        after.is_some_and(|after| !filter.is_before(after, next))
    };
    match (next, page.damaged.first()) {
        // Its place is damaged, too: the list would never come to an end.
        (Some(next), Some(first)) if is_backward(next) => {
            Err(AppError::damaged(first.what.clone()))
        }
        _ => Ok(next),
    }
}

/// The place where a page ends.
fn last_of(page: &ExecutionPage, filter: &ExecutionFilter) -> Option<PageKey> {
    let item = page.items.last().map(|row| filter.place_of(row));
    let damaged = page.damaged.last().map(|row| row.key);
    item.into_iter().chain(damaged).reduce(|one, other| {
        if filter.is_before(one, other) {
            other
        } else {
            one
        }
    })
}

/// What is laid over the definition of a run that works there.
pub(crate) async fn layers_of(
    workspace: &Workspace,
    run: Option<Object>,
) -> Result<Vec<Layer>, AppError> {
    let Some(directory) = workspace.directory.clone() else {
        return overrides::layers(None, run);
    };
    let read = move || {
        if !Path::new(&directory).is_dir() {
            let message = format!("there is no directory {directory} where the server runs");
            return Err(AppError::new(ErrorCode::NotFound, message));
        }
        overrides::layers(Some(directory.as_ref()), run)
    };
    aside(read).await?
}

/// The random part of a v7 id, as a number.
pub(crate) fn seed_of(id: Uuid) -> u64 {
    id.as_u64_pair().1
}
