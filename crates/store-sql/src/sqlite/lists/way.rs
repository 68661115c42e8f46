//! How the rows of a list are found: so that a page costs what it shows, or
//! little more, whatever is asked for.

use std::collections::BTreeSet;

use baton_store::workflow::fold;
use baton_store::{ExecutionFilter, ExecutionSort};
use rusqlite::{Connection, params};

use super::query::{PageQuery, column, in_range};
use crate::sqlite::failure::Failure;
use crate::sqlite::values::{cannot_write, count, number};

/// Sorting so many rows costs as much as a walk until a page is full.
const SORTED_MAX: u64 = 1_000;

/// How the rows of a list are found.
#[derive(Debug)]
pub(in crate::sqlite) enum Way {
    /// Each state and each name of a workflow is read from an index in the
    /// order of the list, and these are merged.
    Merged,
    /// Those that pass one filter are read from its index, and sorted.
    Sorted(&'static str, Option<Names>),
    /// The list is walked in its order, and each row is looked at.
    Walked(Option<Names>),
}

/// The workflows that are meant, as a JSON list of pairs: an id inside a
/// definition, and a display name.
#[derive(Debug)]
pub(in crate::sqlite) struct Names(pub(super) String);

/// A filter that has an index, and how many rows pass it; where these are
/// counted one by one, only as far as it matters.
struct Narrow {
    index: &'static str,
    n_rows: u64,
}

impl Way {
    /// The way that costs least, as far as that can be told without walking it.
    pub(in crate::sqlite) fn of(
        connection: &Connection,
        filter: &ExecutionFilter,
    ) -> Result<Self, Failure> {
        let is_cut = filter.search.is_some() || has_range(filter);
        if !is_cut && filter.sort == ExecutionSort::CreatedAt {
            return Ok(Self::Merged);
        }
        let (names, of_names) = Names::meant_by(connection, filter)?.unzip();
        let narrow = [
            of_names,
            of_states(connection, filter)?,
            of_workflow(connection, filter)?,
            of_project(connection, filter)?,
            of_range(connection, filter)?,
        ];
        let narrowest = narrow.into_iter().flatten().min_by_key(|one| one.n_rows);
        Ok(match narrowest {
            Some(narrow) if narrow.n_rows <= SORTED_MAX => Self::Sorted(narrow.index, names),
            Some(_) | None => Self::Walked(names),
        })
    }

    pub(super) const fn names(&self) -> Option<&Names> {
        match self {
            Self::Merged => None,
            Self::Sorted(_, names) | Self::Walked(names) => names.as_ref(),
        }
    }
}

impl Names {
    #[cfg(test)]
    pub(in crate::sqlite) fn of_pairs(pairs: &[[&str; 2]]) -> Self {
        Self(serde_json::to_string(pairs).unwrap())
    }

