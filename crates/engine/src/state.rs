//! What is known of a run: the sum of its events.
//!
//! Only [`crate::apply`] changes a state. The sets and counters beside the
//! stages (`ready`, `fresh`, `timers`, …) follow from them; they are kept so
//! that no decision has to look at every stage, and
//! [`crate::invariants::check`] proves that they agree.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use baton_model::event::{GateDecision, RunCreated};
use baton_model::plan::{PlannedStage, StageKind};
use baton_model::{
    AttemptKey, ExecutionStatus, Failure, FailureLabel, Object, Plan, RunId, StageId, StepStatus,
    Timestamp,
};

use crate::topology::Topology;

/// Place of a stage in its plan, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StageIndex(u32);

impl StageIndex {
    /// Plans are refused beyond `u32::MAX` stages, so no place is ever cut.
    pub(crate) fn from_place(place: usize) -> Self {
        Self(u32::try_from(place).unwrap_or(u32::MAX))
    }

    /// The place, from 0.
    pub const fn get(self) -> usize {
        self.0 as usize
    }
}

/// A run as its log tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct RunState {
    pub(crate) id: RunId,
    pub(crate) version: u64,
    pub(crate) created: Arc<RunCreated>,
    pub(crate) created_at: Timestamp,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) phase: Phase,
    pub(crate) stages: Vec<StageState>,
    pub(crate) topology: Arc<Topology>,
    pub(crate) work: Work,
    pub(crate) clock: WorkClock,
}

/// Where the run as a whole stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Active,
    Stopping {
        outcome: ExecutionStatus,
        reason: String,
    },
    Ended {
        status: ExecutionStatus,
        error: Option<String>,
        at: Timestamp,
    },
}

/// What follows from the stages, kept up to date by `apply`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Work {
    /// Their turn has come, but a condition or a gate is to be looked at first.
    pub(crate) fresh: BTreeSet<StageIndex>,
    /// May start; ordered by when their turn came, then by place.
    pub(crate) ready: BTreeSet<(u64, StageIndex)>,
    /// With an agent now.
    pub(crate) running: BTreeSet<StageIndex>,
    /// Open gates.
    pub(crate) gates: BTreeSet<StageIndex>,
    /// Waiting for their next attempt.
    pub(crate) retrying: BTreeSet<StageIndex>,
    /// Deadlines of attempts and gates, and times of next attempts.
    pub(crate) timers: BTreeSet<(Timestamp, StageIndex)>,
    /// How many stages have not ended.
    pub(crate) open: u32,
}

/// How long the run has worked; stands still while it only waits for people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct WorkClock {
    pub(crate) worked: Duration,
    pub(crate) running_since: Option<Timestamp>,
}

/// A stage within a run.
#[derive(Clone, Debug, PartialEq)]
pub struct StageState {
    /// Where it stands.
    pub status: StepStatus,
    /// How often it was opened, from 1.
    pub iteration: u32,
    /// Its latest attempt in this iteration; 0 before the first.
    pub attempt: u32,
    /// Its latest start in the whole run; 0 before the first.
    pub dispatch: u32,
    /// How often this attempt was run again after a crash.
    pub crash_restarts: u32,
    /// How many stages it still waits for.
    pub waiting_for: u32,
    /// Set while a running attempt is being ended: `timeout` or `cancelled`.
    pub stopping: Option<FailureLabel>,
    /// The next deadline, or time of the next attempt, that concerns it.
    pub timer: Option<Timestamp>,
    /// When its latest attempt runs, or ran, out of time.
    pub deadline: Option<Timestamp>,
    /// The version at which it became ready, while it is.
    pub(crate) ready_since: Option<u64>,
    /// What it brought back.
    pub outputs: Option<Arc<Object>>,
    /// Why its latest attempt failed.
    pub failure: Option<Failure>,
    /// Session of its agent.
    pub session: Option<String>,
    /// For a gate: what was asked, and what was decided.
    pub gate: Option<Box<GateState>>,
    /// When its latest attempt started, or the gate opened.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// A gate within a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GateState {
    /// What people are asked.
    pub message: Option<String>,
    /// When it decides by itself.
    pub deadline: Option<Timestamp>,
    /// Who decided, and why.
    pub decision: Option<GateDecision>,
}

