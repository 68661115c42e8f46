//! Everything that waits for a person, over all runs: gates that are open, and
//! questions that nobody has answered.

mod known;

use std::sync::Arc;

use baton_model::{ExecutionStatus, RunId, StageId, StepStatus, Timestamp};
use baton_store::{
    ExecutionFilter, ExecutionRow, PageBefore, PageKey, SortOrder, StepRow, StoreError,
};
use serde::Deserialize;

use crate::answers::Asked;
use crate::runs::DamagedRun;
use crate::{App, AppError, page};

pub(crate) use known::KnownWaiting;

/// States of runs in which something may wait: branches that go on keep a run
/// `running` while another one waits.
const STATES: [ExecutionStatus; 4] = [
    ExecutionStatus::WaitingForApproval,
    ExecutionStatus::WaitingForInput,
    ExecutionStatus::Running,
    ExecutionStatus::Paused,
];

/// Something that waits for a person.
#[derive(Clone, Debug, PartialEq)]
pub struct InboxItem {
    /// The run.
    pub execution: Arc<ExecutionRow>,
    /// The step that waits.
    pub step: Arc<WaitingStep>,
}

impl InboxItem {
    /// Since when it waits.
    pub fn since(&self) -> Timestamp {
        self.step.since.unwrap_or(self.execution.updated_at)
    }

    fn place(&self) -> InboxPlace {
        InboxPlace {
            since: self.since(),
            run: self.execution.id,
            order_index: self.step.order_index,
        }
    }
}

/// A step that waits for a person.
#[derive(Clone, Debug, PartialEq)]
pub struct WaitingStep {
    /// Place among the run's steps.
    order_index: u32,
    /// Since when, where that is known.
    since: Option<Timestamp>,
    /// The stage.
    pub stage: StageId,
    /// Its display name.
    pub stage_name: String,
    /// Stages that come first.
    pub depends_on: Vec<StageId>,
    /// Reference of its agent.
    pub agent: Option<String>,
    /// How often it was opened.
    pub iteration: u32,
    /// Its latest start.
    pub dispatch: u32,
    /// What is wanted of people.
    pub wanted: Wanted,
}

/// What is wanted of people.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    /// A decision.
    Decision(OpenGate),
    /// Answers.
    Answers(Asked),
}

/// What is said at an open gate.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct OpenGate {
    /// What is to be decided.
    pub message: Option<String>,
    /// Who may decide; empty: anybody.
    pub approvers: Vec<String>,
    /// When it decides by itself.
    pub deadline: Option<String>,
}

/// A place in the inbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct InboxPlace {
    pub(crate) since: Timestamp,
    pub(crate) run: RunId,
    pub(crate) order_index: u32,
}

/// What waits, and what could not be read.
#[derive(Clone, Debug, Default)]
pub struct Inbox {
    /// The longest waiting first.
    pub items: Vec<InboxItem>,
    /// Runs of which nobody knows whether they wait; they are on the first page.
    pub damaged: Vec<DamagedRun>,
    /// Leads to the next page.
    pub next_cursor: Option<String>,
    /// Leads to the page before.
    pub prev_cursor: Option<String>,
    /// How much waits on all pages together.
    pub total_count: u64,
}

/// Which part of the inbox to show.
#[derive(Clone, Debug)]
pub struct InboxFilter {
    /// Of runs of this project only.
    pub project: Option<String>,
    /// At most so many.
    pub limit: u32,
    /// From another page.
    pub cursor: Option<String>,
}

impl App {
    /// What waits for a person: in all runs, or in those of a project.
    pub async fn inbox(&self, wanted: InboxFilter) -> Result<Inbox, AppError> {
        let after: Option<InboxPlace> = page::from_cursor(wanted.cursor.as_deref(), ())?;
        let (mut items, damaged) = self.all_waiting(wanted.project).await?;
        items.sort_by_key(InboxItem::place);
        let limit = wanted.limit as usize;
        let start = after.map_or(0, |after| {
            items.partition_point(|item| item.place() <= after)
        });
        let before = items[..start].iter().rev().map(InboxItem::place);
        let before = PageBefore::among(before.take(limit + 1).collect(), wanted.limit);
        let total_count = items.len() as u64;
        let mut shown = items.split_off(start);
        let has_more = shown.len() > limit;
        shown.truncate(limit);
        let last = shown.last().filter(|_| has_more).map(InboxItem::place);
        Ok(Inbox {
            next_cursor: last.as_ref().map(page::to_cursor),
            prev_cursor: before.as_ref().map(page::to_cursor_before),
            damaged: if start == 0 { damaged } else { Vec::new() },
            items: shown,
            total_count,
        })
    }

