//! The statements that read, and how rows become values again.
//!
//! What needs several statements takes a transaction, so that all of them see
//! the same moment.

use baton_model::{RunId, StageId};
use baton_store::{
    ExecutionRow, LogFilter, LogLine, StepRow, StepUpdate, StoredEvent, StoredLog, WholeExecution,
};
use rusqlite::{Connection, Row, Transaction, named_params};

use super::failure::Failure;
use super::values::{
    count, number, object_from_json, optional_workflow_id, run_id, time, time_option, word,
};
use super::{events, origins, ownership, sums};

/// The greatest key of a scope.
pub(super) const LAST_CLAIM: &str =
    "SELECT key FROM claims WHERE scope = ?1 ORDER BY key DESC LIMIT 1";

/// Reads every row of a run, and hands out its events.
pub(super) fn whole(snapshot: &Transaction<'_>, run: RunId) -> Result<Vec<StoredEvent>, Failure> {
    let events = without_logs(snapshot, run)?;
    let all_lines = LogFilter {
        limit: u32::MAX,
        ..LogFilter::default()
    };
    logs(snapshot, run, &all_lines)?;
    Ok(events)
}

/// The same without its log lines.
pub(super) fn without_logs(
    snapshot: &Transaction<'_>,
    run: RunId,
) -> Result<Vec<StoredEvent>, Failure> {
    let Some(execution) = execution(snapshot, run)? else {
        return Err(Failure::Damaged("the row of a run is missing".to_owned()));
    };
    let events = events::read(snapshot, run, 0, u64::MAX)?;
    if events.len() as u64 != execution.version {
        return Err(Failure::Damaged("events are missing".to_owned()));
    }
    steps(snapshot, run)?;
    Ok(events)
}

/// One execution with its definition.
pub(super) fn execution(
    snapshot: &Transaction<'_>,
    run: RunId,
) -> Result<Option<ExecutionRow>, Failure> {
    let mut statement = snapshot.prepare_cached(
        "SELECT workflow_executions.*, definition_yaml
         FROM workflow_executions
         LEFT JOIN execution_definitions ON execution_id = id
         WHERE id = ?1",
    )?;
    let mut rows = statement.query([run.as_uuid().as_bytes()])?;
    let Some(row) = rows.next()? else {
        return expect_no_events(snapshot, run).map(|()| None);
    };
    let mut execution = execution_row(row)?;
    execution.definition = row.get("definition_yaml")?;
    let definition = execution.definition.as_deref().unwrap_or_default();
    let sum = sums::definition(run, definition);
    sums::expect(row.get("definition_sum")?, sum, "a definition")?;
    Ok(Some(execution))
}

/// One execution with its steps and its first event.
pub(super) fn whole_execution(
    snapshot: &Transaction<'_>,
    run: RunId,
) -> Result<Option<WholeExecution>, Failure> {
    let Some(execution) = execution(snapshot, run)? else {
        return Ok(None);
    };
    Ok(Some(WholeExecution {
        execution,
        steps: steps(snapshot, run)?,
        first_event: events::read(snapshot, run, 0, 1)?.pop(),
    }))
}

/// An execution as it stands in its table, so without its definition.
pub(super) fn execution_row(row: &Row<'_>) -> Result<ExecutionRow, Failure> {
    let parameters: String = row.get("parameters_json")?;
    let execution = ExecutionRow {
        id: run_id(row, "id")?,
        workflow_id: optional_workflow_id(row, "workflow_id")?,
        workflow_key: row.get("workflow_key")?,
        workflow_name: row.get("workflow_name")?,
        workflow_version: row.get("workflow_version")?,
        definition_hash: row.get("workflow_definition_hash")?,
        definition: None,
        status: word(row, "status")?,
        parameters: object_from_json(&parameters)?.into(),
        trigger: word(row, "trigger")?,
        directory: row.get("directory")?,
        project_id: row.get("project_id")?,
        created_by: row.get("created_by")?,
        created_at: time(row, "created_at")?,
        updated_at: time(row, "updated_at")?,
        started_at: time_option(row, "started_at")?,
        completed_at: time_option(row, "completed_at")?,
        error_message: row.get("error_message")?,
        attention: word(row, "attention")?,
        wake_at: time_option(row, "wake_at")?,
        version: count(row, "version")?,
    };
    let origin = sums::execution(&execution, &parameters);
    sums::expect(row.get("origin_sum")?, origin, "the row of a run")?;
    let standing = sums::standing_in(&execution);
    sums::expect(row.get("standing_sum")?, standing, "the row of a run")?;
    let version = sums::version(execution.id, execution.version, execution.updated_at);
    sums::expect(row.get("version_sum")?, version, "the row of a run")?;
    Ok(execution)
}

