//! The actor of one run: everything that is asked of it, in one order.
//!
//! Takes what has come in, decides it together, commits once, answers, and
//! performs (`attempts`). An actor with nothing to do but wait for people
//! leaves memory; the next message loads the run again. While the store does
//! not work, people are told so at once; what agents answered is kept and
//! decided again with the next message, or after a wait.
//!
//! What another process commits to the run is seen when a commit of this one
//! conflicts with it, when the run is loaded, or on [`Message::Refresh`].
//!
//! An actor keeps the [`Role`] in which the run was loaded. One that owned the
//! run and does not any more drops what it was doing and makes room for another.

mod attempts;
mod beginning;
mod edits;
mod telling;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use baton_agents::SharedDispatcher;
use baton_engine::{Outcome, RunState, StageIndex, startable};
use baton_model::{AttemptKey, AttemptReport, Command, HookKey, RunId, Spent};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::actor::attempts::{InFlight, needs_slot};
pub(crate) use crate::actor::beginning::{create, load};
use crate::error::RuntimeError;
use crate::log_lines::LogCursor;
use crate::observe::Standing;
use crate::patience;
use crate::registry::Shared;
use crate::role::Role;
use crate::transact::{RunLog, Transacted};

/// Messages decided together.
const BATCH_MAX: usize = 512;
/// Messages that wait for an actor; senders wait beyond that.
const INBOX_MAX: usize = 1_024;

/// Something a run's actor is told.
#[derive(Debug)]
pub(crate) enum Message {
    /// Somebody asks for something and waits for the answer.
    Ask { command: Command, reply: Reply },
    /// Something may be due.
    Wake,
    /// Somebody else may have changed the run: look at the store.
    Refresh,
    /// A process slot is free for this stage.
    Slot {
        index: StageIndex,
        permit: OwnedSemaphorePermit,
    },
    /// An attempt has ended.
    Settled {
        index: StageIndex,
        key: AttemptKey,
        report: AttemptReport,
        /// What its turn took, as far as it has told.
        spent: Option<Spent>,
    },
    /// A hook has done what it does, or has given up.
    HookEnded {
        hook: HookKey,
        error: Option<String>,
    },
    /// Nothing is left of an attempt of an earlier server.
    Lost {
        index: StageIndex,
        key: AttemptKey,
        permit: Option<OwnedSemaphorePermit>,
    },
}

impl Message {
    /// Whether it says that something may be due, whoever has to see to it.
    fn calls_for_a_look(&self) -> bool {
        match self {
            Self::Wake | Self::Refresh => true,
            Self::Ask { .. }
            | Self::Slot { .. }
            | Self::Settled { .. }
            | Self::HookEnded { .. }
            | Self::Lost { .. } => false,
        }
    }

    /// Whether it is worth telling an actor that comes after the one it was
    /// for, and that may have another role.
    pub(crate) fn outlives_actor(&self) -> bool {
        match self {
            Self::Ask { .. } | Self::Wake | Self::Refresh => true,
            Self::Slot { .. }
            | Self::Settled { .. }
            | Self::HookEnded { .. }
            | Self::Lost { .. } => false,
        }
    }
}

type Reply = oneshot::Sender<Result<Outcome, RuntimeError>>;
/// The actor's own memory. All of it but `owed` can be made again from the
/// state, and what is owed by recovering the attempts.
pub(crate) struct Actor {
    run: RunId,
    shared: Arc<Shared>,
    log: RunLog,
    role: Role,
    /// Ends all that the actor has begun.
    begun: CancellationToken,
    me: mpsc::WeakSender<Message>,
    cursor: Arc<LogCursor>,
    dispatchers: HashMap<StageIndex, SharedDispatcher>,
    /// Attempts this process works on, by stage.
    in_flight: BTreeMap<StageIndex, InFlight>,
    /// Attempts whose end is part of the present batch.
    ended: Vec<InFlight>,
    /// Ends of attempts that no agent was found for.
    unresolved: Vec<Message>,
    /// When attempts are looked for again that cannot be found for now.
    look_again_at: Option<Instant>,
    /// Actions of hooks that this process carries out.
    hooks: BTreeSet<HookKey>,
    /// Stages that wait for a process slot.
    queued: HashSet<StageIndex>,
    /// Slots that are held for a start in the present batch.
    permits: HashMap<StageIndex, OwnedSemaphorePermit>,
    /// Where the run stood when the observer was told last; none before it
    /// was created.
    told: Option<Standing>,
    /// Commands nobody waits for that the store did not take yet.
    owed: Vec<Command>,
    /// When the store is tried again; None while it works.
    try_again_at: Option<Instant>,
    tries: usize,
}

