//! Texts of workflows: checked, planned, and made ready to run.

pub use baton_lang::ParameterInput;
use baton_lang::{Checked, Definition, PlanReport};
use baton_model::plan::{StageKind, Workspace};
use baton_model::{Diagnostic, ErrorCode, Plan, Severity};

use crate::{App, AppError};

/// A parameter as it was given, by name.
pub type Parameters = Vec<(String, ParameterInput)>;

/// What a definition would do.
#[derive(Debug)]
pub struct Planned {
    /// The definition.
    pub definition: Definition,
    /// What a run of it carries out.
    pub plan: Plan,
    /// The plan for people and programs to read.
    pub report: PlanReport,
    /// What is probably not as meant.
    pub warnings: Vec<Diagnostic>,
}

/// Plans a definition without starting it.
pub fn plan(text: &str, parameters: &Parameters) -> Result<Planned, AppError> {
    let Checked {
        definition,
        diagnostics,
    } = baton_lang::check(text);
    let (errors, warnings): (Vec<_>, Vec<_>) = diagnostics
        .into_iter()
        .partition(|found| found.severity == Severity::Error);
    let definition = match definition {
        Some(definition) if errors.is_empty() => definition,
        Some(_) | None => {
            let all = errors.into_iter().chain(warnings).collect();
            return Err(AppError::invalid(ErrorCode::InvalidDefinition, all));
        }
    };
    let plan = baton_lang::compile(&definition, text, parameters)
        .map_err(|mistakes| AppError::invalid(ErrorCode::InvalidParameters, mistakes))?;
    let report = baton_lang::describe(&definition, &plan, &warnings);
    Ok(Planned {
        definition,
        plan,
        report,
        warnings,
    })
}

impl App {
    /// Makes sure that somebody works on every stage.
    pub fn resolve_agents(&self, plan: &Plan, workspace: &Workspace) -> Result<(), AppError> {
        let mut unresolved = Vec::new();
        for stage in &plan.stages {
            if let StageKind::Agent(agent) = &stage.kind {
                if let Err(failure) = self.resolver.resolve(workspace, &agent.artifact) {
                    unresolved.push(format!("stage `{}`: {}", stage.id, failure.message));
                }
            }
        }
        if unresolved.is_empty() {
            Ok(())
        } else {
            Err(AppError::new(
                ErrorCode::UnresolvedAgent,
                unresolved.join("\n"),
            ))
        }
    }
}
