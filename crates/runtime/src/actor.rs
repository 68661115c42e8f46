//! The actor of one run: everything that is asked of it, in one order.
//!
//! Takes what has come in, decides it together, commits once, answers, and
//! performs. An actor with nothing to do but wait for people leaves memory;
//! the next message loads the run again.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use baton_agents::SharedDispatcher;
use baton_engine::{
    Effect, Outcome, RunState, StageIndex, StageRequest, next_deadline, pending_effects, startable,
};
use baton_model::{AttemptKey, AttemptReport, Command, RunId, StageId};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::attempt::{self, Worker};
use crate::error::RuntimeError;
use crate::log_lines::LogCursor;
use crate::registry::Shared;
use crate::runtime::Mode;
use crate::transact::{RunLog, Transacted};

/// Messages decided together.
const BATCH_MAX: usize = 512;
/// Messages that wait for an actor; senders wait beyond that.
pub(crate) const INBOX_MAX: usize = 1_024;
/// Waits between tries while the store does not work.
const RETRY_WAITS: [Duration; 5] = [
    Duration::from_millis(20),
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
];

/// Something a run's actor is told.
#[derive(Debug)]
pub(crate) enum Message {
    /// Somebody asks for something and waits for the answer.
    Ask {
        command: Command,
        reply: oneshot::Sender<Result<Outcome, RuntimeError>>,
    },
    /// Something may be due.
    Wake,
    /// A process slot is free for this stage.
    Slot {
        index: StageIndex,
        permit: OwnedSemaphorePermit,
    },
    /// An attempt has ended.
    Settled {
        index: StageIndex,
        dispatch: u32,
        report: AttemptReport,
    },
    /// Nothing is left of an attempt of an earlier server.
    Lost {
        index: StageIndex,
        dispatch: u32,
        permit: Option<OwnedSemaphorePermit>,
    },
}

type Reply = oneshot::Sender<Result<Outcome, RuntimeError>>;

/// The actor's own memory. All of it can be made again from the state.
pub(crate) struct Actor {
    run: RunId,
    shared: Arc<Shared>,
    log: RunLog,
    me: mpsc::WeakSender<Message>,
    cursor: Arc<LogCursor>,
    dispatchers: HashMap<StageIndex, SharedDispatcher>,
    /// Attempts this process works on, by stage.
    in_flight: HashMap<StageIndex, InFlight>,
    /// Attempts whose answer is part of the present batch.
    settled: Vec<InFlight>,
    /// Stages that wait for a process slot.
    queued: HashSet<StageIndex>,
    /// Slots that are held for a start in the present batch.
    permits: HashMap<StageIndex, OwnedSemaphorePermit>,
}

/// An attempt this process works on.
struct InFlight {
    key: AttemptKey,
    cancel: CancellationToken,
    dispatcher: SharedDispatcher,
}

/// Starts the actor of a run that was just created.
pub(crate) fn start(
    shared: &Arc<Shared>,
    run: RunId,
    log: RunLog,
    done: Transacted,
) -> mpsc::Sender<Message> {
    let (sender, inbox) = mpsc::channel(INBOX_MAX);
    let mut actor = Actor::new(shared, log, run, sender.downgrade());
    shared.tasks.spawn(async move {
        actor.perform(done.effects);
        actor.after_commit();
        actor.serve(inbox).await;
    });
    sender
}

/// Starts the actor of a run that has to be loaded first.
pub(crate) fn load(shared: &Arc<Shared>, run: RunId) -> mpsc::Sender<Message> {
    let (sender, mut inbox) = mpsc::channel(INBOX_MAX);
    let (shared, me) = (Arc::clone(shared), sender.downgrade());
    Arc::clone(&shared).tasks.spawn(async move {
        let turn = shared.loads.acquire().await;
        let loaded = RunLog::load(shared.store.as_ref(), run).await;
        drop(turn);
        match loaded {
            Ok(log) => {
                let mut actor = Actor::new(&shared, log, run, me);
                actor.take_up();
                actor.after_commit();
                actor.serve(inbox).await;
            }
            Err(error) => refuse_all(&shared, run, &mut inbox, &error).await,
        }
    });
    sender
}

