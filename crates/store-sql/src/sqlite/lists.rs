//! Runs as people look for them: pages, and shortened ids.

mod query;
mod way;

use std::path::Path;

use baton_model::RunId;
use baton_store::{DamagedRow, ExecutionFilter, ExecutionPage, PageBefore, PageKey};
use rusqlite::{Connection, Row, params, params_from_iter};

use super::failure::{Failure, in_file};
use super::read::execution_row;
use super::values::{count, run_id, time};

pub(super) use query::PageQuery;
#[cfg(test)]
pub(super) use way::Names;
pub(super) use way::Way;

/// The end of an id is looked up by its last two bytes, which every fragment
/// is long enough to give.
pub(super) const LIKE: &str = "SELECT id FROM (
         SELECT id, created_at FROM workflow_executions WHERE id BETWEEN ?1 AND ?2
         UNION
         SELECT id, created_at FROM workflow_executions
         WHERE substr(id, 15) = ?3 AND substr(hex(id), -length(?4)) = ?4)
     ORDER BY created_at DESC, id DESC LIMIT 3";

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
pub(super) struct IdRange {
    pub(super) first: [u8; 16],
    pub(super) last: [u8; 16],
    pub(super) end: [u8; 2],
}

impl IdRange {
    pub(super) fn of(fragment: &str) -> Option<Self> {
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

/// A page of executions. All statements see the same state.
pub(super) fn page(
    connection: &Connection,
    filter: &ExecutionFilter,
) -> Result<ExecutionPage, Failure> {
    let snapshot = connection.unchecked_transaction()?;
    let way = Way::of(&snapshot, filter)?;
    let counting = PageQuery::count(filter, &way);
    let total_count = snapshot
        .prepare_cached(&counting.sql)?
        .query_and_then(params_from_iter(counting.parameters), |row| count(row, "n"))?
        .next()
        .transpose()?
        .unwrap_or(0);
    let listing = PageQuery::list(filter, &way);
    let (mut items, mut damaged) = (Vec::new(), Vec::new());
    let mut statement = snapshot.prepare_cached(&listing.sql)?;
    let mut rows = statement.query(params_from_iter(listing.parameters))?;
    let mut room = filter.page_size();
    let mut has_more = false;
    while let Some(row) = rows.next()? {
        if room == 0 {
            has_more = true;
            break;
        }
        room -= 1;
        match execution_row(row) {
            Ok(item) => items.push(item),
            Err(failure) => damaged.push(damaged_row(connection, row, failure)?),
        }
    }
    let is_whole_list = filter.after.is_none() && !has_more;
    if is_whole_list && (items.len() + damaged.len()) as u64 != total_count {
        let what = "the rows of runs are not as many as were counted";
        return Err(Failure::Damaged(what.to_owned()));
    }
    let before = match filter.after {
        Some(after) => before(&snapshot, (filter, &way), after)?,
        None => None,
    };
    Ok(ExecutionPage {
        items,
        damaged,
        has_more,
        before,
        total_count,
    })
}

/// Where the page before the one after a place begins.
fn before(
    connection: &Connection,
    (filter, way): (&ExecutionFilter, &Way),
    after: PageKey,
) -> Result<Option<PageBefore<PageKey>>, Failure> {
    let backward = PageQuery::back(filter, way, after);
    let mut statement = connection.prepare_cached(&backward.sql)?;
    let rows = statement.query_and_then(params_from_iter(backward.parameters), page_key)?;
    let nearest = rows.collect::<Result<Vec<_>, Failure>>()?;
    Ok(PageBefore::among(nearest, filter.page_size()))
}

fn page_key(row: &Row<'_>) -> Result<PageKey, Failure> {
    Ok(PageKey {
        at: time(row, "place")?,
        id: run_id(row, "id")?,
    })
}

/// What is said of a row that cannot be read, when that is the only trouble
/// and its place is known.
fn damaged_row(
    connection: &Connection,
    row: &Row<'_>,
    failure: Failure,
) -> Result<DamagedRow, Failure> {
    let Some(what) = failure.damage() else {
        return Err(failure);
    };
    let key = page_key(row)?;
    let file = Path::new(connection.path().unwrap_or_default());
    let what = in_file(file, format!("run {}: {what}", key.id));
    Ok(DamagedRow { key, what })
}
