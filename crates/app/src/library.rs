//! The library: workflows that are stored, changed, found and deleted.
//!
//! A definition with errors is refused, unless it is to be kept as a draft.
//! Name and tags of a workflow are those of its text until somebody changes
//! them in the library; then they stay until the text says something new.

mod facts;
mod list;

use std::sync::Arc;

use baton_lang::Definition;
use baton_model::{Diagnostic, ErrorCode, Timestamp, Value, WorkflowId};
use baton_store::{
    Claim, NewWorkflow, StoreError, WorkflowCreated, WorkflowFacts, WorkflowRow, WorkflowStatus,
    WorkflowUpdate, WorkflowUpdated,
};
use uuid::Uuid;

use crate::aside::aside;
use crate::checked::Sound;
use crate::lookup::no_workflow;
use crate::texts::Validation;
use crate::{App, AppError, Caller};
use facts::Reading;

pub use list::{ListWorkflows, WorkflowList};

/// How often a change is made again after somebody else made one.
const CONFLICTS_MAX: u32 = 8;
/// How many names a copy tries before it gives up.
const COPIES_MAX: u32 = 1_000;
/// Longest name, tag or project id, in bytes.
const NAME_LETTERS_MAX: usize = 255;
/// Most tags of a workflow.
const TAGS_MAX: usize = 100;

/// What becomes of a definition with errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnErrors {
    /// It is not stored.
    Refuse,
    /// It is stored as a draft, which cannot run.
    KeepAsDraft,
}

/// A workflow to be stored.
#[derive(Clone, Debug)]
pub struct CreateWorkflow {
    /// Its definition, as text.
    pub definition: Arc<str>,
    /// The project it belongs to.
    pub project_id: Option<String>,
    /// What becomes of it when it has errors.
    pub on_errors: OnErrors,
    /// The same key creates only one workflow.
    pub idempotency_key: Option<String>,
}

/// A new text for a workflow.
#[derive(Clone, Debug)]
pub struct ReplaceWorkflow {
    /// The text.
    pub definition: Arc<str>,
    /// What becomes of it when it has errors.
    pub on_errors: OnErrors,
    /// The revision that was seen; another one is refused.
    pub revision: Option<u64>,
}

/// What is to change of a workflow besides its text.
#[derive(Clone, Debug, Default)]
pub struct PatchWorkflow {
    /// Where it stands in its life.
    pub status: Option<WorkflowStatus>,
    /// Words to find it by.
    pub tags: Option<Vec<String>>,
    /// The revision that was seen; another one is refused.
    pub revision: Option<u64>,
}

/// A stored workflow with what its text says.
#[derive(Debug)]
pub struct WorkflowDetail {
    /// What is stored of it.
    pub row: WorkflowRow,
    /// Whether an earlier call with the same key had created it.
    pub existed: bool,
    read: Read,
}

#[derive(Debug)]
enum Read {
    Sound(Arc<Sound>),
    Unsound(Box<Validation>),
}

impl WorkflowDetail {
    /// Its definition, as far as it can be read.
    pub fn definition(&self) -> Option<&Definition> {
        match &self.read {
            Read::Sound(sound) => Some(&sound.definition),
            Read::Unsound(validation) => validation.definition.as_ref(),
        }
    }

    /// The same as a document: its blocks by their keys.
    pub fn document(&self) -> Option<Value> {
        self.definition().map(Definition::to_document)
    }

    /// What keeps it from running.
    pub fn errors(&self) -> &[Diagnostic] {
        match &self.read {
            Read::Sound(_) => &[],
            Read::Unsound(validation) => &validation.errors,
        }
    }
}

/// What becomes of a workflow: of its facts, and of its text.
type Change = (WorkflowFacts, Option<Arc<str>>);

