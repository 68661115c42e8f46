//! The statements that find stored workflows for people: pages, names, and
//! shortened ids.

use std::collections::BTreeSet;
use std::path::Path;

use baton_model::WorkflowId;
use baton_store::workflow::fold;
use baton_store::{
    DamagedWorkflow, PageBefore, SortOrder, SortValue, WorkflowFilter, WorkflowPage, WorkflowPlace,
    WorkflowSort, check,
};
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params, params_from_iter};

use super::read::{JOIN_LAST_EXECUTION, LAST_EXECUTION, workflow_row};
use crate::sqlite::failure::{Failure, in_file};
use crate::sqlite::lists::IdRange;
use crate::sqlite::values::{count, micros, time, workflow_id};

pub(in crate::sqlite) const NAMED: &str =
    "SELECT id FROM workflows WHERE name = ?1 ORDER BY created_at DESC, id DESC LIMIT 3";

pub(in crate::sqlite) const KEYED: &str =
    "SELECT id FROM workflows WHERE workflow_key = ?1 ORDER BY created_at DESC, id DESC LIMIT 3";

pub(in crate::sqlite) const LIKE: &str = "SELECT id FROM (
         SELECT id, created_at FROM workflows WHERE id BETWEEN ?1 AND ?2
         UNION
         SELECT id, created_at FROM workflows
         WHERE substr(id, 15) = ?3 AND substr(hex(id), -length(?4)) = ?4)
     ORDER BY created_at DESC, id DESC LIMIT 3";

