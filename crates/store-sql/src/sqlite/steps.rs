//! The statements that write steps.
//!
//! A step to which nothing has happened has no row. How many have one stands in
//! the row of the run, so that one that is missing is noticed.

use baton_model::{RunId, StepStatus};
use baton_store::{Commit, StepRow, StepUpdate, check};
use rusqlite::{Connection, params};

use super::failure::Failure;
use super::statements::Statements;
use super::values::{micros_option, number};
use super::{origins, sums};

/// How many steps of a new run get a row.
pub(super) fn n_rows(steps: &[StepRow]) -> usize {
    steps.iter().filter(|step| has_row(&step.progress)).count()
}

fn has_row(progress: &StepUpdate) -> bool {
    *progress != StepUpdate::untouched(progress.order_index)
}

/// What a commit does to the number of rows, as far as its steps tell by
/// themselves.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Begun {
    /// How many steps get their row.
    pub(super) n_rows: u32,
    /// The last of them.
    pub(super) last: Option<u32>,
}

impl Begun {
    /// Steps that are edited at the same time tell nothing.
    pub(super) fn of(changes: &Commit) -> Self {
        let mut begun = Self::default();
        if is_edited(changes) {
            return begun;
        }
        for step in changes.steps.iter().filter(|step| seems_begun(step)) {
            begun.n_rows += 1;
            begun.last = begun.last.max(Some(step.order_index));
        }
        begun
    }

    const fn is_none(self) -> bool {
        self.n_rows == 0
    }
}

/// Whether this is what usually happens to a step first. Where it is not, that
/// is noticed, and only costs time.
fn seems_begun(step: &StepUpdate) -> bool {
    let is_first = match step.status {
        StepStatus::Running => step.dispatch == 1,
        StepStatus::WaitingForApproval | StepStatus::Skipped | StepStatus::Cancelled => {
            step.dispatch == 0
        }
        _ => false,
    };
    is_first && step.iteration == 1
}

const fn is_edited(changes: &Commit) -> bool {
    !changes.removed_steps.is_empty() || !changes.added_steps.is_empty()
}

pub(super) fn insert(
    statements: &mut Statements<'_>,
    run: RunId,
    steps: &[StepRow],
) -> Result<(), Failure> {
    origins::insert(statements, run, steps)?;
    for step in steps.iter().filter(|step| has_row(&step.progress)) {
        insert_row(statements, run, &step.progress)?;
    }
    Ok(())
}

/// Writes the first row of a step; false when it has one.
fn insert_row(
    statements: &mut Statements<'_>,
    run: RunId,
    progress: &StepUpdate,
) -> Result<bool, Failure> {
    let is_new = insert_standing(statements, run, progress)?;
    if is_new && (!is_plain(progress) || progress.outputs.is_some()) {
        update_whole(statements, run, progress)?;
    }
    Ok(is_new)
}

/// Writes the row of a step without what most have none of in the beginning: a
/// value that is not there takes as long to hand over as one that is.
fn insert_standing(
    statements: &mut Statements<'_>,
    run: RunId,
    progress: &StepUpdate,
) -> Result<bool, Failure> {
    let inputs = progress.inputs.as_deref();
    let n_inserted = statements
        .get(
            "INSERT OR FAIL INTO step_progress (
                 execution_id, order_index, status, iteration_number, attempt_number,
                 dispatch_number, started_at, completed_at, progress_sum, inputs_json, inputs_sum)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
             ON CONFLICT (execution_id, order_index) DO NOTHING",
        )?
        .execute(params![
            run.as_uuid().as_bytes(),
            progress.order_index,
            progress.status.as_str(),
            progress.iteration,
            progress.attempt,
            progress.dispatch,
            micros_option(progress.started_at),
            micros_option(progress.completed_at),
            sums::progress(run, progress),
            inputs,
            sums::inputs(run, progress.order_index, inputs),
        ])?;
    Ok(n_inserted == 1)
}

/// What is known of the steps that are on the list of a run. It is read once for
/// a commit at most: it may be long, and all of its steps may end at once.
enum Listed {
    /// Nothing.
    Unread,
    /// Those that seem to have begun are.
    Begun,
    /// All that are, by their order.
    All(Vec<u32>),
}

impl Listed {
    const fn of(begun: Begun) -> Self {
        if begun.is_none() {
            Self::Unread
        } else {
            Self::Begun
        }
    }

    /// Whether a step is known to be on the list, and seems to have begun.
    fn has_begun(&self, step: &StepUpdate) -> bool {
        seems_begun(step)
            && match self {
                Self::Unread => false,
                Self::Begun => true,
                Self::All(listed) => listed.binary_search(&step.order_index).is_ok(),
            }
    }

    /// Refuses a step that is not on the list.
    fn expect(&mut self, connection: &Connection, run: RunId, index: u32) -> Result<(), Failure> {
        if let Self::Unread | Self::Begun = self {
            let list = origins::read(connection, run)?;
            *self = Self::All(list.iter().map(|origin| origin.order_index).collect());
        }
        match self {
            Self::All(listed) if listed.binary_search(&index).is_ok() => Ok(()),
            _ => Err(Failure::Spoiled(check::unknown_step(index))),
        }
    }
}

