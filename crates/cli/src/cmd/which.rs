//! What a word means of all that is stored: a workflow or a run.
//!
//! A workflow of exactly this name or id comes first, then a run, then a
//! workflow by an end of its id.

use baton_model::ErrorCode;
use baton_server::v1::dto::Execution;
use baton_server::v1::dto::workflows::Workflow;

use super::path_of;
use super::subject::path_of_workflow;
use crate::client::ApiError;
use crate::exit::Failure;
use crate::session::Session;

/// What was found.
pub(super) enum Found {
    Workflow(Box<Workflow>),
    Run(Box<Execution>),
}

/// Finds what a word means.
pub(super) async fn find(session: &mut Session, word: &str) -> anyhow::Result<Found> {
    // Several may fit an end of an id, which says nothing of runs.
    let workflow = match session.find::<Workflow>(&path_of_workflow(word)).await {
        Ok(workflow) => Ok(workflow.map(Box::new)),
        Err(error) if is_ambiguous(&error) => Err(error),
        Err(error) => return Err(error),
    };
    if let Ok(Some(workflow)) = &workflow
        && is_exactly(workflow, word)
    {
        return Ok(Found::Workflow(workflow.clone()));
    }
    if let Some(run) = session.find::<Execution>(&path_of(word)).await? {
        return Ok(Found::Run(Box::new(run)));
    }
    match workflow? {
        Some(workflow) => Ok(Found::Workflow(workflow)),
        None => Err(Failure::of(
            ErrorCode::NotFound,
            format!("there is no file, no stored workflow and no run `{word}`"),
        )),
    }
}

fn is_exactly(workflow: &Workflow, word: &str) -> bool {
    workflow.name == word || workflow.workflow_key.as_deref() == Some(word) || workflow.id == word
}

fn is_ambiguous(error: &anyhow::Error) -> bool {
    let refused = error.downcast_ref::<ApiError>();
    matches!(refused, Some(ApiError::Refused(problem)) if problem.status == 409)
}