    /// Those that fit what a filter says of workflows, and how many runs they
    /// have together; none when it says nothing. There are far fewer workflows
    /// than runs.
    fn meant_by(
        connection: &Connection,
        filter: &ExecutionFilter,
    ) -> Result<Option<(Self, Narrow)>, Failure> {
        if filter.workflow.is_none() && filter.search.is_none() {
            return Ok(None);
        }
        let search = filter.search.as_deref().map(fold);
        let mut statement = connection.prepare_cached(
            "SELECT workflow_key, workflow_name, sum(n) AS n FROM execution_counts GROUP BY 1, 2",
        )?;
        let mut rows = statement.query([])?;
        let (mut names, mut n_rows) = (Vec::new(), 0);
        while let Some(row) = rows.next()? {
            let (key, name): (String, String) = (row.get(0)?, row.get(1)?);
            let is_named = filter
                .workflow
                .as_ref()
                .is_none_or(|workflow| [&key, &name].contains(&workflow));
            let is_found = search.as_ref().is_none_or(|search| {
                fold(&key).contains(search.as_str()) || fold(&name).contains(search.as_str())
            });
            if is_named && is_found {
                names.push([key, name]);
                n_rows += count(row, "n")?;
            }
        }
        let narrow = Narrow {
            index: "executions_by_key",
            n_rows,
        };
        let names = serde_json::to_string(&names).map_err(cannot_write)?;
        Ok(Some((Self(names), narrow)))
    }
}

pub(super) const fn has_range(filter: &ExecutionFilter) -> bool {
    filter.started_after.is_some() || filter.started_before.is_some()
}

fn of_states(connection: &Connection, filter: &ExecutionFilter) -> Result<Option<Narrow>, Failure> {
    if filter.statuses.is_empty() {
        return Ok(None);
    }
    let mut n_rows = 0;
    let mut statement = connection.prepare_cached(
        "SELECT coalesce(sum(n), 0) AS n FROM execution_counts WHERE status = ?1",
    )?;
    let statuses: BTreeSet<_> = filter.statuses.iter().collect();
    for status in statuses {
        let mut found = statement.query_and_then([status.as_str()], |row| count(row, "n"))?;
        n_rows += found.next().transpose()?.unwrap_or(0);
    }
    let index = "executions_by_status";
    Ok(Some(Narrow { index, n_rows }))
}

fn of_workflow(
    connection: &Connection,
    filter: &ExecutionFilter,
) -> Result<Option<Narrow>, Failure> {
    let Some(id) = filter.workflow_id else {
        return Ok(None);
    };
    let mut statement = connection.prepare_cached(
        "SELECT count(*) AS n FROM (
             SELECT 1 FROM workflow_executions WHERE workflow_id = ?1 LIMIT ?2)",
    )?;
    let parameters = params![id.as_uuid().as_bytes(), number(SORTED_MAX + 1)];
    let mut found = statement.query_and_then(parameters, |row| count(row, "n"))?;
    let n_rows = found.next().transpose()?.unwrap_or(0);
    let index = "executions_by_workflow_age";
    Ok(Some(Narrow { index, n_rows }))
}

fn of_project(
    connection: &Connection,
    filter: &ExecutionFilter,
) -> Result<Option<Narrow>, Failure> {
    let Some(project) = &filter.project_id else {
        return Ok(None);
    };
    let mut statement = connection.prepare_cached(
        "SELECT count(*) AS n FROM (
             SELECT 1 FROM workflow_executions WHERE project_id = ?1 LIMIT ?2)",
    )?;
    let parameters = params![project, number(SORTED_MAX + 1)];
    let mut found = statement.query_and_then(parameters, |row| count(row, "n"))?;
    let n_rows = found.next().transpose()?.unwrap_or(0);
    let index = "executions_by_project_age";
    Ok(Some(Narrow { index, n_rows }))
}

fn of_range(connection: &Connection, filter: &ExecutionFilter) -> Result<Option<Narrow>, Failure> {
    if !has_range(filter) {
        return Ok(None);
    }
    let started = column(ExecutionSort::StartedAt);
    let mut statement = connection.prepare_cached(&format!(
        "SELECT count(*) AS n FROM (
             SELECT 1 FROM workflow_executions WHERE {started} >= ?1 AND {started} < ?2 LIMIT ?3)"
    ))?;
    let (from, to) = in_range(filter);
    let parameters = params![from, to, number(SORTED_MAX + 1)];
    let mut found = statement.query_and_then(parameters, |row| count(row, "n"))?;
    let n_rows = found.next().transpose()?.unwrap_or(0);
    let index = "executions_by_start";
    Ok(Some(Narrow { index, n_rows }))
}

impl PageQuery {
    /// The index that a list is walked in.
    pub(super) const fn index_of(sort: ExecutionSort) -> &'static str {
        match sort {
            ExecutionSort::CreatedAt => "executions_by_age",
            ExecutionSort::StartedAt => "executions_by_start",
            ExecutionSort::CompletedAt => "executions_by_completion",
        }
    }
}
