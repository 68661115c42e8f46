//! The one door to the log: load, decide, commit; effects come after.
//!
//! Awaits nothing but the store, so that a simulation can drive it step by
//! step. The state is changed in place and is only as good as the last commit:
//! when a commit fails it is dropped and loaded again, so nobody ever acts on
//! what was not made durable.

use std::sync::Arc;

use baton_engine::{Effect, Outcome, RunState, StageIndex, Transition, create, replay, transition};
use baton_model::event::RunCreated;
use baton_model::{Command, Plan, Recorded, RunId, StageId, Timestamp};
use baton_store::{Claim, Commit, Created, ExecutionRow, NewRun, Store, StoreError, Trigger};
use uuid::Uuid;

use crate::error::RuntimeError;
use crate::projection::{self, Inputs};

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
    pub workflow_id: Option<Uuid>,
    /// Source of its randomness.
    pub seed: u64,
    /// Who starts it.
    pub created_by: String,
    /// What set it off.
    pub trigger: Trigger,
    /// Keys nobody else may hold.
    pub claims: Vec<Claim>,
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
}

/// A run's log with the state it adds up to.
#[derive(Debug)]
pub struct RunLog {
    run: RunId,
    /// None after a failed commit, until it is loaded again.
    state: Option<RunState>,
    inputs: Inputs,
}

impl RunLog {
    /// Reads a run.
    pub async fn load(store: &dyn Store, run: RunId) -> Result<Self, RuntimeError> {
        let mut log = Self {
            run,
            state: None,
            inputs: Inputs::new(),
        };
        log.reload(store).await?;
        Ok(log)
    }

    /// Stores a new run together with the stages that start at once.
    ///
    /// `Err(id)` inside `Ok` names the earlier run that holds one of its claims.
    pub async fn create(
        store: &dyn Store,
        spec: NewRunSpec,
        starter: Starter<'_>,
        now: Timestamp,
    ) -> Result<Result<(Self, Transacted), RunId>, RuntimeError> {
        let run = spec.id;
        let damaged = |illegal| RuntimeError::illegal(run, &illegal);
        let created = RunCreated {
            format: RunCreated::FORMAT,
            plan: Arc::new(spec.plan),
            seed: spec.seed,
            created_by: spec.created_by,
        };
        let (mut state, mut done) = create(run, created, now).map_err(damaged)?;
        start(&mut state, starter, now, &mut done).map_err(damaged)?;
        let mut log = Self {
            run,
            state: None,
            inputs: Inputs::new(),
        };
        log.note_inputs(&done.effects);
        let new_run = NewRun {
            execution: execution_row(&state, spec.definition, spec.workflow_id, spec.trigger),
            steps: projection::all_steps(&state, &log.inputs),
            events: stored(run, &done.events)?,
            claims: spec.claims,
        };
        log.state = Some(state);
        match store.create_run(new_run).await {
            Ok(Created::New) => {
                let outcomes = vec![done.outcome];
                Ok(Ok((
                    log,
                    Transacted {
                        outcomes,
                        effects: done.effects,
                    },
                )))
            }
            Ok(Created::Existing(earlier)) => Ok(Err(earlier)),
            Err(error) => Err(RuntimeError::store(run, error)),
        }
    }

    /// The state, as of the last commit. None between a failed commit and the
    /// next successful call.
    pub fn state(&self) -> Option<&RunState> {
        self.state.as_ref()
    }

