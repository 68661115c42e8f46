//! The lifecycle of runs and stages in the log, one line for each step, with
//! `workflow_id`, `execution_id` and `stage_id`.
//!
//! Whatever an agent or a person wrote stays out: of a failure the label is
//! logged, and its words are in the run's own history.

use std::fmt::{self, Display};

use baton_model::plan::WorkflowRef;
use baton_model::{Event, ExecutionStatus, Recorded, RunId, StageId};
use baton_runtime::Observer;
use baton_runtime::observe::Committed;
use tracing::{Level, error, info, warn};

/// The target of these lines, for filters.
const TARGET: &str = "baton::lifecycle";

/// Writes lines. Costs next to nothing where nobody reads them: what a line
/// holds is only put together for a reader.
#[derive(Debug)]
pub(super) struct Lifecycle;

/// What stands on every line of a run.
struct Run<'r> {
    execution_id: RunId,
    workflow_id: OwnId<'r>,
    workflow: &'r str,
}

/// The id of a stored workflow; a text that is not stored has the one it gives
/// itself.
struct OwnId<'r>(&'r WorkflowRef);

impl Display for OwnId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.stored {
            Some(id) => id.fmt(f),
            None => f.write_str(&self.0.id),
        }
    }
}

/// A line, before it is known whether anybody reads it.
struct Line<'e> {
    level: Level,
    event: &'static str,
    words: &'static str,
    stage: Option<&'e StageId>,
    attempt: Option<u32>,
    /// The kind of a failure, or why a stage was skipped.
    label: Option<&'e str>,
    by: Option<&'e str>,
}

impl<'e> Line<'e> {
    fn new(level: Level, event: &'static str, words: &'static str) -> Self {
        Self {
            level,
            event,
            words,
            stage: None,
            attempt: None,
            label: None,
            by: None,
        }
    }

    fn info(event: &'static str, words: &'static str) -> Self {
        Self::new(Level::INFO, event, words)
    }

    fn warn(event: &'static str, words: &'static str) -> Self {
        Self::new(Level::WARN, event, words)
    }

    fn error(event: &'static str, words: &'static str) -> Self {
        Self::new(Level::ERROR, event, words)
    }

    fn label(self, label: &'e str) -> Self {
        Self {
            label: Some(label),
            ..self
        }
    }

    fn by(self, by: &'e str) -> Self {
        Self {
            by: Some(by),
            ..self
        }
    }
}

impl Observer for Lifecycle {
    fn committed(&self, news: &Committed<'_>) {
        let workflow = &news.state.plan().workflow;
        let run = Run {
            execution_id: news.state.id(),
            workflow_id: OwnId(workflow),
            workflow: &workflow.name,
        };
        for Recorded { event, .. } in news.events {
            let of_stage = event.stage().and_then(|stage| {
                let line = line_of_stage(event)?;
                Some(Line {
                    stage: Some(stage),
                    ..line
                })
            });
            if let Some(line) = of_stage.or_else(|| line_of_run(event)) {
                run.write(&line);
            }
        }
    }
}

fn line_of_stage(event: &Event) -> Option<Line<'_>> {
    let line = match event {
        Event::StageStarted { attempt, .. } => Line {
            attempt: Some(*attempt),
            ..Line::info("stage.started", "stage started")
        },
        Event::StageCompleted { .. } => Line::info("stage.completed", "stage completed"),
        Event::StageFailed { failure, .. } => {
            Line::error("stage.failed", "stage failed").label(failure.label.as_str())
        }
        Event::StageRetrying { failure, .. } => {
            let line = Line::warn("stage.retrying", "attempt failed; another follows");
            line.label(failure.label.as_str())
        }
        Event::StageSkipped { reason, .. } => {
            Line::info("stage.skipped", "stage skipped").label(reason.as_str())
        }
        Event::StageCancelled { .. } => Line::info("stage.cancelled", "stage cancelled"),
        Event::StageRestarted { .. } => {
            Line::warn("stage.restarted", "attempt was lost and begins again")
        }
        Event::StageAsked { .. } => {
            Line::info("stage.waiting_for_input", "agent waits for answers")
        }
        Event::StageAnswered { by, .. } => {
            Line::info("stage.answered", "agent has its answers").by(by)
        }
        Event::StageReopened { by, .. } => Line::info("stage.reopened", "stage runs again").by(by),
        Event::GateOpened { .. } => {
            Line::info("stage.waiting_for_approval", "gate waits for a decision")
        }
        Event::GateApproved { decision, .. } => {
            Line::info("gate.approved", "gate approved").by(&decision.by)
        }
        Event::GateRejected { decision, .. } => {
            Line::info("gate.rejected", "gate rejected").by(&decision.by)
        }
        _ => return None,
    };
    Some(line)
}

fn line_of_run(event: &Event) -> Option<Line<'_>> {
    let line = match event {
        Event::RunCreated(created) => {
            Line::info("execution.started", "run started").by(&created.created_by)
        }
        Event::RunPaused { by, .. } => Line::info("execution.paused", "run paused").by(by),
        Event::RunResumed { by } => Line::info("execution.resumed", "run resumed").by(by),
        Event::RunReopened { by } => Line::info("execution.reopened", "run reopened").by(by),
        Event::GraphEdited { by, .. } => {
            Line::info("execution.edited", "stages of the run edited").by(by)
        }
        Event::HookFinished {
            point,
            error: Some(_),
            ..
        } => Line::warn("hook.failed", "hook failed").label(point.as_str()),
        Event::RunEnded { status, .. } => match status {
            ExecutionStatus::Completed => Line::info("execution.completed", "run completed"),
            ExecutionStatus::Cancelled => Line::info("execution.cancelled", "run cancelled"),
            _ => Line::error("execution.failed", "run failed"),
        },
        _ => return None,
    };
    Some(line)
}

impl Run<'_> {
    fn write(&self, line: &Line<'_>) {
        /// One for each level, for a level is part of where a line comes from.
        macro_rules! write {
            ($level:ident) => {
                $level!(
                    target: TARGET,
                    event = line.event,
                    execution_id = %self.execution_id,
                    workflow_id = %self.workflow_id,
                    workflow = self.workflow,
                    stage_id = line.stage.map(StageId::as_str),
                    attempt = line.attempt,
                    label = line.label,
                    by = line.by,
                    "{}",
                    line.words
                )
            };
        }
        match line.level {
            Level::ERROR => write!(error),
            Level::WARN => write!(warn),
            _ => write!(info),
        }
    }
}
