//! The stored workflows of [`MemoryStore`](super::MemoryStore). Every change is
//! checked first and made after.

use std::collections::BTreeMap;

use async_trait::async_trait;
use baton_model::{RunId, WorkflowId};

use super::run::Run;
use super::{MemoryStore, State};
use crate::check;
use crate::contract::{WorkflowCreated, WorkflowStore, WorkflowUpdated};
use crate::error::StoreError;
use crate::execution_list::PageBefore;
use crate::rows::{Claim, ExecutionRow};
use crate::workflow::{
    LastExecution, NewWorkflow, SortOrder, WorkflowFilter, WorkflowPage, WorkflowPlace,
    WorkflowRow, WorkflowUpdate, fold, search_text,
};

/// Most rows that match a name, or a fragment of an id.
const FOUND_MAX: usize = 3;

#[derive(Debug, Default)]
pub(super) struct Library {
    rows: BTreeMap<WorkflowId, WorkflowRow>,
    claims: BTreeMap<Claim, WorkflowId>,
}

impl Library {
    fn create(&mut self, new: NewWorkflow) -> Result<WorkflowCreated, StoreError> {
        check::new_workflow(&new)?;
        let holder = new.claims.iter().find_map(|claim| self.claims.get(claim));
        if let Some(&holder) = holder {
            return Ok(WorkflowCreated::Existing(holder));
        }
        let NewWorkflow { row, claims } = new;
        let id = row.id;
        if self.rows.contains_key(&id) {
            return Err(StoreError::Conflict { expected: 0 });
        }
        if let Some(holder) = self.holder_of(&row.facts.name, &row.created_by, id) {
            return Ok(WorkflowCreated::NameTaken(holder));
        }
        self.claims
            .extend(claims.into_iter().map(|claim| (claim, id)));
        self.rows.insert(id, row);
        Ok(WorkflowCreated::New)
    }

    fn update(&mut self, update: WorkflowUpdate) -> Result<WorkflowUpdated, StoreError> {
        check::workflow_facts(&update.facts)?;
        let row = self.rows.get(&update.id).ok_or(StoreError::NotFound)?;
        if row.revision != update.expected_revision {
            return Err(StoreError::Conflict {
                expected: update.expected_revision,
            });
        }
        if let Some(holder) = self.holder_of(&update.facts.name, &row.created_by, update.id) {
            return Ok(WorkflowUpdated::NameTaken(holder));
        }
        if let Some(row) = self.rows.get_mut(&update.id) {
            row.facts = update.facts;
            row.updated_at = update.at;
            row.revision += 1;
            row.definition = update.definition.or_else(|| row.definition.take());
        }
        Ok(WorkflowUpdated::Done)
    }

    /// Who else has a name.
    fn holder_of(&self, name: &str, created_by: &str, but: WorkflowId) -> Option<WorkflowId> {
        let mut rows = self.rows.values();
        let holder = rows
            .find(|row| row.facts.name == name && row.created_by == created_by && row.id != but);
        holder.map(|row| row.id)
    }

    fn delete(&mut self, ids: &[WorkflowId]) -> Vec<WorkflowId> {
        let ids = ids.iter().copied();
        let deleted: Vec<_> = ids.filter(|id| self.rows.remove(id).is_some()).collect();
        self.claims
            .retain(|_claim, holder| !deleted.contains(holder));
        deleted
    }

    fn newest_first(&self, is_meant: impl Fn(&WorkflowRow) -> bool) -> Vec<WorkflowId> {
        let mut rows: Vec<_> = self.rows.values().filter(|row| is_meant(row)).collect();
        rows.sort_by_key(|row| std::cmp::Reverse((row.created_at, row.id)));
        rows.iter().take(FOUND_MAX).map(|row| row.id).collect()
    }
}

impl State {
    fn delete_workflows(&mut self, ids: &[WorkflowId]) -> Vec<WorkflowId> {
        let deleted = self.library.delete(ids);
        for run in self.runs.values_mut() {
            let workflow = &mut run.execution.workflow_id;
            workflow.take_if(|id| deleted.contains(id));
        }
        deleted
    }

    fn workflow(&self, id: WorkflowId) -> Option<WorkflowRow> {
        let row = self.library.rows.get(&id)?;
        Some(with_last_execution(row.clone(), &self.runs))
    }