/// Answers for a run that cannot be gone on with.
async fn refuse_all(
    shared: &Arc<Shared>,
    run: RunId,
    inbox: &mut mpsc::Receiver<Message>,
    error: &RuntimeError,
) {
    if !matches!(error, RuntimeError::NotFound(_)) {
        tracing::error!(%run, %error, "the run is left as it is");
    }
    loop {
        if let Some(late) = shared.actors.retire(run, inbox) {
            shared.forward(run, late);
            return;
        }
        match inbox.recv().await {
            Some(Message::Ask { reply, .. }) => answer(reply, Err(error.clone())),
            Some(_) => {}
            None => return,
        }
    }
}

/// The asker may have gone; that is its own affair.
fn answer(reply: Reply, result: Result<Outcome, RuntimeError>) {
    drop(reply.send(result));
}

impl Actor {
    fn new(shared: &Arc<Shared>, log: RunLog, run: RunId, me: mpsc::WeakSender<Message>) -> Self {
        Self {
            run,
            shared: Arc::clone(shared),
            log,
            me,
            cursor: Arc::new(LogCursor::default()),
            dispatchers: HashMap::new(),
            in_flight: HashMap::new(),
            settled: Vec::new(),
            queued: HashSet::new(),
            permits: HashMap::new(),
        }
    }

    async fn serve(mut self, mut inbox: mpsc::Receiver<Message>) {
        let mut batch = Vec::new();
        loop {
            if self.has_nothing_to_do()
                && let Some(late) = self.shared.actors.retire(self.run, &mut inbox)
            {
                self.shared.forward(self.run, late);
                return;
            }
            let n_taken = tokio::select! {
                () = self.shared.closing.cancelled() => return,
                n_taken = inbox.recv_many(&mut batch, BATCH_MAX) => n_taken,
            };
            if n_taken == 0 {
                return;
            }
            if let Err(error) = self.handle(std::mem::take(&mut batch)).await {
                refuse_all(&self.shared, self.run, &mut inbox, &error).await;
                return;
            }
        }
    }

    /// Whether nothing in this process would be lost with the actor.
    fn has_nothing_to_do(&self) -> bool {
        self.in_flight.is_empty() && self.queued.is_empty()
    }

    /// Decides a batch of messages together. An error means that the run
    /// cannot be gone on with.
    async fn handle(&mut self, messages: Vec<Message>) -> Result<(), RuntimeError> {
        let (mut commands, mut replies) = (Vec::new(), Vec::new());
        for message in messages {
            self.translate(message, &mut commands, &mut replies);
        }
        let mut tries = 0;
        loop {
            match self.transact(&commands).await {
                Ok(done) => {
                    for (place, reply) in replies {
                        let outcome = done.outcomes.get(place).cloned();
                        answer(reply, Ok(outcome.unwrap_or(Outcome::AlreadyDone)));
                    }
                    self.perform(done.effects);
                    self.after_commit();
                    return Ok(());
                }
                Err(error) if error.is_retryable() => {
                    // People are told; what agents answered is tried again.
                    let asked: Vec<usize> = replies.iter().map(|(place, _)| *place).collect();
                    for (_, reply) in replies.drain(..) {
                        answer(reply, Err(error.clone()));
                    }
                    keep_others(&mut commands, &asked);
                    tracing::warn!(run = %self.run, %error, tries, "the store does not work");
                    if !self.wait_for_store(tries).await {
                        return Ok(());
                    }
                    tries += 1;
                }
                Err(error) => {
                    for (_, reply) in replies {
                        answer(reply, Err(error.clone()));
                    }
                    return Err(error);
                }
            }
        }
    }

    /// Waits before the next try; false when the process is closing.
    async fn wait_for_store(&self, tries: usize) -> bool {
        let wait = RETRY_WAITS
            .get(tries)
            .or(RETRY_WAITS.last())
            .copied()
            .unwrap_or_default();
        tokio::select! {
            () = self.shared.closing.cancelled() => false,
            () = tokio::time::sleep(wait) => true,
        }
    }

    fn translate(
        &mut self,
        message: Message,
        commands: &mut Vec<Command>,
        replies: &mut Vec<(usize, Reply)>,
    ) {
        match message {
            Message::Ask { command, reply } => {
                replies.push((commands.len(), reply));
                commands.push(command);
            }
            Message::Wake => commands.push(Command::Advance),
            Message::Slot { index, permit } => {
                self.queued.remove(&index);
                self.permits.insert(index, permit);
            }
            Message::Settled {
                index,
                dispatch,
                report,
            } => {
                self.settled.extend(self.in_flight.remove(&index));
                if let Some(stage) = self.stage_id(index) {
                    commands.push(Command::SettleAttempt {
                        stage,
                        dispatch,
                        report,
                    });
                }
            }
            Message::Lost {
                index,
                dispatch,
                permit,
            } => {
                self.in_flight.remove(&index);
                if let Some(permit) = permit {
                    self.permits.insert(index, permit);
                }
                if let Some(stage) = self.stage_id(index) {
                    commands.push(Command::LoseAttempt { stage, dispatch });
                }
            }
        }
    }

