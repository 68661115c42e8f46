//! What a run's actor does with attempts: hands them to their agents, ends
//! them, finds those of an earlier process again, and asks for process slots.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use baton_agents::SharedDispatcher;
use baton_engine::{
    Effect, HookRequest, RunState, StageIndex, StageRequest, next_deadline, pending_effects,
    startable,
};
use baton_model::{AttemptKey, StageId, StepStatus};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Actor, Message};
use crate::attempt::{self, Worker};
use crate::hooks;
use crate::patience;
use crate::plug::Finder;
use crate::registry::Shared;

/// An attempt this process works on.
pub(super) struct InFlight {
    key: AttemptKey,
    cancel: CancellationToken,
    dispatcher: SharedDispatcher,
}

impl InFlight {
    /// Whether it is one of this stage.
    pub(super) fn is_of(&self, stage: &StageId) -> bool {
        self.key.stage == *stage
    }

    /// The kind of agent that works on it.
    pub(super) fn adapter(&self) -> &'static str {
        self.dispatcher.adapter()
    }
}

impl Actor {
    /// Does what a commit has made due.
    pub(super) fn perform(&mut self, effects: Vec<Effect>) {
        let mut is_stranger = false;
        for effect in effects {
            match effect {
                Effect::Dispatch(request) if self.role.works() => self.dispatch(*request),
                Effect::RunHook(hook) if self.role.works() => self.run_hook(*hook),
                Effect::Dispatch(_) | Effect::RunHook(_) => {}
                Effect::CancelAttempt { index, dispatch } => match self.in_flight.get(&index) {
                    Some(attempt) if attempt.key.dispatch == dispatch => attempt.cancel.cancel(),
                    Some(_) | None => is_stranger = true,
                },
            }
        }
        if is_stranger {
            // Nobody here works on what is to be ended; all that was dispatched
            // just now is in flight, so nothing else is found.
            self.look_after_attempts();
        }
    }

    /// Brings what this process works on in line with a state that somebody
    /// else may have changed: ends what is to be ended, and finds out what
    /// became of attempts nobody here works on.
    pub(super) fn look_after_attempts(&mut self) {
        let Some(state) = self.log.state().filter(|_| self.role.ends_attempts()) else {
            return;
        };
        self.end_unheard(state);
        let pending = pending_effects(state);
        let mut hooks = Vec::new();
        let stopping: HashSet<StageIndex> = pending
            .iter()
            .filter_map(|effect| match effect {
                Effect::CancelAttempt { index, .. } => Some(*index),
                Effect::Dispatch(_) | Effect::RunHook(_) => None,
            })
            .collect();
        for effect in pending {
            let request = match effect {
                Effect::Dispatch(request) => request,
                Effect::RunHook(hook) => {
                    hooks.push(*hook);
                    continue;
                }
                Effect::CancelAttempt { .. } => continue,
            };
            let is_stopping = stopping.contains(&request.index);
            match self.in_flight.get(&request.index) {
                Some(attempt) if attempt.key == request.key => {
                    if is_stopping {
                        attempt.cancel.cancel();
                    }
                }
                Some(_) | None if self.role.works() || is_stopping => {
                    self.recover(*request, is_stopping);
                }
                Some(_) | None => {}
            }
        }
        for hook in hooks {
            if self.role.works() {
                self.run_hook(hook);
            }
        }
    }

    /// Ends attempts that nobody listens to any more, since somebody else has
    /// brought what they were to bring.
    fn end_unheard(&self, state: &RunState) {
        for (index, attempt) in &self.in_flight {
            let stage = state.stage(*index);
            if stage.status != StepStatus::Running || stage.dispatch != attempt.key.dispatch {
                attempt.cancel.cancel();
            }
        }
    }

    /// Carries out an action of a hook, unless that is being done.
    fn run_hook(&mut self, hook: HookRequest) {
        let Some(state) = self.log.state() else {
            return;
        };
        if self.hooks.insert(hook.key) {
            let plan = Arc::clone(state.plan());
            let (shared, begun) = (Arc::clone(&self.shared), self.begun.clone());
            self.shared
                .tasks
                .spawn(hooks::carry_out(shared, plan, hook, begun));
        }
    }

    /// Hands an attempt to its agent; when that cannot be found, it has ended.
    fn dispatch(&mut self, request: StageRequest) {
        let permit = self.permits.remove(&request.index);
        let workspace = &request.plan.workspace;
        let resolved = self.shared.plug.resolve(workspace, artifact(&request));
        match resolved {
            Ok(dispatcher) => {
                if let Some(worker) = self.worker(&request, dispatcher, permit) {
                    self.spawn_attempt(worker.run(request));
                }
            }
            Err(failure) => self.unresolved.push(Message::Settled {
                index: request.index,
                key: request.key,
                report: attempt::unresolved(failure),
                spent: None,
            }),
        }
    }

    /// Lets an attempt go on beside the actor. It is counted, so that it is
    /// waited for when the lease it was begun under is over.
    fn spawn_attempt(&self, work: impl Future<Output = ()> + Send + 'static) {
        let counted = self.role.count_attempt();
        // Kilobytes, which a task would move several times on its way.
        let work = Box::pin(work);
        self.shared.tasks.spawn(async move {
            work.await;
            drop(counted);
        });
    }