/// Answers for a run that cannot be gone on with.
async fn refuse_all(
    shared: &Arc<Shared>,
    run: RunId,
    inbox: &mut mpsc::Receiver<Message>,
    error: &RuntimeError,
) {
    match error {
        RuntimeError::NotFound(_) => {}
        error if error.is_retryable() => {
            tracing::warn!(%run, %error, "the run is looked at again soon");
        }
        error => tracing::error!(%run, %error, "the run is left as it is"),
    }
    while !shared.retire(run, inbox).await {
        match inbox.recv().await {
            Some(Message::Ask { reply, .. }) => answer(reply, Err(error.clone())),
            Some(_) => {}
            None => return,
        }
    }
}

/// Why an actor does not go on.
enum Stop {
    /// It does not own the run any more. What is left was not answered.
    Disowned(Vec<Message>),
    /// The run cannot be gone on with.
    Failed(RuntimeError),
}

/// The asker may have gone; that is its own affair.
fn answer(reply: Reply, result: Result<Outcome, RuntimeError>) {
    drop(reply.send(result));
}

impl Actor {
    fn new(
        shared: &Arc<Shared>,
        (log, role): (RunLog, Role),
        run: RunId,
        me: mpsc::WeakSender<Message>,
    ) -> Self {
        Self {
            run,
            shared: Arc::clone(shared),
            log,
            begun: role.begin(),
            cursor: Arc::new(LogCursor::new(role.fence())),
            role,
            me,
            dispatchers: HashMap::new(),
            in_flight: BTreeMap::new(),
            ended: Vec::new(),
            unresolved: Vec::new(),
            look_again_at: None,
            hooks: BTreeSet::new(),
            queued: HashSet::new(),
            permits: HashMap::new(),
            told: None,
            owed: Vec::new(),
            try_again_at: None,
            tries: 0,
        }
    }

    async fn serve(mut self, mut inbox: mpsc::Receiver<Message>) {
        let stop = loop {
            let handled = match self.next_messages(&mut inbox).await {
                Ok(Some(messages)) => self.handle(messages).await,
                Ok(None) => return,
                Err(stop) => Err(stop),
            };
            if let Err(stop) = handled {
                break stop;
            }
        };
        match stop {
            Stop::Disowned(unanswered) => {
                self.begun.cancel();
                self.tell_gone();
                tracing::warn!(run = %self.run, "the run is not this server's any more");
                self.shared.replace(self.run, unanswered, &mut inbox).await;
            }
            Stop::Failed(error) => {
                refuse_all(&self.shared, self.run, &mut inbox, &error).await;
            }
        }
    }

