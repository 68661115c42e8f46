//! The one door to the log: load, decide, commit; effects come after.
//!
//! Awaits nothing but the store, so that a simulation can drive it step by
//! step. The state is changed in place and is only as good as the last commit:
//! when a commit fails it is dropped and loaded again, so nobody ever acts on
//! what was not made durable. A commit whose answer was an error may have been
//! stored all the same: the log itself tells, and then its effects are handed
//! out with the next transaction, so nothing durable is left undone either.

use std::sync::Arc;

use baton_engine::{Effect, Outcome, RunState, Shape, Transition, create, replay, transition};
use baton_model::event::{ReusedStage, RunCreated};
use baton_model::{Command, Plan, Recorded, RunId, StageId, StepStatus, Timestamp, WorkflowId};
use baton_store::{
    Claim, Commit, Created, ExecutionUpdate, Lease, NewRun, Store, StoreError, Trigger,
};

use crate::error::RuntimeError;
use crate::log_rows::{self, holds};
use crate::projection;

/// How often a command is decided again after a version conflict.
const CONFLICTS_MAX: u32 = 8;

/// A run that is to be created.
#[derive(Clone, Debug)]
pub struct NewRunSpec {
    /// Its id.
    pub id: RunId,
    /// What it carries out.
    pub plan: Plan,
    /// The definition text it was made from.
    pub definition: Option<Arc<str>>,
    /// The stored workflow it came from.
    pub workflow_id: Option<WorkflowId>,
    /// Source of its randomness.
    pub seed: u64,
    /// Who starts it.
    pub created_by: String,
    /// What set it off.
    pub trigger: Trigger,
    /// Keys nobody else may hold.
    pub claims: Vec<Claim>,
    /// The earlier run it repeats.
    pub rerun_of: Option<RunId>,
    /// Stages that do not run again, since the earlier run has their results.
    pub reused: Vec<ReusedStage>,
    /// How many runs of its project may be there that have not ended, itself
    /// included; none: any number.
    pub project_runs_max: Option<u32>,
}

/// Whether others commit to a run while this has it in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Nobody else does.
    Exclusive,
    /// Others record what people decide, and word of it may get lost.
    Shared,
}

/// Which stages the shell has room to start now; asked again until it names none.
pub type Starter<'s> = &'s mut (dyn FnMut(&RunState) -> Vec<StageId> + Send);

/// What a transaction has made durable.
#[derive(Debug)]
pub struct Transacted {
    /// The answers, one for each command.
    pub outcomes: Vec<Outcome>,
    /// What is to be performed now.
    pub effects: Vec<Effect>,
    /// The events that are durable and were not told of before.
    pub events: Vec<Recorded>,
    /// Whether the state was read from the store meanwhile, so that it may
    /// hold what somebody else has decided.
    pub reloaded: bool,
}

/// A commit whose answer was an error.
#[derive(Debug)]
struct Doubtful {
    events: Vec<Recorded>,
    effects: Vec<Effect>,
}

/// A run's log with the state it adds up to.
#[derive(Debug)]
pub struct RunLog {
    run: RunId,
    /// The lease that must own the run; none where only people decide.
    fence: Option<Lease>,
    /// None after a failed commit, until it is loaded again.
    state: Option<RunState>,
    /// Whether the state was read again, and nobody was told of it yet.
    reloaded: bool,
    /// What lists show of the run, as this has stored it last; none before.
    shown: Option<ExecutionUpdate>,
    /// The last commit, until the log tells whether it was stored.
    doubtful: Option<Doubtful>,
    /// Effects that are durable but were not handed out yet.
    owed: Vec<Effect>,
    /// Events that are durable but were not told of yet.
    untold: Vec<Recorded>,
}

impl RunLog {
    /// Reads a run, to look at it or to record what people decide.
    pub async fn load(store: &dyn Store, run: RunId) -> Result<Self, RuntimeError> {
        Self::load_fenced(store, run, None).await
    }

