//! The statements of a list, put together from what a filter asks for.

use std::collections::BTreeSet;

use baton_model::ExecutionStatus;
use baton_store::{ExecutionFilter, ExecutionSort, PageKey, SortOrder};
use rusqlite::types::Value;

use super::way::{Names, Way, has_range};
use crate::sqlite::values::micros;

/// What a list is sorted by, letter for letter as in its index.
pub(super) const fn column(sort: ExecutionSort) -> &'static str {
    match sort {
        ExecutionSort::CreatedAt => "created_at",
        ExecutionSort::StartedAt => "ifnull(started_at, 9223372036854775807)",
        ExecutionSort::CompletedAt => "ifnull(completed_at, 9223372036854775807)",
    }
}

/// The first start that is in the range of a filter, and the first after it.
pub(super) fn in_range(filter: &ExecutionFilter) -> (i64, i64) {
    // What has not started is in no range, so it ends before that.
    (
        filter.started_after.map_or(i64::MIN, micros),
        filter.started_before.map_or(i64::MAX, micros),
    )
}

/// A statement put together from what a filter asks for. Only words of our
/// own become text; values are always parameters.
pub(in crate::sqlite) struct PageQuery {
    pub(in crate::sqlite) sql: String,
    pub(super) parameters: Vec<Value>,
}

/// How rows are compared with a place: their times alone, and times with ids.
type Comparison = (&'static str, &'static str);

/// What is read of each row, and from where on.
struct Wanted<'a> {
    columns: &'a str,
    bound: Option<(Comparison, PageKey)>,
    direction: &'static str,
}

impl PageQuery {
    /// Counts what the filter matches, wherever the page starts: from what is
    /// kept beside the rows, since they may be millions. Those of one stored
    /// workflow, of one project or of a range are fewer, and counted one by one.
    pub(in crate::sqlite) fn count(filter: &ExecutionFilter, way: &Way) -> Self {
        let mut query = Self::empty();
        let is_of_all = filter.workflow_id.is_none() && filter.project_id.is_none();
        let is_kept = is_of_all && !has_range(filter);
        if is_kept {
            query.push("SELECT coalesce(sum(n), 0) AS n FROM execution_counts WHERE true");
        } else {
            query.push("SELECT count(*) AS n FROM workflow_executions");
            // The index that a list is walked in would have all rows counted.
            if let Way::Sorted(index, _) = way {
                query.push(&format!(" INDEXED BY {index}"));
            }
            query.push(" WHERE true");
        }
        query.push_states(filter);
        match way {
            Way::Merged => {
                if let Some(workflow) = &filter.workflow {
                    query.push_condition(" AND (workflow_key = ?", workflow);
                    query.push_condition(" OR workflow_name = ?)", workflow);
                }
            }
            Way::Sorted(..) | Way::Walked(_) => query.push_names(way.names()),
        }
        query.push_owners(filter);
        query.push_range(filter);
        query
    }

    /// Lists the page and one row more, which tells whether there is a next.
    pub(in crate::sqlite) fn list(filter: &ExecutionFilter, way: &Way) -> Self {
        let (comparison, direction) = match filter.order {
            SortOrder::Ascending => ((">=", ">"), "ASC"),
            SortOrder::Descending => (("<=", "<"), "DESC"),
        };
        let wanted = Wanted {
            columns: "*",
            bound: filter.after.map(|after| (comparison, after)),
            direction,
        };
        Self::of(filter, way, &wanted)
    }

    /// Walks back from a place: a page, and one row more.
    pub(in crate::sqlite) fn back(filter: &ExecutionFilter, way: &Way, from: PageKey) -> Self {
        let (comparison, direction) = match filter.order {
            SortOrder::Ascending => (("<=", "<="), "DESC"),
            SortOrder::Descending => ((">=", ">="), "ASC"),
        };
        let wanted = Wanted {
            columns: "id",
            bound: Some((comparison, from)),
            direction,
        };
        Self::of(filter, way, &wanted)
    }

    fn of(filter: &ExecutionFilter, way: &Way, wanted: &Wanted<'_>) -> Self {
        let mut query = Self::empty();
        match way {
            Way::Merged => query.push_branches(filter, wanted),
            Way::Sorted(..) | Way::Walked(_) => query.push_one(filter, way, wanted),
        }
        let direction = wanted.direction;
        query.push(&format!(
            " ORDER BY place {direction}, id {direction} LIMIT ?"
        ));
        let limit = i64::from(filter.page_size()) + 1;
        query.parameters.push(limit.into());
        query
    }

    fn empty() -> Self {
        Self {
            sql: String::new(),
            parameters: Vec::new(),
        }
    }

