//! Projects. A row that was altered is never believed: agents would work in
//! another directory than the one that was meant.

use async_trait::async_trait;
use baton_store::{ProjectCreated, ProjectRow, ProjectStore, StoreError, check};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::SqliteStore;
use super::failure::Failure;
use super::sums;
use super::values::{micros, time};

#[async_trait]
impl ProjectStore for SqliteStore {
    async fn create_project(&self, project: ProjectRow) -> Result<ProjectCreated, StoreError> {
        self.write_timed(move |connection, _now| create(connection, &project))
            .await
    }

    async fn projects(&self) -> Result<Vec<ProjectRow>, StoreError> {
        self.readers.read(all).await
    }

    async fn delete_project(&self, id: &str) -> Result<bool, StoreError> {
        let id = id.to_owned();
        self.write_timed(move |connection, _now| delete(connection, &id))
            .await
    }
}

fn create(connection: &Connection, project: &ProjectRow) -> Result<ProjectCreated, Failure> {
    check::project(project).map_err(Failure::Declined)?;
    let mut with_id = connection.prepare_cached("SELECT 1 FROM projects WHERE id = ?1")?;
    if with_id.exists([&project.id])? {
        return Err(Failure::Declined(StoreError::Conflict { expected: 0 }));
    }
    let inserted = connection
        .prepare_cached(
            "INSERT INTO projects (id, name, path, created_by, created_at, sum)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (path) DO NOTHING",
        )?
        .execute(params![
            project.id,
            project.name,
            project.path,
            project.created_by,
            micros(project.created_at),
            sums::project(project),
        ])?;
    if inserted > 0 {
        return Ok(ProjectCreated::New);
    }
    let holder = connection
        .prepare_cached("SELECT * FROM projects WHERE path = ?1")?
        .query_row([&project.path], |row| Ok(project_row(row)))
        .optional()?;
    let missing = || Failure::Damaged("a path is taken by no project".to_owned());
    let holder = holder.ok_or_else(missing)??;
    Ok(ProjectCreated::PathTaken(holder.id))
}

fn all(connection: &Connection) -> Result<Vec<ProjectRow>, Failure> {
    connection
        .prepare_cached("SELECT * FROM projects ORDER BY name, id")?
        .query_and_then([], project_row)?
        .collect()
}

fn project_row(row: &Row<'_>) -> Result<ProjectRow, Failure> {
    let project = ProjectRow {
        id: row.get("id")?,
        name: row.get("name")?,
        path: row.get("path")?,
        created_by: row.get("created_by")?,
        created_at: time(row, "created_at")?,
    };
    let sum = sums::project(&project);
    sums::expect(row.get("sum")?, sum, "the row of a project")?;
    Ok(project)
}

/// The projects whose rows do not hold together: what stands there as the id,
/// and why.
pub(super) fn damaged(connection: &Connection) -> Result<Vec<(String, String)>, Failure> {
    let mut statement = connection.prepare_cached("SELECT * FROM projects ORDER BY id")?;
    let mut rows = statement.query([])?;
    let mut damaged = Vec::new();
    while let Some(row) = rows.next()? {
        if let Err(failure) = project_row(row) {
            damaged.push((row.get("id")?, failure.to_string()));
        }
    }
    Ok(damaged)
}

pub(super) fn delete(connection: &Connection, id: &str) -> Result<bool, Failure> {
    let n_deleted = connection
        .prepare_cached("DELETE FROM projects WHERE id = ?1")?
        .execute([id])?;
    Ok(n_deleted > 0)
}
