//! The statements that write steps.

use baton_model::RunId;
use baton_store::{Commit, StepRow, StepUpdate, check};
use rusqlite::{OptionalExtension, params};
use uuid::Uuid;

use super::failure::Failure;
use super::statements::Statements;
use super::sums;
use super::values::{micros_option, names_to_json};

pub(super) fn insert(
    statements: &mut Statements<'_>,
    run: RunId,
    steps: &[StepRow],
) -> Result<(), Failure> {
    for step in steps {
        insert_as(statements, run, step, step.id)?;
    }
    Ok(())
}

fn insert_as(
    statements: &mut Statements<'_>,
    run: RunId,
    step: &StepRow,
    id: Uuid,
) -> Result<(), Failure> {
    let progress = &step.progress;
    let depends_on = names_to_json(&step.depends_on)?;
    statements
        .get(
            "INSERT INTO execution_steps (
                 execution_id, order_index, id, stage_id_ref, stage_name, stage_type, batch_index,
                 depends_on_json, agent_id, status, iteration_number, attempt_number,
                 dispatch_number, inputs_json, outputs_json, error_label, error_message, gate_json,
                 question_json, feedback, summary, started_at, completed_at, origin_sum,
                 progress_sum, inputs_sum)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
                     ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26)",
        )?
        .execute(params![
            run.as_uuid().as_bytes(),
            step.order_index,
            id.as_bytes(),
            step.stage.as_str(),
            step.stage_name,
            step.stage_type,
            step.batch_index,
            depends_on,
            step.agent,
            progress.status.as_str(),
            progress.iteration,
            progress.attempt,
            progress.dispatch,
            progress.inputs.as_deref(),
            progress.outputs.as_deref(),
            progress.error_label,
            progress.error_message,
            progress.gate.as_deref(),
            progress.question.as_deref(),
            progress.feedback.as_deref(),
            progress.summary.as_deref(),
            micros_option(progress.started_at),
            micros_option(progress.completed_at),
            sums::step(run, step, id, &depends_on),
            sums::progress(run, progress),
            sums::inputs(run, step.order_index, progress.inputs.as_deref()),
        ])?;
    Ok(())
}

/// Takes steps away and adds others. All that are replaced go before any come,
/// so that stages may change places.
pub(super) fn edit(statements: &mut Statements<'_>, changes: &Commit) -> Result<(), Failure> {
    if changes.removed_steps.is_empty() && changes.added_steps.is_empty() {
        return Ok(());
    }
    for index in &changes.removed_steps {
        if take(statements, changes.run, *index)?.is_none() {
            return Err(Failure::Spoiled(check::unknown_step(*index)));
        }
    }
    let mut ids = Vec::with_capacity(changes.added_steps.len());
    for step in &changes.added_steps {
        let replaced = take(statements, changes.run, step.order_index)?;
        ids.push(replaced.unwrap_or(step.id));
    }
    for (step, id) in changes.added_steps.iter().zip(ids) {
        insert_as(statements, changes.run, step, id)?;
    }
    Ok(())
}

/// Takes a step away and says what its id was.
fn take(
    statements: &mut Statements<'_>,
    run: RunId,
    order_index: u32,
) -> Result<Option<Uuid>, Failure> {
    let id: Option<[u8; 16]> = statements
        .get(
            "DELETE FROM execution_steps WHERE execution_id = ?1 AND order_index = ?2
             RETURNING id",
        )?
        .query_row(params![run.as_uuid().as_bytes(), order_index], |row| {
            row.get(0)
        })
        .optional()?;
    Ok(id.map(Uuid::from_bytes))
}

/// Brings steps up to date. What they were given stays, unless there is more
/// to say.
pub(super) fn update(
    statements: &mut Statements<'_>,
    run: RunId,
    steps: &[StepUpdate],
) -> Result<(), Failure> {
    let update = statements.get(
        "UPDATE execution_steps
         SET status = ?3, iteration_number = ?4, attempt_number = ?5, dispatch_number = ?6,
             inputs_json = coalesce(?7, inputs_json), outputs_json = ?8, error_label = ?9, error_message = ?10,
             gate_json = ?11, question_json = ?12, feedback = ?13, summary = ?14,
             started_at = ?15, completed_at = ?16, progress_sum = ?17,
             inputs_sum = coalesce(?18, inputs_sum)
         WHERE execution_id = ?1 AND order_index = ?2",
    )?;
    for step in steps {
        let inputs = step.inputs.as_deref();
        let inputs_sum = inputs.map(|text| sums::inputs(run, step.order_index, Some(text)));
        let updated = update.execute(params![
            run.as_uuid().as_bytes(),
            step.order_index,
            step.status.as_str(),
            step.iteration,
            step.attempt,
            step.dispatch,
            inputs,
            step.outputs.as_deref(),
            step.error_label,
            step.error_message,
            step.gate.as_deref(),
            step.question.as_deref(),
            step.feedback.as_deref(),
            step.summary.as_deref(),
            micros_option(step.started_at),
            micros_option(step.completed_at),
            sums::progress(run, step),
            inputs_sum,
        ])?;
        if updated != 1 {
            return Err(Failure::Spoiled(check::unknown_step(step.order_index)));
        }
    }
    Ok(())
}