    fn push(&mut self, sql: &str) {
        self.sql.push_str(sql);
    }

    /// One branch for each state and each name a workflow may be meant by: no
    /// row is in two of them. Each branch is read from an index in the order
    /// of the list, and `SQLite` merges them, so a page costs what it shows,
    /// however many rows match.
    fn push_branches(&mut self, filter: &ExecutionFilter, wanted: &Wanted<'_>) {
        let statuses: BTreeSet<_> = filter.statuses.iter().copied().map(Some).collect();
        let any_status = BTreeSet::from([None]);
        let mut separator = "";
        for status in if statuses.is_empty() {
            &any_status
        } else {
            &statuses
        } {
            for workflow in Workflow::meant_by(filter.workflow.as_deref()) {
                self.push(separator);
                self.push_select(filter.sort, wanted);
                self.push(" WHERE true");
                self.push_branch(*status, &workflow);
                self.push_owners(filter);
                self.push_bound(filter.sort, wanted);
                separator = " UNION ALL ";
            }
        }
    }

    /// All conditions together, and one index that they are read from.
    fn push_one(&mut self, filter: &ExecutionFilter, way: &Way, wanted: &Wanted<'_>) {
        self.push_select(filter.sort, wanted);
        self.push_index(filter, way);
        self.push(" WHERE true");
        self.push_states(filter);
        self.push_names(way.names());
        self.push_owners(filter);
        self.push_range(filter);
        self.push_bound(filter.sort, wanted);
    }

    fn push_select(&mut self, sort: ExecutionSort, wanted: &Wanted<'_>) {
        let (columns, column) = (wanted.columns, column(sort));
        self.push(&format!(
            "SELECT {columns}, {column} AS place FROM workflow_executions"
        ));
    }

    fn push_index(&mut self, filter: &ExecutionFilter, way: &Way) {
        match way {
            Way::Merged => {}
            Way::Sorted(index, _) => self.push(&format!(" INDEXED BY {index}")),
            Way::Walked(_) => {
                let index = Self::index_of(filter.sort);
                self.push(&format!(" INDEXED BY {index}"));
            }
        }
    }

    fn push_branch(&mut self, status: Option<ExecutionStatus>, workflow: &Workflow<'_>) {
        if let Some(status) = status {
            self.push(&format!(" AND status = '{status}'"));
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

    fn push_states(&mut self, filter: &ExecutionFilter) {
        let statuses: BTreeSet<_> = filter.statuses.iter().collect();
        if statuses.is_empty() {
            return;
        }
        let words = statuses.iter().map(|status| format!("'{status}'"));
        let among = words.collect::<Vec<_>>().join(", ");
        self.push(&format!(" AND status IN ({among})"));
    }

    /// The ids alone are looked up in their index; the pairs decide.
    fn push_names(&mut self, names: Option<&Names>) {
        let Some(Names(names)) = names else { return };
        self.push_condition(
            " AND workflow_key IN (SELECT value ->> 0 FROM json_each(?))",
            names,
        );
        self.push_condition(
            " AND (workflow_key, workflow_name) IN (
                   SELECT value ->> 0, value ->> 1 FROM json_each(?))",
            names,
        );
    }

    /// The stored workflow and the project that are meant.
    fn push_owners(&mut self, filter: &ExecutionFilter) {
        if let Some(id) = filter.workflow_id {
            self.push(" AND workflow_id = ?");
            let id = id.as_uuid().as_bytes().to_vec();
            self.parameters.push(id.into());
        }
        if let Some(project) = &filter.project_id {
            self.push_condition(" AND project_id = ?", project);
        }
    }

    fn push_range(&mut self, filter: &ExecutionFilter) {
        if has_range(filter) {
            let started = column(ExecutionSort::StartedAt);
            self.push(&format!(" AND {started} >= ? AND {started} < ?"));
            let (from, to) = in_range(filter);
            self.parameters.extend([from.into(), to.into()]);
        }
    }

    fn push_bound(&mut self, sort: ExecutionSort, wanted: &Wanted<'_>) {
        if let Some(((of_times, of_places), place)) = wanted.bound {
            let column = column(sort);
            if sort != ExecutionSort::CreatedAt {
                // A pair is looked up in an index of columns only.
                self.push(&format!(" AND {column} {of_times} ?"));
                self.parameters.push(micros(place.at).into());
            }
            self.push(&format!(" AND ({column}, id) {of_places} (?, ?)"));
            self.parameters.push(micros(place.at).into());
            let id = place.id.as_uuid().as_bytes().to_vec();
            self.parameters.push(id.into());
        }
    }

    fn push_condition(&mut self, condition: &str, value: &str) {
        self.push(condition);
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
