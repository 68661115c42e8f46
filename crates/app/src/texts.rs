//! Texts of definitions that need not be stored: checked and planned with what
//! a project lays over them, and with the artifacts there are.

use std::sync::Arc;

pub use baton_lang::complete::{Completion, CompletionKind, Completions};
use baton_lang::{Checked, Definition, Issue, SchemaDraft, SchemaOf};
use baton_model::plan::Workspace;
use baton_model::{Diagnostic, Object, Position, Severity, Value};
use baton_runtime::AgentResolver;

use crate::artifacts::{AgentMap, Artifact, Artifacts, Roots, Shelves};
use crate::aside::aside;
use crate::definitions::{self, Compiled, Parameters};
use crate::overrides::Layer;
use crate::runs::layers_of;
use crate::{App, AppError};

/// The JSON Schema of workflow files.
pub fn language_schema() -> Value {
    baton_lang::schema(SchemaOf::Workflow, SchemaDraft::default())
}

/// A text with all that it is to be looked at with.
#[derive(Clone, Debug)]
pub struct GivenText {
    /// The definition.
    pub definition: Arc<str>,
    /// Its parameters; none: they are not looked at.
    pub parameters: Option<Parameters>,
    /// Where its stages would work.
    pub workspace: Workspace,
    /// What would be different for one run: a block of overrides.
    pub overrides: Option<Object>,
}

/// All that there is to say of a text.
#[derive(Clone, Debug)]
pub struct Validation {
    /// The definition, as far as it can be read.
    pub definition: Option<Definition>,
    /// What keeps it from running.
    pub errors: Vec<Diagnostic>,
    /// What is probably not as meant.
    pub warnings: Vec<Diagnostic>,
}

/// A finding, and where it is in words of the definition.
#[derive(Clone, Debug)]
pub struct PlacedFinding {
    /// The finding.
    pub diagnostic: Diagnostic,
    /// The stage it is in.
    pub stage_id: Option<String>,
    /// The path within the stage, or within the definition.
    pub field: Option<String>,
}

impl Validation {
    /// Some of its findings, each with its stage.
    pub fn placed(&self, findings: &[Diagnostic]) -> Vec<PlacedFinding> {
        let placed = findings.iter().map(|diagnostic| {
            let issue = self
                .definition
                .as_ref()
                .map(|definition| Issue::new(diagnostic, definition));
            let (stage_id, field) = issue.map_or_else(
                || (None, Some(diagnostic.path.clone())),
                |issue| (issue.stage_id, issue.field),
            );
            PlacedFinding {
                diagnostic: diagnostic.clone(),
                stage_id,
                field: field.filter(|field| !field.is_empty()),
            }
        });
        placed.collect()
    }

    pub(crate) fn new(definition: Option<Definition>, findings: Vec<Diagnostic>) -> Self {
        let (errors, warnings) = findings
            .into_iter()
            .partition(|found| found.severity == Severity::Error);
        Self {
            definition,
            errors,
            warnings,
        }
    }
}

/// Whoever would be asked for agents when a run starts.
pub(crate) struct Resolving<'a> {
    resolver: &'a dyn AgentResolver,
    workspace: &'a Workspace,
}

impl AgentMap for Resolving<'_> {
    fn name(&self) -> String {
        let config = self.workspace.config.as_deref();
        config.unwrap_or("baton.toml").to_owned()
    }

    fn maps(&self, reference: &str) -> bool {
        self.resolver.resolve(self.workspace, reference).is_ok()
    }
}

impl App {
    /// Everything there is to say of a text.
    pub async fn validate(&self, given: GivenText) -> Result<Validation, AppError> {
        let (layers, shelves) = self.around(&given).await?;
        let app = self.clone();
        aside(move || app.look_at(&given, &layers, &shelves)).await
    }

    fn look_at(&self, given: &GivenText, layers: &[Layer], shelves: &Shelves) -> Validation {
        let artifacts = Artifacts {
            map: Some(&self.resolving(&given.workspace)),
            shelves,
        };
        let Checked {
            definition,
            mut diagnostics,
        } = definitions::check(&given.definition, layers, Some(&artifacts));
        let has_errors = diagnostics
            .iter()
            .any(|found| found.severity == Severity::Error);
        if let (Some(definition), Some(parameters), false) =
            (&definition, &given.parameters, has_errors)
            && let Err(mistakes) = baton_lang::compile(definition, &given.definition, parameters)
        {
            diagnostics.extend(mistakes);
        }
        Validation::new(definition, diagnostics)
    }

    /// What a run of a text would do. That an agent is nowhere is an error.
    pub async fn plan(&self, given: GivenText) -> Result<Compiled, AppError> {
        let (layers, shelves) = self.around(&given).await?;
        let app = self.clone();
        aside(move || {
            let parameters = given.parameters.unwrap_or_default();
            let mut compiled = app.compile(&given.definition, layers, &parameters)?;
            compiled.find_artifacts(&Artifacts {
                map: Some(&app.resolving(&given.workspace)),
                shelves: &shelves,
            })?;
            Ok(compiled)
        })
        .await?
    }

    /// What could be written at a place of a text, with the artifacts there are.
    pub async fn complete(
        &self,
        text: String,
        at: Position,
        project: Option<&str>,
    ) -> Result<Completions, AppError> {
        definitions::expect_bounded(&text)?;
        let mut found = aside(move || baton_lang::complete::complete(&text, at)).await?;
        if found.wants_artifact {
            let artifacts = self.shelves(project).await?.artifacts().into_iter();
            let mut items: Vec<Completion> = artifacts
                .map(|artifact| Completion {
                    label: format!("{}:{}", artifact.kind, artifact.name),
                    kind: CompletionKind::Artifact,
                    detail: Some(artifact.place),
                })
                .filter(|item| item.label.starts_with(&found.prefix))
                .collect();
            // Where a name lies twice, the first counts.
            items.dedup_by(|later, first| later.label == first.label);
            found.items.extend(items);
        }
        Ok(found)
    }

    /// The artifacts that lie on the shelves of a project, of the user and of
    /// the collection: of a kind such as `agent`, and with a text in their names.
    pub async fn artifacts(
        &self,
        project: Option<&str>,
        kind: Option<&str>,
        search: Option<&str>,
    ) -> Result<Vec<Artifact>, AppError> {
        let search = search.map(str::to_lowercase);
        let mut artifacts = self.shelves(project).await?.artifacts();
        artifacts.retain(|artifact| {
            kind.is_none_or(|kind| artifact.kind == kind)
                && search
                    .as_deref()
                    .is_none_or(|search| artifact.name.contains(search))
        });
        Ok(artifacts)
    }

    pub(crate) fn resolving<'a>(&'a self, workspace: &'a Workspace) -> Resolving<'a> {
        Resolving {
            resolver: &*self.resolver,
            workspace,
        }
    }

    async fn around(&self, given: &GivenText) -> Result<(Vec<Layer>, Shelves), AppError> {
        let layers = layers_of(&given.workspace, given.overrides.clone()).await?;
        let shelves = self.shelves(given.workspace.directory.as_deref()).await?;
        Ok((layers, shelves))
    }

    pub(crate) async fn shelves(&self, project: Option<&str>) -> Result<Shelves, AppError> {
        let roots = Roots {
            project: project.map(Into::into),
            ..Roots::clone(&self.roots)
        };
        aside(move || Shelves::look(&roots)).await
    }
}
