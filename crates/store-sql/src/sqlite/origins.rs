//! What never changes of the steps of a run: one list, written as one row.
//!
//! A row for each step would cost a run of ten stages as much as all its
//! events do. Stages are edited rarely, and then the list is written anew.

use std::borrow::Cow;

use baton_model::{RunId, StageId};
use baton_store::{StepRow, StepUpdate, StoreError, check};
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::failure::Failure;
use super::statements::Statements;
use super::sums;
use super::values::number;

pub(super) const LIST: &str = "SELECT steps_json, sum FROM step_origins WHERE execution_id = ?1";

/// What a step is from its beginning.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Origin<'a> {
    pub(super) order_index: u32,
    pub(super) id: Uuid,
    #[serde(rename = "stage_id_ref")]
    stage: Cow<'a, StageId>,
    stage_name: Cow<'a, str>,
    stage_type: Cow<'a, str>,
    batch_index: u32,
    depends_on: Cow<'a, [StageId]>,
    #[serde(rename = "agent_id")]
    agent: Option<Cow<'a, str>>,
}

impl<'a> Origin<'a> {
    fn of(step: &'a StepRow) -> Self {
        Self {
            order_index: step.order_index,
            id: step.id,
            stage: Cow::Borrowed(&step.stage),
            stage_name: Cow::Borrowed(&step.stage_name),
            stage_type: Cow::Borrowed(&step.stage_type),
            batch_index: step.batch_index,
            depends_on: Cow::Borrowed(&step.depends_on),
            agent: step.agent.as_deref().map(Cow::Borrowed),
        }
    }
}

impl Origin<'static> {
    /// The whole step.
    pub(super) fn into_step(self, progress: StepUpdate) -> StepRow {
        StepRow {
            id: self.id,
            order_index: self.order_index,
            stage: self.stage.into_owned(),
            stage_name: self.stage_name.into_owned(),
            stage_type: self.stage_type,
            batch_index: self.batch_index,
            depends_on: self.depends_on.into_owned(),
            agent: self.agent.map(Cow::into_owned),
            progress,
        }
    }
}

/// Writes the list of a new run.
pub(super) fn insert(
    statements: &mut Statements<'_>,
    run: RunId,
    steps: &[StepRow],
) -> Result<(), Failure> {
    let origins: Vec<_> = steps.iter().map(Origin::of).collect();
    let list = to_json(&origins)?;
    statements
        .get(
            "INSERT OR FAIL INTO step_origins (execution_id, steps_json, sum, n_steps)
             VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![
            run.as_uuid().as_bytes(),
            list,
            sums::origins(run, &list),
            number(steps.len() as u64),
        ])?;
    Ok(())
}

/// Takes steps off the list and puts others on it; those that take the place
/// of others keep their ids. Says how many of the first steps are all on it.
///
/// No step that is taken off may be missing, and no stage be there twice.
pub(super) fn edit(
    connection: &Connection,
    run: RunId,
    removed: &[u32],
    added: &[StepRow],
) -> Result<usize, Failure> {
    let mut origins = read(connection, run)?;
    for index in removed {
        take(&mut origins, *index).ok_or(Failure::Spoiled(check::unknown_step(*index)))?;
    }
    let replaced: Vec<_> = added
        .iter()
        .map(|step| take(&mut origins, step.order_index))
        .collect();
    for (step, replaced) in added.iter().zip(replaced) {
        let place = origins.partition_point(|known| known.order_index < step.order_index);
        let id = replaced.map_or(step.id, |replaced| replaced.id);
        origins.insert(
            place,
            Origin {
                id,
                ..Origin::of(step)
            },
        );
    }
    refuse_stages_twice(&origins)?;
    let list = to_json(&origins)?;
    connection
        .prepare_cached(
            "UPDATE OR FAIL step_origins SET steps_json = ?2, sum = ?3, n_steps = ?4
             WHERE execution_id = ?1",
        )?
        .execute(params![
            run.as_uuid().as_bytes(),
            list,
            sums::origins(run, &list),
            number(origins.len() as u64),
        ])?;
    let first = (0..).zip(&origins);
    Ok(first
        .take_while(|(place, origin)| origin.order_index == *place)
        .count())
}

/// The list of a run, by `order_index`; empty when there is no such run.
pub(super) fn read(connection: &Connection, run: RunId) -> Result<Vec<Origin<'static>>, Failure> {
    let found: Option<(String, Option<i64>)> = connection
        .prepare_cached(LIST)?
        .query_row([run.as_uuid().as_bytes()], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let Some((list, sum)) = found else {
        return Ok(Vec::new());
    };
    sums::expect(sum, sums::origins(run, &list), "the steps of a run")?;
    serde_json::from_str(&list).map_err(|error| Failure::Damaged(error.to_string()))
}

fn take<'a>(origins: &mut Vec<Origin<'a>>, order_index: u32) -> Option<Origin<'a>> {
    let place = origins
        .binary_search_by_key(&order_index, |origin| origin.order_index)
        .ok()?;
    Some(origins.remove(place))
}

fn refuse_stages_twice(origins: &[Origin<'_>]) -> Result<(), Failure> {
    let mut stages: Vec<_> = origins.iter().map(|origin| &origin.stage).collect();
    stages.sort_unstable();
    if stages.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(Failure::Spoiled(check::stage_twice()));
    }
    Ok(())
}

fn to_json(origins: &[Origin<'_>]) -> Result<String, Failure> {
    serde_json::to_string(origins)
        .map_err(|error| Failure::Spoiled(StoreError::Refused(error.to_string())))
}
