//! The statements that read, and how rows become values again.

use baton_model::{RunId, StageId};
use baton_store::{ExecutionRow, LogFilter, LogLine, StepRow, StepUpdate, StoredEvent, StoredLog};
use rusqlite::{Connection, Row, named_params, params};
use uuid::Uuid;

use super::failure::Failure;
use super::ownership;
use super::values::{
    count, names_from_json, number, object_from_json, run_id, time, time_option, uuid_option, word,
};

/// One execution with its definition.
pub(super) fn execution(
    connection: &Connection,
    run: RunId,
) -> Result<Option<ExecutionRow>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT workflow_executions.*, definition_yaml
         FROM workflow_executions
         LEFT JOIN execution_definitions ON execution_id = id
         WHERE id = ?1",
    )?;
    let mut rows = statement.query([run.as_uuid().as_bytes()])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let mut execution = execution_row(row)?;
    execution.definition = row.get("definition_yaml")?;
    Ok(Some(execution))
}

/// An execution as it stands in its table, so without its definition.
pub(super) fn execution_row(row: &Row<'_>) -> Result<ExecutionRow, Failure> {
    let parameters: String = row.get("parameters_json")?;
    Ok(ExecutionRow {
        id: run_id(row, "id")?,
        workflow_id: uuid_option(row, "workflow_id")?,
        workflow_key: row.get("workflow_key")?,
        workflow_name: row.get("workflow_name")?,
        workflow_version: row.get("workflow_version")?,
        definition_hash: row.get("workflow_definition_hash")?,
        definition: None,
        status: word(row, "status")?,
        parameters: object_from_json(&parameters)?.into(),
        trigger: word(row, "trigger")?,
        directory: row.get("directory")?,
        created_by: row.get("created_by")?,
        created_at: time(row, "created_at")?,
        updated_at: time(row, "updated_at")?,
        started_at: time_option(row, "started_at")?,
        completed_at: time_option(row, "completed_at")?,
        error_message: row.get("error_message")?,
        attention: word(row, "attention")?,
        wake_at: time_option(row, "wake_at")?,
        version: count(row, "version")?,
    })
}

/// The whole log of a run and who owns the run; both as of one moment.
pub(super) fn log(connection: &Connection, run: RunId) -> Result<StoredLog, Failure> {
    let snapshot = connection.unchecked_transaction()?;
    let owner = ownership::owner(&snapshot, run)?;
    let events = events(&snapshot, run, 0, u64::MAX)?;
    Ok(StoredLog {
        owner: owner.map(i64::cast_unsigned),
        events,
    })
}

/// The steps of a run in declaration order.
pub(super) fn steps(connection: &Connection, run: RunId) -> Result<Vec<StepRow>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT * FROM execution_steps WHERE execution_id = ?1 ORDER BY order_index",
    )?;
    let rows = statement.query_and_then([run.as_uuid().as_bytes()], step_row)?;
    rows.collect()
}

fn step_row(row: &Row<'_>) -> Result<StepRow, Failure> {
    let order_index = row.get("order_index")?;
    let depends_on: String = row.get("depends_on_json")?;
    let stage_type: String = row.get("stage_type")?;
    Ok(StepRow {
        id: Uuid::from_bytes(row.get("id")?),
        order_index,
        stage: word(row, "stage_id_ref")?,
        stage_name: row.get("stage_name")?,
        stage_type: stage_type.into(),
        batch_index: row.get("batch_index")?,
        depends_on: names_from_json(&depends_on)?,
        agent: row.get("agent_id")?,
        progress: StepUpdate {
            order_index,
            status: word(row, "status")?,
            iteration: row.get("iteration_number")?,
            attempt: row.get("attempt_number")?,
            dispatch: row.get("dispatch_number")?,
            inputs: row.get("inputs_json")?,
            outputs: row.get("outputs_json")?,
            error_label: row.get("error_label")?,
            error_message: row.get("error_message")?,
            gate: row.get("gate_json")?,
            question: row.get("question_json")?,
            feedback: row.get("feedback")?,
            summary: row.get("summary")?,
            started_at: time_option(row, "started_at")?,
            completed_at: time_option(row, "completed_at")?,
        },
    })
}

/// Events after a place, at most `limit`.
pub(super) fn events(
    connection: &Connection,
    run: RunId,
    after: u64,
    limit: u64,
) -> Result<Vec<StoredEvent>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT seq, created_at, kind, body_json FROM execution_events
         WHERE execution_id = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
    )?;
    let place = params![run.as_uuid().as_bytes(), number(after), number(limit)];
    let rows = statement.query_and_then(place, |row| {
        let kind: String = row.get("kind")?;
        Ok(StoredEvent {
            seq: count(row, "seq")?,
            at: time(row, "created_at")?,
            kind: kind.into(),
            body: row.get("body_json")?,
        })
    })?;
    rows.collect()
}

/// The log lines a filter asks for, in order.
pub(super) fn logs(
    connection: &Connection,
    run: RunId,
    filter: &LogFilter,
) -> Result<Vec<LogLine>, Failure> {
    let mut statement = connection.prepare_cached(logs_sql(filter))?;
    let rows = statement.query_and_then(
        named_params! {
            ":run": run.as_uuid().as_bytes(),
            ":after": number(filter.after),
            ":stage": filter.stage.as_ref().map(StageId::as_str),
            ":dispatch": filter.dispatch,
            ":limit": filter.limit,
        },
        log_line,
    )?;
    let mut lines: Vec<_> = rows.collect::<Result<_, Failure>>()?;
    if filter.from_end {
        lines.reverse();
    }
    Ok(lines)
}

/// One text for each way to walk the log, which `SQLite` cannot turn by itself.
pub(super) const fn logs_sql(filter: &LogFilter) -> &'static str {
    macro_rules! select {
        ($direction:literal) => {
            concat!(
                "SELECT * FROM step_logs
                 WHERE execution_id = :run AND seq > :after
                   AND (:stage IS NULL OR stage_id_ref = :stage)
                   AND (:dispatch IS NULL OR dispatch_number = :dispatch)
                 ORDER BY seq ",
                $direction,
                " LIMIT :limit"
            )
        };
    }
    if filter.from_end {
        select!("DESC")
    } else {
        select!("ASC")
    }
}

fn log_line(row: &Row<'_>) -> Result<LogLine, Failure> {
    Ok(LogLine {
        seq: count(row, "seq")?,
        stage: word(row, "stage_id_ref")?,
        dispatch: row.get("dispatch_number")?,
        at: time(row, "created_at")?,
        stream: word(row, "stream")?,
        text: row.get("line")?,
    })
}

/// Sequence number of the last log line; 0 when there is none.
pub(super) fn last_log_seq(connection: &Connection, run: RunId) -> Result<u64, Failure> {
    let last = connection
        .prepare_cached(
            "SELECT seq FROM step_logs WHERE execution_id = ?1 ORDER BY seq DESC LIMIT 1",
        )?
        .query_and_then([run.as_uuid().as_bytes()], |row| count(row, "seq"))?
        .next()
        .transpose()?;
    Ok(last.unwrap_or(0))
}