    /// Finds out what became of an attempt of an earlier process.
    fn recover(&mut self, request: StageRequest, is_stopping: bool) {
        let (workspace, key) = (&request.plan.workspace, &request.key);
        let plug = &self.shared.plug;
        match plug.finder(workspace, artifact(&request), key) {
            Finder::Dispatcher(dispatcher) => {
                if let Some(worker) = self.worker(&request, dispatcher, None) {
                    if is_stopping {
                        worker.cancel.cancel();
                    }
                    self.spawn_attempt(worker.recover(request));
                }
            }
            // To be ended, it needs nobody who would know more than that there
            // is nothing of it here.
            Finder::Unknown(failure) if !is_stopping => {
                let (run, stage) = (self.run, &key.stage);
                tracing::warn!(%run, %stage, why = %failure.message, "an attempt is looked for again soon");
                self.look_again_at = Some(Instant::now() + patience::LONGEST);
            }
            Finder::Nobody | Finder::Unknown(_) => self.unresolved.push(Message::Lost {
                index: request.index,
                key: request.key,
                permit: None,
            }),
        }
    }

    /// What works on an attempt, which is in flight from now on.
    fn worker(
        &mut self,
        request: &StageRequest,
        dispatcher: SharedDispatcher,
        permit: Option<OwnedSemaphorePermit>,
    ) -> Option<Worker> {
        let actor = self.me.upgrade()?;
        let cancel = self.begun.child_token();
        let in_flight = InFlight {
            key: request.key.clone(),
            cancel: cancel.clone(),
            dispatcher: Arc::clone(&dispatcher),
        };
        self.in_flight.insert(request.index, in_flight);
        Some(Worker {
            shared: Arc::clone(&self.shared),
            cursor: Arc::clone(&self.cursor),
            actor,
            dispatcher,
            cancel,
            abandoned: self.begun.clone(),
            permit,
        })
    }

    /// Takes an attempt out that has ended, unless the stage has been started
    /// again meanwhile.
    pub(super) fn take_in_flight(
        &mut self,
        index: StageIndex,
        key: &AttemptKey,
    ) -> Option<InFlight> {
        let is_it = self
            .in_flight
            .get(&index)
            .is_some_and(|attempt| attempt.key == *key);
        is_it.then(|| self.in_flight.remove(&index)).flatten()
    }

    /// What follows from the new state outside the run.
    pub(super) fn after_commit(&mut self) {
        // Slots that no start took are given back.
        self.permits.clear();
        self.forget_ended();
        self.announce();
        self.tell_standing();
        let Some(state) = self.log.state() else {
            return;
        };
        self.end_unheard(state);
        if self.role.works() {
            self.shared.timers.set(self.run, next_deadline(state));
            self.queue_for_slots();
        }
    }

    /// Tells whoever watches how far the run has come.
    pub(super) fn announce(&self) {
        if let Some(state) = self.log.state() {
            let ended = Some(state.status()).filter(|status| status.is_terminal());
            self.shared.feed.events(self.run, state.version(), ended);
        }
    }

    /// What was kept to recover these attempts is not needed any more.
    fn forget_ended(&mut self) {
        let with_files = |attempt: &InFlight| attempt.dispatcher.needs_slot();
        let ended: Vec<InFlight> = self.ended.drain(..).filter(with_files).collect();
        if ended.is_empty() {
            return;
        }
        self.shared.tasks.spawn(async move {
            for attempt in ended {
                attempt.dispatcher.forget(&attempt.key).await;
            }
        });
    }

    /// Asks for a slot for each stage that may start and needs one.
    fn queue_for_slots(&mut self) {
        let (Some(state), Some(me)) = (self.log.state(), self.me.upgrade()) else {
            return;
        };
        let (shared, dispatchers) = (&self.shared, &mut self.dispatchers);
        for index in startable(state) {
            if self.queued.contains(&index) || !needs_slot(shared, dispatchers, state, index) {
                continue;
            }
            self.queued.insert(index);
            let (shared, me) = (Arc::clone(shared), me.clone());
            self.shared.tasks.spawn(async move {
                let granted = shared.closing.run_until_cancelled(shared.slots.take());
                if let Some(Some(permit)) = granted.await {
                    // An actor that has gone gives the slot back with the message.
                    drop(me.send(Message::Slot { index, permit }).await);
                }
            });
        }
    }
}

/// The reference of the agent that works on an attempt.
fn artifact(request: &StageRequest) -> &str {
    let planned = request.plan.stages.get(request.index.get());
    planned.map_or("", attempt::artifact)
}

/// Whether a stage's agent holds a process slot while it works.
pub(super) fn needs_slot(
    shared: &Shared,
    dispatchers: &mut HashMap<StageIndex, SharedDispatcher>,
    state: &RunState,
    index: StageIndex,
) -> bool {
    if let Some(dispatcher) = dispatchers.get(&index) {
        return dispatcher.needs_slot();
    }
    let artifact = attempt::artifact(state.planned(index));
    match shared.plug.resolve(&state.plan().workspace, artifact) {
        Ok(dispatcher) => {
            let needs_slot = dispatcher.needs_slot();
            dispatchers.insert(index, dispatcher);
            needs_slot
        }
        // It will be started, and fail at once with the reason.
        Err(_) => false,
    }
}
