//! What references lead to: those of a definition, and all that agents can be
//! called by.

use baton_lang::Definition;
use baton_model::plan::Workspace;

use crate::artifacts::{Artifact, Artifacts};
use crate::{App, AppError};

/// A reference, and whether it leads anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Such as `agent:reviewer`.
    pub text: String,
    /// Whether something is there.
    pub is_resolved: bool,
}

/// An agent that lies somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownAgent {
    /// Where it lies.
    pub artifact: Artifact,
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

    /// The agents that lie on the shelves, with whether somebody works for them
    /// in this workspace.
    pub async fn agents(
        &self,
        workspace: &Workspace,
        search: Option<&str>,
    ) -> Result<Vec<KnownAgent>, AppError> {
        let directory = workspace.directory.as_deref();
        let artifacts = self.artifacts(directory, Some("agent"), search).await?;
        let agents = artifacts.into_iter().map(|artifact| {
            let reference = format!("{}:{}", artifact.kind, artifact.name);
            let found = self.resolver.resolve(workspace, &reference);
            KnownAgent {
                artifact,
                adapter: found
                    .map(|dispatcher| dispatcher.adapter())
                    .map_err(|failure| failure.message),
            }
        });
        Ok(agents.collect())
    }
}
