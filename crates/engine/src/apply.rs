//! Events change the state; nothing is chosen here.
//!
//! An event that does not fit the state is refused and leaves the state as it
//! was: either the log is damaged or the engine has a fault, and going on
//! would be guessing.

use std::sync::Arc;

use baton_model::event::RunCreated;
use baton_model::plan::{FailurePolicy, Release};
use baton_model::{
    Event, ExecutionStatus, Failure, FailureLabel, Recorded, RunId, StepStatus, Timestamp,
};

use crate::state::{GateState, Phase, RunState, StageIndex, StageState, Work, WorkClock};
use crate::topology::Topology;

/// An event that cannot have happened in this state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("event {seq} (`{kind}`) cannot follow: {reason}")]
pub struct IllegalEvent {
    /// Its place in the log.
    pub seq: u64,
    /// Its stored name.
    pub kind: &'static str,
    /// What does not fit.
    pub reason: String,
}

/// Rebuilds a run from its whole log.
pub fn replay(run: RunId, events: &[Recorded]) -> Result<RunState, IllegalEvent> {
    let Some((first, rest)) = events.split_first() else {
        return Err(IllegalEvent {
            seq: 0,
            kind: "none",
            reason: "the log is empty".to_owned(),
        });
    };
    let mut state = from_first(run, first)?;
    for recorded in rest {
        apply(&mut state, recorded)?;
    }
    Ok(state)
}

/// The state after a run's first event.
pub(crate) fn from_first(run: RunId, recorded: &Recorded) -> Result<RunState, IllegalEvent> {
    let refuse = |reason: String| illegal(recorded, reason);
    let Event::RunCreated(created) = &recorded.event else {
        return Err(refuse("a log begins with `run_created`".to_owned()));
    };
    if recorded.seq != 1 {
        return Err(refuse("a log begins at 1".to_owned()));
    }
    if created.format > RunCreated::FORMAT {
        return Err(refuse(format!(
            "format {} is newer than this release",
            created.format
        )));
    }
    let stages = &created.plan.stages;
    let topology = Topology::new(stages).map_err(|bad| refuse(bad.to_string()))?;
    Topology::ensure_acyclic(stages).map_err(|bad| refuse(bad.to_string()))?;
    let counts = topology.dependency_counts(stages.len());
    let mut state = RunState {
        id: run,
        version: 1,
        created: Arc::new(RunCreated::clone(created)),
        created_at: recorded.at,
        started_at: None,
        phase: Phase::Active,
        work: Work {
            open: u32::try_from(stages.len()).unwrap_or(u32::MAX),
            ..Work::default()
        },
        stages: counts.into_iter().map(StageState::pending).collect(),
        topology: Arc::new(topology),
        clock: WorkClock::default(),
    };
    for place in 0..state.stages.len() {
        let index = StageIndex::from_place(place);
        if state.stage(index).waiting_for == 0 {
            take_turn(&mut state, index);
        }
    }
    run_clock(&mut state, recorded.at);
    Ok(state)
}

/// Adds one event to the state.
pub fn apply(state: &mut RunState, recorded: &Recorded) -> Result<(), IllegalEvent> {
    if recorded.seq != state.version + 1 {
        let reason = format!("it should have number {}", state.version + 1);
        return Err(illegal(recorded, reason));
    }
    check(state, &recorded.event).map_err(|reason| illegal(recorded, reason))?;
    state.version = recorded.seq;
    change(state, &recorded.event, recorded.at);
    run_clock(state, recorded.at);
    Ok(())
}

fn illegal(recorded: &Recorded, reason: String) -> IllegalEvent {
    IllegalEvent {
        seq: recorded.seq,
        kind: recorded.event.name(),
        reason,
    }
}

/// Where a stage stands that has not ended.
const OPEN: [StepStatus; 3] = [
    StepStatus::Pending,
    StepStatus::Running,
    StepStatus::WaitingForApproval,
];

