//! The statements that find runs: pages, unfinished ones, and shortened ids.

use std::fmt::Write as _;

use baton_model::RunId;
use baton_store::{ExecutionFilter, ExecutionPage};
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

use super::failure::Failure;
use super::read::execution_row;
use super::values::{count, micros, run_id};

/// The condition is that of the index `executions_unfinished`, word for word:
/// only then `SQLite` uses it.
pub(super) const UNFINISHED: &str = "SELECT id FROM workflow_executions
     WHERE status NOT IN ('completed', 'failed', 'cancelled')
     ORDER BY created_at, id";

/// The end of an id is looked up by its last two bytes, which every fragment
/// is long enough to give.
pub(super) const LIKE: &str = "SELECT id FROM (
         SELECT id, created_at FROM workflow_executions WHERE id BETWEEN ?1 AND ?2
         UNION
         SELECT id, created_at FROM workflow_executions
         WHERE substr(id, 15) = ?3 AND substr(hex(id), -length(?4)) = ?4)
     ORDER BY created_at DESC, id DESC LIMIT 3";

/// Runs that have not ended, oldest first.
pub(super) fn unfinished(connection: &Connection) -> Result<Vec<RunId>, Failure> {
    let mut statement = connection.prepare_cached(UNFINISHED)?;
    let rows = statement.query_and_then([], |row| run_id(row, "id"))?;
    rows.collect()
}

/// Runs whose id starts or ends with `fragment` (hex digits, at least four),
/// newest first.
pub(super) fn like(connection: &Connection, fragment: &str) -> Result<Vec<RunId>, Failure> {
    let Some(range) = IdRange::of(fragment) else {
        return Ok(Vec::new());
    };
    let mut statement = connection.prepare_cached(LIKE)?;
    let places = params![range.first, range.last, range.end, fragment.to_uppercase()];
    let rows = statement.query_and_then(places, |row| run_id(row, "id"))?;
    rows.collect()
}

/// What a fragment says about the bytes of an id.
struct IdRange {
    first: [u8; 16],
    last: [u8; 16],
    end: [u8; 2],
}

impl IdRange {
    fn of(fragment: &str) -> Option<Self> {
        let digits = fragment.len();
        let whole = |padding: &str| {
            let text = format!(
                "{fragment}{}",
                padding.repeat(32_usize.checked_sub(digits)?)
            );
            u128::from_str_radix(&text, 16).ok().map(u128::to_be_bytes)
        };
        let end = fragment.get(digits.checked_sub(4)?..)?;
        Some(Self {
            first: whole("0")?,
            last: whole("f")?,
            end: u16::from_str_radix(end, 16).ok()?.to_be_bytes(),
        })
    }
}

/// A page of executions, newest first. Both statements see the same state.
pub(super) fn page(
    connection: &Connection,
    filter: &ExecutionFilter,
) -> Result<ExecutionPage, Failure> {
    let snapshot = connection.unchecked_transaction()?;
    let counting = PageQuery::count(filter);
    let total_count = snapshot
        .prepare_cached(&counting.sql)?
        .query_and_then(params_from_iter(counting.parameters), |row| count(row, "n"))?
        .next()
        .transpose()?
        .unwrap_or(0);
    let listing = PageQuery::list(filter);
    let mut items = snapshot
        .prepare_cached(&listing.sql)?
        .query_and_then(params_from_iter(listing.parameters), execution_row)?
        .collect::<Result<Vec<_>, Failure>>()?;
    let limit = filter.page_size() as usize;
    let has_more = items.len() > limit;
    items.truncate(limit);
    Ok(ExecutionPage {
        items,
        has_more,
        total_count,
    })
}

/// A statement put together from what a filter asks for. Only words of our
/// own become text; values are always parameters.
pub(super) struct PageQuery {
    pub(super) sql: String,
    parameters: Vec<Value>,
}

impl PageQuery {
    /// Counts what the filter matches, wherever the page starts.
    pub(super) fn count(filter: &ExecutionFilter) -> Self {
        let mut query = Self {
            sql: "SELECT count(*) AS n FROM workflow_executions WHERE true".to_owned(),
            parameters: Vec::new(),
        };
        query.push_conditions(filter);
        query
    }

    /// Lists the page and one row more, which tells whether there is a next.
    pub(super) fn list(filter: &ExecutionFilter) -> Self {
        let mut query = Self {
            sql: "SELECT * FROM workflow_executions WHERE true".to_owned(),
            parameters: Vec::new(),
        };
        query.push_conditions(filter);
        if let Some(after) = filter.after {
            query.parameters.push(micros(after.created_at).into());
            query
                .parameters
                .push(after.id.as_uuid().as_bytes().to_vec().into());
            query.sql.push_str(" AND (created_at, id) < (?, ?)");
        }
        query
            .sql
            .push_str(" ORDER BY created_at DESC, id DESC LIMIT ?");
        query
            .parameters
            .push((i64::from(filter.page_size()) + 1).into());
        query
    }

    fn push_conditions(&mut self, filter: &ExecutionFilter) {
        if !filter.statuses.is_empty() {
            let words: Vec<_> = filter
                .statuses
                .iter()
                .map(|status| format!("'{status}'"))
                .collect();
            // Writing to a String cannot fail.
            let _infallible = write!(self.sql, " AND status IN ({})", words.join(", "));
        }
        if let Some(workflow) = &filter.workflow {
            self.sql
                .push_str(" AND (workflow_key = ? OR workflow_name = ?)");
            self.parameters.push(workflow.clone().into());
            self.parameters.push(workflow.clone().into());
        }
    }
}
