//! The calls about stored workflows, as the script has them.

use async_trait::async_trait;
use baton_model::WorkflowId;

use super::{FaultyStore, Method};
use crate::contract::{WorkflowCreated, WorkflowStore, WorkflowUpdated};
use crate::error::StoreError;
use crate::workflow::{NewWorkflow, WorkflowFilter, WorkflowPage, WorkflowRow, WorkflowUpdate};

#[async_trait]
impl<S: WorkflowStore> WorkflowStore for FaultyStore<S> {
    async fn create_workflow(&self, new: NewWorkflow) -> Result<WorkflowCreated, StoreError> {
        self.call(Method::CreateWorkflow, self.inner.create_workflow(new))
            .await
    }

    async fn update_workflow(&self, update: WorkflowUpdate) -> Result<WorkflowUpdated, StoreError> {
        self.call(Method::UpdateWorkflow, self.inner.update_workflow(update))
            .await
    }

    async fn delete_workflows(&self, ids: &[WorkflowId]) -> Result<Vec<WorkflowId>, StoreError> {
        self.call(Method::DeleteWorkflows, self.inner.delete_workflows(ids))
            .await
    }

    async fn workflow(&self, id: WorkflowId) -> Result<Option<WorkflowRow>, StoreError> {
        self.call(Method::Workflow, self.inner.workflow(id)).await
    }

    async fn workflows(&self, filter: WorkflowFilter) -> Result<WorkflowPage, StoreError> {
        self.call(Method::Workflows, self.inner.workflows(filter))
            .await
    }

    async fn workflows_named(&self, name: &str) -> Result<Vec<WorkflowId>, StoreError> {
        self.call(Method::WorkflowsNamed, self.inner.workflows_named(name))
            .await
    }

    async fn workflows_like(&self, fragment: &str) -> Result<Vec<WorkflowId>, StoreError> {
        self.call(Method::WorkflowsLike, self.inner.workflows_like(fragment))
            .await
    }
}