impl App {
    /// Stores a workflow.
    pub async fn create_workflow(
        &self,
        caller: &Caller,
        create: CreateWorkflow,
    ) -> Result<WorkflowDetail, AppError> {
        if let Some(project) = &create.project_id {
            expect_word("project_id", project)?;
        }
        let id = WorkflowId::new(Uuid::now_v7());
        let reading = Reading::aside(&create.definition, create.on_errors).await?;
        let claim = |key| Claim {
            scope: "create_workflow".to_owned(),
            key,
        };
        let now = self.runtime.now();
        let new = NewWorkflow {
            row: WorkflowRow {
                id,
                facts: reading.facts_of_new(id),
                definition: Some(create.definition),
                project_id: create.project_id,
                created_by: caller.name.clone(),
                created_at: now,
                updated_at: now,
                revision: 1,
                last_execution: None,
            },
            claims: create.idempotency_key.map(claim).into_iter().collect(),
        };
        let name = new.row.facts.name.clone();
        match self.store.create_workflow(new).await? {
            WorkflowCreated::New => {
                tracing::info!(event = "workflow.created", workflow_id = %id, workflow_name = name);
                self.workflow(id).await
            }
            WorkflowCreated::Existing(earlier) => Ok(WorkflowDetail {
                existed: true,
                ..self.workflow(earlier).await?
            }),
            WorkflowCreated::NameTaken(holder) => Err(name_taken(&name, holder)),
        }
    }

    /// One stored workflow.
    pub async fn workflow(&self, id: WorkflowId) -> Result<WorkflowDetail, AppError> {
        let row = self.workflow_row(id).await?;
        let text = row.definition.clone().unwrap_or_default();
        if self.known.has(&text, &[]) {
            return Ok(self.detail(row, &text));
        }
        let app = self.clone();
        aside(move || app.detail(row, &text)).await
    }

    pub(crate) async fn workflow_row(&self, id: WorkflowId) -> Result<WorkflowRow, AppError> {
        let row = self.store.workflow(id).await?;
        row.ok_or_else(|| no_workflow(id))
    }

    fn detail(&self, row: WorkflowRow, text: &Arc<str>) -> WorkflowDetail {
        let read = match self.known.check(text, Vec::new()) {
            Ok(sound) => Read::Sound(sound),
            Err(_findings) => Read::Unsound(Box::new(facts::look(text))),
        };
        WorkflowDetail {
            row,
            existed: false,
            read,
        }
    }

    /// Gives a workflow another text; its status stays, unless it becomes a
    /// draft for the errors of its text.
    pub async fn replace_workflow(
        &self,
        id: WorkflowId,
        replace: ReplaceWorkflow,
    ) -> Result<WorkflowDetail, AppError> {
        let reading = Reading::aside(&replace.definition, replace.on_errors).await?;
        let changed = self.change_workflow(id, replace.revision, move |row| {
            let facts = reading.facts_in_place_of(row);
            Ok((facts, Some(Arc::clone(&replace.definition))))
        });
        let detail = changed.await?;
        tracing::info!(event = "workflow.updated", workflow_id = %id);
        Ok(detail)
    }

    /// Changes status and tags of a workflow.
    pub async fn patch_workflow(
        &self,
        id: WorkflowId,
        patch: PatchWorkflow,
    ) -> Result<WorkflowDetail, AppError> {
        let tags = patch.tags.map(checked_tags).transpose()?;
        let changed = self.change_workflow(id, patch.revision, move |row| {
            let mut facts = row.facts.clone();
            if let Some(status) = patch.status {
                if status == WorkflowStatus::Published && !facts.is_valid {
                    let text = row.definition.as_deref().unwrap_or_default();
                    let errors = facts::look(text).errors;
                    return Err(AppError::invalid(ErrorCode::InvalidDefinition, errors));
                }
                facts.status = status;
            }
            facts.tags = tags.clone().unwrap_or(facts.tags);
            Ok((facts, None))
        });
        let detail = changed.await?;
        tracing::info!(event = "workflow.updated", workflow_id = %id);
        Ok(detail)
    }

    /// Reads, changes and writes; again when somebody else was faster, unless
    /// the caller insists on what they saw.
    async fn change_workflow(
        &self,
        id: WorkflowId,
        seen: Option<u64>,
        change: impl Fn(&WorkflowRow) -> Result<Change, AppError> + Send + Sync + 'static,
    ) -> Result<WorkflowDetail, AppError> {
        let change = Arc::new(change);
        for _ in 0..CONFLICTS_MAX {
            let row = self.workflow_row(id).await?;
            if seen.is_some_and(|seen| seen != row.revision) {
                return Err(changed_meanwhile(&row));
            }
            let (revision, change) = (row.revision, Arc::clone(&change));
            let (facts, definition) = aside(move || change(&row)).await??;
            let name = facts.name.clone();
            let update = WorkflowUpdate {
                id,
                expected_revision: revision,
                at: self.runtime.now(),
                facts,
                definition,
            };
            match self.store.update_workflow(update).await {
                Ok(WorkflowUpdated::Done) => return self.workflow(id).await,
                Ok(WorkflowUpdated::NameTaken(holder)) => return Err(name_taken(&name, holder)),
                Err(StoreError::Conflict { .. }) => {}
                Err(StoreError::NotFound) => return Err(no_workflow(id)),
                Err(error) => return Err(error.into()),
            }
        }
        let message = "others change this workflow all the time; try again";
        Err(AppError::new(ErrorCode::Unavailable, message))
    }