/// A run whose row cannot be found must have left nothing else.
fn expect_no_events(connection: &Connection, run: RunId) -> Result<(), Failure> {
    let has_events: bool = connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM execution_commits WHERE execution_id = ?1)")?
        .query_row([run.as_uuid().as_bytes()], |row| row.get(0))?;
    if has_events {
        return Err(Failure::Damaged(format!("the row of run {run} is missing")));
    }
    Ok(())
}

/// The whole log of a run and who owns the run; both as of one moment.
pub(super) fn log(snapshot: &Transaction<'_>, run: RunId) -> Result<StoredLog, Failure> {
    let owner = match ownership::owner(snapshot, run) {
        Err(Failure::Declined(missing)) => {
            expect_no_events(snapshot, run)?;
            return Err(Failure::Declined(missing));
        }
        owner => owner?,
    };
    let events = events::read(snapshot, run, 0, u64::MAX)?;
    Ok(StoredLog {
        owner: owner.map(i64::cast_unsigned),
        events,
    })
}

/// The steps of a run in declaration order: those that are on its list, each as
/// far as its row says. A row whose key has changed is found nowhere.
pub(super) fn steps(snapshot: &Transaction<'_>, run: RunId) -> Result<Vec<StepRow>, Failure> {
    let origins = origins::read(snapshot, run)?;
    let mut statement = snapshot.prepare_cached(
        "SELECT * FROM step_progress WHERE execution_id = ?1 ORDER BY order_index",
    )?;
    let rows = statement.query_and_then([run.as_uuid().as_bytes()], |row| progress(row, run))?;
    let rows = rows.collect::<Result<Vec<_>, Failure>>()?;
    if rows.len() as u64 != n_step_rows(snapshot, run)? {
        return Err(Failure::Damaged("rows of steps are missing".to_owned()));
    }
    let mut rows = rows.into_iter().peekable();
    let steps = origins.into_iter().map(|origin| {
        let row = rows.next_if(|row| row.order_index == origin.order_index);
        let progress = row.unwrap_or_else(|| StepUpdate::untouched(origin.order_index));
        origin.into_step(progress)
    });
    let steps = steps.collect();
    match rows.next() {
        None => Ok(steps),
        Some(_of_no_step) => Err(Failure::Damaged("a row belongs to no step".to_owned())),
    }
}

/// How many steps of a run have a row; 0 without a run.
fn n_step_rows(connection: &Connection, run: RunId) -> Result<u64, Failure> {
    let mut statement =
        connection.prepare_cached("SELECT n_step_rows FROM workflow_executions WHERE id = ?1")?;
    let mut numbers =
        statement.query_and_then([run.as_uuid().as_bytes()], |row| count(row, "n_step_rows"))?;
    numbers.next().transpose().map(Option::unwrap_or_default)
}

fn progress(row: &Row<'_>, run: RunId) -> Result<StepUpdate, Failure> {
    let progress = StepUpdate {
        order_index: row.get("order_index")?,
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
    };
    let sum = sums::progress(run, &progress);
    sums::expect(row.get("progress_sum")?, sum, "the row of a step")?;
    let inputs = sums::inputs(run, progress.order_index, progress.inputs.as_deref());
    sums::expect(row.get("inputs_sum")?, inputs, "the row of a step")?;
    Ok(progress)
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
        |row| log_line(row, run),
    )?;
    let mut lines: Vec<_> = rows.collect::<Result<_, Failure>>()?;
    if filter.from_end {
        lines.reverse();
    }
    let is_of_all = filter.stage.is_none() && filter.dispatch.is_none();
    let has_gap = |pair: &[LogLine]| pair[0].seq + 1 != pair[1].seq;
    if is_of_all && lines.windows(2).any(has_gap) {
        return Err(Failure::Damaged("log lines are missing".to_owned()));
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

fn log_line(row: &Row<'_>, run: RunId) -> Result<LogLine, Failure> {
    let line = LogLine {
        seq: count(row, "seq")?,
        stage: word(row, "stage_id_ref")?,
        dispatch: row.get("dispatch_number")?,
        at: time(row, "created_at")?,
        stream: word(row, "stream")?,
        text: row.get("line")?,
    };
    sums::expect(row.get("sum")?, sums::log_line(run, &line), "a log line")?;
    Ok(line)
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

/// The end of the index that claims are.
pub(super) fn last_claim(connection: &Connection, scope: &str) -> Result<Option<String>, Failure> {
    let last = connection
        .prepare_cached(LAST_CLAIM)?
        .query_map([scope], |row| row.get("key"))?
        .next()
        .transpose()?;
    Ok(last)
}