    /// Reads a run that must be owned by the lease of the fence, and must be so
    /// whenever it is committed to or read again; otherwise the answer is
    /// [`StoreError::Fenced`].
    pub async fn load_fenced(
        store: &dyn Store,
        run: RunId,
        fence: Option<Lease>,
    ) -> Result<Self, RuntimeError> {
        let mut log = Self::empty(run, fence);
        log.reload(store).await?;
        // Whoever loads a run looks at all of it.
        log.reloaded = false;
        Ok(log)
    }

    fn empty(run: RunId, fence: Option<Lease>) -> Self {
        Self {
            run,
            fence,
            state: None,
            reloaded: false,
            shown: None,
            doubtful: None,
            owed: Vec::new(),
            untold: Vec::new(),
        }
    }

    /// Stores a new run together with the stages that start at once; the lease
    /// of the fence owns it from the beginning. Hands out what was stored, too.
    ///
    /// `Err(id)` inside `Ok` names the earlier run that holds one of its claims.
    pub async fn create(
        store: &dyn Store,
        spec: NewRunSpec,
        fence: Option<Lease>,
        starter: Starter<'_>,
        now: Timestamp,
    ) -> Result<Result<((Self, Transacted), Arc<NewRun>), RunId>, RuntimeError> {
        let run = spec.id;
        let damaged = |illegal| RuntimeError::illegal(run, &illegal);
        let created = RunCreated {
            rerun_of: spec.rerun_of,
            reused: spec.reused,
            ..RunCreated::new(Arc::new(spec.plan), spec.seed, spec.created_by)
        };
        let (mut state, mut done) = create(run, created, now).map_err(damaged)?;
        start(&mut state, starter, now, &mut done).map_err(damaged)?;
        let mut log = Self::empty(run, fence);
        let new_run = Arc::new(NewRun {
            execution: projection::execution_row(
                &state,
                spec.definition,
                spec.workflow_id,
                spec.trigger,
            ),
            steps: projection::all_steps(&state, &projection::given(&done.effects)),
            events: log_rows::stored(run, &done.events)?,
            claims: spec.claims,
            owner: fence,
            project_runs_max: spec.project_runs_max,
        });
        match store.create_run(Arc::clone(&new_run)).await {
            Ok(Created::New) => {
                log.shown = Some(projection::execution(&state));
                log.state = Some(state);
                let done = log.handed_out(vec![done.outcome.clone()], done);
                Ok(Ok(((log, done), new_run)))
            }
            Ok(Created::Existing(earlier)) => Ok(Err(earlier)),
            Ok(Created::ProjectFull(n_runs)) => Err(RuntimeError::ProjectFull(n_runs)),
            Err(error) => {
                let outcome = done.outcome.clone();
                log.doubt(done, &error);
                match log.reload(store).await {
                    Ok(true) => {
                        let done = log.handed_out(vec![outcome], nothing());
                        Ok(Ok(((log, done), new_run)))
                    }
                    Ok(false) | Err(_) => Err(RuntimeError::store(run, error)),
                }
            }
        }
    }

    /// The state, as of the last commit. None between a failed commit and the
    /// next successful call.
    pub fn state(&self) -> Option<&RunState> {
        self.state.as_ref()
    }

    /// The state, read from the store if need be.
    pub async fn load_state(&mut self, store: &dyn Store) -> Result<&RunState, RuntimeError> {
        if self.state.is_none() {
            self.reload(store).await?;
        }
        self.state.as_ref().ok_or(RuntimeError::NotFound(self.run))
    }

    /// Drops the state, so that the next transaction reads what others have
    /// decided meanwhile.
    pub fn forget_state(&mut self) {
        self.state = None;
    }

