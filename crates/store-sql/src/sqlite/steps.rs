//! The statements that write steps.

use baton_model::RunId;
use baton_store::{Commit, StepRow, StepUpdate, check};
use rusqlite::params;

use super::failure::Failure;
use super::statements::Statements;
use super::values::micros_option;
use super::{origins, sums};

pub(super) fn insert(
    statements: &mut Statements<'_>,
    run: RunId,
    steps: &[StepRow],
) -> Result<(), Failure> {
    origins::insert(statements, run, steps)?;
    for step in steps {
        insert_progress(statements, run, &step.progress)?;
    }
    Ok(())
}

fn insert_progress(
    statements: &mut Statements<'_>,
    run: RunId,
    progress: &StepUpdate,
) -> Result<(), Failure> {
    insert_standing(statements, run, progress)?;
    if !is_plain(progress) || progress.inputs.is_some() || progress.outputs.is_some() {
        update_whole(statements, run, progress)?;
    }
    Ok(())
}

/// Writes the row of a step without what most have none of in the beginning: a
/// value that is not there takes as long to hand over as one that is.
fn insert_standing(
    statements: &mut Statements<'_>,
    run: RunId,
    progress: &StepUpdate,
) -> Result<(), Failure> {
    statements
        .get(
            "INSERT OR FAIL INTO step_progress (
                 execution_id, order_index, status, iteration_number, attempt_number,
                 dispatch_number, started_at, completed_at, progress_sum, inputs_sum)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
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
            sums::inputs(run, progress.order_index, None),
        ])?;
    Ok(())
}

/// Takes steps away and adds others. All that are replaced go before any come,
/// so that stages may change places.
pub(super) fn edit(statements: &mut Statements<'_>, changes: &Commit) -> Result<(), Failure> {
    let (removed, added) = (&changes.removed_steps, &changes.added_steps);
    if removed.is_empty() && added.is_empty() {
        return Ok(());
    }
    origins::edit(statements.connection(), changes.run, removed, added)?;
    let replaced = added.iter().map(|step| step.order_index);
    for index in removed.iter().copied().chain(replaced) {
        statements
            .get("DELETE FROM step_progress WHERE execution_id = ?1 AND order_index = ?2")?
            .execute(params![changes.run.as_uuid().as_bytes(), index])?;
    }
    for step in added {
        insert_progress(statements, changes.run, &step.progress)?;
    }
    Ok(())
}

/// Brings steps up to date. What they were given stays, unless there is more
/// to say.
pub(super) fn update(
    statements: &mut Statements<'_>,
    run: RunId,
    steps: &[StepUpdate],
) -> Result<(), Failure> {
    for step in steps {
        let n_updated = if is_plain(step) {
            update_plain(statements, run, step)
        } else {
            update_whole(statements, run, step)
        }?;
        if n_updated != 1 {
            return Err(Failure::Spoiled(check::unknown_step(step.order_index)));
        }
    }
    Ok(())
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