/// Takes steps away and adds others, and brings those that changed up to date;
/// `begun` is what the row of the run says already.
pub(super) fn write(
    statements: &mut Statements<'_>,
    changes: &Commit,
    begun: Begun,
) -> Result<(), Failure> {
    let mut n_more = -i64::from(begun.n_rows);
    if is_edited(changes) {
        n_more += edit(statements, changes)?;
    }
    let mut listed = Listed::of(begun);
    for step in &changes.steps {
        n_more += i64::from(write_step(statements, changes.run, step, &mut listed)?);
    }
    if n_more != 0 {
        statements
            .get(
                "UPDATE OR FAIL workflow_executions SET n_step_rows = n_step_rows + ?2
                 WHERE id = ?1",
            )?
            .execute(params![changes.run.as_uuid().as_bytes(), n_more])?;
    }
    Ok(())
}

/// Takes steps away and adds others; says how many rows there are more. All
/// that are replaced go before any come, so that stages may change places.
fn edit(statements: &mut Statements<'_>, changes: &Commit) -> Result<i64, Failure> {
    let (removed, added) = (&changes.removed_steps, &changes.added_steps);
    let id = changes.run.as_uuid().as_bytes();
    let n_first = origins::edit(statements.connection(), changes.run, removed, added)?;
    statements
        .get("UPDATE OR FAIL workflow_executions SET n_first_steps = ?2 WHERE id = ?1")?
        .execute(params![id, number(n_first as u64)])?;
    let mut n_more = 0;
    let replaced = added.iter().map(|step| step.order_index);
    for index in removed.iter().copied().chain(replaced) {
        let n_deleted = statements
            .get("DELETE FROM step_progress WHERE execution_id = ?1 AND order_index = ?2")?
            .execute(params![id, index])?;
        n_more -= i64::from(n_deleted > 0);
    }
    for step in added.iter().filter(|step| has_row(&step.progress)) {
        n_more += i64::from(insert_row(statements, changes.run, &step.progress)?);
    }
    Ok(n_more)
}

/// Brings a step up to date; true when it had no row before. What it was given
/// stays, unless there is more to say.
fn write_step(
    statements: &mut Statements<'_>,
    run: RunId,
    step: &StepUpdate,
    listed: &mut Listed,
) -> Result<bool, Failure> {
    if listed.has_begun(step) && insert_row(statements, run, step)? {
        return Ok(true);
    }
    let n_updated = if is_plain(step) {
        update_plain(statements, run, step)
    } else {
        update_whole(statements, run, step)
    }?;
    if n_updated == 1 {
        return Ok(false);
    }
    listed.expect(statements.connection(), run, step.order_index)?;
    insert_row(statements, run, step)
}

/// Whether a step has nothing of what most never have.
const fn is_plain(step: &StepUpdate) -> bool {
    step.error_label.is_none()
        && step.error_message.is_none()
        && step.gate.is_none()
        && step.question.is_none()
        && step.feedback.is_none()
        && step.summary.is_none()
}

/// As [`update_whole`]; what is written out in the statement need not be
/// handed in.
fn update_plain(
    statements: &mut Statements<'_>,
    run: RunId,
    step: &StepUpdate,
) -> Result<usize, Failure> {
    let n_updated = statements
        .get(
            "UPDATE OR FAIL step_progress
             SET status = ?3, iteration_number = ?4, attempt_number = ?5, dispatch_number = ?6,
                 started_at = ?7, completed_at = ?8, outputs_json = ?9, progress_sum = ?10,
                 inputs_json = coalesce(?11, inputs_json), inputs_sum = coalesce(?12, inputs_sum),
                 error_label = NULL, error_message = NULL, gate_json = NULL,
                 question_json = NULL, feedback = NULL, summary = NULL
             WHERE execution_id = ?1 AND order_index = ?2",
        )?
        .execute(params![
            run.as_uuid().as_bytes(),
            step.order_index,
            step.status.as_str(),
            step.iteration,
            step.attempt,
            step.dispatch,
            micros_option(step.started_at),
            micros_option(step.completed_at),
            step.outputs.as_deref(),
            sums::progress(run, step),
            step.inputs.as_deref(),
            inputs_sum(run, step),
        ])?;
    Ok(n_updated)
}

fn update_whole(
    statements: &mut Statements<'_>,
    run: RunId,
    step: &StepUpdate,
) -> Result<usize, Failure> {
    let n_updated = statements
        .get(
            "UPDATE OR FAIL step_progress
             SET status = ?3, iteration_number = ?4, attempt_number = ?5, dispatch_number = ?6,
                 started_at = ?7, completed_at = ?8, outputs_json = ?9, progress_sum = ?10,
                 inputs_json = coalesce(?11, inputs_json), inputs_sum = coalesce(?12, inputs_sum),
                 error_label = ?13, error_message = ?14, gate_json = ?15,
                 question_json = ?16, feedback = ?17, summary = ?18
             WHERE execution_id = ?1 AND order_index = ?2",
        )?
        .execute(params![
            run.as_uuid().as_bytes(),
            step.order_index,
            step.status.as_str(),
            step.iteration,
            step.attempt,
            step.dispatch,
            micros_option(step.started_at),
            micros_option(step.completed_at),
            step.outputs.as_deref(),
            sums::progress(run, step),
            step.inputs.as_deref(),
            inputs_sum(run, step),
            step.error_label,
            step.error_message,
            step.gate.as_deref(),
            step.question.as_deref(),
            step.feedback.as_deref(),
            step.summary.as_deref(),
        ])?;
    Ok(n_updated)
}

/// The sum of what a step is given now; none when that stays.
fn inputs_sum(run: RunId, step: &StepUpdate) -> Option<i64> {
    let inputs = step.inputs.as_deref()?;
    Some(sums::inputs(run, step.order_index, Some(inputs)))
}