    /// Carries out `commands` in order and starts what `starter` has room for,
    /// all in one commit. Rejections are answers, not errors.
    ///
    /// A commit is refused when others have committed meanwhile. Where there is
    /// nothing to commit, nothing says that the state is the newest: a person
    /// is only told so of a state that was read for them.
    pub async fn transact(
        &mut self,
        (store, access): (&dyn Store, Access),
        commands: &[Command],
        starter: Starter<'_>,
        now: Timestamp,
    ) -> Result<Transacted, RuntimeError> {
        for _ in 0..CONFLICTS_MAX {
            let mut state = if let Some(state) = self.state.take() {
                state
            } else {
                self.reload(store).await?;
                self.state.take().ok_or(RuntimeError::NotFound(self.run))?
            };
            let (expected_version, before) = (state.version(), state.shape());
            let (outcomes, done) = self.decide(&mut state, commands, starter, now)?;
            if done.is_empty() {
                let may_be_old = !self.reloaded && access == Access::Shared;
                if may_be_old && disappoints_somebody(commands, &outcomes) {
                    continue;
                }
                self.state = Some(state);
                return Ok(self.handed_out(outcomes, done));
            }
            let shows = projection::execution(&state);
            let mut commit = self.commit(&state, (expected_version, &before), &done, now)?;
            // Most commits change nothing that lists show.
            commit.execution = (self.shown.as_ref() != Some(&shows)).then(|| shows.clone());
            match store.commit(commit).await {
                Ok(()) => {
                    self.shown = Some(shows);
                    self.state = Some(state);
                    return Ok(self.handed_out(outcomes, done));
                }
                Err(StoreError::Conflict { .. }) => {}
                Err(error) => {
                    self.doubt(done, &error);
                    return Err(RuntimeError::store(self.run, error));
                }
            }
        }
        Err(RuntimeError::Store(StoreError::Busy(
            "the run changes too fast".to_owned(),
        )))
    }

    /// What is to be done now, with what is owed from a commit in doubt first.
    fn handed_out(&mut self, outcomes: Vec<Outcome>, done: Transition) -> Transacted {
        Transacted {
            outcomes,
            effects: after(&mut self.owed, done.effects),
            events: after(&mut self.untold, done.events),
            reloaded: std::mem::take(&mut self.reloaded),
        }
    }

    /// Keeps what may have been stored although it was answered with `error`.
    fn doubt(&mut self, done: Transition, error: &StoreError) {
        self.doubtful = may_be_stored(error).then_some(Doubtful {
            events: done.events,
            effects: done.effects,
        });
    }

    fn decide(
        &self,
        state: &mut RunState,
        commands: &[Command],
        starter: Starter<'_>,
        now: Timestamp,
    ) -> Result<(Vec<Outcome>, Transition), RuntimeError> {
        let damaged = |illegal| RuntimeError::illegal(self.run, &illegal);
        let mut whole = nothing();
        let mut outcomes = Vec::with_capacity(commands.len());
        for command in commands {
            let one = transition(state, command, now).map_err(damaged)?;
            whole.events.extend(one.events);
            whole.effects.extend(one.effects);
            outcomes.push(one.outcome);
        }
        start(state, starter, now, &mut whole).map_err(damaged)?;
        Ok((outcomes, whole))
    }

    fn commit(
        &self,
        state: &RunState,
        (expected_version, before): (u64, &Shape),
        done: &Transition,
        now: Timestamp,
    ) -> Result<Commit, RuntimeError> {
        let given = projection::given(&done.effects);
        let graph = projection::changed_graph(before, state, &given);
        Ok(Commit {
            run: self.run,
            fence: self.fence,
            expected_version,
            at: now,
            events: log_rows::stored(self.run, &done.events)?,
            execution: None,
            removed_steps: graph.removed,
            added_steps: graph.added,
            steps: projection::changed_steps(state, &done.events, &given),
        })
    }