    /// Carries out `commands` in order and starts what `starter` has room for,
    /// all in one commit. Rejections are answers, not errors.
    pub async fn transact(
        &mut self,
        store: &dyn Store,
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
            let expected_version = state.version();
            let (outcomes, done) = self.decide(&mut state, commands, starter, now)?;
            if done.is_empty() {
                self.state = Some(state);
                return Ok(Transacted {
                    outcomes,
                    effects: done.effects,
                });
            }
            self.note_inputs(&done.effects);
            let commit = self.commit(&state, expected_version, &done.events, now)?;
            match store.commit(commit).await {
                Ok(()) => {
                    self.forget_inputs(&state);
                    self.state = Some(state);
                    return Ok(Transacted {
                        outcomes,
                        effects: done.effects,
                    });
                }
                Err(StoreError::Conflict { .. }) => {}
                Err(error) => return Err(RuntimeError::store(self.run, error)),
            }
        }
        Err(RuntimeError::Store(StoreError::Busy(
            "the run changes too fast".to_owned(),
        )))
    }

    fn decide(
        &self,
        state: &mut RunState,
        commands: &[Command],
        starter: Starter<'_>,
        now: Timestamp,
    ) -> Result<(Vec<Outcome>, Transition), RuntimeError> {
        let damaged = |illegal| RuntimeError::illegal(self.run, &illegal);
        let mut whole = Transition {
            outcome: Outcome::AlreadyDone,
            events: Vec::new(),
            effects: Vec::new(),
        };
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
        expected_version: u64,
        events: &[Recorded],
        now: Timestamp,
    ) -> Result<Commit, RuntimeError> {
        Ok(Commit {
            run: self.run,
            expected_version,
            at: now,
            events: stored(self.run, events)?,
            execution: Some(projection::execution(state)),
            steps: projection::changed_steps(state, events, &self.inputs),
        })
    }

    async fn reload(&mut self, store: &dyn Store) -> Result<(), RuntimeError> {
        let run = self.run;
        let damaged = |reason: String| RuntimeError::Damaged { run, reason };
        let rows = store
            .load_events(run)
            .await
            .map_err(|error| RuntimeError::store(run, error))?;
        let events = rows
            .iter()
            .map(projection::recorded)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| damaged(error.to_string()))?;
        let state = replay(run, &events).map_err(|illegal| damaged(illegal.to_string()))?;
        self.inputs.clear();
        self.note_inputs(&baton_engine::pending_effects(&state));
        self.state = Some(state);
        Ok(())
    }

    /// Keeps what stages were started with until their rows are final.
    fn note_inputs(&mut self, effects: &[Effect]) {
        for effect in effects {
            if let Effect::Dispatch(request) = effect
                && !request.inputs.is_empty()
            {
                let text = serde_json::to_string(&request.inputs).unwrap_or_default();
                self.inputs.insert(request.index, Arc::from(text));
            }
        }
    }

    fn forget_inputs(&mut self, state: &RunState) {
        self.inputs
            .retain(|index: &StageIndex, _| !state.stage(*index).status.is_terminal());
    }
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

fn stored(run: RunId, events: &[Recorded]) -> Result<Vec<baton_store::StoredEvent>, RuntimeError> {
    events
        .iter()
        .map(projection::stored)
        .collect::<Result<_, _>>()
        .map_err(|error| RuntimeError::Damaged {
            run,
            reason: error.to_string(),
        })
}

fn execution_row(
    state: &RunState,
    definition: Option<Arc<str>>,
    workflow_id: Option<Uuid>,
    trigger: Trigger,
) -> ExecutionRow {
    let plan = state.plan();
    let now = projection::execution(state);
    ExecutionRow {
        id: state.id(),
        workflow_id,
        workflow_key: plan.workflow.id.clone(),
        workflow_name: plan.workflow.name.clone(),
        workflow_version: plan.workflow.version.clone(),
        definition_hash: plan.workflow.definition_hash.clone(),
        definition,
        status: now.status,
        parameters: Arc::new(plan.parameters.clone()),
        trigger,
        directory: plan.workspace.directory.clone(),
        created_by: state.created_by().to_owned(),
        created_at: state.created_at(),
        updated_at: state.created_at(),
        started_at: now.started_at,
        completed_at: now.completed_at,
        error_message: now.error_message,
        version: state.version(),
    }
}
