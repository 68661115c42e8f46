//! The statements that write stored workflows. Each function runs inside a
//! transaction of the writer; what it declines, it declines before it writes.

use baton_model::WorkflowId;
use baton_store::workflow::{fold, search_text};
use baton_store::{
    NewWorkflow, StoreError, WorkflowCreated, WorkflowFacts, WorkflowRow, WorkflowUpdate,
    WorkflowUpdated, check,
};
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::read;
use crate::sqlite::failure::Failure;
use crate::sqlite::read::execution_row;
use crate::sqlite::sums;
use crate::sqlite::values::{micros, number, run_id, texts_to_json, workflow_id};

/// Runs that are taken from their workflow at a time.
const RUNS_AT_ONCE: u32 = 1_000;

pub(super) fn create(
    connection: &Connection,
    new: &NewWorkflow,
) -> Result<WorkflowCreated, Failure> {
    check::new_workflow(new).map_err(Failure::Declined)?;
    if let Some(holder) = holder_of_claims(connection, new)? {
        return Ok(WorkflowCreated::Existing(holder));
    }
    let row = &new.row;
    if exists(connection, row.id)? {
        return Err(Failure::Declined(StoreError::Conflict { expected: 0 }));
    }
    if let Some(holder) = holder_of_name(connection, &row.facts.name, &row.created_by, row.id)? {
        return Ok(WorkflowCreated::NameTaken(holder));
    }
    insert(connection, row)?;
    let mut claim_key = connection.prepare_cached(
        "INSERT INTO workflow_claims (scope, key, workflow_id) VALUES (?1, ?2, ?3)",
    )?;
    for claim in &new.claims {
        claim_key.execute(params![claim.scope, claim.key, row.id.as_uuid().as_bytes()])?;
    }
    Ok(WorkflowCreated::New)
}

/// Writes all rows of a workflow that is not there.
pub(in crate::sqlite) fn insert(connection: &Connection, row: &WorkflowRow) -> Result<(), Failure> {
    put(connection, row)?;
    insert_tags(connection, row.id, &row.facts.tags)?;
    put_definition(connection, row.id, row.definition.as_deref())
}

pub(super) fn update(
    connection: &Connection,
    update: &WorkflowUpdate,
) -> Result<WorkflowUpdated, Failure> {
    check::workflow_facts(&update.facts).map_err(Failure::Declined)?;
    let Some(before) = read::alone(connection, update.id)? else {
        return Err(Failure::Declined(StoreError::NotFound));
    };
    let expected = update.expected_revision;
    if before.revision != expected {
        return Err(Failure::Declined(StoreError::Conflict { expected }));
    }
    let name = &update.facts.name;
    if let Some(holder) = holder_of_name(connection, name, &before.created_by, update.id)? {
        return Ok(WorkflowUpdated::NameTaken(holder));
    }
    let tags_changed = before.facts.tags != update.facts.tags;
    let after = WorkflowRow {
        facts: update.facts.clone(),
        updated_at: update.at,
        revision: expected + 1,
        ..before
    };
    put(connection, &after)?;
    if tags_changed {
        delete_of(connection, "workflow_tags", update.id)?;
        insert_tags(connection, update.id, &after.facts.tags)?;
    }
    put_definition(connection, update.id, update.definition.as_deref())?;
    Ok(WorkflowUpdated::Done)
}

pub(super) fn delete(
    connection: &Connection,
    ids: &[WorkflowId],
) -> Result<Vec<WorkflowId>, Failure> {
    let mut deleted = Vec::new();
    for id in ids {
        let n_deleted = connection
            .prepare_cached("DELETE FROM workflows WHERE id = ?1")?
            .execute([id.as_uuid().as_bytes()])?;
        if n_deleted == 0 {
            continue;
        }
        for table in ["workflow_definitions", "workflow_tags", "workflow_claims"] {
            delete_of(connection, table, *id)?;
        }
        release_runs(connection, *id)?;
        deleted.push(*id);
    }
    Ok(deleted)
}

fn delete_of(connection: &Connection, table: &str, id: WorkflowId) -> Result<(), Failure> {
    connection
        .prepare_cached(&format!("DELETE FROM {table} WHERE workflow_id = ?1"))?
        .execute([id.as_uuid().as_bytes()])?;
    Ok(())
}

/// Takes its runs from a workflow that has gone.
pub(in crate::sqlite) fn release_runs(
    connection: &Connection,
    id: WorkflowId,
) -> Result<(), Failure> {
    while release_some_runs(connection, id)? > 0 {}
    Ok(())
}

/// Takes some of them; says how many. A row that was altered keeps its sum,
/// and so stays known as altered.
fn release_some_runs(connection: &Connection, id: WorkflowId) -> Result<usize, Failure> {
    let mut runs = connection
        .prepare_cached("SELECT * FROM workflow_executions WHERE workflow_id = ?1 LIMIT ?2")?;
    let some = params![id.as_uuid().as_bytes(), RUNS_AT_ONCE];
    let sums = runs.query_and_then(some, |row| {
        Ok((run_id(row, "id")?, sum_without_workflow(row)?))
    });
    let sums = sums?.collect::<Result<Vec<_>, Failure>>()?;
    let mut release = connection.prepare_cached(
        "UPDATE workflow_executions
         SET workflow_id = NULL, origin_sum = coalesce(?2, origin_sum) WHERE id = ?1",
    )?;
    for (run, sum) in &sums {
        release.execute(params![run.as_uuid().as_bytes(), sum])?;
    }
    Ok(sums.len())
}