    fn workflow_page(&self, filter: &WorkflowFilter) -> Result<WorkflowPage, StoreError> {
        check::workflow_filter(filter)?;
        let mut matching: Vec<_> = self
            .library
            .rows
            .values()
            .filter(|row| matches(row, filter))
            .map(|row| (WorkflowPlace::of(row, filter.sort), row))
            .collect();
        matching.sort_by(|(left, _), (right, _)| left.cmp(right));
        if filter.order == SortOrder::Descending {
            matching.reverse();
        }
        let total_count = matching.len() as u64;
        let n_earlier = match &filter.after {
            None => 0,
            Some(after) => matching.partition_point(|(place, _)| match filter.order {
                SortOrder::Ascending => place <= after,
                SortOrder::Descending => place >= after,
            }),
        };
        let limit = filter.page_size();
        let (earlier, rest) = matching.split_at(n_earlier);
        let nearest = earlier.iter().rev().take(limit as usize + 1);
        let nearest = nearest.map(|(place, _)| place.clone()).collect();
        let page = &rest[..rest.len().min(limit as usize)];
        let has_more = rest.len() > page.len();
        let items = page.iter().map(|(_, row)| WorkflowRow {
            definition: None,
            ..with_last_execution((*row).clone(), &self.runs)
        });
        Ok(WorkflowPage {
            items: items.collect(),
            damaged: Vec::new(),
            next: page
                .last()
                .filter(|_| has_more)
                .map(|(place, _)| place.clone()),
            before: PageBefore::among(nearest, limit),
            total_count,
        })
    }
}

fn matches(row: &WorkflowRow, filter: &WorkflowFilter) -> bool {
    let facts = &row.facts;
    let search = filter.search.as_deref().map(fold);
    search.is_none_or(|wanted| search_text(facts).contains(&wanted))
        && (filter.statuses.is_empty() || filter.statuses.contains(&facts.status))
        && filter.tags.iter().all(|tag| facts.tags.contains(tag))
        && (filter.project_id.is_none() || filter.project_id == row.project_id)
}

fn with_last_execution(row: WorkflowRow, runs: &BTreeMap<RunId, Run>) -> WorkflowRow {
    let own = runs
        .values()
        .map(|run| &run.execution)
        .filter(|execution| execution.workflow_id == Some(row.id));
    let last = own.max_by_key(|execution| (execution.created_at, execution.id));
    WorkflowRow {
        last_execution: last.map(last_execution),
        ..row
    }
}

fn last_execution(row: &ExecutionRow) -> LastExecution {
    LastExecution {
        run: row.id,
        status: row.status,
        created_at: row.created_at,
        started_at: row.started_at,
        completed_at: row.completed_at,
    }
}

#[async_trait]
impl WorkflowStore for MemoryStore {
    async fn create_workflow(&self, new: NewWorkflow) -> Result<WorkflowCreated, StoreError> {
        self.open()?.library.create(new)
    }

    async fn update_workflow(&self, update: WorkflowUpdate) -> Result<WorkflowUpdated, StoreError> {
        self.open()?.library.update(update)
    }

    async fn delete_workflows(&self, ids: &[WorkflowId]) -> Result<Vec<WorkflowId>, StoreError> {
        Ok(self.open()?.delete_workflows(ids))
    }

    async fn workflow(&self, id: WorkflowId) -> Result<Option<WorkflowRow>, StoreError> {
        Ok(self.open()?.workflow(id))
    }

    async fn workflows(&self, filter: WorkflowFilter) -> Result<WorkflowPage, StoreError> {
        self.open()?.workflow_page(&filter)
    }

    async fn workflows_named(&self, name: &str) -> Result<Vec<WorkflowId>, StoreError> {
        let state = self.open()?;
        let library = &state.library;
        let named = library.newest_first(|row| row.facts.name == name);
        if !named.is_empty() {
            return Ok(named);
        }
        Ok(library.newest_first(|row| row.facts.key.as_deref() == Some(name)))
    }

    async fn workflows_like(&self, fragment: &str) -> Result<Vec<WorkflowId>, StoreError> {
        let state = self.open()?;
        if !check::is_id_fragment(fragment) {
            return Ok(Vec::new());
        }
        Ok(state.library.newest_first(|row| {
            let id = row.id.as_uuid().simple().to_string();
            id.starts_with(fragment) || id.ends_with(fragment)
        }))
    }
}