/// Whether the event fits the state.
fn check(state: &RunState, event: &Event) -> Result<(), String> {
    if matches!(state.phase, Phase::Ended { .. }) {
        return Err("the run has ended".to_owned());
    }
    let stage = match event.stage() {
        Some(id) => {
            let index = state
                .index(id)
                .ok_or_else(|| format!("there is no stage `{id}`"))?;
            Some(state.stage(index))
        }
        None => None,
    };
    let expect_stage = |allowed: &[StepStatus]| match stage {
        Some(stage) if !allowed.contains(&stage.status) => {
            Err(format!("the stage is {}", stage.status))
        }
        Some(_) | None => Ok(()),
    };
    match event {
        Event::RunCreated(_) => Err("the run exists already".to_owned()),
        Event::StageReady { .. } | Event::GateOpened { .. } | Event::StageSkipped { .. } => {
            expect_stage(&[StepStatus::Pending])
        }
        Event::StageStarted { .. } => match stage.map(|stage| stage.ready_since) {
            Some(Some(_)) => expect_stage(&[StepStatus::Pending]),
            Some(None) | None => Err("the stage is not ready".to_owned()),
        },
        Event::StageRestarted { .. }
        | Event::StageStopping { .. }
        | Event::StageCompleted { .. }
        | Event::StageRetrying { .. } => expect_stage(&[StepStatus::Running]),
        Event::StageFailed { .. } | Event::StageCancelled { .. } => expect_stage(&OPEN),
        Event::GateApproved { .. } | Event::GateRejected { .. } => {
            expect_stage(&[StepStatus::WaitingForApproval])
        }
        Event::RunStopping { .. } if state.is_active() => Ok(()),
        Event::RunStopping { .. } => Err("the run is stopping already".to_owned()),
        Event::RunEnded { .. } if state.work.open == 0 => Ok(()),
        Event::RunEnded { .. } => Err("stages are still open".to_owned()),
    }
}

fn change(state: &mut RunState, event: &Event, at: Timestamp) {
    if let Some(index) = event.stage().and_then(|stage| state.index(stage)) {
        change_stage(state, index, event, at);
    } else if let Event::RunStopping { outcome, reason } = event {
        state.phase = Phase::Stopping {
            outcome: *outcome,
            reason: reason.clone(),
        };
    } else if let Event::RunEnded { status, error } = event {
        state.phase = Phase::Ended {
            status: *status,
            error: error.clone(),
            at,
        };
    }
}

fn change_stage(state: &mut RunState, index: StageIndex, event: &Event, at: Timestamp) {
    match event {
        Event::StageReady { .. } => {
            leave_queues(state, index);
            make_ready(state, index);
        }
        Event::StageStarted {
            iteration,
            attempt,
            dispatch,
            deadline,
            ..
        } => {
            let entry = begin(state, index, at, *dispatch, *deadline);
            entry.iteration = *iteration;
            entry.attempt = *attempt;
            entry.crash_restarts = 0;
        }
        Event::StageRestarted {
            dispatch, deadline, ..
        } => {
            begin(state, index, at, *dispatch, *deadline).crash_restarts += 1;
        }
        Event::StageStopping { reason, .. } => {
            set_timer(state, index, None);
            state.stage_mut(index).stopping = Some(reason.clone());
        }
        Event::StageCompleted {
            outputs, session, ..
        } => {
            let entry = state.stage_mut(index);
            entry.outputs = Some(Arc::new(outputs.clone()));
            entry.session.clone_from(session);
            entry.failure = None;
            end_stage(state, index, StepStatus::Completed, at);
        }
        Event::StageRetrying {
            failure, retry_at, ..
        } => {
            wait_for_retry(state, index, failure, *retry_at);
        }
        Event::StageFailed { failure, .. } => fail(state, index, failure.clone(), at),
        Event::StageSkipped { .. } => end_stage(state, index, StepStatus::Skipped, at),
        Event::StageCancelled { .. } => end_stage(state, index, StepStatus::Cancelled, at),
        Event::GateOpened {
            message, deadline, ..
        } => {
            open_gate(state, index, message.as_deref(), *deadline, at);
        }
        Event::GateApproved { decision, .. } => {
            state.stage_mut(index).gate.get_or_insert_default().decision = Some(decision.clone());
            end_stage(state, index, StepStatus::Completed, at);
        }
        Event::GateRejected { decision, .. } => {
            state.stage_mut(index).gate.get_or_insert_default().decision = Some(decision.clone());
            let words = decision.reason.as_deref().unwrap_or("gate rejected");
            fail(state, index, Failure::new(FailureLabel::DENIED, words), at);
        }
        // These concern no stage.
        Event::RunCreated(_) | Event::RunStopping { .. } | Event::RunEnded { .. } => {}
    }
}

fn open_gate(
    state: &mut RunState,
    index: StageIndex,
    message: Option<&str>,
    deadline: Option<Timestamp>,
    at: Timestamp,
) {
    leave_queues(state, index);
    state.work.gates.insert(index);
    state.started_at.get_or_insert(at);
    set_timer(state, index, deadline);
    let entry = state.stage_mut(index);
    entry.status = StepStatus::WaitingForApproval;
    entry.started_at = Some(at);
    entry.gate = Some(Box::new(GateState {
        message: message.map(str::to_owned),
        deadline,
        decision: None,
    }));
}

