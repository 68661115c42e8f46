//! Texts of workflows: checked, planned, and made ready to run.

use std::sync::Arc;

pub use baton_lang::ParameterInput;
use baton_lang::PlanReport;
use baton_model::plan::{PlannedStage, StageKind, Workspace};
use baton_model::{Diagnostic, ErrorCode, Plan};

use crate::checked::{self, Sound};
use crate::{App, AppError};

/// A parameter as it was given, by name.
pub type Parameters = Vec<(String, ParameterInput)>;

/// A definition without errors, made ready to run.
#[derive(Debug)]
pub struct Compiled {
    sound: Arc<Sound>,
    /// What a run of it carries out.
    pub plan: Plan,
}

impl Compiled {
    /// What is probably not as meant.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.sound.warnings
    }

    /// The plan for people and programs to read.
    pub fn report(&self) -> PlanReport {
        baton_lang::describe(&self.sound.definition, &self.plan, &self.sound.warnings)
    }
}

/// Checks a definition and makes it ready to run with these parameters.
pub fn compile(text: &str, parameters: &Parameters) -> Result<Compiled, AppError> {
    compile_sound(Arc::new(checked::check(text)?), text, parameters)
}

fn compile_sound(
    sound: Arc<Sound>,
    text: &str,
    parameters: &Parameters,
) -> Result<Compiled, AppError> {
    let plan = baton_lang::compile(&sound.definition, text, parameters)
        .map_err(|mistakes| AppError::invalid(ErrorCode::InvalidParameters, mistakes))?;
    Ok(Compiled { sound, plan })
}

impl App {
    /// As [`compile`], but a text that is known is not read again.
    pub fn compile(&self, text: &Arc<str>, parameters: &Parameters) -> Result<Compiled, AppError> {
        compile_sound(self.known.check(text)?, text, parameters)
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
