//! What has happened to a run: its events, what its agents wrote, where it
//! comes from and how its hooks ended.

use std::borrow::Cow;
use std::collections::BTreeMap;

use baton_model::plan::{HookPoint, Overridden, WorkflowRef};
use baton_model::{Event, RunId, StageId, Usage};
use baton_runtime::NewRunSpec;
use baton_store::{LogFilter, LogLine, StoredEvent};
use serde::Deserialize;

use crate::changes::known_stage;
use crate::{App, AppError};

/// Most log lines or events in one answer.
pub const LINES_MAX: u32 = 10_000;

/// Where a run comes from, and what was done beside it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Background {
    /// The earlier run it repeats.
    pub rerun_of: Option<RunId>,
    /// Stages it did not run again, since the earlier run has their results.
    pub reused: Vec<StageId>,
    /// Actions of hooks that have ended, in the order in which they did.
    pub hooks: Vec<HookEnd>,
    /// What was set by overrides when it started, or when the run did that it
    /// repeats.
    pub overridden: Vec<Overridden>,
    /// What the agents of its stages took, as far as they have told.
    pub usage: BTreeMap<StageId, Usage>,
}

/// How an action of a hook ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookEnd {
    /// Which hook.
    pub point: HookPoint,
    /// Which of its actions, from 0.
    pub place: u32,
    /// What went wrong.
    pub error: Option<String>,
}

impl App {
    /// Log lines of a run.
    pub async fn logs(&self, run: RunId, filter: LogFilter) -> Result<Vec<LogLine>, AppError> {
        let limit = filter.limit.min(LINES_MAX);
        if let Some(stage) = &filter.stage {
            known_stage(&self.steps(run).await?, stage.as_str())?;
        }
        let lines = self.store.logs(run, LogFilter { limit, ..filter }).await?;
        self.ensure_found(run, lines.is_empty()).await?;
        Ok(lines)
    }

    /// Events of a run after a sequence number.
    pub async fn events(
        &self,
        run: RunId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<StoredEvent>, AppError> {
        let n_max = limit.min(LINES_MAX) as usize;
        let mut events: Vec<StoredEvent> = Vec::new();
        while events.len() < n_max {
            let after = events.last().map_or(after, |last| last.seq);
            let room = u32::try_from(n_max - events.len()).unwrap_or(LINES_MAX);
            let page = self.store.events(run, after, room).await?;
            if page.is_empty() {
                break;
            }
            events.extend(page);
        }
        self.ensure_found(run, events.is_empty()).await?;
        Ok(events)
    }

    /// Nothing was found: perhaps there is no such run.
    async fn ensure_found(&self, run: RunId, is_empty: bool) -> Result<(), AppError> {
        if is_empty {
            self.execution(run).await?;
        }
        Ok(())
    }

    /// What the run's first event tells, and the ends of its hooks.
    pub(crate) async fn background(
        &self,
        run: RunId,
        first: Option<StoredEvent>,
    ) -> Result<Background, AppError> {
        let Some(first) = first else {
            return Ok(Background::default());
        };
        let created: Created<'_> = serde_json::from_str(&first.body).map_err(AppError::internal)?;
        let beside = self.beside(run).await?;
        Ok(Background {
            rerun_of: created.rerun_of,
            reused: created
                .reused
                .into_iter()
                .filter_map(|reused| StageId::new(reused.stage.as_ref()).ok())
                .collect(),
            hooks: beside.hooks,
            overridden: created.plan.workflow.overridden,
            usage: beside.usage,
        })
    }

    /// What only events tell.
    async fn beside(&self, run: RunId) -> Result<Background, AppError> {
        let mut beside = Background::default();
        let mut after = 0;
        loop {
            let events = self.store.events(run, after, LINES_MAX).await?;
            let Some(last) = events.last() else {
                return Ok(beside);
            };
            after = last.seq;
            for event in events
                .iter()
                .filter(|event| ["hook_finished", "stage_spent"].contains(&event.kind.as_ref()))
            {
                beside.note(event)?;
            }
        }
    }
}

impl Background {
    /// Of a run that is about to be made.
    pub(crate) fn of_new(spec: &NewRunSpec) -> Self {
        let reused = spec.reused.iter().map(|reused| reused.stage.clone());
        Self {
            rerun_of: spec.rerun_of,
            reused: reused.collect(),
            overridden: spec.plan.workflow.overridden.clone(),
            ..Self::default()
        }
    }

    fn note(&mut self, stored: &StoredEvent) -> Result<(), AppError> {
        match serde_json::from_str(&stored.body).map_err(AppError::internal)? {
            Event::HookFinished {
                point,
                place,
                error,
                ..
            } => self.hooks.push(HookEnd {
                point,
                place,
                error,
            }),
            Event::StageSpent { stage, usage, .. } => {
                let of_stage = self.usage.entry(stage).or_default();
                *of_stage = of_stage.plus(&usage);
            }
            _ => {}
        }
        Ok(())
    }
}

/// What is wanted of the first event: not the stages, of which there may be
/// many.
#[derive(Deserialize)]
struct Created<'e> {
    #[serde(default)]
    rerun_of: Option<RunId>,
    #[serde(default, borrow)]
    reused: Vec<Reused<'e>>,
    plan: CreatedPlan,
}

#[derive(Deserialize)]
struct Reused<'e> {
    #[serde(borrow)]
    stage: Cow<'e, str>,
}

#[derive(Deserialize)]
struct CreatedPlan {
    workflow: WorkflowRef,
}