    /// Waits for something to do; may come back without messages to try again
    /// what did not work. None when the actor is to leave.
    async fn next_messages(
        &mut self,
        inbox: &mut mpsc::Receiver<Message>,
    ) -> Result<Option<Vec<Message>>, Stop> {
        let mut messages = std::mem::take(&mut self.unresolved);
        if !messages.is_empty() {
            return Ok(Some(messages));
        }
        if self.has_nothing_to_do() && self.shared.retire(self.run, inbox).await {
            // For whoever found the run in memory but came after its last news.
            self.announce();
            return Ok(None);
        }
        let it_may_work = async {
            // Nothing else is of any use before the store works.
            match self.try_again_at.or(self.look_again_at) {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = self.shared.closing.cancelled() => Ok(None),
            // It was at work: whoever comes next is to look what is left.
            () = self.begun.cancelled() => Err(Stop::Disowned(vec![Message::Refresh])),
            n_taken = inbox.recv_many(&mut messages, BATCH_MAX) => {
                Ok((n_taken > 0).then_some(messages))
            }
            () = it_may_work => Ok(Some(messages)),
        }
    }

    /// The end of these hooks is part of the log now.
    fn forget_hooks(&mut self, commands: &[Command]) {
        for command in commands {
            if let Command::FinishHook { hook, .. } = command {
                self.hooks.remove(hook);
            }
        }
    }

    /// Whether nothing in this process would be lost with the actor.
    fn has_nothing_to_do(&self) -> bool {
        self.in_flight.is_empty()
            && self.queued.is_empty()
            && self.hooks.is_empty()
            && self.try_again_at.is_none()
            && self.look_again_at.is_none()
    }

    /// Whether it is time to look for attempts again; it is so once.
    fn takes_another_look(&mut self) -> bool {
        let is_due = |at: &mut Instant| *at <= Instant::now();
        self.look_again_at.take_if(is_due).is_some()
    }

    /// Decides a batch of messages together, after what is still owed.
    async fn handle(&mut self, messages: Vec<Message>) -> Result<(), Stop> {
        let (mut commands, mut replies) = (std::mem::take(&mut self.owed), Vec::new());
        if !self.role.decides() && messages.iter().any(Message::calls_for_a_look) {
            self.look_at_role().await;
        }
        for message in messages {
            self.translate(message, &mut commands, &mut replies);
        }
        if commands.is_empty() && !self.role.decides() {
            return Ok(());
        }
        match self.transact(&mut commands).await {
            Err(error) if error.is_fenced() => {
                self.shared.tenancy.suspect();
                Err(Stop::Disowned(unanswered(&commands, replies)))
            }
            Ok(done) => {
                (self.tries, self.try_again_at) = (0, None);
                self.forget_hooks(&commands);
                for (place, reply) in replies {
                    let outcome = done.outcomes.get(place).cloned();
                    answer(reply, Ok(outcome.unwrap_or(Outcome::AlreadyDone)));
                }
                if self.role.is_over() {
                    return Err(Stop::Disowned(vec![Message::Refresh]));
                }
                self.tell_of(&done.events);
                self.perform(done.effects);
                if self.takes_another_look() || done.reloaded {
                    self.look_after_attempts();
                }
                self.after_commit();
                Ok(())
            }
            Err(error) => {
                let asked: Vec<usize> = replies.iter().map(|(place, _)| *place).collect();
                for (_, reply) in replies {
                    answer(reply, Err(error.clone()));
                }
                if !error.is_retryable() {
                    return Err(Stop::Failed(error));
                }
                if !self.role.decides() {
                    return Ok(());
                }
                keep_others(&mut commands, &asked);
                self.owed = commands;
                tracing::warn!(run = %self.run, %error, tries = self.tries, "the store does not work");
                // Also with nothing owed: the commit may have been stored, and
                // then its effects are still to be performed.
                self.try_again_at = Some(Instant::now() + patience::wait(self.tries));
                self.tries += 1;
                Ok(())
            }
        }
    }

    fn translate(
        &mut self,
        message: Message,
        commands: &mut Vec<Command>,
        replies: &mut Vec<(usize, Reply)>,
    ) {
        if !self.role.decides() && !matches!(message, Message::Ask { .. }) {
            return;
        }
        match message {
            Message::Ask { command, reply } => {
                replies.push((commands.len(), reply));
                commands.push(command);
            }
            Message::Wake => commands.push(Command::Advance),
            Message::Refresh => {
                self.log.forget_state();
                commands.push(Command::Advance);
            }
            Message::Slot { index, permit } => {
                self.queued.remove(&index);
                self.permits.insert(index, permit);
            }
            Message::Settled {
                index,
                key,
                report,
                spent,
            } => {
                let attempt = self.take_in_flight(index, &key);
                self.ended.extend(attempt);
                if let Some(spent) = spent {
                    commands.push(Command::RecordSpent {
                        stage: key.stage.clone(),
                        dispatch: key.dispatch,
                        spent,
                    });
                }
                commands.push(Command::SettleAttempt {
                    stage: key.stage,
                    dispatch: key.dispatch,
                    report,
                });
            }
            Message::HookEnded { hook, error } => {
                commands.push(Command::FinishHook { hook, error });
            }
            Message::Lost { index, key, permit } => {
                let attempt = self.take_in_flight(index, &key);
                self.ended.extend(attempt);
                if let Some(permit) = permit {
                    self.permits.insert(index, permit);
                }
                commands.push(Command::LoseAttempt {
                    stage: key.stage,
                    dispatch: key.dispatch,
                });
            }
        }
    }

    async fn transact(&mut self, commands: &mut [Command]) -> Result<Transacted, RuntimeError> {
        let shared = Arc::clone(&self.shared);
        if edits::are_proposed(commands) {
            let state = self.log.load_state(shared.store.as_ref()).await?;
            edits::compile(shared.plug.as_ref(), state, commands);
        }
        let now = shared.clock.now();
        let to_store = (shared.store.as_ref(), self.role.access(shared.term));
        let (dispatchers, permits, role) = (&mut self.dispatchers, &self.permits, &self.role);
        let mut starter = |state: &RunState| {
            if !role.works() {
                return Vec::new();
            }
            startable(state)
                .filter(|index| {
                    permits.contains_key(index) || !needs_slot(&shared, dispatchers, state, *index)
                })
                .map(|index| state.planned(index).id.clone())
                .collect()
        };
        self.log
            .transact(to_store, commands, &mut starter, now)
            .await
    }
}

/// What is left to be told the next actor of a run, when none of `commands`
/// were carried out.
fn unanswered(commands: &[Command], replies: Vec<(usize, Reply)>) -> Vec<Message> {
    let asked = replies.into_iter().filter_map(|(place, reply)| {
        let command = commands.get(place)?.clone();
        Some(Message::Ask { command, reply })
    });
    asked.chain([Message::Refresh]).collect()
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