impl StageState {
    pub(crate) fn pending(waiting_for: u32) -> Self {
        Self {
            status: StepStatus::Pending,
            iteration: 1,
            attempt: 0,
            dispatch: 0,
            crash_restarts: 0,
            waiting_for,
            stopping: None,
            timer: None,
            deadline: None,
            ready_since: None,
            outputs: None,
            failure: None,
            session: None,
            gate: None,
            started_at: None,
            ended_at: None,
        }
    }
}

impl RunState {
    /// The run's id.
    pub fn id(&self) -> RunId {
        self.id
    }

    /// Sequence number of the last event that was applied.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// What the run carries out.
    pub fn plan(&self) -> &Arc<Plan> {
        &self.created.plan
    }

    /// Source of everything random in the run.
    pub fn seed(&self) -> u64 {
        self.created.seed
    }

    /// Who started it.
    pub fn created_by(&self) -> &str {
        &self.created.created_by
    }

    /// When it was created.
    pub fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// When its first stage started or its first gate opened.
    pub fn started_at(&self) -> Option<Timestamp> {
        self.started_at
    }

    /// When it ended.
    pub fn ended_at(&self) -> Option<Timestamp> {
        match &self.phase {
            Phase::Ended { at, .. } => Some(*at),
            Phase::Active | Phase::Stopping { .. } => None,
        }
    }

    /// Why it did not complete, once it has ended.
    pub fn error(&self) -> Option<&str> {
        match &self.phase {
            Phase::Ended { error, .. } => error.as_deref(),
            Phase::Active | Phase::Stopping { .. } => None,
        }
    }

    /// Where the run stands.
    pub fn status(&self) -> ExecutionStatus {
        match &self.phase {
            Phase::Ended { status, .. } => *status,
            Phase::Active if self.only_waits_for_people() => ExecutionStatus::WaitingForApproval,
            Phase::Active if self.started_at.is_none() => ExecutionStatus::Pending,
            Phase::Active | Phase::Stopping { .. } => ExecutionStatus::Running,
        }
    }

    /// Whether gates are open and nothing else runs or can run.
    fn only_waits_for_people(&self) -> bool {
        let work = &self.work;
        !work.gates.is_empty()
            && work.running.is_empty()
            && work.ready.is_empty()
            && work.fresh.is_empty()
            && work.retrying.is_empty()
    }

    /// Every stage with its place, plan and state, in declaration order.
    pub fn stages(&self) -> impl Iterator<Item = (StageIndex, &PlannedStage, &StageState)> {
        let pairs = self.created.plan.stages.iter().zip(&self.stages);
        pairs
            .enumerate()
            .map(|(place, (planned, state))| (StageIndex::from_place(place), planned, state))
    }

    /// The place of a stage, if the plan has it.
    pub fn index(&self, stage: &StageId) -> Option<StageIndex> {
        self.topology.index(stage)
    }

    /// State of the stage at a place this state handed out.
    #[expect(
        clippy::indexing_slicing,
        reason = "indexes are made from this state's own plan"
    )]
    pub fn stage(&self, index: StageIndex) -> &StageState {
        &self.stages[index.get()]
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "indexes are made from this state's own plan"
    )]
    pub(crate) fn stage_mut(&mut self, index: StageIndex) -> &mut StageState {
        &mut self.stages[index.get()]
    }

    /// Plan of the stage at a place this state handed out.
    #[expect(
        clippy::indexing_slicing,
        reason = "indexes are made from this state's own plan"
    )]
    pub fn planned(&self, index: StageIndex) -> &PlannedStage {
        &self.created.plan.stages[index.get()]
    }

    /// Identity of the latest start of a stage.
    pub fn attempt_key(&self, index: StageIndex) -> AttemptKey {
        let stage = self.stage(index);
        AttemptKey {
            run: self.id,
            stage: self.planned(index).id.clone(),
            iteration: stage.iteration,
            attempt: stage.attempt,
            dispatch: stage.dispatch,
        }
    }

    /// Gates that wait for a decision, in declaration order.
    pub fn open_gates(&self) -> impl Iterator<Item = StageIndex> + '_ {
        self.work.gates.iter().copied()
    }

    /// Whether an agent works on a stage of this run.
    pub fn has_attempts_in_flight(&self) -> bool {
        !self.work.running.is_empty()
    }

    /// Whether the run has ended or is about to.
    pub(crate) fn is_active(&self) -> bool {
        matches!(self.phase, Phase::Active)
    }

    /// Whether something has to be decided before `planned` can be ready.
    pub(crate) fn needs_a_look(planned: &PlannedStage) -> bool {
        planned.condition.is_some() || matches!(planned.kind, StageKind::Gate(_))
    }
}
