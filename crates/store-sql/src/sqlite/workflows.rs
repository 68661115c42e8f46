//! Stored workflows: the calls of the contract. What they do is in the modules
//! below.

pub(super) mod lists;
pub(super) mod read;
pub(super) mod write;

use async_trait::async_trait;
use baton_model::WorkflowId;
use baton_store::{
    NewWorkflow, StoreError, WorkflowCreated, WorkflowFilter, WorkflowPage, WorkflowRow,
    WorkflowStore, WorkflowUpdate, WorkflowUpdated, check,
};

use super::SqliteStore;

#[async_trait]
impl WorkflowStore for SqliteStore {
    async fn create_workflow(&self, new: NewWorkflow) -> Result<WorkflowCreated, StoreError> {
        self.write_timed(move |connection, _now| write::create(connection, &new))
            .await
    }

    async fn update_workflow(&self, update: WorkflowUpdate) -> Result<WorkflowUpdated, StoreError> {
        self.write_timed(move |connection, _now| write::update(connection, &update))
            .await
    }

    async fn delete_workflows(&self, ids: &[WorkflowId]) -> Result<Vec<WorkflowId>, StoreError> {
        let ids = ids.to_vec();
        self.write_timed(move |connection, _now| write::delete(connection, &ids))
            .await
    }

    async fn workflow(&self, id: WorkflowId) -> Result<Option<WorkflowRow>, StoreError> {
        self.readers
            .read(move |connection| read::workflow(connection, id))
            .await
    }

    async fn workflows(&self, filter: WorkflowFilter) -> Result<WorkflowPage, StoreError> {
        self.readers
            .read(move |connection| lists::page(connection, &filter))
            .await
    }

    async fn workflows_named(&self, name: &str) -> Result<Vec<WorkflowId>, StoreError> {
        let name = name.to_owned();
        self.readers
            .read(move |connection| lists::named(connection, &name))
            .await
    }

    async fn workflows_like(&self, fragment: &str) -> Result<Vec<WorkflowId>, StoreError> {
        let fragment = Some(fragment.to_owned()).filter(|text| check::is_id_fragment(text));
        self.readers
            .read(move |connection| match fragment {
                Some(fragment) => lists::like(connection, &fragment),
                None => Ok(Vec::new()),
            })
            .await
    }
}
