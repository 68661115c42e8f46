//! Changes to the stages of a run while it goes on: made, or only looked at.

use std::sync::Arc;

use baton_lang::{compile_edits, compile_edits_text, stage_document};
use baton_model::plan::PlannedStage;
use baton_model::{
    Category, Command, Diagnostic, Edit, ErrorCode, Plan, RunId, Severity, StageId, Value,
};
use baton_runtime::RunLog;

use crate::aside::aside;
use crate::texts::Validation;
use crate::{App, AppError, Caller};

/// A list of edits that somebody proposes.
#[derive(Clone, Debug)]
pub enum ProposedEdits {
    /// Each as a value.
    Values(Vec<Value>),
    /// All of them as YAML; mistakes have their places in it.
    Text(String),
}

impl ProposedEdits {
    fn compile(&self, plan: &Plan, live: &[StageId]) -> Result<Vec<Edit>, Vec<Diagnostic>> {
        match self {
            Self::Values(values) => compile_edits(plan, live, values),
            Self::Text(text) => compile_edits_text(plan, live, text),
        }
    }
}

impl App {
    /// Changes the stages of a run while it goes on: all of `proposed`, or none.
    pub async fn edit_run(
        &self,
        caller: &Caller,
        run: RunId,
        proposed: ProposedEdits,
        reason: Option<String>,
    ) -> Result<(), AppError> {
        let edits = self.checked_edits(run, proposed).await?;
        let n_edits = edits.len();
        let command = edit_graph(edits, caller, reason);
        self.runtime.command(run, command).await?;
        tracing::info!(%run, n_edits, caller = %caller.name, "run edited");
        Ok(())
    }

    /// Why the run, as it is now, would not take the edits; nothing is changed.
    pub async fn validate_edits(
        &self,
        caller: &Caller,
        run: RunId,
        proposed: ProposedEdits,
    ) -> Result<Validation, AppError> {
        let errors = match self.preview_edits(caller, run, proposed).await {
            Ok(()) => Vec::new(),
            Err(refused) => mistakes_of(refused)?,
        };
        Ok(Validation {
            definition: None,
            // A warning refuses an edit, too.
            errors,
            warnings: Vec::new(),
        })
    }

    async fn preview_edits(
        &self,
        caller: &Caller,
        run: RunId,
        proposed: ProposedEdits,
    ) -> Result<(), AppError> {
        let edits = self.checked_edits(run, proposed).await?;
        let command = edit_graph(edits, caller, None);
        Ok(self.runtime.preview(run, &command).await?)
    }

    async fn checked_edits(
        &self,
        run: RunId,
        proposed: ProposedEdits,
    ) -> Result<Vec<Edit>, AppError> {
        let (plan, live) = self.plan_and_live_stages(run).await?;
        let shared = Arc::clone(&plan);
        let edits = aside(move || proposed.compile(&shared, &live)).await?;
        let edits =
            edits.map_err(|mistakes| AppError::invalid(ErrorCode::InvalidEdits, mistakes))?;
        self.resolve_agents(edits.iter().filter_map(planned), &plan.workspace)?;
        Ok(edits)
    }

    /// A stage of a run as an edit would have to give it, in YAML and with the
    /// edits that were made; none: it is there no more, or no edit can give it.
    pub async fn stage_text(&self, run: RunId, stage: &str) -> Result<Option<String>, AppError> {
        let log = RunLog::load(self.store.as_ref(), run).await?;
        let state = log.state().ok_or_else(no_state)?;
        let mut stages = state.stages().map(|(_, planned, _)| planned);
        let Some(planned) = stages.find(|planned| planned.id.as_str() == stage) else {
            return Ok(None);
        };
        let document = stage_document(planned, &state.plan().stage_defaults);
        let text = document.map(|document| serde_saphyr::to_string(&document));
        text.transpose()
            .map_err(|error| AppError::internal(format!("a stage is no YAML: {error}")))
    }

    /// The plan of a run with its edits, and which of its stages are there.
    async fn plan_and_live_stages(
        &self,
        run: RunId,
    ) -> Result<(Arc<Plan>, Vec<StageId>), AppError> {
        let log = RunLog::load(self.store.as_ref(), run).await?;
        let state = log.state().ok_or_else(no_state)?;
        let live = state.stages().map(|(_, planned, _)| planned.id.clone());
        Ok((Arc::clone(state.plan()), live.collect()))
    }
}

fn edit_graph(edits: Vec<Edit>, caller: &Caller, reason: Option<String>) -> Command {
    let by = caller.name.clone();
    Command::EditGraph { edits, by, reason }
}

/// What is wrong with edits that were refused for what they are, at their
/// places where they have some; any other error is no answer.
fn mistakes_of(refused: AppError) -> Result<Vec<Diagnostic>, AppError> {
    if !refused.diagnostics.is_empty() {
        return Ok(refused.diagnostics);
    }
    let category = match refused.code {
        ErrorCode::UnresolvedAgent => Category::Artifact,
        ErrorCode::IllegalState => Category::Dag,
        _ => return Err(refused),
    };
    Ok(vec![Diagnostic {
        code: refused.code.as_str(),
        severity: Severity::Error,
        category,
        message: refused.message,
        help: None,
        path: String::new(),
        file: None,
        span: None,
        labels: Vec::new(),
    }])
}

fn no_state() -> AppError {
    AppError::internal("a log that was loaded has no state")
}

/// The stage as an edit wants it.
fn planned(edit: &Edit) -> Option<&PlannedStage> {
    match edit {
        Edit::Insert { stage } | Edit::Update { stage } => Some(stage),
        Edit::Delete { .. } => None,
    }
}
