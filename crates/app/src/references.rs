//! What references lead to: those of a definition, and all that agents can be
//! called by.

use baton_lang::Definition;
use baton_model::plan::Workspace;
use baton_model::{ErrorCode, Failure};
use baton_runtime::Named;

use crate::artifacts::Artifacts;
use crate::{App, AppError};

/// A reference, and whether it leads anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Such as `agent:reviewer`.
    pub text: String,
    /// Whether something is there.
    pub is_resolved: bool,
}

/// An agent that is written down somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownAgent {
    /// Such as `agent:reviewer`, or `agent:*` for all that nothing else is said of.
    pub reference: String,
    /// What it is called.
    pub name: String,
    /// The directory its page lies in, or the file that says who works for it.
    pub place: String,
    /// The adapter by which somebody would work for it, or why nobody would.
    pub adapter: Result<&'static str, String>,
}

impl App {
    /// The references of a definition, each once: those that lead somewhere
    /// first.
    pub async fn references(
        &self,
        definition: &Definition,
        workspace: &Workspace,
    ) -> Result<Vec<Reference>, AppError> {
        let shelves = self.shelves(workspace.directory.as_deref()).await?;
        let resolving = self.resolving(workspace);
        let artifacts = Artifacts {
            map: Some(&resolving),
            shelves: &shelves,
        };
        let mut references: Vec<Reference> = Vec::new();
        for named in &definition.references {
            if references.iter().all(|known| known.text != named.reference) {
                references.push(Reference {
                    text: named.reference.clone(),
                    is_resolved: artifacts.find(&named.reference).is_ok(),
                });
            }
        }
        references.sort_by_key(|reference| !reference.is_resolved);
        Ok(references)
    }

    /// The agents that the `baton.toml` of this workspace names and those that lie
    /// on the shelves, with whether somebody works for them.
    pub async fn agents(
        &self,
        workspace: &Workspace,
        search: Option<&str>,
    ) -> Result<Vec<KnownAgent>, AppError> {
        let directory = workspace.directory.as_deref();
        let pages = self.artifacts(directory, Some("agent"), search).await?;
        let unreadable =
            |failure: Failure| AppError::new(ErrorCode::UnresolvedAgent, failure.message);
        let named = self.resolver.named(workspace).map_err(unreadable)?;
        let known = |reference: String, name: String, place: String| {
            let found = self.resolver.resolve(workspace, &reference);
            KnownAgent {
                reference,
                name,
                place,
                adapter: found
                    .map(|dispatcher| dispatcher.adapter())
                    .map_err(|failure| failure.message),
            }
        };
        let wanted = search.unwrap_or_default().to_lowercase();
        let mut agents: Vec<KnownAgent> = Vec::new();
        for Named { reference, file } in named {
            let name = reference
                .split_once(':')
                .map_or(&*reference, |(_, name)| name);
            if name.to_lowercase().contains(&wanted) {
                let name = name.to_owned();
                agents.push(known(reference, name, file));
            }
        }
        for page in pages {
            let reference = format!("{}:{}", page.kind, page.name);
            if agents.iter().all(|agent| agent.reference != reference) {
                agents.push(known(reference, page.name, page.place));
            }
        }
        Ok(agents)
    }
}