    /// Stores a copy of a workflow as a draft, under this name or one that is
    /// made from the old.
    pub async fn duplicate_workflow(
        &self,
        caller: &Caller,
        id: WorkflowId,
        new_name: Option<String>,
    ) -> Result<WorkflowDetail, AppError> {
        if let Some(name) = &new_name {
            expect_word("new_name", name)?;
        }
        let original = self.workflow_row(id).await?;
        for number in 1..=COPIES_MAX {
            let name = new_name
                .clone()
                .unwrap_or_else(|| name_of_copy(&original.facts.name, number));
            let copy = copy_of(&original, caller, (name.clone(), self.runtime.now()));
            let copy_id = copy.row.id;
            match self.store.create_workflow(copy).await? {
                WorkflowCreated::New => {
                    tracing::info!(
                        event = "workflow.duplicated", source_workflow_id = %id,
                        new_workflow_id = %copy_id, new_name = name
                    );
                    return self.workflow(copy_id).await;
                }
                WorkflowCreated::NameTaken(_) if new_name.is_none() => {}
                WorkflowCreated::NameTaken(holder) | WorkflowCreated::Existing(holder) => {
                    return Err(name_taken(&name, holder));
                }
            }
        }
        let message = "there are too many copies of this workflow; give one a name";
        Err(AppError::new(ErrorCode::NameTaken, message))
    }

    /// Deletes a workflow; its runs stay.
    pub async fn delete_workflow(&self, id: WorkflowId) -> Result<(), AppError> {
        if self.store.delete_workflows(&[id]).await?.is_empty() {
            return Err(no_workflow(id));
        }
        tracing::info!(event = "workflow.deleted", workflow_id = %id);
        Ok(())
    }
}

fn copy_of(
    original: &WorkflowRow,
    caller: &Caller,
    (name, now): (String, Timestamp),
) -> NewWorkflow {
    NewWorkflow {
        row: WorkflowRow {
            id: WorkflowId::new(Uuid::now_v7()),
            facts: WorkflowFacts {
                name,
                status: WorkflowStatus::Draft,
                ..original.facts.clone()
            },
            created_by: caller.name.clone(),
            created_at: now,
            updated_at: now,
            revision: 1,
            last_execution: None,
            ..original.clone()
        },
        claims: Vec::new(),
    }
}

fn name_of_copy(name: &str, number: u32) -> String {
    match number {
        1 => format!("{name} (copy)"),
        _ => format!("{name} (copy {number})"),
    }
}

fn name_taken(name: &str, holder: WorkflowId) -> AppError {
    let message = format!("there is a workflow `{name}` already: {holder}");
    AppError::new(ErrorCode::NameTaken, message)
}

fn changed_meanwhile(row: &WorkflowRow) -> AppError {
    let message = format!(
        "the workflow was changed meanwhile: it is at revision {}",
        row.revision
    );
    AppError::new(ErrorCode::ChangedMeanwhile, message)
}

/// A name, a tag or an id that somebody gives to something.
fn expect_word(what: &str, word: &str) -> Result<(), AppError> {
    let is_one = !word.trim().is_empty()
        && word.chars().count() <= NAME_LETTERS_MAX
        && !word.chars().any(char::is_control);
    if is_one {
        return Ok(());
    }
    let message = format!(
        "`{what}` must be 1 to {NAME_LETTERS_MAX} letters, none of them a control character"
    );
    Err(AppError::new(ErrorCode::Malformed, message))
}

/// Each tag once, in the order given.
fn checked_tags(tags: Vec<String>) -> Result<Vec<String>, AppError> {
    expect_tags(&tags)?;
    Ok(facts::each_once(tags))
}

fn expect_tags(tags: &[String]) -> Result<(), AppError> {
    if tags.len() > TAGS_MAX {
        let message = format!("a workflow has at most {TAGS_MAX} tags");
        return Err(AppError::new(ErrorCode::Malformed, message));
    }
    tags.iter().try_for_each(|tag| expect_word("tags", tag))
}
