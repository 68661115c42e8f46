//! The lists of [`MemoryStore`](super::MemoryStore): sorted and cut on the
//! spot, since its runs are few.

use baton_model::RunId;

use super::run::Run;
use crate::rows::{
    ExecutionFilter, ExecutionPage, ExecutionRow, LogFilter, LogLine, PageBefore, PageKey,
};

/// Most rows that match a fragment of an id.
const LIKE_MAX: usize = 3;

/// A page of executions, newest first.
pub(super) fn page<'a>(
    runs: impl Iterator<Item = &'a Run>,
    filter: &ExecutionFilter,
) -> ExecutionPage {
    let matching = newest_first(runs.filter(|run| matches(&run.execution, filter)));
    let total_count = matching.len() as u64;
    let limit = filter.page_size();
    let (earlier, rest): (Vec<_>, Vec<_>) = matching
        .into_iter()
        .partition(|row| filter.after.is_some_and(|after| place(row) >= key(after)));
    let nearest = earlier.iter().rev().take(limit as usize + 1);
    let before = PageBefore::among(nearest.map(|row| page_key(row)).collect(), limit);
    let mut rest = rest.into_iter();
    let items = rest
        .by_ref()
        .take(limit as usize)
        .map(|row| ExecutionRow {
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

fn matches(row: &ExecutionRow, filter: &ExecutionFilter) -> bool {
    let status_fits = filter.statuses.is_empty() || filter.statuses.contains(&row.status);
    let workflow_fits = filter
        .workflow
        .as_ref()
        .is_none_or(|name| *name == row.workflow_key || *name == row.workflow_name);
    let id_fits = filter.workflow_id.is_none() || filter.workflow_id == row.workflow_id;
    status_fits && workflow_fits && id_fits
}

fn newest_first<'a>(runs: impl Iterator<Item = &'a Run>) -> Vec<&'a ExecutionRow> {
    let mut rows: Vec<_> = runs.map(|run| &run.execution).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(place(row)));
    rows
}

fn place(row: &ExecutionRow) -> (i64, RunId) {
    (row.created_at.as_micros(), row.id)
}

fn page_key(row: &ExecutionRow) -> PageKey {
    PageKey {
        created_at: row.created_at,
        id: row.id,
    }
}

fn key(key: PageKey) -> (i64, RunId) {
    (key.created_at.as_micros(), key.id)
}
