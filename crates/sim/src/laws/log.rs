//! The laws of a run's log: a small model of what events mean, which refuses
//! an event that could not have happened.

mod graph;

use std::collections::{BTreeMap, BTreeSet};

use baton_model::plan::{FailurePolicy, HookPoint, Plan, Schedule};
use baton_model::{
    Asker, Event, ExecutionStatus, FailureLabel, HookKey, Recorded, StageId, StepStatus,
};

use super::stage::{Moment, Stage};
use super::{Law, Lawful, hold};

/// Who decides when nobody did in time.
const NOBODY: &str = "timeout";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Active,
    Stopping,
    Ended,
}

/// A run that was paused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Pause {
    /// The stages of the batch that is finished all the same.
    finishes: BTreeSet<StageId>,
}

/// A run as the laws see it.
#[derive(Debug)]
pub(crate) struct LogModel {
    plan: Plan,
    version: u64,
    stages: BTreeMap<StageId, Stage>,
    phase: Phase,
    pause: Option<Pause>,
    n_ends: u32,
    due_hooks: BTreeSet<HookKey>,
    /// Every start there ever was.
    starts: BTreeSet<(StageId, u32)>,
    /// Everybody who has had a say.
    said: BTreeSet<String>,
}

impl LogModel {
    /// A run of which nothing is stored yet.
    pub(crate) fn new(plan: &Plan) -> Self {
        let stages = plan.stages.iter();
        let stages = stages.map(|stage| (stage.id.clone(), Stage::new(stage.clone())));
        let mut model = Self {
            version: 0,
            stages: stages.collect(),
            plan: plan.clone(),
            phase: Phase::Active,
            pause: None,
            n_ends: 0,
            due_hooks: BTreeSet::new(),
            starts: BTreeSet::new(),
            said: BTreeSet::new(),
        };
        model.owe_hooks(HookPoint::OnStart);
        model
    }

    pub(crate) fn stages(&self) -> &BTreeMap<StageId, Stage> {
        &self.stages
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.phase == Phase::Ended
    }

    pub(crate) fn is_active(&self) -> bool {
        self.phase == Phase::Active
    }

    pub(crate) fn is_paused(&self) -> bool {
        self.pause.is_some()
    }

    pub(crate) fn due_hooks(&self) -> &BTreeSet<HookKey> {
        &self.due_hooks
    }

    /// Whether this start was ever stored.
    pub(crate) fn was_started(&self, stage: &StageId, dispatch: u32) -> bool {
        self.starts.contains(&(stage.clone(), dispatch))
    }

    /// Whether this is what the stage works on now.
    pub(crate) fn is_current(&self, stage: &StageId, dispatch: u32) -> bool {
        self.stages
            .get(stage)
            .is_some_and(|stage| stage.status == StepStatus::Running && stage.dispatch == dispatch)
    }

    /// Whether somebody's word is in the log.
    pub(crate) fn has_heard(&self, who: &str) -> bool {
        self.said.contains(who)
    }

    /// Takes the next event.
    pub(crate) fn observe(&mut self, recorded: &Recorded, at: &Moment) -> Lawful {
        hold(recorded.seq == self.version + 1, Law::Contiguous, || {
            format!("event {} follows event {}", recorded.seq, self.version)
        })?;
        self.version = recorded.seq;
        let event = &recorded.event;
        hold(self.may_follow(event), Law::Final, || {
            format!("`{}` while the run is {:?}", event.name(), self.phase)
        })?;
        match event.stage() {
            Some(stage) => self.observe_stage(&stage.clone(), event, at),
            None => self.observe_run(event),
        }
    }

    /// What must hold between two commits.
    pub(crate) fn check(&self) -> Lawful {
        let running = self.with_status(StepStatus::Running);
        let limit = self.plan.settings.stages_at_once_max as usize;
        hold(running <= limit, Law::Limits, || {
            format!("{running} stages run at once, {limit} may")
        })?;
        for stage in self
            .stages
            .values()
            .filter(|stage| stage.stands_on_dependencies())
        {
            self.dependencies_must_have_settled(stage, Law::Semantics)?;
        }
        Ok(())
    }

    fn with_status(&self, status: StepStatus) -> usize {
        let stages = self.stages.values();
        stages.filter(|stage| stage.status == status).count()
    }

    fn may_follow(&self, event: &Event) -> bool {
        match self.phase {
            Phase::Active => true,
            Phase::Stopping => !matches!(
                event,
                Event::StageStarted { .. }
                    | Event::StageRestarted { .. }
                    | Event::StageRepairing { .. }
                    | Event::StageSummarizing { .. }
                    | Event::GateOpened { .. }
                    | Event::RunStopping { .. }
                    | Event::RunPaused { .. }
                    | Event::GraphEdited { .. }
            ),
            Phase::Ended => matches!(
                event,
                Event::HookFinished { .. } | Event::RunReopened { .. }
            ),
        }
    }

