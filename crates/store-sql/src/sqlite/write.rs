//! The statements that write. Each function runs inside a transaction of the
//! writer and says whether a refusal leaves that transaction clean.
//!
//! All of them are `OR FAIL`: whatever fails takes the whole transaction back,
//! so `SQLite` need not keep copies of pages to take back one statement.

use std::sync::Arc;

use baton_model::{RunId, Timestamp};
use baton_store::{
    Attention, Commit, Created, ExecutionUpdate, Lease, LogLine, NewRun, StoreError, check,
};
use rusqlite::{Connection, OptionalExtension, ToSql, params, params_from_iter};

use super::events::Written;
use super::failure::Failure;
use super::statements::Statements;
use super::steps::Begun;
use super::values::{micros, micros_option, number, object_to_json};
use super::{events, ownership, steps, sums};

/// How many runs of a project have not ended.
pub(super) const N_UNFINISHED_OF: &str = "SELECT count(*) FROM workflow_executions
     WHERE project_id = ?1 AND status IN
         ('pending', 'running', 'waiting_for_approval', 'waiting_for_input', 'paused')";

/// Something to be written.
pub(super) enum Work {
    Create(Arc<NewRun>, Written),
    /// A commit and when it was handed in.
    Commit(Box<Commit>, Written, Timestamp),
    AppendLogs {
        run: RunId,
        fence: Option<Lease>,
        lines: Vec<LogLine>,
    },
    Other(OtherWork),
}

impl Work {
    /// Refuses rows that contradict each other: what needs no database is not
    /// for the writer to do.
    pub(super) fn create(run: Arc<NewRun>) -> Result<Self, StoreError> {
        check::new_run(&run)?;
        let events = Written::new(run.execution.id, &run.events)?;
        Ok(Self::Create(run, events))
    }

    /// The same for a commit.
    pub(super) fn commit(changes: Commit, now: Timestamp) -> Result<Self, StoreError> {
        check::commit(&changes)?;
        let events = Written::new(changes.run, &changes.events)?;
        Ok(Self::Commit(Box::new(changes), events, now))
    }
}

/// Work that is rarer. Does the same when it is called again, after the first
/// time was rolled back.
pub(super) type OtherWork = Box<dyn Fn(&Connection) -> Result<(), Failure> + Send>;

/// Does a piece of work in the transaction that is open.
pub(super) fn apply(statements: &mut Statements<'_>, work: &Work) -> Result<Created, Failure> {
    match work {
        Work::Create(run, events) => return create(statements, run, events),
        Work::Commit(changes, events, now) => commit(statements, changes, events, *now),
        Work::AppendLogs { run, fence, lines } => append_logs(statements, *run, *fence, lines),
        Work::Other(work) => work(statements.connection()),
    }?;
    Ok(Created::New)
}

fn create(
    statements: &mut Statements<'_>,
    run: &NewRun,
    events: &Written,
) -> Result<Created, Failure> {
    if let Some(holder) = holder_of_claims(statements, run)? {
        return Ok(Created::Existing(holder));
    }
    let id = run.execution.id;
    if let (Some(project), Some(max)) = (&run.execution.project_id, run.project_runs_max) {
        let n_unfinished = n_unfinished_of(statements, project)?;
        if n_unfinished >= max && !is_taken(statements, id)? {
            return Ok(Created::ProjectFull(n_unfinished));
        }
    }
    if !insert_execution(statements, run)? {
        return Err(Failure::Declined(StoreError::Conflict { expected: 0 }));
    }
    steps::insert(statements, id, &run.steps)?;
    events::append(statements, events)?;
    statements.group.append(id, &run.events);
    for claim in &run.claims {
        let claim_key = statements
            .get("INSERT OR FAIL INTO claims (scope, key, execution_id) VALUES (?1, ?2, ?3)")?;
        claim_key.execute(params![claim.scope, claim.key, id.as_uuid().as_bytes()])?;
    }
    Ok(Created::New)
}

fn holder_of_claims(
    statements: &mut Statements<'_>,
    run: &NewRun,
) -> Result<Option<RunId>, Failure> {
    for claim in &run.claims {
        let find =
            statements.get("SELECT execution_id FROM claims WHERE scope = ?1 AND key = ?2")?;
        let holder: Option<[u8; 16]> = find
            .query_row(params![claim.scope, claim.key], |row| row.get(0))
            .optional()?;
        if let Some(bytes) = holder {
            return Ok(Some(RunId::new(uuid::Uuid::from_bytes(bytes))));
        }
    }
    Ok(None)
}

/// Runs of a project that have not ended.
fn n_unfinished_of(statements: &mut Statements<'_>, project: &str) -> Result<u32, Failure> {
    let count = statements.get(N_UNFINISHED_OF)?;
    Ok(count.query_row([project], |row| row.get(0))?)
}

fn is_taken(statements: &mut Statements<'_>, run: RunId) -> Result<bool, Failure> {
    let find = statements.get("SELECT 1 FROM workflow_executions WHERE id = ?1")?;
    Ok(find.exists([run.as_uuid().as_bytes()])?)
}