    /// All that waits, in no order, and what could not be read.
    async fn all_waiting(
        &self,
        project: Option<String>,
    ) -> Result<(Vec<InboxItem>, Vec<DamagedRun>), AppError> {
        let (mut items, mut damaged, mut open) = (Vec::new(), Vec::new(), Vec::new());
        let mut filter = ExecutionFilter {
            statuses: STATES.to_vec(),
            project_id: project,
            order: SortOrder::Ascending,
            limit: ExecutionFilter::LIMIT_MAX,
            ..ExecutionFilter::default()
        };
        loop {
            let page = self.store.executions(filter.clone()).await?;
            let places = page.items.iter().map(|row| filter.place_of(row));
            let last = places.chain(page.damaged.iter().map(|row| row.key)).max();
            let unread = page.damaged.into_iter().map(|row| (row.key.id, row.what));
            damaged.extend(unread.map(of_damaged));
            for execution in page.items {
                open.push(execution.id);
                match self.waiting_in(&execution).await? {
                    Ok(steps) => items.extend(items_of(execution, &steps)),
                    Err(unread) => damaged.push(unread),
                }
            }
            match last.filter(|last| page.has_more && is_further(filter.after, *last)) {
                Some(last) => filter.after = Some(last),
                None => break,
            }
        }
        self.known_waiting
            .keep_open(filter.project_id.as_deref(), open);
        Ok((items, damaged))
    }

    /// The steps of a run that wait, read once for each of its versions.
    async fn waiting_in(
        &self,
        execution: &ExecutionRow,
    ) -> Result<Result<Arc<[Arc<WaitingStep>]>, DamagedRun>, AppError> {
        if let Some(known) = self.known_waiting.get(execution) {
            return Ok(Ok(known));
        }
        let steps = match self.store.steps(execution.id).await {
            Ok(steps) => steps,
            Err(StoreError::Corrupt(what)) => return Ok(Err(of_damaged((execution.id, what)))),
            Err(error) => return Err(error.into()),
        };
        let mut waiting = Vec::new();
        for step in steps {
            waiting.extend(waiting_step(step)?.map(Arc::new));
        }
        let waiting: Arc<[_]> = waiting.into();
        self.known_waiting.note(execution, Arc::clone(&waiting));
        Ok(Ok(waiting))
    }
}

fn items_of(execution: ExecutionRow, steps: &[Arc<WaitingStep>]) -> Vec<InboxItem> {
    let execution = Arc::new(execution);
    let item = |step: &Arc<WaitingStep>| InboxItem {
        execution: Arc::clone(&execution),
        step: Arc::clone(step),
    };
    steps.iter().map(item).collect()
}

/// A place whose own row is damaged may lie anywhere; the walk never turns
/// back.
fn is_further(after: Option<PageKey>, last: PageKey) -> bool {
    after.is_none_or(|after| last > after)
}

fn of_damaged((run, what): (RunId, String)) -> DamagedRun {
    DamagedRun {
        run,
        error: AppError::damaged(what),
    }
}

/// A step as it waits for people, if it does.
fn waiting_step(step: StepRow) -> Result<Option<WaitingStep>, AppError> {
    let Some(wanted) = wanted(&step)? else {
        return Ok(None);
    };
    Ok(Some(WaitingStep {
        order_index: step.order_index,
        since: step.progress.started_at,
        stage: step.stage,
        stage_name: step.stage_name,
        depends_on: step.depends_on,
        agent: step.agent,
        iteration: step.progress.iteration,
        dispatch: step.progress.dispatch,
        wanted,
    }))
}

/// What a step wants of people, if it waits for them.
fn wanted(step: &StepRow) -> Result<Option<Wanted>, AppError> {
    match step.progress.status {
        StepStatus::WaitingForApproval => {
            let gate = step.progress.gate.as_deref().unwrap_or("{}");
            let gate = serde_json::from_str(gate).map_err(AppError::internal)?;
            Ok(Some(Wanted::Decision(gate)))
        }
        StepStatus::WaitingForInput => Ok(Asked::of(step)?.map(Wanted::Answers)),
        StepStatus::Pending
        | StepStatus::Running
        | StepStatus::Completed
        | StepStatus::Failed
        | StepStatus::Skipped
        | StepStatus::TimedOut
        | StepStatus::Cancelled => Ok(None),
    }
}
