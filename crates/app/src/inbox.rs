//! Everything that waits for a person, over all runs: gates that are open, and
//! questions that nobody has answered.

use baton_model::{ExecutionStatus, RunId, StepStatus, Timestamp};
use baton_store::{ExecutionFilter, ExecutionRow, PageKey, SortOrder, StepRow};
use serde::Deserialize;

use crate::answers::Asked;
use crate::runs::DamagedRun;
use crate::{App, AppError};

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
    pub execution: ExecutionRow,
    /// The step that waits.
    pub step: StepRow,
    /// Since when.
    pub since: Timestamp,
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

/// What waits, and what could not be read.
#[derive(Clone, Debug, Default)]
pub struct Inbox {
    /// The longest waiting first.
    pub items: Vec<InboxItem>,
    /// Runs of which nobody knows whether they wait.
    pub damaged: Vec<DamagedRun>,
}

impl App {
    /// Everything that waits for a person: in all runs, or in those of a
    /// project.
    pub async fn inbox(&self, project: Option<&str>) -> Result<Inbox, AppError> {
        let mut inbox = Inbox::default();
        let mut filter = ExecutionFilter {
            statuses: STATES.to_vec(),
            project_id: project.map(str::to_owned),
            order: SortOrder::Ascending,
            limit: ExecutionFilter::LIMIT_MAX,
            ..ExecutionFilter::default()
        };
        loop {
            let page = self.store.executions(filter.clone()).await?;
            let places = page.items.iter().map(|row| filter.place_of(row));
            let last = places.chain(page.damaged.iter().map(|row| row.key)).max();
            let damaged = page.damaged.into_iter().map(|row| (row.key.id, row.what));
            inbox.damaged.extend(damaged.map(of_damaged));
            for execution in page.items {
                self.collect(execution, &mut inbox).await?;
            }
            match last.filter(|last| page.has_more && is_further(filter.after, *last)) {
                Some(last) => filter.after = Some(last),
                None => break,
            }
        }
        inbox
            .items
            .sort_by_key(|item| (item.since, item.execution.id, item.step.order_index));
        Ok(inbox)
    }

    async fn collect(&self, execution: ExecutionRow, inbox: &mut Inbox) -> Result<(), AppError> {
        let steps = match self.store.steps(execution.id).await {
            Ok(steps) => steps,
            Err(baton_store::StoreError::Corrupt(what)) => {
                inbox.damaged.push(of_damaged((execution.id, what)));
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        for step in steps {
            if let Some(wanted) = wanted(&step)? {
                inbox.items.push(InboxItem {
                    since: step.progress.started_at.unwrap_or(execution.updated_at),
                    execution: execution.clone(),
                    step,
                    wanted,
                });
            }
        }
        Ok(())
    }
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