/// Answers whether the id was free; writes nothing when it was not.
fn insert_execution(statements: &mut Statements<'_>, run: &NewRun) -> Result<bool, Failure> {
    let row = &run.execution;
    let parameters = object_to_json(&row.parameters)?;
    let inserted = statements
        .get(
            r#"INSERT OR FAIL INTO workflow_executions (
                   id, workflow_id, workflow_key, workflow_name, workflow_version,
                   workflow_definition_hash, status, parameters_json, "trigger", directory,
                   started_at, completed_at, error_message, created_by, created_at, updated_at,
                   version, attention, wake_at, owner_epoch, origin_sum, standing_sum,
                   version_sum, definition_sum, project_id, n_step_rows, n_first_steps)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
                       ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27)
               ON CONFLICT (id) DO NOTHING"#,
        )?
        .execute(params![
            row.id.as_uuid().as_bytes(),
            row.workflow_id.as_ref().map(|id| id.as_uuid().as_bytes()),
            row.workflow_key,
            row.workflow_name,
            row.workflow_version,
            row.definition_hash,
            row.status.as_str(),
            parameters,
            row.trigger.as_str(),
            row.directory,
            micros_option(row.started_at),
            micros_option(row.completed_at),
            row.error_message,
            row.created_by,
            micros(row.created_at),
            micros(row.updated_at),
            number(row.version),
            row.attention.as_str(),
            micros_option(row.wake_at),
            run.owner.map(|lease| number(lease.epoch)),
            sums::execution(row, &parameters),
            sums::standing_in(row),
            sums::version(row.id, row.version, row.updated_at),
            sums::definition(row.id, row.definition.as_deref().unwrap_or_default()),
            row.project_id,
            number(steps::n_rows(&run.steps) as u64),
            number(run.steps.len() as u64),
        ])?;
    if inserted == 0 {
        return Ok(false);
    }
    if let Some(definition) = &row.definition {
        statements
            .get(
                "INSERT OR FAIL INTO execution_definitions (execution_id, definition_yaml)
                 VALUES (?1, ?2)",
            )?
            .execute(params![row.id.as_uuid().as_bytes(), &**definition])?;
    }
    Ok(true)
}

/// Version and fence are conditions of the first statement, so that a refusal
/// leaves nothing behind and costs the others nothing.
fn commit(
    statements: &mut Statements<'_>,
    changes: &Commit,
    events: &Written,
    now: Timestamp,
) -> Result<(), Failure> {
    let mut begun = Begun::of(changes);
    let mut moved = move_on(statements, changes, begun)?;
    if !moved && begun.n_rows > 0 {
        // The steps were edited, and may not be what they seem.
        begun = Begun::default();
        moved = move_on(statements, changes, begun)?;
    }
    if !moved {
        return Err(why_not(statements, changes)?);
    }
    events::append(statements, events)?;
    statements.group.append(changes.run, &changes.events);
    steps::write(statements, changes, begun)?;
    if changes.fence.is_none() {
        ownership::wake_owner(statements.connection(), changes.run, now)?;
    }
    Ok(())
}

/// Writes the row of the execution; false when it is not as the commit expects
/// it, or not all steps that begin are among its first.
fn move_on(
    statements: &mut Statements<'_>,
    changes: &Commit,
    begun: Begun,
) -> Result<bool, Failure> {
    let Some(update) = &changes.execution else {
        return touch_execution(statements, changes, begun);
    };
    if update.attention == Attention::Done && end_execution(statements, changes, update, begun)? {
        return Ok(true);
    }
    let moved = update_execution(statements, changes, update, begun)?;
    if moved {
        update_standing(statements, changes.run, update)?;
    }
    Ok(moved)
}

/// Why a commit found no row to move on.
fn why_not(statements: &mut Statements<'_>, changes: &Commit) -> Result<Failure, Failure> {
    let owner = ownership::owner(statements.connection(), changes.run)?;
    Ok(Failure::Declined(if is_fenced(owner, changes.fence) {
        StoreError::Fenced
    } else {
        StoreError::Conflict {
            expected: changes.expected_version,
        }
    }))
}

/// Whether a fence keeps its holder away from a run of this owner.
fn is_fenced(owner: Option<i64>, fence: Option<Lease>) -> bool {
    fence.is_some_and(|lease| owner != Some(number(lease.epoch)))
}

/// The statement that moves a run on, with what more it sets and asks for. The
/// parameters of [`execute_move`] come first, the others from `?9`.
macro_rules! move_sql {
    ($sets:literal, $asks:literal) => {
        concat!(
            "UPDATE OR FAIL workflow_executions
             SET version = ?2, updated_at = ?3, version_sum = ?6, n_step_rows = n_step_rows + ?7",
            $sets,
            " WHERE id = ?1 AND version = ?4 AND (?5 IS NULL OR owner_epoch = ?5)
               AND n_first_steps > ?8",
            $asks
        )
    };
}

