//! The statements that write. Each function runs inside a transaction of the
//! writer and says whether a refusal leaves that transaction clean.

use baton_model::{ExecutionStatus, RunId};
use baton_store::{
    Commit, Created, ExecutionRow, ExecutionUpdate, LogLine, NewRun, StepRow, StepUpdate,
    StoreError, StoredEvent, check,
};
use rusqlite::{Connection, OptionalExtension, params};

use super::failure::Failure;
use super::values::{micros, micros_option, names_to_json, number, object_to_json};

/// Something to be written.
#[derive(Debug)]
pub(super) enum Work {
    Create(Box<NewRun>),
    Commit(Box<Commit>),
    AppendLogs(RunId, Vec<LogLine>),
}

/// Does a piece of work in the transaction that is open.
pub(super) fn apply(connection: &Connection, work: &Work) -> Result<Created, Failure> {
    match work {
        Work::Create(run) => create(connection, run),
        Work::Commit(changes) => commit(connection, changes).map(|()| Created::New),
        Work::AppendLogs(run, lines) => append_logs(connection, *run, lines).map(|()| Created::New),
    }
}

fn create(connection: &Connection, run: &NewRun) -> Result<Created, Failure> {
    check::new_run(run).map_err(Failure::Declined)?;
    if let Some(holder) = holder_of_claims(connection, run)? {
        return Ok(Created::Existing(holder));
    }
    let id = run.execution.id;
    if !insert_execution(connection, &run.execution)? {
        return Err(Failure::Declined(StoreError::Conflict { expected: 0 }));
    }
    insert_steps(connection, id, &run.steps)?;
    insert_events(connection, id, &run.events)?;
    let mut claim_key = connection
        .prepare_cached("INSERT INTO claims (scope, key, execution_id) VALUES (?1, ?2, ?3)")?;
    for claim in &run.claims {
        claim_key.execute(params![claim.scope, claim.key, id.as_uuid().as_bytes()])?;
    }
    Ok(Created::New)
}

fn holder_of_claims(connection: &Connection, run: &NewRun) -> Result<Option<RunId>, Failure> {
    let mut find = connection
        .prepare_cached("SELECT execution_id FROM claims WHERE scope = ?1 AND key = ?2")?;
    for claim in &run.claims {
        let holder: Option<[u8; 16]> = find
            .query_row(params![claim.scope, claim.key], |row| row.get(0))
            .optional()?;
        if let Some(bytes) = holder {
            return Ok(Some(RunId::new(uuid::Uuid::from_bytes(bytes))));
        }
    }
    Ok(None)
}

/// Answers whether the id was free; writes nothing when it was not.
fn insert_execution(connection: &Connection, row: &ExecutionRow) -> Result<bool, Failure> {
    let inserted = connection
        .prepare_cached(
            r#"INSERT INTO workflow_executions (
                   id, workflow_id, workflow_key, workflow_name, workflow_version,
                   workflow_definition_hash, status, parameters_json, "trigger", directory,
                   started_at, completed_at, error_message, created_by, created_at, updated_at,
                   version)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)
               ON CONFLICT (id) DO NOTHING"#,
        )?
        .execute(params![
            row.id.as_uuid().as_bytes(),
            row.workflow_id.as_ref().map(uuid::Uuid::as_bytes),
            row.workflow_key,
            row.workflow_name,
            row.workflow_version,
            row.definition_hash,
            row.status.as_str(),
            object_to_json(&row.parameters)?,
            row.trigger.as_str(),
            row.directory,
            micros_option(row.started_at),
            micros_option(row.completed_at),
            row.error_message,
            row.created_by,
            micros(row.created_at),
            micros(row.updated_at),
            number(row.version),
        ])?;
    if inserted == 0 {
        return Ok(false);
    }
    if let Some(definition) = &row.definition {
        connection
            .prepare_cached(
                "INSERT INTO execution_definitions (execution_id, definition_yaml)
                 VALUES (?1, ?2)",
            )?
            .execute(params![row.id.as_uuid().as_bytes(), &**definition])?;
    }
    Ok(true)
}

fn insert_steps(connection: &Connection, run: RunId, steps: &[StepRow]) -> Result<(), Failure> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO execution_steps (
             execution_id, order_index, id, stage_id_ref, stage_name, stage_type, batch_index,
             depends_on_json, agent_id, status, iteration_number, attempt_number, inputs_json,
             outputs_json, error_label, error_message, gate_json, started_at, completed_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,
                 ?19)",
    )?;
    for step in steps {
        let progress = &step.progress;
        insert.execute(params![
            run.as_uuid().as_bytes(),
            step.order_index,
            step.id.as_bytes(),
            step.stage.as_str(),
            step.stage_name,
            step.stage_type,
            step.batch_index,
            names_to_json(&step.depends_on)?,
            step.agent,
            progress.status.as_str(),
            progress.iteration,
            progress.attempt,
            progress.inputs.as_deref(),
            progress.outputs.as_deref(),
            progress.error_label,
            progress.error_message,
            progress.gate.as_deref(),
            micros_option(progress.started_at),
            micros_option(progress.completed_at),
        ])?;
    }
    Ok(())
}