    fn observe_stage(&mut self, id: &StageId, event: &Event, at: &Moment) -> Lawful {
        if let Event::StageStarted { .. } | Event::GateOpened { .. } = event {
            self.turn_must_have_come(id)?;
        }
        match event {
            Event::StageStarted { dispatch, .. }
            | Event::StageRestarted { dispatch, .. }
            | Event::StageRepairing { dispatch, .. }
            | Event::StageSummarizing { dispatch, .. } => {
                self.starts.insert((id.clone(), *dispatch));
            }
            Event::StageAnswered { by, .. } | Event::StageReopened { by, .. } => {
                self.said.insert(by.clone());
            }
            Event::GateApproved { decision, .. } | Event::GateRejected { decision, .. } => {
                self.said.insert(decision.by.clone());
            }
            _ => {}
        }
        if let (Event::StageReopened { .. } | Event::StageReset { .. }, Some(pause)) =
            (event, &mut self.pause)
        {
            pause.finishes.remove(id);
        }
        let Some(stage) = self.stages.get_mut(id) else {
            let name = event.name();
            return hold(false, Law::Semantics, || {
                format!("`{name}` of no stage, `{id}`")
            });
        };
        change(stage, event, at)
    }

    /// Whether a stage may begin as far as the others are concerned.
    fn turn_must_have_come(&self, id: &StageId) -> Lawful {
        let Some(stage) = self.stages.get(id) else {
            return Ok(());
        };
        self.dependencies_must_have_settled(stage, Law::Dependencies)?;
        let batch = self.batch_of(id);
        if let Some(pause) = &self.pause {
            hold(pause.finishes.contains(id), Law::Semantics, || {
                format!("`{id}` starts while the run is paused")
            })?;
        }
        if self.plan.settings.schedule == Schedule::Batches && stage.attempt == 0 {
            let first_open = self.first_open_batch().unwrap_or(batch);
            hold(batch <= first_open, Law::Dependencies, || {
                format!("`{id}` of batch {batch} starts while batch {first_open} is open")
            })?;
        }
        Ok(())
    }

    fn dependencies_must_have_settled(&self, stage: &Stage, law: Law) -> Lawful {
        for dependency in &stage.planned.depends_on {
            let has_settled = self.stages.get(dependency).is_some_and(Stage::has_settled);
            hold(has_settled, law, || {
                let (id, status) = (&stage.planned.id, stage.status);
                format!("`{id}` is {status}, but `{dependency}` has not settled")
            })?;
        }
        Ok(())
    }

