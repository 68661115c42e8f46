//! The statements that find runs for people: pages, and shortened ids.

use std::collections::BTreeSet;
use std::path::Path;

use baton_model::{ExecutionStatus, RunId};
use baton_store::{DamagedRow, ExecutionFilter, ExecutionPage, PageBefore, PageKey};
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params, params_from_iter};

use super::failure::{Failure, in_file};
use super::read::execution_row;
use super::values::{count, micros, run_id, time};

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

/// A page of executions, newest first. All statements see the same state.
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
        Some(after) => before(&snapshot, filter, after)?,
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
    filter: &ExecutionFilter,
    after: PageKey,
) -> Result<Option<PageBefore<PageKey>>, Failure> {
    let backward = PageQuery::back(filter, after);
    let mut statement = connection.prepare_cached(&backward.sql)?;
    let rows = statement.query_and_then(params_from_iter(backward.parameters), page_key)?;
    let nearest = rows.collect::<Result<Vec<_>, Failure>>()?;
    Ok(PageBefore::among(nearest, filter.page_size()))
}

fn page_key(row: &Row<'_>) -> Result<PageKey, Failure> {
    Ok(PageKey {
        created_at: time(row, "created_at")?,
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

/// A statement put together from what a filter asks for. Only words of our
/// own become text; values are always parameters.
pub(super) struct PageQuery {
    pub(super) sql: String,
    parameters: Vec<Value>,
}

impl PageQuery {
    /// Counts what the filter matches, wherever the page starts: from what is
    /// kept beside the rows, since they may be millions. Those of one stored
    /// workflow are fewer, and counted in their index.
    pub(super) fn count(filter: &ExecutionFilter) -> Self {
        let mut query = Self::empty();
        query.sql.push_str(match filter.workflow_id {
            None => "SELECT coalesce(sum(n), 0) AS n FROM execution_counts WHERE true",
            Some(_) => "SELECT count(*) AS n FROM workflow_executions WHERE true",
        });
        let statuses: BTreeSet<_> = filter
            .statuses
            .iter()
            .map(|status| status.as_str())
            .collect();
        if !statuses.is_empty() {
            let words: Vec<_> = statuses
                .into_iter()
                .map(|word| format!("'{word}'"))
                .collect();
            let among = format!(" AND status IN ({})", words.join(", "));
            query.sql.push_str(&among);
        }
        if let Some(workflow) = &filter.workflow {
            query.push_condition(" AND (workflow_key = ?", workflow);
            query.push_condition(" OR workflow_name = ?)", workflow);
        }
        query.push_workflow_id(filter);
        query
    }

    /// Lists the page and one row more, which tells whether there is a next.
    pub(super) fn list(filter: &ExecutionFilter) -> Self {
        let after = filter
            .after
            .map(|after| (" AND (created_at, id) < (?, ?)", after));
        let mut query = Self::empty();
        query.push_branches(filter, "*", after);
        query.push_order(filter, " ORDER BY created_at DESC, id DESC LIMIT ?");
        query
    }

    /// Walks back from a place: a page, and one row more.
    pub(super) fn back(filter: &ExecutionFilter, from: PageKey) -> Self {
        let from = Some((" AND (created_at, id) >= (?, ?)", from));
        let mut query = Self::empty();
        query.push_branches(filter, "created_at, id", from);
        query.push_order(filter, " ORDER BY created_at, id LIMIT ?");
        query
    }

    fn push_order(&mut self, filter: &ExecutionFilter, order: &str) {
        self.sql.push_str(order);
        let limit = i64::from(filter.page_size()) + 1;
        self.parameters.push(limit.into());
    }

    fn empty() -> Self {
        Self {
            sql: String::new(),
            parameters: Vec::new(),
        }
    }

    /// One branch for each state and each name a workflow may be meant by: no
    /// row is in two of them. Each branch is read from an index in the order
    /// of the list, and `SQLite` merges them, so a page costs what it shows,
    /// however many rows match.
    fn push_branches(
        &mut self,
        filter: &ExecutionFilter,
        columns: &str,
        bound: Option<(&str, PageKey)>,
    ) {
        let statuses: BTreeSet<_> = filter.statuses.iter().copied().map(Some).collect();
        let any_status = BTreeSet::from([None]);
        let mut separator = "";
        for status in if statuses.is_empty() {
            &any_status
        } else {
            &statuses
        } {
            for workflow in Workflow::meant_by(filter.workflow.as_deref()) {
                self.sql.push_str(separator);
                self.sql.push_str("SELECT ");
                self.sql.push_str(columns);
                self.sql.push_str(" FROM workflow_executions WHERE true");
                self.push_branch(*status, &workflow);
                self.push_workflow_id(filter);
                if let Some((condition, place)) = bound {
                    self.push_bound(condition, place);
                }
                separator = " UNION ALL ";
            }
        }
    }

    fn push_branch(&mut self, status: Option<ExecutionStatus>, workflow: &Workflow<'_>) {
        if let Some(status) = status {
            self.sql.push_str(" AND status = '");
            self.sql.push_str(status.as_str());
            self.sql.push('\'');
        }
        match workflow {
            Workflow::Any => {}
            Workflow::Key(key) => self.push_condition(" AND workflow_key = ?", key),
            Workflow::Name(name) => {
                self.push_condition(" AND workflow_name = ?", name);
                self.push_condition(" AND workflow_key <> ?", name);
            }
        }
    }

    fn push_workflow_id(&mut self, filter: &ExecutionFilter) {
        if let Some(id) = filter.workflow_id {
            self.sql.push_str(" AND workflow_id = ?");
            let id = id.as_uuid().as_bytes().to_vec();
            self.parameters.push(id.into());
        }
    }

    fn push_bound(&mut self, condition: &str, place: PageKey) {
        self.sql.push_str(condition);
        self.parameters.push(micros(place.created_at).into());
        let id = place.id.as_uuid().as_bytes().to_vec();
        self.parameters.push(id.into());
    }

    fn push_condition(&mut self, condition: &str, value: &str) {
        self.sql.push_str(condition);
        self.parameters.push(value.to_owned().into());
    }
}

/// What the name of a workflow in a filter may mean.
enum Workflow<'a> {
    Any,
    /// The id in its definition.
    Key(&'a str),
    /// Its display name, where that is not its id too.
    Name(&'a str),
}

impl<'a> Workflow<'a> {
    fn meant_by(filter: Option<&'a str>) -> Vec<Self> {
        match filter {
            None => vec![Self::Any],
            Some(text) => vec![Self::Key(text), Self::Name(text)],
        }
    }
}
