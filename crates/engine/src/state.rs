//! What is known of a run: the sum of its events.
//!
//! Only [`crate::apply`] changes a state. The sets and counters beside the
//! stages (`ready`, `fresh`, `timers`, …) follow from them; they are kept so
//! that no decision has to look at every stage, and
//! [`crate::invariants::check`] proves that they agree.

mod shape;
mod stage;
mod tally;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use baton_model::event::RunCreated;
use baton_model::plan::{FailurePolicy, PlannedStage, Schedule, StageKind};
use baton_model::{
    AttemptKey, ExecutionStatus, FailureLabel, HookKey, Plan, RunId, StageId, Timestamp,
};

pub use crate::state::shape::Shape;
pub use crate::state::stage::{Asked, Draft, Feedback, GateState, Handed, StageState, Talk, Work};
pub use crate::state::tally::Tally;
use crate::table::RunPhase;
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
    /// The plan of the first event with all edits since. Stages that were
    /// deleted keep their place, so that a place means the same for ever.
    pub(crate) plan: Arc<Plan>,
    pub(crate) created_at: Timestamp,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) phase: Phase,
    pub(crate) pause: Option<Pause>,
    pub(crate) stages: Vec<StageState>,
    pub(crate) topology: Arc<Topology>,
    pub(crate) queues: Queues,
    pub(crate) clock: WorkClock,
    /// How often the run has ended.
    pub(crate) n_ends: u32,
    /// Actions of hooks that are still to be carried out.
    pub(crate) due_hooks: BTreeSet<HookKey>,
}

/// A run that was paused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pause {
    /// The batch that is finished all the same, under `schedule: batches`.
    pub(crate) batch: u32,
    /// The stages of it that had not ended when the run was paused. What came
    /// or was opened again since then waits.
    pub(crate) finishes: BTreeSet<StageIndex>,
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
pub(crate) struct Queues {
    /// Their turn has come, but a condition or a gate is to be looked at first.
    pub(crate) fresh: BTreeSet<StageIndex>,
    /// May start; ordered by when their turn came, then by place.
    pub(crate) ready: BTreeSet<(u64, StageIndex)>,
    /// With an agent now.
    pub(crate) running: BTreeSet<StageIndex>,
    /// Open gates.
    pub(crate) gates: BTreeSet<StageIndex>,
    /// Waiting for answers.
    pub(crate) questions: BTreeSet<StageIndex>,
    /// Waiting for their next attempt.
    pub(crate) retrying: BTreeSet<StageIndex>,
    /// Deadlines of attempts and gates, and times of next attempts.
    pub(crate) timers: BTreeSet<(Timestamp, StageIndex)>,
    /// How many stages have not ended.
    pub(crate) open: u32,
    /// Under `schedule: batches`, the first batch with stages that are awaited,
    /// later ones are held; [`u32::MAX`] when none is.
    pub(crate) batch: u32,
    /// Under `schedule: batches`, how many stages of each are awaited: they
    /// have not ended, and can still start.
    pub(crate) open_in_batch: Vec<u32>,
}

