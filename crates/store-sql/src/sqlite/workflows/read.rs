//! How the rows of stored workflows become values again.

use std::sync::Arc;

use baton_model::WorkflowId;
use baton_store::{ExecutionUpdate, LastExecution, WorkflowFacts, WorkflowRow};
use rusqlite::{Connection, Row};

use crate::sqlite::failure::Failure;
use crate::sqlite::sums;
use crate::sqlite::values::{
    count, optional_run_id, texts_from_json, time, time_option, word, workflow_id,
};

/// What is shown of the newest run of a workflow `w`.
pub(super) const LAST_EXECUTION: &str = "
    e.id AS last_id, e.status AS last_status, e.created_at AS last_created_at,
    e.started_at AS last_started_at, e.completed_at AS last_completed_at,
    e.error_message AS last_error_message, e.attention AS last_attention,
    e.wake_at AS last_wake_at, e.standing_sum AS last_standing_sum";

/// Finds it, if there is one.
pub(super) const JOIN_LAST_EXECUTION: &str = "
    LEFT JOIN workflow_executions AS e ON e.id = (
        SELECT id FROM workflow_executions WHERE workflow_id = w.id
        ORDER BY created_at DESC, id DESC LIMIT 1)";

/// One workflow with its definition and its newest run.
pub(super) fn workflow(
    connection: &Connection,
    id: WorkflowId,
) -> Result<Option<WorkflowRow>, Failure> {
    let snapshot = connection.unchecked_transaction()?;
    let Some(workflow) = alone(&snapshot, id)? else {
        return Ok(None);
    };
    let sql = format!(
        "SELECT {LAST_EXECUTION} FROM workflow_executions AS e WHERE workflow_id = ?1
         ORDER BY created_at DESC, id DESC LIMIT 1"
    );
    let mut statement = snapshot.prepare_cached(&sql)?;
    let mut found = statement.query_and_then([id.as_uuid().as_bytes()], last_execution)?;
    Ok(Some(WorkflowRow {
        last_execution: found.next().transpose()?.flatten(),
        ..workflow
    }))
}

/// One workflow with its definition, whatever its runs are like.
pub(in crate::sqlite) fn alone(
    connection: &Connection,
    id: WorkflowId,
) -> Result<Option<WorkflowRow>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT w.*, definition_yaml, d.sum AS definition_sum
         FROM workflows AS w LEFT JOIN workflow_definitions AS d ON d.workflow_id = w.id
         WHERE w.id = ?1",
    )?;
    let mut rows = statement.query([id.as_uuid().as_bytes()])?;
    let Some(row) = rows.next()? else {
        expect_no_definition(connection, id)?;
        return Ok(None);
    };
    let mut workflow = row_alone(row)?;
    let definition: Option<Arc<str>> = row.get("definition_yaml")?;
    let Some(definition) = definition else {
        let what = format!("the definition of workflow {id} is missing");
        return Err(Failure::Damaged(what));
    };
    let sum = sums::workflow_definition(id, &definition);
    sums::expect(row.get("definition_sum")?, sum, "a definition")?;
    workflow.definition = Some(definition);
    Ok(Some(workflow))
}

/// A workflow whose row cannot be found must have left nothing else.
fn expect_no_definition(connection: &Connection, id: WorkflowId) -> Result<(), Failure> {
    let has_definition: bool = connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM workflow_definitions WHERE workflow_id = ?1)",
        )?
        .query_row([id.as_uuid().as_bytes()], |row| row.get(0))?;
    if has_definition {
        let what = format!("the row of workflow {id} is missing");
        return Err(Failure::Damaged(what));
    }
    Ok(())
}

/// A workflow as it stands in its table, with its newest run beside it.
pub(super) fn workflow_row(row: &Row<'_>) -> Result<WorkflowRow, Failure> {
    Ok(WorkflowRow {
        last_execution: last_execution(row)?,
        ..row_alone(row)?
    })
}

fn row_alone(row: &Row<'_>) -> Result<WorkflowRow, Failure> {
    let tags: String = row.get("tags_json")?;
    let workflow = WorkflowRow {
        id: workflow_id(row, "id")?,
        facts: WorkflowFacts {
            key: row.get("workflow_key")?,
            name: row.get("name")?,
            version: row.get("version")?,
            description: row.get("description")?,
            status: word(row, "status")?,
            tags: texts_from_json(&tags)?,
            definition_hash: row.get("definition_hash")?,
            is_valid: row.get("is_valid")?,
            n_stages: row.get("n_stages")?,
        },
        definition: None,
        project_id: row.get("project_id")?,
        created_by: row.get("created_by")?,
        created_at: time(row, "created_at")?,
        updated_at: time(row, "updated_at")?,
        revision: count(row, "revision")?,
        last_execution: None,
    };
    let name_folded: String = row.get("name_folded")?;
    let search_text: String = row.get("search_text")?;
    let sum = sums::workflow(&workflow, [&tags, &name_folded, &search_text]);
    sums::expect(row.get("sum")?, sum, "the row of a workflow")?;
    Ok(workflow)
}

fn last_execution(row: &Row<'_>) -> Result<Option<LastExecution>, Failure> {
    let Some(run) = optional_run_id(row, "last_id")? else {
        return Ok(None);
    };
    let standing = ExecutionUpdate {
        status: word(row, "last_status")?,
        started_at: time_option(row, "last_started_at")?,
        completed_at: time_option(row, "last_completed_at")?,
        error_message: row.get("last_error_message")?,
        attention: word(row, "last_attention")?,
        wake_at: time_option(row, "last_wake_at")?,
    };
    let sum = sums::standing(run, &standing);
    sums::expect(row.get("last_standing_sum")?, sum, "the row of a run")?;
    Ok(Some(LastExecution {
        run,
        status: standing.status,
        created_at: time(row, "last_created_at")?,
        started_at: standing.started_at,
        completed_at: standing.completed_at,
    }))
}
