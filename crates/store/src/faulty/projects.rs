//! The calls about projects, as the script has them.

use async_trait::async_trait;

use super::{FaultyStore, Method};
use crate::contract::{ProjectCreated, ProjectStore};
use crate::error::StoreError;
use crate::project::ProjectRow;

#[async_trait]
impl<S: ProjectStore> ProjectStore for FaultyStore<S> {
    async fn create_project(&self, project: ProjectRow) -> Result<ProjectCreated, StoreError> {
        self.call(Method::CreateProject, self.inner.create_project(project))
            .await
    }

    async fn projects(&self) -> Result<Vec<ProjectRow>, StoreError> {
        self.call(Method::Projects, self.inner.projects()).await
    }

    async fn delete_project(&self, id: &str) -> Result<bool, StoreError> {
        self.call(Method::DeleteProject, self.inner.delete_project(id))
            .await
    }
}