/// How long the run has worked; stands still while it only waits for people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct WorkClock {
    pub(crate) worked: Duration,
    pub(crate) running_since: Option<Timestamp>,
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

    /// What the run carries out, edits included. Stages that were deleted
    /// keep their place in it; [`stages`](Self::stages) passes over them.
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// The plan without the stages that were deleted.
    pub fn live_plan(&self) -> Plan {
        let stages = self.stages().map(|(_, planned, _)| planned.clone());
        Plan {
            stages: stages.collect(),
            ..Plan::clone(&self.plan)
        }
    }

    /// The earlier run this one repeats.
    pub fn rerun_of(&self) -> Option<RunId> {
        self.created.rerun_of
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
            Phase::Active if self.pause.is_some() => ExecutionStatus::Paused,
            Phase::Active if self.only_waits_for_people() => {
                if self.queues.gates.is_empty() {
                    ExecutionStatus::WaitingForInput
                } else {
                    ExecutionStatus::WaitingForApproval
                }
            }
            Phase::Active if self.started_at.is_none() => ExecutionStatus::Pending,
            Phase::Active | Phase::Stopping { .. } => ExecutionStatus::Running,
        }
    }

    /// Where the run stands as far as events go.
    pub fn phase(&self) -> RunPhase {
        match &self.phase {
            Phase::Active if self.pause.is_some() => RunPhase::Paused,
            Phase::Active => RunPhase::Active,
            Phase::Stopping { .. } => RunPhase::Stopping,
            Phase::Ended { .. } => RunPhase::Ended,
        }
    }

    /// Whether gates or questions are open and nothing else runs or can run.
    fn only_waits_for_people(&self) -> bool {
        let queues = &self.queues;
        !(queues.gates.is_empty() && queues.questions.is_empty())
            && queues.running.is_empty()
            && queues.ready.is_empty()
            && queues.fresh.is_empty()
            && queues.retrying.is_empty()
    }

    /// Every stage with its place, plan and state, in declaration order.
    pub fn stages(&self) -> impl Iterator<Item = (StageIndex, &PlannedStage, &StageState)> {
        let pairs = self.plan.stages.iter().zip(&self.stages);
        pairs
            .enumerate()
            .filter(|(_, (_, state))| !state.is_removed)
            .map(|(place, (planned, state))| (StageIndex::from_place(place), planned, state))
    }

    /// The batch a stage is in, from 0: the longest way to it.
    pub fn batch(&self, index: StageIndex) -> u32 {
        self.topology.batch(index)
    }

    /// Whether the stage is still part of the run.
    pub fn is_there(&self, index: StageIndex) -> bool {
        self.stages
            .get(index.get())
            .is_some_and(|stage| !stage.is_removed)
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
        &self.plan.stages[index.get()]
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
        self.queues.gates.iter().copied()
    }

    /// Whether an agent works on a stage of this run.
    pub fn has_attempts_in_flight(&self) -> bool {
        !self.queues.running.is_empty()
    }

    /// Whether a stage may start now, as far as pauses go.
    pub(crate) fn may_start(&self, index: StageIndex) -> bool {
        match &self.pause {
            None => true,
            Some(pause) => {
                let is_in_batch = self.topology.batch(index) <= pause.batch;
                is_in_batch && pause.finishes.contains(&index)
            }
        }
    }

    /// What may still start when the run is paused now.
    pub(crate) fn unfinished_batch(&self) -> Pause {
        if !self.has_barriers() {
            return Pause::default();
        }
        let batch = self.queues.batch;
        let members = self.topology.members(batch, batch).iter().copied();
        let is_open = |index: &StageIndex| !self.stage(*index).status.is_terminal();
        Pause {
            batch,
            finishes: members.filter(is_open).collect(),
        }
    }

    /// How many stages may work at once: at least one, or nothing ever would.
    pub(crate) fn stages_at_once_max(&self) -> usize {
        self.plan.settings.stages_at_once_max.max(1) as usize
    }

    /// Whether the run goes on from a stage that failed as if nothing were. A
    /// gate that somebody rejected, or nobody decided, is never passed over.
    pub(crate) fn is_forgiven(&self, index: StageIndex) -> bool {
        let planned = self.planned(index);
        let was_evaluated = || {
            let failure = self.stage(index).failure.as_ref();
            failure.is_some_and(|failure| failure.label != FailureLabel::EXPRESSION)
        };
        let was_closed = matches!(planned.kind, StageKind::Gate(_)) && was_evaluated();
        planned.on_failure == FailurePolicy::Continue && !was_closed
    }

    /// Whether a barrier stands between the batches.
    pub(crate) fn has_barriers(&self) -> bool {
        self.plan.settings.schedule == Schedule::Batches
    }

    /// Whether the run neither has ended nor is about to.
    pub(crate) fn is_active(&self) -> bool {
        matches!(self.phase, Phase::Active)
    }

    /// Whether something has to be decided before `planned` can be ready.
    pub(crate) fn needs_a_look(planned: &PlannedStage) -> bool {
        planned.condition.is_some() || matches!(planned.kind, StageKind::Gate(_))
    }
}
