//! Texts of workflows: checked, planned, and made ready to run.

use std::sync::Arc;

pub use baton_lang::ParameterInput;
use baton_lang::{Checked, Definition, PlanReport};
use baton_model::plan::{PlannedStage, StageKind, Workspace};
use baton_model::{Diagnostic, ErrorCode, Plan, Severity, Value};
use serde_json::json;

use crate::artifacts::Artifacts;
use crate::aside::aside;
use crate::checked::{self, Sound};
use crate::overrides::Layer;
use crate::{App, AppError};

/// Longest text of a definition. The language reads none that is longer.
const TEXT_BYTES_MAX: usize = 4 * 1024 * 1024;

/// A text that is no longer and was read before takes less time than to have
/// another thread look at it.
const SHORT_BYTES_MAX: usize = 16 * 1024;

/// A parameter as it was given, by name.
pub type Parameters = Vec<(String, ParameterInput)>;

/// A definition without errors, made ready to run.
#[derive(Debug)]
pub struct Compiled {
    sound: Arc<Sound>,
    /// What it names and need not have.
    unresolved: Vec<Diagnostic>,
    /// What a run of it carries out.
    pub plan: Plan,
}

impl Compiled {
    /// What is probably not as meant.
    pub fn warnings(&self) -> Vec<Diagnostic> {
        let all = self.sound.warnings.iter().chain(&self.unresolved);
        all.cloned().collect()
    }

    /// Makes sure that its agents are somewhere; other artifacts that are
    /// nowhere are warnings from now on.
    pub fn find_artifacts(&mut self, artifacts: &Artifacts<'_>) -> Result<(), AppError> {
        let unresolved = artifacts.unresolved(self.definition(), Severity::Error);
        let (errors, warnings) = unresolved
            .into_iter()
            .partition::<Vec<_>, _>(|found| found.severity == Severity::Error);
        self.unresolved = warnings;
        if errors.is_empty() {
            return Ok(());
        }
        Err(AppError::invalid(ErrorCode::UnresolvedAgent, errors))
    }

    /// The definition the plan was made from.
    pub fn definition(&self) -> &Definition {
        &self.sound.definition
    }

    /// The plan as a document, with what overrides have set in it.
    pub fn document(&self) -> Value {
        let mut document = self.report().to_json();
        let overridden = &self.plan.workflow.overridden;
        if let (false, Value::Object(fields)) = (overridden.is_empty(), &mut document) {
            let set = overridden
                .iter()
                .map(|set| json!({ "path": set.path, "by": set.by }));
            fields.insert("overridden".to_owned(), set.collect());
        }
        document
    }

    /// The plan for people and programs to read.
    pub fn report(&self) -> PlanReport {
        baton_lang::describe(&self.sound.definition, &self.plan, &self.warnings())
    }
}

/// Everything there is to say of a definition with what is laid over it; with
/// `artifacts`, also which of those it names are nowhere.
pub fn check(text: &str, layers: &[Layer], artifacts: Option<&Artifacts<'_>>) -> Checked {
    let overrides: Vec<_> = layers.iter().map(Layer::as_overrides).collect();
    let mut checked = baton_lang::check_with(text, &overrides);
    if let (Some(definition), Some(artifacts)) = (&checked.definition, artifacts) {
        let unresolved = artifacts.unresolved(definition, Severity::Warning);
        checked.diagnostics.extend(unresolved);
        // By place, those of the definition's own text first.
        checked.diagnostics.sort_by(|left, right| {
            let place = |found: &Diagnostic| found.span.map(|span| span.start);
            let (left, right) = ((&left.file, place(left)), (&right.file, place(right)));
            left.cmp(&right)
        });
    }
    checked
}

/// Refuses a text that is longer than any definition.
pub(crate) fn expect_bounded(text: &str) -> Result<(), AppError> {
    if text.len() <= TEXT_BYTES_MAX {
        return Ok(());
    }
    let message = format!("a definition holds at most {TEXT_BYTES_MAX} bytes");
    Err(AppError::new(ErrorCode::TooLarge, message))
}

/// Checks a definition with what is laid over it, and makes it ready to run
/// with these parameters.
pub fn compile(
    text: &str,
    layers: &[Layer],
    parameters: &Parameters,
) -> Result<Compiled, AppError> {
    compile_sound(Arc::new(checked::check(text, layers)?), text, parameters)
}

fn compile_sound(
    sound: Arc<Sound>,
    text: &str,
    parameters: &Parameters,
) -> Result<Compiled, AppError> {
    let plan = baton_lang::compile(&sound.definition, text, parameters)
        .map_err(|mistakes| AppError::invalid(ErrorCode::InvalidParameters, mistakes))?;
    Ok(Compiled {
        sound,
        unresolved: Vec::new(),
        plan,
    })
}

impl App {
    /// As [`compile`](Self::compile), and what takes long holds nobody else up.
    pub(crate) async fn compile_aside(
        &self,
        (text, layers): (Arc<str>, Vec<Layer>),
        parameters: Parameters,
    ) -> Result<Compiled, AppError> {
        if text.len() <= SHORT_BYTES_MAX && self.known.has(&text, &layers) {
            return self.compile(&text, layers, &parameters);
        }
        let app = self.clone();
        aside(move || app.compile(&text, layers, &parameters)).await?
    }

    /// As [`compile`], but texts that are known are not read again.
    pub fn compile(
        &self,
        text: &Arc<str>,
        layers: Vec<Layer>,
        parameters: &Parameters,
    ) -> Result<Compiled, AppError> {
        compile_sound(self.known.check(text, layers)?, text, parameters)
    }

    /// Makes sure that somebody works on every one of these stages.
    pub fn resolve_agents<'p>(
        &self,
        stages: impl IntoIterator<Item = &'p PlannedStage>,
        workspace: &Workspace,
    ) -> Result<(), AppError> {
        let mut unresolved: Vec<(&str, String)> = Vec::new();
        for stage in stages {
            if let StageKind::Agent(agent) = &stage.kind
                && let Err(failure) = self.resolver.resolve(workspace, &agent.artifact)
                && unresolved.iter().all(|(known, _)| *known != agent.artifact)
            {
                unresolved.push((&agent.artifact, failure.message));
            }
        }
        let Some(((_, first), rest)) = unresolved.split_first() else {
            return Ok(());
        };
        let rest: Vec<&str> = rest.iter().map(|(artifact, _)| *artifact).collect();
        let message = match rest.as_slice() {
            [] => first.clone(),
            _ => format!("{first}\nthe same is so for: {}", rest.join(", ")),
        };
        Err(AppError::new(ErrorCode::UnresolvedAgent, message))
    }
}