    fn stage_id(&self, index: StageIndex) -> Option<StageId> {
        self.log
            .state()
            .map(|state| state.planned(index).id.clone())
    }

    async fn transact(&mut self, commands: &[Command]) -> Result<Transacted, RuntimeError> {
        let shared = Arc::clone(&self.shared);
        let now = shared.clock.now();
        let (dispatchers, permits, mode) = (&mut self.dispatchers, &self.permits, shared.mode);
        let mut starter = |state: &RunState| match mode {
            Mode::Passive => Vec::new(),
            Mode::Execute => startable(state)
                .filter(|index| {
                    permits.contains_key(index) || !needs_slot(&shared, dispatchers, state, *index)
                })
                .map(|index| state.planned(index).id.clone())
                .collect(),
        };
        self.log
            .transact(shared.store.as_ref(), commands, &mut starter, now)
            .await
    }

    /// Looks after a run that this process did not start itself.
    fn take_up(&mut self) {
        let Some(state) = self.log.state() else {
            return;
        };
        let (cancelled, dispatched): (Vec<_>, Vec<_>) = pending_effects(state)
            .into_iter()
            .partition(|effect| matches!(effect, Effect::CancelAttempt { .. }));
        let stopping: HashSet<StageIndex> = cancelled
            .iter()
            .filter_map(|effect| match effect {
                Effect::CancelAttempt { index, .. } => Some(*index),
                Effect::Dispatch(_) => None,
            })
            .collect();
        for effect in dispatched {
            if let Effect::Dispatch(request) = effect {
                let is_stopping = stopping.contains(&request.index);
                if self.shared.mode == Mode::Execute || is_stopping {
                    self.recover(*request, is_stopping);
                }
            }
        }
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Dispatch(request) if self.shared.mode == Mode::Execute => {
                    self.dispatch(*request);
                }
                Effect::Dispatch(_) => {}
                Effect::CancelAttempt { index, dispatch } => self.cancel(index, dispatch),
            }
        }
    }

    fn dispatch(&mut self, request: StageRequest) {
        let index = request.index;
        let permit = self.permits.remove(&index);
        if let Some((worker, shared)) = self.worker(&request, permit) {
            shared.tasks.spawn(worker.run(request));
        }
    }

    /// Finds out what became of an attempt of an earlier process. Waits for a
    /// slot first, unless it is only to be ended.
    fn recover(&mut self, request: StageRequest, is_stopping: bool) {
        let Some((mut worker, shared)) = self.worker(&request, None) else {
            return;
        };
        if is_stopping {
            worker.cancel.cancel();
        }
        let slots = Arc::clone(&shared.slots);
        let tasks = shared.tasks.clone();
        tasks.spawn(async move {
            if worker.dispatcher.needs_slot() && !is_stopping {
                let granted = shared
                    .closing
                    .run_until_cancelled(slots.acquire_owned())
                    .await;
                let Some(Ok(permit)) = granted else { return };
                worker.permit = Some(permit);
            }
            worker.recover(request).await;
        });
    }

    /// What works on an attempt; when its agent cannot be found, that is its end.
    fn worker(
        &mut self,
        request: &StageRequest,
        permit: Option<OwnedSemaphorePermit>,
    ) -> Option<(Worker, Arc<Shared>)> {
        let actor = self.me.upgrade()?;
        let shared = Arc::clone(&self.shared);
        let planned = request.plan.stages.get(request.index.get())?;
        match shared
            .resolver
            .resolve(&request.plan.workspace, attempt::artifact(planned))
        {
            Ok(dispatcher) => {
                let cancel = CancellationToken::new();
                let in_flight = InFlight {
                    key: request.key.clone(),
                    cancel: cancel.clone(),
                    dispatcher: Arc::clone(&dispatcher),
                };
                self.in_flight.insert(request.index, in_flight);
                let worker = Worker {
                    shared: Arc::clone(&shared),
                    cursor: Arc::clone(&self.cursor),
                    actor,
                    dispatcher,
                    cancel,
                    permit,
                };
                Some((worker, shared))
            }
            Err(failure) => {
                let (index, dispatch) = (request.index, request.key.dispatch);
                let report = attempt::unresolved(failure);
                shared.tasks.spawn(async move {
                    let message = Message::Settled {
                        index,
                        dispatch,
                        report,
                    };
                    drop(actor.send(message).await);
                });
                None
            }
        }
    }

    fn cancel(&mut self, index: StageIndex, dispatch: u32) {
        match self.in_flight.get(&index) {
            Some(attempt) if attempt.key.dispatch == dispatch => attempt.cancel.cancel(),
            // An attempt of an earlier process that nobody here looks after.
            Some(_) | None => {
                let requests = self.log.state().map(pending_effects).unwrap_or_default();
                for effect in requests {
                    match effect {
                        Effect::Dispatch(request) if request.index == index => {
                            self.recover(*request, true);
                        }
                        Effect::Dispatch(_) | Effect::CancelAttempt { .. } => {}
                    }
                }
            }
        }
    }

    /// What follows from the new state outside the run.
    fn after_commit(&mut self) {
        // Slots that no start took are given back.
        self.permits.clear();
        self.forget_settled();
        let Some(state) = self.log.state() else {
            return;
        };
        self.shared.feed.events(self.run, state.version());
        if self.shared.mode == Mode::Execute {
            self.shared.timers.set(self.run, next_deadline(state));
            self.queue_for_slots();
        }
    }

    /// What was kept to recover the settled attempts is not needed any more.
    fn forget_settled(&mut self) {
        let with_files = |attempt: &InFlight| attempt.dispatcher.needs_slot();
        let settled: Vec<InFlight> = self.settled.drain(..).filter(with_files).collect();
        if settled.is_empty() {
            return;
        }
        self.shared.tasks.spawn(async move {
            for attempt in settled {
                attempt.dispatcher.forget(&attempt.key).await;
            }
        });
    }

    /// Asks for a slot for each stage that may start and needs one.
    fn queue_for_slots(&mut self) {
        let Some(state) = self.log.state() else {
            return;
        };
        let waiting: Vec<StageIndex> = startable(state)
            .filter(|index| !self.queued.contains(index))
            .collect();
        let Some(me) = self.me.upgrade() else { return };
        for index in waiting {
            self.queued.insert(index);
            let (slots, me) = (Arc::clone(&self.shared.slots), me.clone());
            let closing = self.shared.closing.clone();
            self.shared.tasks.spawn(async move {
                let granted = closing.run_until_cancelled(slots.acquire_owned()).await;
                if let Some(Ok(permit)) = granted {
                    drop(me.send(Message::Slot { index, permit }).await);
                }
            });
        }
    }
}

