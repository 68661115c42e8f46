//! Commands about stored workflows.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod duplicate;
pub(super) mod export;
mod head;
pub(super) mod import;
pub(super) mod list;
pub(crate) mod sync;
pub(super) mod update;
pub(super) mod validate;

use baton_model::ErrorCode;
use baton_server::v1::dto::workflows::{CreateRequest, PatchRequest, ReplaceRequest, Workflow};
use hyper::Method;

use super::subject::path_of_workflow;
use crate::exit::Failure;
use crate::input::Source;
use crate::render::diagnostic::{self, Texts};
use crate::render::document;
use crate::session::Session;

/// What becomes of a text with mistakes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mistakes {
    /// It is refused.
    Refuse,
    /// It is stored as a draft.
    KeepAsDraft,
}

impl Mistakes {
    /// As `--draft` says.
    fn when(draft: bool) -> Self {
        if draft {
            Self::KeepAsDraft
        } else {
            Self::Refuse
        }
    }

    const fn query(self) -> &'static str {
        match self {
            Self::Refuse => "",
            Self::KeepAsDraft => "?draft=true",
        }
    }
}

/// Shows the mistakes of a text, with the lines they are in, before anybody is
/// asked to store it; warnings, too, which are no reason not to.
fn check(source: &Source, mistakes: Mistakes) -> anyhow::Result<()> {
    let checked = baton_lang::check(&source.text);
    for found in &checked.diagnostics {
        document::err(&diagnostic::render(Texts::only(source), found));
    }
    if checked.has_errors() && mistakes == Mistakes::Refuse {
        let message = format!(
            "{}: validation failed; --draft stores it all the same",
            source.name
        );
        return Err(Failure::of(ErrorCode::InvalidDefinition, message));
    }
    Ok(())
}

/// Stores a new workflow.
async fn store(
    session: &mut Session,
    text: String,
    project_id: Option<String>,
    mistakes: Mistakes,
) -> anyhow::Result<Workflow> {
    let path = format!("/workflows{}", mistakes.query());
    let request = CreateRequest {
        yaml_content: text,
        project_id,
    };
    session.post(&path, &request).await
}

/// Gives a stored workflow a new text.
async fn replace(
    session: &mut Session,
    id: &str,
    text: String,
    mistakes: Mistakes,
) -> anyhow::Result<Workflow> {
    let path = format!("{}{}", path_of_workflow(id), mistakes.query());
    let request = ReplaceRequest {
        yaml_content: text,
        revision: None,
    };
    session.change(Method::PUT, &path, &request).await
}

/// Changes status and tags of a stored workflow.
async fn patch(session: &mut Session, id: &str, patch: &PatchRequest) -> anyhow::Result<Workflow> {
    session
        .change(Method::PATCH, &path_of_workflow(id), patch)
        .await
}

/// The stored workflow of exactly this name.
async fn named(session: &mut Session, name: &str) -> anyhow::Result<Option<Workflow>> {
    let found: Option<Workflow> = session.find(&path_of_workflow(name)).await?;
    Ok(found.filter(|workflow| workflow.name == name))
}