fn begin(
    state: &mut RunState,
    index: StageIndex,
    at: Timestamp,
    dispatch: u32,
    deadline: Option<Timestamp>,
) -> &mut StageState {
    leave_queues(state, index);
    state.work.running.insert(index);
    state.started_at.get_or_insert(at);
    set_timer(state, index, deadline);
    let entry = state.stage_mut(index);
    entry.status = StepStatus::Running;
    entry.dispatch = dispatch;
    entry.deadline = deadline;
    entry.started_at = Some(at);
    entry
}

fn wait_for_retry(state: &mut RunState, index: StageIndex, failure: &Failure, at: Timestamp) {
    leave_queues(state, index);
    state.work.retrying.insert(index);
    set_timer(state, index, Some(at));
    let entry = state.stage_mut(index);
    entry.status = StepStatus::Pending;
    entry.stopping = None;
    entry.failure = Some(failure.clone());
}

fn fail(state: &mut RunState, index: StageIndex, failure: Failure, at: Timestamp) {
    let timed_out = failure.label == FailureLabel::TIMEOUT;
    state.stage_mut(index).failure = Some(failure);
    let status = if timed_out {
        StepStatus::TimedOut
    } else {
        StepStatus::Failed
    };
    end_stage(state, index, status, at);
}

fn end_stage(state: &mut RunState, index: StageIndex, status: StepStatus, at: Timestamp) {
    leave_queues(state, index);
    set_timer(state, index, None);
    state.work.open -= 1;
    let entry = state.stage_mut(index);
    entry.status = status;
    entry.stopping = None;
    entry.ended_at = Some(at);
    if releases(state, index, status) {
        release_dependents(state, index);
    }
}

/// Whether dependants may go on once a stage has ended like this.
fn releases(state: &RunState, index: StageIndex, status: StepStatus) -> bool {
    let planned = state.planned(index);
    let settled = planned.release == Release::Settled;
    match status {
        StepStatus::Completed => true,
        StepStatus::Skipped => settled,
        StepStatus::Failed | StepStatus::TimedOut => {
            settled && planned.on_failure == FailurePolicy::Continue
        }
        StepStatus::Cancelled
        | StepStatus::Pending
        | StepStatus::Running
        | StepStatus::WaitingForApproval
        | StepStatus::WaitingForInput => false,
    }
}

fn release_dependents(state: &mut RunState, index: StageIndex) {
    let topology = Arc::clone(&state.topology);
    for dependent in topology.dependents(index) {
        let entry = state.stage_mut(*dependent);
        entry.waiting_for -= 1;
        if entry.waiting_for == 0 && entry.status == StepStatus::Pending {
            take_turn(state, *dependent);
        }
    }
}

/// All a stage waited for is settled.
fn take_turn(state: &mut RunState, index: StageIndex) {
    if RunState::needs_a_look(state.planned(index)) {
        state.work.fresh.insert(index);
    } else {
        make_ready(state, index);
    }
}

fn make_ready(state: &mut RunState, index: StageIndex) {
    let since = state.version;
    state.stage_mut(index).ready_since = Some(since);
    state.work.ready.insert((since, index));
}

fn leave_queues(state: &mut RunState, index: StageIndex) {
    let work = &mut state.work;
    work.fresh.remove(&index);
    work.running.remove(&index);
    work.gates.remove(&index);
    if work.retrying.remove(&index) {
        set_timer(state, index, None);
    }
    if let Some(since) = state.stage_mut(index).ready_since.take() {
        state.work.ready.remove(&(since, index));
    }
}

fn set_timer(state: &mut RunState, index: StageIndex, at: Option<Timestamp>) {
    let before = std::mem::replace(&mut state.stage_mut(index).timer, at);
    if let Some(before) = before {
        state.work.timers.remove(&(before, index));
    }
    if let Some(at) = at {
        state.work.timers.insert((at, index));
    }
}

/// Starts or stops the run's clock, as its status says.
fn run_clock(state: &mut RunState, at: Timestamp) {
    let works = matches!(
        state.status(),
        ExecutionStatus::Pending | ExecutionStatus::Running
    );
    let clock = &mut state.clock;
    match (works, clock.running_since) {
        (true, None) => clock.running_since = Some(at),
        (false, Some(since)) => {
            clock.worked += at.since(since);
            clock.running_since = None;
        }
        (true, Some(_)) | (false, None) => {}
    }
}