    /// Reads the run again; says whether the commit in doubt was stored.
    async fn reload(&mut self, store: &dyn Store) -> Result<bool, RuntimeError> {
        let run = self.run;
        let damaged = |reason: String| RuntimeError::Damaged { run, reason };
        let failed = |error| RuntimeError::store(run, error);
        let log = store.load_run(run).await.map_err(failed)?;
        if self
            .fence
            .is_some_and(|lease| log.owner != Some(lease.epoch))
        {
            return Err(RuntimeError::Store(StoreError::Fenced));
        }
        let rows = log.events;
        let events = rows
            .iter()
            .map(log_rows::recorded)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| damaged(error.to_string()))?;
        let state = replay(run, &events).map_err(|illegal| damaged(illegal.to_string()))?;
        (self.shown, self.reloaded) = (None, true);
        let is_stored = match self.doubtful.take() {
            Some(doubtful) if holds(&rows, &doubtful.events) => {
                self.owed.extend(doubtful.effects);
                self.untold.extend(doubtful.events);
                true
            }
            Some(_) | None => false,
        };
        self.owed.retain(|effect| is_current(&state, effect));
        self.state = Some(state);
        Ok(is_stored)
    }
}

/// A transition in which nothing happens.
fn nothing() -> Transition {
    Transition {
        outcome: Outcome::AlreadyDone,
        events: Vec::new(),
        effects: Vec::new(),
    }
}

/// What was left from before, and then what is new.
fn after<T>(left: &mut Vec<T>, new: Vec<T>) -> Vec<T> {
    if left.is_empty() {
        return new;
    }
    left.drain(..).chain(new).collect()
}

fn start(
    state: &mut RunState,
    starter: Starter<'_>,
    now: Timestamp,
    done: &mut Transition,
) -> Result<(), baton_engine::IllegalEvent> {
    loop {
        let stages = starter(state);
        if stages.is_empty() {
            return Ok(());
        }
        let started = transition(state, &Command::StartStages { stages }, now)?;
        if started.is_empty() {
            return Ok(());
        }
        done.events.extend(started.events);
        done.effects.extend(started.effects);
    }
}

/// Whether a person is to be told that what they want is refused, or is so
/// already.
fn disappoints_somebody(commands: &[Command], outcomes: &[Outcome]) -> bool {
    let mut answered = commands.iter().zip(outcomes);
    answered.any(|(command, outcome)| {
        let is_accepted = matches!(outcome, Outcome::Accepted);
        !is_accepted && is_given_by_a_person(command)
    })
}

fn is_given_by_a_person(command: &Command) -> bool {
    match command {
        Command::CompleteStage { .. }
        | Command::ApproveGate { .. }
        | Command::RejectGate { .. }
        | Command::CancelRun { .. }
        | Command::PauseRun { .. }
        | Command::ResumeRun { .. }
        | Command::AnswerStage { .. }
        | Command::ReopenStage { .. }
        | Command::EditGraph { .. } => true,
        Command::Advance
        | Command::StartStages { .. }
        | Command::SettleAttempt { .. }
        | Command::RecordSpent { .. }
        | Command::LoseAttempt { .. }
        | Command::FinishHook { .. } => false,
    }
}

/// Whether a failed write may have taken effect: a store that has looked at
/// the rows and refused them knows that it has not.
fn may_be_stored(error: &StoreError) -> bool {
    match error {
        StoreError::Busy(_)
        | StoreError::Full(_)
        | StoreError::ReadOnly(_)
        | StoreError::Unavailable(_)
        | StoreError::Corrupt(_) => true,
        StoreError::Conflict { .. }
        | StoreError::NotFound
        | StoreError::Refused(_)
        | StoreError::Fenced
        | StoreError::Newer { .. } => false,
    }
}

/// Whether the attempt an effect concerns is the one that runs now.
fn is_current(state: &RunState, effect: &Effect) -> bool {
    let (index, dispatch) = match effect {
        Effect::Dispatch(request) => (request.index, request.key.dispatch),
        Effect::CancelAttempt { index, dispatch } => (*index, *dispatch),
        Effect::RunHook(hook) => {
            let pending = baton_engine::pending_effects(state);
            return pending
                .iter()
                .any(|effect| matches!(effect, Effect::RunHook(due) if due.key == hook.key));
        }
    };
    let stage = state.stage(index);
    stage.status == StepStatus::Running && stage.dispatch == dispatch
}