/// Workflows with a name or, when there are none, a key; newest first.
pub(super) fn named(connection: &Connection, name: &str) -> Result<Vec<WorkflowId>, Failure> {
    let snapshot = connection.unchecked_transaction()?;
    for sql in [NAMED, KEYED] {
        let mut statement = snapshot.prepare_cached(sql)?;
        let rows = statement.query_and_then([name], |row| workflow_id(row, "id"))?;
        let found: Vec<_> = rows.collect::<Result<_, Failure>>()?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

/// Workflows whose id starts or ends with `fragment` (hex digits, at least
/// four), newest first.
pub(super) fn like(connection: &Connection, fragment: &str) -> Result<Vec<WorkflowId>, Failure> {
    let Some(range) = IdRange::of(fragment) else {
        return Ok(Vec::new());
    };
    let mut statement = connection.prepare_cached(LIKE)?;
    let places = params![range.first, range.last, range.end, fragment.to_uppercase()];
    let rows = statement.query_and_then(places, |row| workflow_id(row, "id"))?;
    rows.collect()
}

/// A page of workflows. All statements see the same state.
pub(super) fn page(
    connection: &Connection,
    filter: &WorkflowFilter,
) -> Result<WorkflowPage, Failure> {
    check::workflow_filter(filter).map_err(Failure::Declined)?;
    let snapshot = connection.unchecked_transaction()?;
    let counting = Query::count(filter);
    let total_count = snapshot
        .prepare_cached(&counting.sql)?
        .query_and_then(params_from_iter(counting.parameters), |row| count(row, "n"))?
        .next()
        .transpose()?
        .unwrap_or(0);
    let before = match &filter.after {
        Some(after) => before(&snapshot, filter, after)?,
        None => None,
    };
    let mut page = WorkflowPage {
        items: Vec::new(),
        damaged: Vec::new(),
        next: None,
        before,
        total_count,
    };
    let has_more = fill(connection, filter, &mut page)?;
    let n_rows = (page.items.len() + page.damaged.len()) as u64;
    if filter.after.is_none() && !has_more && n_rows != total_count {
        let what = "the rows of workflows are not as many as were counted";
        return Err(Failure::Damaged(what.to_owned()));
    }
    Ok(page)
}

/// Reads the rows of a page; says whether there are more.
fn fill(
    connection: &Connection,
    filter: &WorkflowFilter,
    page: &mut WorkflowPage,
) -> Result<bool, Failure> {
    let listing = Query::list(filter, page.total_count);
    let mut statement = connection.prepare_cached(&listing.sql)?;
    let mut rows = statement.query(params_from_iter(listing.parameters))?;
    let mut room = filter.page_size();
    let mut last = None;
    while let Some(row) = rows.next()? {
        if room == 0 {
            page.next = last;
            return Ok(true);
        }
        room -= 1;
        last = Some(place(row, filter.sort)?);
        match workflow_row(row) {
            Ok(item) => page.items.push(item),
            Err(failure) => page.damaged.push(damaged_row(connection, row, failure)?),
        }
    }
    Ok(false)
}

/// Where the page before the one after a place begins.
fn before(
    connection: &Connection,
    filter: &WorkflowFilter,
    after: &WorkflowPlace,
) -> Result<Option<PageBefore<WorkflowPlace>>, Failure> {
    let backward = Query::back(filter, after);
    let mut statement = connection.prepare_cached(&backward.sql)?;
    let rows = statement.query_and_then(params_from_iter(backward.parameters), |row| {
        place(row, filter.sort)
    })?;
    let nearest = rows.collect::<Result<Vec<_>, Failure>>()?;
    Ok(PageBefore::among(nearest, filter.page_size()))
}

fn place(row: &Row<'_>, sort: WorkflowSort) -> Result<WorkflowPlace, Failure> {
    let column = column(sort);
    let value = match sort {
        WorkflowSort::Name => SortValue::Name(row.get(column)?),
        WorkflowSort::CreatedAt | WorkflowSort::UpdatedAt => SortValue::Time(time(row, column)?),
    };
    Ok(WorkflowPlace {
        value,
        id: workflow_id(row, "id")?,
    })
}

const fn column(sort: WorkflowSort) -> &'static str {
    match sort {
        WorkflowSort::Name => "name_folded",
        WorkflowSort::CreatedAt => "created_at",
        WorkflowSort::UpdatedAt => "updated_at",
    }
}

/// What is said of a row that cannot be read, when that is the only trouble.
fn damaged_row(
    connection: &Connection,
    row: &Row<'_>,
    failure: Failure,
) -> Result<DamagedWorkflow, Failure> {
    let Some(what) = failure.damage() else {
        return Err(failure);
    };
    let id = workflow_id(row, "id")?;
    let file = Path::new(connection.path().unwrap_or_default());
    let what = in_file(file, format!("workflow {id}: {what}"));
    Ok(DamagedWorkflow { id, what })
}

/// A statement put together from what a filter asks for. Only words of our own
/// become text; values are always parameters.
pub(in crate::sqlite) struct Query {
    pub(in crate::sqlite) sql: String,
    parameters: Vec<Value>,
}

/// How workflows with a tag are found.
#[derive(Clone, Copy)]
enum Tags {
    /// They are looked up, and sorted then.
    Rare,
    /// The list is walked in its order, and each row asked for its tags.
    Common,
}

impl Tags {
    /// Sorting so many rows costs as much as a walk until a page is full.
    const SORTED_MAX: u64 = 500;

    /// What costs less when so many rows match.
    const fn among(total_count: u64) -> Self {
        if total_count <= Self::SORTED_MAX {
            Self::Rare
        } else {
            Self::Common
        }
    }

    const fn condition(self) -> &'static str {
        match self {
            Self::Rare => " AND id IN (SELECT workflow_id FROM workflow_tags WHERE tag = ?)",
            Self::Common => {
                " AND (SELECT true FROM workflow_tags
                       WHERE tag = ? AND workflow_id = workflows.id) IS NOT NULL"
            }
        }
    }
}

/// How a list is walked: comparison of what comes after, and direction.
const fn walk(order: SortOrder) -> (&'static str, &'static str) {
    match order {
        SortOrder::Ascending => (">", "ASC"),
        SortOrder::Descending => ("<", "DESC"),
    }
}

impl Query {
    /// Counts what the filter matches, wherever the page starts: from what is
    /// kept beside the rows, unless somebody searches.
    pub(in crate::sqlite) fn count(filter: &WorkflowFilter) -> Self {
        if filter.search.is_none() && filter.tags.is_empty() {
            let mut query =
                Self::new("SELECT coalesce(sum(n), 0) AS n FROM workflow_counts WHERE true");
            query.push_statuses(filter);
            query.push_project(filter);
            return query;
        }
        let is_of_tag =
            filter.search.is_none() && filter.statuses.is_empty() && filter.project_id.is_none();
        if let (true, [tag]) = (is_of_tag, filter.tags.as_slice()) {
            let mut query = Self::new("SELECT count(*) AS n FROM workflow_tags WHERE true");
            query.push_condition(" AND tag = ?", tag);
            return query;
        }
        let mut query = Self::new("SELECT count(*) AS n FROM workflows WHERE true");
        query.push_conditions(filter, Tags::Rare);
        query
    }

