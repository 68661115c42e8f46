//! Lists of runs that are searched for by a part of their id.
//!
//! The store finds three runs by that, which is enough to tell them apart and
//! no list. Where there may be more, all that belong on the list by all else
//! are walked through, so that none is left out and all are counted.

use std::collections::VecDeque;

use baton_model::{RunId, Timestamp};
use baton_store::{ExecutionFilter, ExecutionRow, PageBefore, PageKey, SortOrder, StoreError};

use super::{DamagedRun, RunList, further};
use crate::lookup::fragment;
use crate::{App, AppError, page};

/// The most that the store finds by a part of an id.
const FOUND_MAX: usize = 3;

/// A run in a list, or what is wrong with it.
type Entry = (PageKey, Result<ExecutionRow, String>);

/// A page of a list while the list is walked through.
struct Part<'f> {
    filter: &'f ExecutionFilter,
    /// Places before the page, the nearest first, as far as it takes to lead
    /// back.
    before: VecDeque<PageKey>,
    items: Vec<ExecutionRow>,
    damaged: Vec<DamagedRun>,
    last: Option<PageKey>,
    has_more: bool,
    total_count: u64,
}

impl App {
    /// The runs whose id begins or ends with what a list is searched for, and that
    /// belong on it by all else; none where that can be no part of an id.
    pub(super) async fn runs_of_id(
        &self,
        filter: &ExecutionFilter,
    ) -> Result<Option<RunList>, AppError> {
        let Some(fragment) = filter.search.as_deref().and_then(fragment) else {
            return Ok(None);
        };
        let mut part = Part::of(filter);
        match self.few_of_id(&fragment).await? {
            Some(mut rows) => {
                rows.retain(|row| is_let_in(row, filter));
                part.take(rows.into_iter().map(|row| (filter.place_of(&row), Ok(row))));
            }
            None => self.walk(&fragment, &mut part).await?,
        }
        Ok(Some(part.list()))
    }

    /// All runs with such an id; none where that takes looking at every run,
    /// since there may be more than the store finds, or one cannot be read.
    async fn few_of_id(&self, fragment: &str) -> Result<Option<Vec<ExecutionRow>>, AppError> {
        let found = self.store.runs_like(fragment).await?;
        if found.len() >= FOUND_MAX {
            return Ok(None);
        }
        let mut rows = Vec::new();
        for run in found {
            match self.store.execution(run).await {
                Ok(row) => rows.extend(row),
                Err(StoreError::Corrupt(_)) => return Ok(None),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Some(rows))
    }

    async fn walk(&self, fragment: &str, part: &mut Part<'_>) -> Result<(), AppError> {
        let mut filter = ExecutionFilter {
            search: None,
            after: None,
            limit: ExecutionFilter::LIMIT_MAX,
            ..part.filter.clone()
        };
        loop {
            let page = self.store.executions(filter.clone()).await?;
            let next = further(&page, &filter)?;
            let damaged = page.damaged.into_iter().map(|row| (row.key, Err(row.what)));
            let items = page.items.into_iter();
            let items = items.map(|row| (filter.place_of(&row), Ok(row)));
            let entries = items.chain(damaged);
            part.take(entries.filter(|(place, _)| fits(place.id, fragment)));
            match next {
                Some(next) => filter.after = Some(next),
                None => return Ok(()),
            }
        }
    }
}

impl<'f> Part<'f> {
    fn of(filter: &'f ExecutionFilter) -> Self {
        Self {
            filter,
            before: VecDeque::new(),
            items: Vec::new(),
            damaged: Vec::new(),
            last: None,
            has_more: false,
            total_count: 0,
        }
    }

    /// Takes entries that come after all those before.
    fn take(&mut self, entries: impl Iterator<Item = Entry>) {
        let mut entries: Vec<Entry> = entries.collect();
        entries.sort_by_key(|(place, _)| *place);
        if self.filter.order == SortOrder::Descending {
            entries.reverse();
        }
        for entry in entries {
            self.take_one(entry);
        }
    }

    fn take_one(&mut self, (place, row): Entry) {
        let page_size = self.filter.page_size() as usize;
        self.total_count += 1;
        let after = self.filter.after;
        if after.is_some_and(|after| !self.filter.is_before(after, place)) {
            self.before.push_front(place);
            self.before.truncate(page_size + 1);
            return;
        }
        if self.items.len() + self.damaged.len() == page_size {
            self.has_more = true;
            return;
        }
        self.last = Some(place);
        match row {
            Ok(row) => self.items.push(row),
            Err(what) => self.damaged.push(DamagedRun {
                run: place.id,
                error: AppError::damaged(what),
            }),
        }
    }

    fn list(self) -> RunList {
        let before = PageBefore::among(self.before.into(), self.filter.page_size());
        let last = self.last.filter(|_| self.has_more);
        RunList {
            items: self.items,
            damaged: self.damaged,
            next_cursor: last.as_ref().map(page::to_cursor),
            prev_cursor: before.as_ref().map(page::to_cursor_before),
            total_count: self.total_count,
        }
    }
}

/// Whether an id begins or ends with these digits.
fn fits(run: RunId, fragment: &str) -> bool {
    let digits = run.as_uuid().simple().to_string();
    digits.starts_with(fragment) || digits.ends_with(fragment)
}

/// Whether a run belongs on a list, whatever that is searched for.
fn is_let_in(row: &ExecutionRow, filter: &ExecutionFilter) -> bool {
    let is_of = |workflow: &String| [&row.workflow_key, &row.workflow_name].contains(&workflow);
    let started = |is_within: &dyn Fn(Timestamp) -> bool| row.started_at.is_some_and(is_within);
    (filter.statuses.is_empty() || filter.statuses.contains(&row.status))
        && filter.workflow.as_ref().is_none_or(is_of)
        && (filter.workflow_id.is_none() || filter.workflow_id == row.workflow_id)
        && (filter.project_id.is_none() || filter.project_id == row.project_id)
        && filter
            .started_after
            .is_none_or(|from| started(&|at| at >= from))
        && filter
            .started_before
            .is_none_or(|to| started(&|at| at < to))
}
