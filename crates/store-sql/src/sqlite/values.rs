//! How single values are written into columns and read back.

use std::fmt::Display;
use std::str::FromStr;

use baton_model::{Object, RunId, Timestamp, WorkflowId};
use rusqlite::Row;
use uuid::Uuid;

use super::failure::Failure;

pub(super) const fn micros(time: Timestamp) -> i64 {
    time.as_micros()
}

pub(super) fn micros_option(time: Option<Timestamp>) -> Option<i64> {
    time.map(Timestamp::as_micros)
}

/// `SQLite` counts to 2⁶³; nothing stored comes near, and a bound beyond it
/// means the same as the bound itself.
pub(super) fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(super) fn object_to_json(object: &Object) -> Result<String, Failure> {
    serde_json::to_string(object).map_err(cannot_write)
}

pub(super) fn texts_to_json(texts: &[String]) -> Result<String, Failure> {
    serde_json::to_string(texts).map_err(cannot_write)
}

pub(super) fn texts_from_json(text: &str) -> Result<Vec<String>, Failure> {
    serde_json::from_str(text).map_err(damaged)
}

pub(super) fn object_from_json(text: &str) -> Result<Object, Failure> {
    serde_json::from_str(text).map_err(damaged)
}

pub(super) fn run_id(row: &Row<'_>, column: &str) -> Result<RunId, Failure> {
    Ok(RunId::new(Uuid::from_bytes(row.get(column)?)))
}

pub(super) fn optional_run_id(row: &Row<'_>, column: &str) -> Result<Option<RunId>, Failure> {
    let bytes: Option<[u8; 16]> = row.get(column)?;
    Ok(bytes.map(|bytes| RunId::new(Uuid::from_bytes(bytes))))
}

pub(super) fn workflow_id(row: &Row<'_>, column: &str) -> Result<WorkflowId, Failure> {
    Ok(WorkflowId::new(Uuid::from_bytes(row.get(column)?)))
}

pub(super) fn optional_workflow_id(
    row: &Row<'_>,
    column: &str,
) -> Result<Option<WorkflowId>, Failure> {
    let bytes: Option<[u8; 16]> = row.get(column)?;
    Ok(bytes.map(|bytes| WorkflowId::new(Uuid::from_bytes(bytes))))
}

pub(super) fn time(row: &Row<'_>, column: &str) -> Result<Timestamp, Failure> {
    Ok(Timestamp::from_micros(row.get(column)?))
}

pub(super) fn time_option(row: &Row<'_>, column: &str) -> Result<Option<Timestamp>, Failure> {
    let micros: Option<i64> = row.get(column)?;
    Ok(micros.map(Timestamp::from_micros))
}

pub(super) fn count(row: &Row<'_>, column: &str) -> Result<u64, Failure> {
    let number: i64 = row.get(column)?;
    u64::try_from(number).map_err(damaged)
}

/// Reads one of the words of an enumeration.
pub(super) fn word<T>(row: &Row<'_>, column: &str) -> Result<T, Failure>
where
    T: FromStr,
    T::Err: Display,
{
    let text = row.get_ref(column)?.as_str().map_err(damaged)?;
    text.parse().map_err(damaged)
}

fn damaged(error: impl Display) -> Failure {
    Failure::Damaged(error.to_string())
}

pub(super) fn cannot_write(error: impl Display) -> Failure {
    Failure::Spoiled(baton_store::StoreError::Refused(error.to_string()))
}