    fn observe_run(&mut self, event: &Event) -> Lawful {
        match event {
            Event::RunPaused { by, .. } => {
                self.said.insert(by.clone());
                let finishes = match self.plan.settings.schedule {
                    Schedule::Batches => self.unfinished_batch(),
                    Schedule::Eager => BTreeSet::new(),
                };
                self.pause = Some(Pause { finishes });
            }
            Event::RunResumed { by } => {
                self.said.insert(by.clone());
                self.pause = None;
            }
            Event::RunReopened { by } => {
                self.said.insert(by.clone());
                self.reopen()?;
            }
            Event::GraphEdited { edits, by, .. } => {
                self.said.insert(by.clone());
                self.edit(edits)?;
            }
            Event::HookFinished {
                point, place, end, ..
            } => {
                let key = hook_key(*end, *point, *place);
                hold(self.due_hooks.remove(&key), Law::Hooks, || {
                    format!("{key:?} ends, and was not due")
                })?;
            }
            Event::RunStopping { reason, .. } => {
                self.said.insert(reason.clone());
                self.phase = Phase::Stopping;
                self.pause = None;
            }
            Event::RunEnded { status, .. } => self.end(*status)?,
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, status: ExecutionStatus) -> Lawful {
        let open = self
            .stages
            .values()
            .find(|stage| !stage.status.is_terminal());
        hold(open.is_none(), Law::Final, || {
            format!(
                "the run ends, but {:?} has not",
                open.map(|stage| &stage.planned.id)
            )
        })?;
        let spoils = |stage: &&Stage| match stage.status {
            StepStatus::Failed | StepStatus::TimedOut => {
                stage.planned.on_failure != FailurePolicy::Continue
            }
            StepStatus::Cancelled => true,
            _ => false,
        };
        let spoiled = self.stages.values().find(spoils);
        let is_right = status != ExecutionStatus::Completed || spoiled.is_none();
        hold(is_right, Law::Honest, || {
            format!(
                "the run completes in spite of {:?}",
                spoiled.map(|stage| &stage.planned.id)
            )
        })?;
        self.phase = Phase::Ended;
        self.pause = None;
        self.n_ends += 1;
        match status {
            ExecutionStatus::Completed => self.owe_hooks(HookPoint::OnComplete),
            ExecutionStatus::Failed => self.owe_hooks(HookPoint::OnFailure),
            _ => {}
        }
        Ok(())
    }

    fn reopen(&mut self) -> Lawful {
        let may_reopen = self.phase == Phase::Ended && self.plan.settings.reopenable;
        hold(may_reopen, Law::Final, || {
            "a run is reopened that may not be".to_owned()
        })?;
        self.phase = Phase::Active;
        for stage in self.stages.values_mut() {
            if stage.status == StepStatus::Cancelled {
                let iteration = stage.iteration + u32::from(stage.dispatch > 0);
                stage.open_again(iteration);
            }
        }
        Ok(())
    }

    fn owe_hooks(&mut self, point: HookPoint) {
        let n_actions = u32::try_from(self.plan.hooks.at(point).len()).unwrap_or(u32::MAX);
        let end = self.n_ends;
        let keys = (0..n_actions).map(|place| HookKey { end, point, place });
        self.due_hooks.extend(keys);
    }
}

/// The action of a hook that an event tells of.
pub(crate) fn hook_key(end: Option<u32>, point: HookPoint, place: u32) -> HookKey {
    let end = end.unwrap_or(0);
    HookKey { end, point, place }
}

/// What an event does to the stage it concerns.
fn change(stage: &mut Stage, event: &Event, at: &Moment) -> Lawful {
    let due = |deadline: &Option<_>| deadline.map(|deadline| at.due(deadline));
    match event {
        Event::StageReady { .. } => {
            stage.must_not_be_early(stage.retry_at.as_ref(), at, "the next attempt")?;
            stage.retry_at = None;
        }
        Event::StageStarted {
            iteration,
            attempt,
            dispatch,
            deadline,
            ..
        } => stage.start((*iteration, *attempt, *dispatch), due(deadline))?,
        Event::StageRestarted {
            dispatch, deadline, ..
        } => {
            stage.must_have_lost_its_server(at)?;
            stage.restart(*dispatch, due(deadline))?;
        }
        Event::StageRepairing { dispatch, .. } => stage.repair(*dispatch)?,
        Event::StageSummarizing {
            dispatch,
            outputs,
            deadline,
            ..
        } => stage.summarize(*dispatch, outputs, due(deadline))?,
        Event::StageCompleted {
            dispatch, outputs, ..
        } => stage.complete(*dispatch, outputs)?,
        Event::StageRetrying {
            dispatch, retry_at, ..
        } => stage.retry(*dispatch, at.due(*retry_at))?,
        Event::StageStopping {
            dispatch, reason, ..
        } => {
            stage.must_run(*dispatch, "an end")?;
            if *reason == FailureLabel::TIMEOUT {
                stage.must_not_be_early(stage.deadline.as_ref(), at, "the time limit")?;
            }
            stage.stopping = Some(reason.clone());
        }
        Event::StageAsked {
            dispatch,
            deadline,
            asker,
            ..
        } => {
            if *asker == Asker::Crash {
                stage.must_have_lost_its_server(at)?;
            }
            stage.must_run(*dispatch, "a question")?;
            stage.ask(due(deadline));
        }
        Event::StageAnswered { .. } => {
            stage.must_be(&[StepStatus::WaitingForInput], "it is answered")?;
            stage.answer();
        }
        Event::GateOpened { deadline, .. } => {
            stage.must_be(&[StepStatus::Pending], "its gate opens")?;
            stage.open_gate(due(deadline));
        }
        _ => change_end(stage, event, at)?,
    }
    if begins_work(event) {
        stage.begun_under = at.epoch;
    }
    Ok(())
}

/// Whether an agent is called after this.
fn begins_work(event: &Event) -> bool {
    matches!(
        event,
        Event::StageStarted { .. }
            | Event::StageRestarted { .. }
            | Event::StageRepairing { .. }
            | Event::StageSummarizing { .. }
    )
}

/// What ends a stage, or what takes its end back.
fn change_end(stage: &mut Stage, event: &Event, at: &Moment) -> Lawful {
    match event {
        Event::StageFailed { failure, .. } => {
            let is_timeout = failure.label == FailureLabel::TIMEOUT;
            if is_timeout && stage.status != StepStatus::Running {
                stage.must_not_be_early(stage.deadline.as_ref(), at, "the time limit")?;
            }
            stage.end(if is_timeout {
                StepStatus::TimedOut
            } else {
                StepStatus::Failed
            });
        }
        Event::StageSkipped { .. } => {
            stage.must_be(&[StepStatus::Pending], "it is skipped")?;
            stage.end(StepStatus::Skipped);
        }
        Event::StageCancelled { .. } => stage.end(StepStatus::Cancelled),
        Event::GateApproved { decision, .. } | Event::GateRejected { decision, .. } => {
            stage.must_be(&[StepStatus::WaitingForApproval], "it is decided")?;
            if decision.by == NOBODY {
                stage.must_not_be_early(stage.deadline.as_ref(), at, "the gate's limit")?;
            }
            stage.end(if matches!(event, Event::GateApproved { .. }) {
                StepStatus::Completed
            } else {
                StepStatus::Failed
            });
        }
        Event::StageReopened { iteration, .. } | Event::StageReset { iteration, .. } => {
            let expected = stage.iteration + 1;
            hold(*iteration == expected, Law::Semantics, || {
                let id = &stage.planned.id;
                format!("`{id}` is opened for iteration {iteration}, not {expected}")
            })?;
            stage.open_again(*iteration);
        }
        _ => {}
    }
    Ok(())
}
