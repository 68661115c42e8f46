//! What the library reads from a definition's text.

use std::collections::HashSet;
use std::sync::Arc;

use baton_lang::{Checked, Definition};
use baton_model::{ErrorCode, WorkflowId};
use baton_store::{WorkflowFacts, WorkflowRow, WorkflowStatus};
use sha2::{Digest, Sha256};

use super::{OnErrors, expect_tags, expect_word};
use crate::aside::aside;
use crate::texts::Validation;
use crate::{AppError, definitions};

/// Version of a definition that does not say one.
const VERSION_UNKNOWN: &str = "0.0.0";

/// A text that may be stored, and what it says.
pub(super) struct Reading {
    definition: Option<Definition>,
    hash: String,
    is_valid: bool,
}

/// Everything there is to say of a text by itself.
pub(super) fn look(text: &str) -> Validation {
    let Checked {
        definition,
        diagnostics,
    } = definitions::check(text, &[], None);
    Validation::new(definition, diagnostics)
}

impl Reading {
    /// Reads a text where nobody waits for it.
    pub(super) async fn aside(text: &Arc<str>, on_errors: OnErrors) -> Result<Self, AppError> {
        let text = Arc::clone(text);
        aside(move || Self::of(&text, on_errors)).await?
    }

    fn of(text: &str, on_errors: OnErrors) -> Result<Self, AppError> {
        definitions::expect_bounded(text)?;
        let read = look(text);
        let is_valid = read.errors.is_empty() && read.definition.is_some();
        if !is_valid && on_errors == OnErrors::Refuse {
            let findings = read.errors.into_iter().chain(read.warnings).collect();
            return Err(AppError::invalid(ErrorCode::InvalidDefinition, findings));
        }
        if let Some(definition) = &read.definition {
            expect_listable(definition)?;
        }
        Ok(Self {
            definition: read.definition,
            hash: hash(text),
            is_valid,
        })
    }

    /// What is stored of a new workflow. One whose name cannot be read has one
    /// that nobody else can have.
    pub(super) fn facts_of_new(&self, id: WorkflowId) -> WorkflowFacts {
        let digits = id.as_uuid().simple().to_string();
        let untitled = format!("Untitled {}", &digits[digits.len() - 8..]);
        let said = self
            .definition
            .as_ref()
            .map(|definition| &definition.workflow);
        WorkflowFacts {
            key: said.and_then(|said| some(&said.id)),
            name: said.and_then(|said| some(&said.name)).unwrap_or(untitled),
            version: said
                .and_then(|said| some(&said.version))
                .unwrap_or_else(|| VERSION_UNKNOWN.to_owned()),
            description: said.and_then(|said| said.description.clone()),
            status: WorkflowStatus::Draft,
            tags: said
                .map(|said| each_once(said.tags.clone()))
                .unwrap_or_default(),
            definition_hash: self.hash.clone(),
            is_valid: self.is_valid,
            n_stages: self.n_stages(),
        }
    }

    /// What is stored of a workflow that has another text. What the new one
    /// does not say, and what it says as the old one did, stays.
    pub(super) fn facts_in_place_of(&self, row: &WorkflowRow) -> WorkflowFacts {
        let mut facts = row.facts.clone();
        facts.definition_hash.clone_from(&self.hash);
        facts.is_valid = self.is_valid;
        facts.n_stages = self.n_stages();
        if !self.is_valid {
            facts.status = WorkflowStatus::Draft;
        }
        let Some(said) = self.definition.as_ref().map(|read| &read.workflow) else {
            return facts;
        };
        facts.key = some(&said.id).or(facts.key);
        facts.version = some(&said.version).unwrap_or(facts.version);
        facts.description.clone_from(&said.description);
        let before = look(row.definition.as_deref().unwrap_or_default()).definition;
        let before = before.map(|read| read.workflow);
        if before
            .as_ref()
            .is_none_or(|before| before.name != said.name)
        {
            facts.name = some(&said.name).unwrap_or(facts.name);
        }
        if before.is_none_or(|before| before.tags != said.tags) {
            facts.tags = each_once(said.tags.clone());
        }
        facts
    }

    fn n_stages(&self) -> u32 {
        let n_stages = self.definition.as_ref().map_or(0, |read| read.stages.len());
        u32::try_from(n_stages).unwrap_or(u32::MAX)
    }
}

/// What lists show of a workflow is as short as what is given to it there: a
/// page holds many, and the name is part of the cursor behind it.
fn expect_listable(definition: &Definition) -> Result<(), AppError> {
    let said = &definition.workflow;
    for (what, word) in [
        ("workflow.name", &said.name),
        ("workflow.id", &said.id),
        ("workflow.version", &said.version),
    ] {
        if !word.is_empty() {
            expect_word(what, word)?;
        }
    }
    expect_tags(&said.tags)
}

/// A text that says something.
fn some(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

/// Each of some words once, in the order given.
pub(super) fn each_once(words: Vec<String>) -> Vec<String> {
    let mut known = HashSet::new();
    words
        .into_iter()
        .filter(|word| known.insert(word.clone()))
        .collect()
}

fn hash(text: &str) -> String {
    use std::fmt::Write;

    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(text) {
        // Writing to a string cannot fail.
        let (Ok(()) | Err(_)) = write!(hex, "{byte:02x}");
    }
    hex
}