fn insert_events(
    connection: &Connection,
    run: RunId,
    events: &[StoredEvent],
) -> Result<(), Failure> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO execution_events (execution_id, seq, created_at, kind, body_json)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for event in events {
        insert.execute(params![
            run.as_uuid().as_bytes(),
            number(event.seq),
            micros(event.at),
            event.kind,
            &*event.body,
        ])?;
    }
    Ok(())
}

/// The version is checked before anything is written, so that a conflict
/// leaves nothing behind.
fn commit(connection: &Connection, changes: &Commit) -> Result<(), Failure> {
    check::commit(changes).map_err(Failure::Declined)?;
    let status = status_at(connection, changes.run, changes.expected_version)?;
    match &changes.execution {
        None => touch_execution(connection, changes)?,
        Some(update) if update.status.as_str() == status => {
            update_execution(connection, changes, update)?;
        }
        Some(update) => {
            update_execution(connection, changes, update)?;
            update_status(connection, changes.run, update.status)?;
        }
    }
    insert_events(connection, changes.run, &changes.events)?;
    update_steps(connection, changes.run, &changes.steps)
}

/// The status of a run, provided that it is at the expected version.
fn status_at(connection: &Connection, run: RunId, expected: u64) -> Result<String, Failure> {
    let found: Option<(i64, String)> = connection
        .prepare_cached("SELECT version, status FROM workflow_executions WHERE id = ?1")?
        .query_row([run.as_uuid().as_bytes()], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    match found {
        Some((version, status)) if version == number(expected) => Ok(status),
        Some(_) => Err(Failure::Declined(StoreError::Conflict { expected })),
        None => Err(Failure::Declined(StoreError::NotFound)),
    }
}

/// Only says that the run has moved on.
fn touch_execution(connection: &Connection, changes: &Commit) -> Result<(), Failure> {
    connection
        .prepare_cached(
            "UPDATE workflow_executions SET version = ?2, updated_at = ?3 WHERE id = ?1",
        )?
        .execute(params![
            changes.run.as_uuid().as_bytes(),
            number(version_after(changes)),
            micros(changes.at),
        ])?;
    Ok(())
}

/// All but the status, which is part of several indexes: naming it would
/// rewrite their entries even when it stays the same.
fn update_execution(
    connection: &Connection,
    changes: &Commit,
    update: &ExecutionUpdate,
) -> Result<(), Failure> {
    connection
        .prepare_cached(
            "UPDATE workflow_executions
             SET version = ?2, updated_at = ?3, started_at = ?4, completed_at = ?5,
                 error_message = ?6
             WHERE id = ?1",
        )?
        .execute(params![
            changes.run.as_uuid().as_bytes(),
            number(version_after(changes)),
            micros(changes.at),
            micros_option(update.started_at),
            micros_option(update.completed_at),
            update.error_message,
        ])?;
    Ok(())
}

fn update_status(
    connection: &Connection,
    run: RunId,
    status: ExecutionStatus,
) -> Result<(), Failure> {
    connection
        .prepare_cached("UPDATE workflow_executions SET status = ?2 WHERE id = ?1")?
        .execute(params![run.as_uuid().as_bytes(), status.as_str()])?;
    Ok(())
}

fn version_after(changes: &Commit) -> u64 {
    changes.expected_version + changes.events.len() as u64
}

fn update_steps(connection: &Connection, run: RunId, steps: &[StepUpdate]) -> Result<(), Failure> {
    let mut update = connection.prepare_cached(
        "UPDATE execution_steps
         SET status = ?3, iteration_number = ?4, attempt_number = ?5, inputs_json = ?6,
             outputs_json = ?7, error_label = ?8, error_message = ?9, gate_json = ?10,
             started_at = ?11, completed_at = ?12
         WHERE execution_id = ?1 AND order_index = ?2",
    )?;
    for step in steps {
        let updated = update.execute(params![
            run.as_uuid().as_bytes(),
            step.order_index,
            step.status.as_str(),
            step.iteration,
            step.attempt,
            step.inputs.as_deref(),
            step.outputs.as_deref(),
            step.error_label,
            step.error_message,
            step.gate.as_deref(),
            micros_option(step.started_at),
            micros_option(step.completed_at),
        ])?;
        if updated != 1 {
            return Err(Failure::Spoiled(check::unknown_step(step.order_index)));
        }
    }
    Ok(())
}

fn append_logs(connection: &Connection, run: RunId, lines: &[LogLine]) -> Result<(), Failure> {
    let expected = check::log_lines(lines).map_err(Failure::Declined)?;
    let id = run.as_uuid().as_bytes();
    let last: Option<i64> = connection
        .prepare_cached(
            "SELECT coalesce((SELECT max(seq) FROM step_logs WHERE execution_id = ?1), 0)
             FROM workflow_executions WHERE id = ?1",
        )?
        .query_row([id], |row| row.get(0))
        .optional()?;
    let last = last.ok_or(Failure::Declined(StoreError::NotFound))?;
    let Some(expected) = expected else {
        return Ok(());
    };
    if number(expected) != last {
        return Err(Failure::Declined(StoreError::Conflict { expected }));
    }
    let mut insert = connection.prepare_cached(
        "INSERT INTO step_logs (
             execution_id, seq, stage_id_ref, dispatch_number, created_at, stream, line)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for line in lines {
        insert.execute(params![
            id,
            number(line.seq),
            line.stage.as_str(),
            line.dispatch,
            micros(line.at),
            line.stream.as_str(),
            line.text,
        ])?;
    }
    Ok(())
}