fn sum_without_workflow(row: &Row<'_>) -> Result<Option<i64>, Failure> {
    let mut execution = match execution_row(row) {
        Ok(execution) => execution,
        Err(failure) if failure.damage().is_some() => return Ok(None),
        Err(failure) => return Err(failure),
    };
    execution.workflow_id = None;
    let parameters: String = row.get("parameters_json")?;
    Ok(Some(sums::execution(&execution, &parameters)))
}

fn holder_of_claims(
    connection: &Connection,
    new: &NewWorkflow,
) -> Result<Option<WorkflowId>, Failure> {
    let mut find = connection
        .prepare_cached("SELECT workflow_id FROM workflow_claims WHERE scope = ?1 AND key = ?2")?;
    for claim in &new.claims {
        let holder = find
            .query_row(params![claim.scope, claim.key], |row| {
                Ok(workflow_id(row, "workflow_id"))
            })
            .optional()?;
        if let Some(holder) = holder {
            return holder.map(Some);
        }
    }
    Ok(None)
}

fn exists(connection: &Connection, id: WorkflowId) -> Result<bool, Failure> {
    let found = connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM workflows WHERE id = ?1)")?
        .query_row([id.as_uuid().as_bytes()], |row| row.get(0))?;
    Ok(found)
}

/// Who else has a name.
fn holder_of_name(
    connection: &Connection,
    name: &str,
    created_by: &str,
    but: WorkflowId,
) -> Result<Option<WorkflowId>, Failure> {
    connection
        .prepare_cached(
            "SELECT id FROM workflows WHERE name = ?1 AND created_by = ?2 AND id <> ?3",
        )?
        .query_and_then(params![name, created_by, but.as_uuid().as_bytes()], |row| {
            workflow_id(row, "id")
        })?
        .next()
        .transpose()
}

/// Writes the row of a workflow, new or in place of the one it has.
fn put(connection: &Connection, row: &WorkflowRow) -> Result<(), Failure> {
    let WorkflowFacts {
        key,
        name,
        version,
        description,
        status,
        tags,
        definition_hash,
        is_valid,
        n_stages,
    } = &row.facts;
    let (name_folded, search_text) = (fold(name), search_text(&row.facts));
    let tags = texts_to_json(tags)?;
    connection
        .prepare_cached(
            "INSERT INTO workflows (
                 id, workflow_key, name, version, description, status, tags_json, project_id,
                 definition_hash, is_valid, n_stages, created_by, created_at, updated_at, revision,
                 name_folded, search_text, sum)
             VALUES (:id, :key, :name, :version, :description, :status, :tags, :project,
                     :hash, :is_valid, :n_stages, :created_by, :created_at, :updated_at, :revision,
                     :name_folded, :search_text, :sum)
             ON CONFLICT (id) DO UPDATE SET
                 workflow_key = :key, name = :name, version = :version,
                 description = :description, status = :status, tags_json = :tags,
                 definition_hash = :hash, is_valid = :is_valid, n_stages = :n_stages,
                 updated_at = :updated_at, revision = :revision, name_folded = :name_folded,
                 search_text = :search_text, sum = :sum",
        )?
        .execute(named_params! {
            ":id": row.id.as_uuid().as_bytes(),
            ":key": key,
            ":name": name,
            ":version": version,
            ":description": description,
            ":status": status.as_str(),
            ":tags": tags,
            ":project": row.project_id,
            ":hash": definition_hash,
            ":is_valid": is_valid,
            ":n_stages": n_stages,
            ":created_by": row.created_by,
            ":created_at": micros(row.created_at),
            ":updated_at": micros(row.updated_at),
            ":revision": number(row.revision),
            ":name_folded": name_folded,
            ":search_text": search_text,
            ":sum": sums::workflow(row, [&tags, &name_folded, &search_text]),
        })?;
    Ok(())
}

fn insert_tags(connection: &Connection, id: WorkflowId, tags: &[String]) -> Result<(), Failure> {
    let mut insert = connection
        .prepare_cached("INSERT INTO workflow_tags (tag, workflow_id) VALUES (?1, ?2)")?;
    for tag in tags {
        insert.execute(params![tag, id.as_uuid().as_bytes()])?;
    }
    Ok(())
}

/// Writes a definition if there is one, new or in place of the one there is.
fn put_definition(
    connection: &Connection,
    id: WorkflowId,
    definition: Option<&str>,
) -> Result<(), Failure> {
    let Some(definition) = definition else {
        return Ok(());
    };
    let sum = sums::workflow_definition(id, definition);
    connection
        .prepare_cached(
            "INSERT INTO workflow_definitions (workflow_id, definition_yaml, sum)
             VALUES (?1, ?2, ?3)
             ON CONFLICT (workflow_id) DO UPDATE SET definition_yaml = ?2, sum = ?3",
        )?
        .execute(params![id.as_uuid().as_bytes(), definition, sum])?;
    Ok(())
}
