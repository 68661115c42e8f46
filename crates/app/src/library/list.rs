//! Lists of stored workflows.

use baton_model::WorkflowId;
use baton_store::{SortOrder, WorkflowFilter, WorkflowRow, WorkflowSort, WorkflowStatus};

use crate::{App, AppError, page};

/// Which workflows are listed, and how.
#[derive(Clone, Debug, Default)]
pub struct ListWorkflows {
    /// With this text in name, key or description, whatever its case.
    pub search: Option<String>,
    /// In one of these states; empty: any.
    pub statuses: Vec<WorkflowStatus>,
    /// With all of these tags.
    pub tags: Vec<String>,
    /// Of this project.
    pub project_id: Option<String>,
    /// What they are sorted by.
    pub sort: WorkflowSort,
    /// Which way.
    pub order: SortOrder,
    /// From another page of the same list.
    pub cursor: Option<String>,
    /// Rows on a page; see [`page::page_size`].
    pub limit: u32,
}

/// A page of stored workflows.
#[derive(Clone, Debug)]
pub struct WorkflowList {
    /// The workflows, without their definitions.
    pub items: Vec<WorkflowRow>,
    /// Workflows that belong on this page and cannot be read.
    pub damaged: Vec<(WorkflowId, AppError)>,
    /// Leads to the next page.
    pub next_cursor: Option<String>,
    /// Leads to the page before.
    pub prev_cursor: Option<String>,
    /// How many there are on all pages together.
    pub total_count: u64,
}

impl App {
    /// A page of stored workflows.
    pub async fn workflows(&self, list: ListWorkflows) -> Result<WorkflowList, AppError> {
        let filter = WorkflowFilter {
            after: page::from_cursor(list.cursor.as_deref(), list.sort)?,
            search: list.search.filter(|text| !text.is_empty()),
            statuses: list.statuses,
            tags: list.tags,
            project_id: list.project_id,
            sort: list.sort,
            order: list.order,
            limit: list.limit,
        };
        let found = self.store.workflows(filter).await?;
        let damaged = found.damaged.into_iter();
        Ok(WorkflowList {
            items: found.items,
            damaged: damaged
                .map(|row| (row.id, AppError::damaged(row.what)))
                .collect(),
            next_cursor: found.next.as_ref().map(page::to_cursor),
            prev_cursor: found.before.as_ref().map(page::to_cursor_before),
            total_count: found.total_count,
        })
    }
}
