//! The lists of [`MemoryStore`](super::MemoryStore): sorted and cut on the
//! spot, since its runs are few.

use std::collections::BTreeMap;

use baton_model::RunId;

use super::run::Run;
use crate::contract::EVENT_PAGE_BYTES;
use crate::execution_list::{ExecutionFilter, ExecutionPage, PageBefore};
use crate::rows::{ExecutionRow, LogFilter, LogLine, OrderedEvent, StoredEvent};
use crate::workflow::{SortOrder, fold};

/// Most rows that match a fragment of an id.
const LIKE_MAX: usize = 3;

/// A page of executions.
pub(super) fn page<'a>(
    runs: impl Iterator<Item = &'a Run>,
    filter: &ExecutionFilter,
) -> ExecutionPage {
    let search = filter.search.as_deref().map(fold);
    let matching = runs
        .map(|run| &run.execution)
        .filter(|row| matches(row, filter, search.as_deref()));
    let mut matching: Vec<_> = matching.map(|row| (filter.place_of(row), row)).collect();
    matching.sort_by_key(|(place, _)| *place);
    if filter.order == SortOrder::Descending {
        matching.reverse();
    }
    let total_count = matching.len() as u64;
    let limit = filter.page_size();
    let (earlier, rest): (Vec<_>, Vec<_>) = matching.into_iter().partition(|(place, _)| {
        filter
            .after
            .is_some_and(|after| !filter.is_before(after, *place))
    });
    let nearest = earlier.iter().rev().take(limit as usize + 1);
    let before = PageBefore::among(nearest.map(|(place, _)| *place).collect(), limit);
    let mut rest = rest.into_iter();
    let items = rest
        .by_ref()
        .take(limit as usize)
        .map(|(_, row)| ExecutionRow {
            definition: None,
            ..row.clone()
        })
        .collect();
    ExecutionPage {
        items,
        damaged: Vec::new(),
        has_more: rest.next().is_some(),
        before,
        total_count,
    }
}

/// Runs whose id starts or ends with `fragment`, newest first.
pub(super) fn like<'a>(runs: impl Iterator<Item = &'a Run>, fragment: &str) -> Vec<RunId> {
    let matching = runs.filter(|run| {
        let id = run.execution.id.as_uuid().simple().to_string();
        id.starts_with(fragment) || id.ends_with(fragment)
    });
    newest_first(matching)
        .into_iter()
        .take(LIKE_MAX)
        .map(|row| row.id)
        .collect()
}

/// The lines a filter asks for, in order.
pub(super) fn log_lines(lines: &[LogLine], filter: &LogFilter) -> Vec<LogLine> {
    let matching = lines.iter().filter(|line| {
        line.seq > filter.after
            && filter
                .stage
                .as_ref()
                .is_none_or(|stage| *stage == line.stage)
            && filter
                .dispatch
                .is_none_or(|dispatch| dispatch == line.dispatch)
    });
    let limit = filter.limit as usize;
    if filter.from_end {
        let mut last: Vec<_> = matching.rev().take(limit).cloned().collect();
        last.reverse();
        last
    } else {
        matching.take(limit).cloned().collect()
    }
}

/// Events with a number above `after`.
pub(super) fn events(events: &[StoredEvent], after: u64, limit: u32) -> Vec<StoredEvent> {
    let found = events.iter().filter(|event| event.seq > after);
    let mut page = Bytes::default();
    let found = found.take_while(|event| page.take(event));
    found.take(index(limit.into())).cloned().collect()
}

/// How many bytes the bodies on a page have.
#[derive(Default)]
struct Bytes(usize);

impl Bytes {
    /// Whether one more event belongs on the page.
    fn take(&mut self, event: &StoredEvent) -> bool {
        let has_room = self.0 < EVENT_PAGE_BYTES;
        self.0 += event.body.len();
        has_room
    }
}

/// Events with a position above `after`; `order` names each at its place.
pub(super) fn all_events(
    order: &[(RunId, u64)],
    runs: &BTreeMap<RunId, Run>,
    after: u64,
    limit: u32,
) -> Vec<OrderedEvent> {
    let ordered = (1_u64..).zip(order).skip(index(after));
    let found = ordered.filter_map(|(position, (run, seq))| {
        let event = runs.get(run)?.events.get(index(seq - 1))?;
        Some((position, *run, event))
    });
    let mut page = Bytes::default();
    let found = found.take_while(|(.., event)| page.take(event));
    let found = found.map(|(position, run, event)| OrderedEvent {
        position,
        run,
        event: Ok(event.clone()),
    });
    found.take(index(limit.into())).collect()
}

fn index(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn matches(row: &ExecutionRow, filter: &ExecutionFilter, search: Option<&str>) -> bool {
    let status_fits = filter.statuses.is_empty() || filter.statuses.contains(&row.status);
    let workflow_fits = filter
        .workflow
        .as_ref()
        .is_none_or(|name| *name == row.workflow_key || *name == row.workflow_name);
    let id_fits = filter.workflow_id.is_none() || filter.workflow_id == row.workflow_id;
    let project_fits = filter.project_id.is_none() || filter.project_id == row.project_id;
    let is_found = search.is_none_or(|search| {
        fold(&row.workflow_key).contains(search) || fold(&row.workflow_name).contains(search)
    });
    let is_late_enough = filter
        .started_after
        .is_none_or(|time| row.started_at.is_some_and(|started| started >= time));
    let is_early_enough = filter
        .started_before
        .is_none_or(|time| row.started_at.is_some_and(|started| started < time));
    let is_of = workflow_fits && id_fits && project_fits;
    status_fits && is_of && is_found && is_late_enough && is_early_enough
}

fn newest_first<'a>(runs: impl Iterator<Item = &'a Run>) -> Vec<&'a ExecutionRow> {
    let mut rows: Vec<_> = runs.map(|run| &run.execution).collect();
    rows.sort_by_key(|row| std::cmp::Reverse((row.created_at, row.id)));
    rows
}
