//! Which executions a list shows, and its pages.

use baton_model::{ExecutionStatus, RunId, Timestamp, WorkflowId};

use crate::rows::ExecutionRow;
use crate::workflow::SortOrder;

/// Which executions to list.
#[derive(Clone, Debug, Default)]
pub struct ExecutionFilter {
    /// In one of these states; empty: any.
    pub statuses: Vec<ExecutionStatus>,
    /// Of the workflow with this id in its definition, or this display name.
    pub workflow: Option<String>,
    /// Of this stored workflow.
    pub workflow_id: Option<WorkflowId>,
    /// Of this project.
    pub project_id: Option<String>,
    /// With this text in the id inside their definition or in the display name
    /// of their workflow, whatever its case.
    pub search: Option<String>,
    /// Whose first stage started at this time or later.
    pub started_after: Option<Timestamp>,
    /// Whose first stage started before this time.
    pub started_before: Option<Timestamp>,
    /// What they are sorted by.
    pub sort: ExecutionSort,
    /// Which way.
    pub order: SortOrder,
    /// Only those that come after this place in the list.
    pub after: Option<PageKey>,
    /// At most so many, 1 to 200.
    pub limit: u32,
}

impl ExecutionFilter {
    /// Most rows on one page.
    pub const LIMIT_MAX: u32 = 200;

    /// The `limit`, kept within its bounds.
    pub fn page_size(&self) -> u32 {
        self.limit.clamp(1, Self::LIMIT_MAX)
    }

    /// Where a row stands in the list.
    pub fn place_of(&self, row: &ExecutionRow) -> PageKey {
        let time = match self.sort {
            ExecutionSort::CreatedAt => Some(row.created_at),
            ExecutionSort::StartedAt => row.started_at,
            ExecutionSort::CompletedAt => row.completed_at,
        };
        PageKey {
            at: time.unwrap_or(ExecutionSort::NOT_YET),
            id: row.id,
        }
    }

    /// Whether the list comes to one place before it comes to another.
    pub fn is_before(&self, one: PageKey, other: PageKey) -> bool {
        match self.order {
            SortOrder::Ascending => one < other,
            SortOrder::Descending => one > other,
        }
    }
}

/// What a list of executions is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExecutionSort {
    /// When they were stored.
    #[default]
    CreatedAt,
    /// When their first stage started.
    StartedAt,
    /// When they ended.
    CompletedAt,
}

impl ExecutionSort {
    /// What stands for a time that has not come: it is later than all others.
    pub const NOT_YET: Timestamp = Timestamp::from_micros(i64::MAX);
}

/// A place in a list: the sort value and the id of the row there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PageKey {
    /// What the row is sorted by.
    pub at: Timestamp,
    /// Id of the row.
    pub id: RunId,
}

/// Where the page before another one begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageBefore<P> {
    /// It is the first one.
    Beginning,
    /// After this place.
    After(P),
}

impl<P> PageBefore<P> {
    /// Reads it from the places that come before a page, the nearest first, of
    /// which `page_size + 1` were asked for.
    pub fn among(mut places: Vec<P>, page_size: u32) -> Option<Self> {
        if places.len() > page_size as usize {
            return places.pop().map(Self::After);
        }
        (!places.is_empty()).then_some(Self::Beginning)
    }
}

/// A row of which no more is believed than where it stands in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DamagedRow {
    /// Its place, as far as it can still be read.
    pub key: PageKey,
    /// What is wrong, and where.
    pub what: String,
}

/// A page of executions.
#[derive(Clone, Debug)]
pub struct ExecutionPage {
    /// The rows, without their `definition` text.
    pub items: Vec<ExecutionRow>,
    /// Rows that belong on this page and do not hold together.
    pub damaged: Vec<DamagedRow>,
    /// Whether more follow.
    pub has_more: bool,
    /// Where the page before begins; none: this is the first one.
    pub before: Option<PageBefore<PageKey>>,
    /// How many the filter matches on all pages together.
    pub total_count: u64,
}