/// Starts what needs no slot together with the creation of its run.
pub(crate) fn starter_of_new_run(
    shared: &Arc<Shared>,
) -> impl FnMut(&RunState) -> Vec<StageId> + Send {
    let shared = Arc::clone(shared);
    let mut dispatchers = HashMap::new();
    move |state| match shared.mode {
        Mode::Passive => Vec::new(),
        Mode::Execute => startable(state)
            .filter(|index| !needs_slot(&shared, &mut dispatchers, state, *index))
            .map(|index| state.planned(index).id.clone())
            .collect(),
    }
}

/// Takes the commands at `places` out.
fn keep_others(commands: &mut Vec<Command>, places: &[usize]) {
    let mut place = 0;
    commands.retain(|_| {
        let keep = !places.contains(&place);
        place += 1;
        keep
    });
}

fn needs_slot(
    shared: &Shared,
    dispatchers: &mut HashMap<StageIndex, SharedDispatcher>,
    state: &RunState,
    index: StageIndex,
) -> bool {
    if let Some(dispatcher) = dispatchers.get(&index) {
        return dispatcher.needs_slot();
    }
    let artifact = attempt::artifact(state.planned(index));
    match shared.resolver.resolve(&state.plan().workspace, artifact) {
        Ok(dispatcher) => {
            let needs_slot = dispatcher.needs_slot();
            dispatchers.insert(index, dispatcher);
            needs_slot
        }
        // It will be started, and fail at once with the reason.
        Err(_) => false,
    }
}