/// Only says that the run has moved on; false when it has not.
fn touch_execution(
    statements: &mut Statements<'_>,
    changes: &Commit,
    begun: Begun,
) -> Result<bool, Failure> {
    execute_move(statements, move_sql!("", ""), changes, begun, params![])
}

/// All but what [`update_standing`] writes; false when nothing was.
fn update_execution(
    statements: &mut Statements<'_>,
    changes: &Commit,
    update: &ExecutionUpdate,
    begun: Begun,
) -> Result<bool, Failure> {
    let sql = move_sql!(
        ", error_message = ?9, wake_at = ?10, standing_sum = ?11",
        ""
    );
    let more = params![
        update.error_message,
        micros_option(update.wake_at),
        sums::standing(changes.run, update),
    ];
    execute_move(statements, sql, changes, begun, more)
}

/// What [`update_execution`] and [`update_standing`] write, for a run that ends
/// and started before: nearly all of it changes then. False when it does not.
fn end_execution(
    statements: &mut Statements<'_>,
    changes: &Commit,
    update: &ExecutionUpdate,
    begun: Begun,
) -> Result<bool, Failure> {
    let sql = move_sql!(
        ", error_message = ?9, wake_at = ?10, standing_sum = ?11,
           status = ?12, attention = ?13, completed_at = ?14",
        " AND status <> ?12 AND started_at IS ?15 AND completed_at IS NOT ?14"
    );
    let more = params![
        update.error_message,
        micros_option(update.wake_at),
        sums::standing(changes.run, update),
        update.status.as_str(),
        update.attention.as_str(),
        micros_option(update.completed_at),
        micros_option(update.started_at),
    ];
    execute_move(statements, sql, changes, begun, more)
}

/// Executes a statement of [`move_sql`]; false when the run is not as the
/// commit expects it.
fn execute_move(
    statements: &mut Statements<'_>,
    sql: &'static str,
    changes: &Commit,
    begun: Begun,
    more: &[&dyn ToSql],
) -> Result<bool, Failure> {
    let shared = params![
        changes.run.as_uuid().as_bytes(),
        number(version_after(changes)),
        micros(changes.at),
        number(changes.expected_version),
        changes.fence.map(|lease| number(lease.epoch)),
        sums::version(changes.run, version_after(changes), changes.at),
        begun.n_rows,
        begun.last.map_or(-1, i64::from),
    ];
    let n_moved = statements
        .get(sql)?
        .execute(params_from_iter(shared.iter().chain(more)))?;
    Ok(n_moved == 1)
}

/// Status, attention and times are parts of several indexes: naming them would
/// rewrite their entries even when they stay the same.
fn update_standing(
    statements: &mut Statements<'_>,
    run: RunId,
    update: &ExecutionUpdate,
) -> Result<(), Failure> {
    let id = run.as_uuid().as_bytes();
    statements
        .get(
            "UPDATE OR FAIL workflow_executions SET status = ?2, attention = ?3
             WHERE id = ?1 AND (status <> ?2 OR attention <> ?3)",
        )?
        .execute(params![
            id,
            update.status.as_str(),
            update.attention.as_str()
        ])?;
    statements
        .get(
            "UPDATE OR FAIL workflow_executions SET started_at = ?2
             WHERE id = ?1 AND started_at IS NOT ?2",
        )?
        .execute(params![id, micros_option(update.started_at)])?;
    statements
        .get(
            "UPDATE OR FAIL workflow_executions SET completed_at = ?2
             WHERE id = ?1 AND completed_at IS NOT ?2",
        )?
        .execute(params![id, micros_option(update.completed_at)])?;
    Ok(())
}

fn version_after(changes: &Commit) -> u64 {
    changes.expected_version + changes.events.len() as u64
}

fn append_logs(
    statements: &mut Statements<'_>,
    run: RunId,
    fence: Option<Lease>,
    lines: &[LogLine],
) -> Result<(), Failure> {
    let expected = check::log_lines(lines).map_err(Failure::Declined)?;
    let id = run.as_uuid().as_bytes();
    let found: Option<(Option<i64>, i64)> = statements
        .get(
            "SELECT owner_epoch,
                    coalesce((SELECT max(seq) FROM step_logs WHERE execution_id = ?1), 0)
             FROM workflow_executions WHERE id = ?1",
        )?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (owner, last) = found.ok_or(Failure::Declined(StoreError::NotFound))?;
    if is_fenced(owner, fence) {
        return Err(Failure::Declined(StoreError::Fenced));
    }
    let Some(expected) = expected else {
        return Ok(());
    };
    if number(expected) != last {
        return Err(Failure::Declined(StoreError::Conflict { expected }));
    }
    let insert = statements.get(
        "INSERT OR FAIL INTO step_logs (
             execution_id, seq, stage_id_ref, dispatch_number, created_at, stream, line, sum)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
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
            sums::log_line(run, line),
        ])?;
    }
    Ok(())
}
