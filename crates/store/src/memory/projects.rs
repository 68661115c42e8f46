//! The projects of [`MemoryStore`](super::MemoryStore).

use async_trait::async_trait;

use super::{MemoryStore, State};
use crate::check;
use crate::contract::{ProjectCreated, ProjectStore};
use crate::error::StoreError;
use crate::project::ProjectRow;

impl State {
    fn create_project(&mut self, project: ProjectRow) -> Result<ProjectCreated, StoreError> {
        check::project(&project)?;
        if self.projects.contains_key(&project.id) {
            return Err(StoreError::Conflict { expected: 0 });
        }
        let mut known = self.projects.values();
        if let Some(holder) = known.find(|known| known.path == project.path) {
            return Ok(ProjectCreated::PathTaken(holder.id.clone()));
        }
        self.projects.insert(project.id.clone(), project);
        Ok(ProjectCreated::New)
    }
}

#[async_trait]
impl ProjectStore for MemoryStore {
    async fn create_project(&self, project: ProjectRow) -> Result<ProjectCreated, StoreError> {
        self.open()?.create_project(project)
    }

    async fn projects(&self) -> Result<Vec<ProjectRow>, StoreError> {
        let mut projects: Vec<_> = self.open()?.projects.values().cloned().collect();
        projects.sort_by(|left, right| (&left.name, &left.id).cmp(&(&right.name, &right.id)));
        Ok(projects)
    }

    async fn delete_project(&self, id: &str) -> Result<bool, StoreError> {
        Ok(self.open()?.projects.remove(id).is_some())
    }
}