    /// Lists the page and one row more, which tells whether there is a next.
    /// All but the ids is looked up for these rows only.
    pub(in crate::sqlite) fn list(filter: &WorkflowFilter, total_count: u64) -> Self {
        let (comparison, direction) = walk(filter.order);
        let mut query = Self::new("WITH page AS (SELECT id FROM workflows WHERE true");
        query.push_conditions(filter, Tags::among(total_count));
        if let Some(after) = &filter.after {
            query.push_after(filter.sort, comparison, after);
        }
        query.push_order(filter, direction);
        let shown = format!(
            ") SELECT w.*, {LAST_EXECUTION}
             FROM page CROSS JOIN workflows AS w ON w.id = page.id {JOIN_LAST_EXECUTION}"
        );
        query.sql.push_str(&shown);
        let column = column(filter.sort);
        let order = format!(" ORDER BY w.{column} {direction}, w.id {direction}");
        query.sql.push_str(&order);
        query
    }

    /// Walks back from a place: a page, and one row more.
    pub(in crate::sqlite) fn back(filter: &WorkflowFilter, from: &WorkflowPlace) -> Self {
        let (comparison, direction) = match filter.order {
            SortOrder::Ascending => ("<=", "DESC"),
            SortOrder::Descending => (">=", "ASC"),
        };
        let column = column(filter.sort);
        let mut query = Self::new(&format!("SELECT {column}, id FROM workflows WHERE true"));
        query.push_conditions(filter, Tags::Common);
        query.push_after(filter.sort, comparison, from);
        query.push_order(filter, direction);
        query
    }

    fn new(sql: &str) -> Self {
        Self {
            sql: sql.to_owned(),
            parameters: Vec::new(),
        }
    }

    fn push_conditions(&mut self, filter: &WorkflowFilter, tags: Tags) {
        self.push_statuses(filter);
        self.push_project(filter);
        for tag in &filter.tags {
            self.push_condition(tags.condition(), tag);
        }
        if let Some(search) = &filter.search {
            self.push_condition(" AND instr(search_text, ?) > 0", &fold(search));
        }
    }

    fn push_statuses(&mut self, filter: &WorkflowFilter) {
        let statuses: BTreeSet<_> = filter.statuses.iter().collect();
        if statuses.is_empty() {
            return;
        }
        let words = statuses.iter().map(|status| format!("'{status}'"));
        let among = words.collect::<Vec<_>>().join(", ");
        // Several are not read from an index of states: it would be sorted.
        let column = if statuses.len() == 1 {
            "status"
        } else {
            "+status"
        };
        self.sql.push_str(&format!(" AND {column} IN ({among})"));
    }

    /// No project has an empty id: that of a workflow without a project, where
    /// they are counted.
    fn push_project(&mut self, filter: &WorkflowFilter) {
        if let Some(project) = &filter.project_id {
            self.push_condition(" AND project_id <> '' AND project_id = ?", project);
        }
    }

    fn push_condition(&mut self, condition: &str, value: &str) {
        self.sql.push_str(condition);
        self.parameters.push(value.to_owned().into());
    }

    fn push_after(&mut self, sort: WorkflowSort, comparison: &str, place: &WorkflowPlace) {
        let column = column(sort);
        let condition = format!(" AND ({column}, id) {comparison} (?, ?)");
        self.sql.push_str(&condition);
        self.parameters.push(match &place.value {
            SortValue::Name(name) => name.clone().into(),
            SortValue::Time(time) => micros(*time).into(),
        });
        let id = place.id.as_uuid().as_bytes().to_vec();
        self.parameters.push(id.into());
    }

    fn push_order(&mut self, filter: &WorkflowFilter, direction: &str) {
        let column = column(filter.sort);
        let order = format!(" ORDER BY {column} {direction}, id {direction} LIMIT ?");
        self.sql.push_str(&order);
        let limit = i64::from(filter.page_size()) + 1;
        self.parameters.push(limit.into());
    }
}
