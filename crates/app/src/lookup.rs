//! Finds the run or the stored workflow a person means by part of its id, or
//! by its name.

use std::fmt::Display;

use baton_model::{ErrorCode, RunId, WorkflowId};

use crate::{App, AppError};

/// Shortest part of an id that is looked up.
const DIGITS_MIN: usize = 4;

impl App {
    /// The run whose id is, begins with, or ends with `text`.
    pub async fn find_run(&self, text: &str) -> Result<RunId, AppError> {
        if let Ok(run) = text.parse() {
            return Ok(run);
        }
        if text.contains(['/', '.']) {
            let message = format!("there is no file `{text}`, and it is no run id either");
            return Err(AppError::new(ErrorCode::NotFound, message));
        }
        let Some(fragment) = fragment(text) else {
            let message = format!(
                "`{text}` is not a run id: give the whole id, or at least {DIGITS_MIN} hex digits \
                 from its beginning or its end"
            );
            return Err(AppError::new(ErrorCode::NotFound, message));
        };
        match *self.store.runs_like(&fragment).await? {
            [run] => Ok(run),
            [] => Err(AppError::new(
                ErrorCode::NotFound,
                format!("no run with id `{text}`"),
            )),
            ref several => {
                let ids: Vec<String> = several.iter().map(RunId::to_string).collect();
                let message = format!("`{text}` fits several runs: {}", ids.join(", "));
                Err(AppError::new(ErrorCode::IllegalState, message))
            }
        }
    }

    /// The same among the runs of a stored workflow.
    pub async fn find_run_of(&self, workflow: &str, text: &str) -> Result<RunId, AppError> {
        let workflow = self.find_workflow(workflow).await?;
        let run = self.find_run(text).await?;
        if self.execution(run).await?.workflow_id == Some(workflow) {
            return Ok(run);
        }
        let message = format!("workflow {workflow} has no run {run}");
        Err(AppError::new(ErrorCode::NotFound, message))
    }

    /// The stored workflow whose id is `text`, or its name, or the id inside
    /// its definition, or an end of its id.
    pub async fn find_workflow(&self, text: &str) -> Result<WorkflowId, AppError> {
        if let Ok(workflow) = text.parse() {
            return Ok(workflow);
        }
        let mut found = self.store.workflows_named(text).await?;
        if let (true, Some(fragment)) = (found.is_empty(), fragment(text)) {
            found = self.store.workflows_like(&fragment).await?;
        }
        match *found {
            [workflow] => Ok(workflow),
            [] => Err(no_workflow(text)),
            ref several => {
                let ids: Vec<String> = several.iter().map(WorkflowId::to_string).collect();
                let message = format!("`{text}` fits several workflows: {}", ids.join(", "));
                Err(AppError::new(ErrorCode::IllegalState, message))
            }
        }
    }
}

pub(crate) fn no_workflow(text: impl Display) -> AppError {
    let message = format!("there is no stored workflow `{text}`");
    AppError::new(ErrorCode::NotFound, message)
}

/// The hex digits that a part of an id consists of, if it can be one.
pub(crate) fn fragment(text: &str) -> Option<String> {
    let digits = text.chars().filter(|letter| *letter != '-');
    let digits = digits.collect::<String>().to_lowercase();
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_hex && (DIGITS_MIN..=32).contains(&digits.len())).then_some(digits)
}
