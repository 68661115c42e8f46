//! What is told to whoever counts, logs or traces: what became durable, how
//! runs move between statuses, and how attempts ended.
//!
//! An observer learns of things after they are so and cannot change them. It is
//! called on the way from one commit to the next, so it must never wait.

use std::time::Duration;

use baton_engine::{RunState, Tally};
use baton_model::{AttemptKey, AttemptReport, ExecutionStatus, Recorded, StageId};

/// Hears of what happens. Whatever is not of interest need not be implemented.
pub trait Observer: Send + Sync {
    /// A run was read, to go on with it: others, or this process earlier, have
    /// brought it to where it is. What is committed from here on is told.
    fn taken_up(&self, _state: &RunState) {}

    /// Events were committed. Comes once for each of them, in their order.
    fn committed(&self, _news: &Committed<'_>) {}

    /// A run stands somewhere else than before; none: it did not exist, or is
    /// not this process's any more.
    fn moved(&self, _from: Option<Standing>, _to: Option<Standing>) {}

    /// An agent has ended its turn.
    fn attempt_ended(&self, _end: &AttemptEnd<'_>) {}
}

/// Nobody looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unobserved;

impl Observer for Unobserved {}

/// Events of a run, as they were committed together.
pub struct Committed<'c> {
    /// The run as it is with all of them.
    pub state: &'c RunState,
    /// The events.
    pub events: &'c [Recorded],
    /// Knows who works on which stage.
    pub(crate) adapters: &'c dyn Fn(&StageId) -> Option<&'static str>,
}

impl Committed<'_> {
    /// The kind of agent that works on a stage; none for a gate, and for a
    /// stage that nobody was looked for yet.
    pub fn adapter(&self, stage: &StageId) -> Option<&'static str> {
        (self.adapters)(stage)
    }
}

/// Where a run stands, in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The run as a whole.
    pub status: ExecutionStatus,
    /// Its stages.
    pub stages: Tally,
}

impl Standing {
    pub(crate) fn of(state: &RunState) -> Self {
        Self {
            status: state.status(),
            stages: state.tally(),
        }
    }
}

/// How a turn of an agent ended.
#[derive(Debug)]
pub struct AttemptEnd<'a> {
    /// Which start of which stage it was.
    pub key: &'a AttemptKey,
    /// The kind of agent.
    pub adapter: &'static str,
    /// How long it took; none when an earlier process began it.
    pub took: Option<Duration>,
    /// What came of it.
    pub report: &'a AttemptReport,
}
