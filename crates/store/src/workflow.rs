//! Stored workflows: what is kept of each, and how lists of them are asked for.
//!
//! The text of a definition is the truth; what stands beside it was read from
//! it by others, so that lists need not.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use baton_model::{ExecutionStatus, RunId, Timestamp, WorkflowId};

use crate::execution_list::PageBefore;
use crate::rows::Claim;

/// Where a stored workflow stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WorkflowStatus {
    /// It is being written.
    Draft,
    /// It is meant to be used.
    Published,
    /// It is kept, but not meant to be used any more.
    Archived,
}

impl WorkflowStatus {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Draft, Self::Published, Self::Archived];

    /// The word in JSON and SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
            Self::Archived => "archived",
        }
    }
}

impl fmt::Display for WorkflowStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for WorkflowStatus {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Self::ALL
            .iter()
            .copied()
            .find(|status| status.as_str() == word)
            .ok_or_else(|| format!("unknown workflow status `{word}`"))
    }
}

/// What may change of a stored workflow, apart from its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkflowFacts {
    /// The id inside the definition; none while that cannot be read.
    pub key: Option<String>,
    /// Display name; nobody has two workflows of one name.
    pub name: String,
    /// Version of the definition.
    pub version: String,
    /// What it is for.
    pub description: Option<String>,
    /// Where it stands in its life.
    pub status: WorkflowStatus,
    /// Words to find it by, each once.
    pub tags: Vec<String>,
    /// SHA-256 of the definition text in hex.
    pub definition_hash: String,
    /// Whether the definition has no errors, so that it can run.
    pub is_valid: bool,
    /// How many stages it has; 0 while they cannot be read.
    pub n_stages: u32,
}

/// A stored workflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkflowRow {
    /// Its id.
    pub id: WorkflowId,
    /// What may change of it.
    pub facts: WorkflowFacts,
    /// The definition, letter for letter; left out in lists.
    pub definition: Option<Arc<str>>,
    /// The project it belongs to.
    pub project_id: Option<String>,
    /// Who made it.
    pub created_by: String,
    /// When it was stored.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Counts its changes, from 1.
    pub revision: u64,
    /// The newest of its runs. Found when it is read, never written.
    pub last_execution: Option<LastExecution>,
}

/// What a list of workflows shows of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastExecution {
    /// The run.
    pub run: RunId,
    /// Where it stands.
    pub status: ExecutionStatus,
    /// When it was stored.
    pub created_at: Timestamp,
    /// When its first stage started.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
}

/// A workflow to be stored.
#[derive(Clone, Debug)]
pub struct NewWorkflow {
    /// Revision 1, with its definition and without a run.
    pub row: WorkflowRow,
    /// Keys that only one workflow may hold, such as an idempotency key.
    pub claims: Vec<Claim>,
}

/// A change to a stored workflow.
#[derive(Clone, Debug)]
pub struct WorkflowUpdate {
    /// The workflow.
    pub id: WorkflowId,
    /// The revision the caller knows.
    pub expected_revision: u64,
    /// When this was decided; becomes `updated_at`.
    pub at: Timestamp,
    /// What it is from now on.
    pub facts: WorkflowFacts,
    /// Its text from now on; none: the one it has.
    pub definition: Option<Arc<str>>,
}

/// What lists of workflows are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WorkflowSort {
    /// The name, whatever its case.
    Name,
    /// When it was stored.
    #[default]
    CreatedAt,
    /// When it last changed.
    UpdatedAt,
}

/// Which way a list is sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortOrder {
    /// Smallest or oldest first.
    Ascending,
    /// Greatest or newest first.
    #[default]
    Descending,
}

/// A value that a list is sorted by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SortValue {
    /// A name, [folded](fold).
    Name(String),
    /// A time.
    Time(Timestamp),
}

/// A place in a list of workflows: the sort value and the id of the row there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WorkflowPlace {
    /// What the row is sorted by.
    pub value: SortValue,
    /// Id of the row; rows of the same value are sorted by it.
    pub id: WorkflowId,
}

impl WorkflowPlace {
    /// The place of a row in a list that is sorted so.
    pub fn of(row: &WorkflowRow, sort: WorkflowSort) -> Self {
        let value = match sort {
            WorkflowSort::Name => SortValue::Name(fold(&row.facts.name)),
            WorkflowSort::CreatedAt => SortValue::Time(row.created_at),
            WorkflowSort::UpdatedAt => SortValue::Time(row.updated_at),
        };
        Self { value, id: row.id }
    }

    /// Whether it can be a place in a list that is sorted so.
    pub const fn fits(&self, sort: WorkflowSort) -> bool {
        matches!(
            (&self.value, sort),
            (SortValue::Name(_), WorkflowSort::Name)
                | (
                    SortValue::Time(_),
                    WorkflowSort::CreatedAt | WorkflowSort::UpdatedAt
                )
        )
    }
}

/// Which workflows to list.
#[derive(Clone, Debug, Default)]
pub struct WorkflowFilter {
    /// With this text in name, key or description, whatever its case.
    pub search: Option<String>,
    /// In one of these states; empty: any.
    pub statuses: Vec<WorkflowStatus>,
    /// With all of these tags.
    pub tags: Vec<String>,
    /// Of this project.
    pub project_id: Option<String>,
    /// What the list is sorted by.
    pub sort: WorkflowSort,
    /// Which way.
    pub order: SortOrder,
    /// Only those that come after this place in the list.
    pub after: Option<WorkflowPlace>,
    /// At most so many, 1 to 200.
    pub limit: u32,
}

impl WorkflowFilter {
    /// Most rows on one page.
    pub const LIMIT_MAX: u32 = 200;

    /// The `limit`, kept within its bounds.
    pub fn page_size(&self) -> u32 {
        self.limit.clamp(1, Self::LIMIT_MAX)
    }
}

/// A stored workflow of which no more is believed than its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DamagedWorkflow {
    /// Its id, as far as it can still be read.
    pub id: WorkflowId,
    /// What is wrong, and where.
    pub what: String,
}

/// A page of workflows.
#[derive(Clone, Debug)]
pub struct WorkflowPage {
    /// The rows, without their definitions.
    pub items: Vec<WorkflowRow>,
    /// Rows that belong on this page and do not hold together.
    pub damaged: Vec<DamagedWorkflow>,
    /// Where the next page begins; none: this is the last one.
    pub next: Option<WorkflowPlace>,
    /// Where the page before begins; none: this is the first one.
    pub before: Option<PageBefore<WorkflowPlace>>,
    /// How many the filter matches on all pages together.
    pub total_count: u64,
}

/// A text as it is compared where case does not count.
pub fn fold(text: &str) -> String {
    text.to_lowercase()
}

/// What a search looks through.
pub fn search_text(facts: &WorkflowFacts) -> String {
    let parts = [
        Some(facts.name.as_str()),
        facts.key.as_deref(),
        facts.description.as_deref(),
    ];
    let parts: Vec<&str> = parts.into_iter().flatten().collect();
    fold(&parts.join("\n"))
}
