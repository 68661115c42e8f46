//! What all runs of a process share, and which of them are in memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use baton_model::RunId;
use baton_store::{LeaseTerm, Store};
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::actor::{self, Message};
use crate::clock::Clock;
use crate::error::RuntimeError;
use crate::feed::Feed;
use crate::lease::Tenancy;
use crate::observe::Observer;
use crate::patience;
use crate::plug::Plug;
use crate::runtime::Mode;
use crate::slots::Slots;
use crate::timers::Timers;

/// What every actor needs.
pub(crate) struct Shared {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) plug: Arc<dyn Plug>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) mode: Mode,
    /// How the lease is held.
    pub(crate) term: LeaseTerm,
    /// The lease under which this process works.
    pub(crate) tenancy: Tenancy,
    /// Agent processes this server may run at once.
    pub(crate) slots: Slots,
    /// Runs that may be read from the store at once.
    pub(crate) loads: Semaphore,
    pub(crate) timers: Timers,
    pub(crate) feed: Feed,
    pub(crate) observer: Arc<dyn Observer>,
    pub(crate) actors: Actors,
    pub(crate) closing: CancellationToken,
    pub(crate) tasks: TaskTracker,
}

/// The runs that are in memory, by id.
#[derive(Debug, Default)]
pub(crate) struct Actors(Mutex<HashMap<RunId, mpsc::Sender<Message>>>);

impl Actors {
    /// The way to a run's actor; `make` starts one when there is none.
    pub(crate) fn get_or_start(
        &self,
        run: RunId,
        make: impl FnOnce() -> mpsc::Sender<Message>,
    ) -> mpsc::Sender<Message> {
        let mut actors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match actors.get(&run) {
            Some(sender) if !sender.is_closed() => sender.clone(),
            Some(_) | None => {
                let sender = make();
                actors.insert(run, sender.clone());
                sender
            }
        }
    }

    /// Registers the actor of a run that is about to be created; false when
    /// the run has one already.
    pub(crate) fn register(&self, run: RunId, sender: mpsc::Sender<Message>) -> bool {
        let mut actors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match actors.get(&run) {
            Some(present) if !present.is_closed() => false,
            Some(_) | None => {
                actors.insert(run, sender);
                true
            }
        }
    }

    /// Whether the run has an actor.
    pub(crate) fn has(&self, run: RunId) -> bool {
        let actors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        actors.get(&run).is_some_and(|sender| !sender.is_closed())
    }

    /// How many runs have one.
    pub(crate) fn count(&self) -> usize {
        let actors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        actors.len()
    }

    /// Takes an actor out and closes its inbox; false when there is a message
    /// for it after all.
    fn take_out(&self, run: RunId, inbox: &mut mpsc::Receiver<Message>) -> bool {
        let mut actors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !inbox.is_empty() {
            return false;
        }
        inbox.close();
        actors.remove(&run);
        true
    }

    /// Takes an actor out and closes its inbox, whatever is in it.
    fn expel(&self, run: RunId, inbox: &mut mpsc::Receiver<Message>) {
        let mut actors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inbox.close();
        actors.remove(&run);
    }
}

impl Shared {
    /// Sends a message to a run's actor, which is started if need be.
    pub(crate) async fn tell(self: &Arc<Self>, run: RunId, mut message: Message) {
        while !self.closing.is_cancelled() {
            let sender = self.actors.get_or_start(run, || actor::load(self, run));
            match sender.send(message).await {
                Ok(()) => return,
                Err(back) => message = back.0,
            }
        }
    }

    /// Lets an actor go that has nothing to do; false when there is a message
    /// for it after all. Nothing that is on its way is lost: who sends later
    /// finds the inbox closed and asks for the actor again, and who was in the
    /// middle of sending is waited for, and the message sent on.
    pub(crate) async fn retire(
        self: &Arc<Self>,
        run: RunId,
        inbox: &mut mpsc::Receiver<Message>,
    ) -> bool {
        if !self.actors.take_out(run, inbox) {
            return false;
        }
        while let Some(late) = inbox.recv().await {
            self.tell(run, late).await;
        }
        true
    }

    /// Lets an actor go that may not go on. What people ask and what calls for
    /// a look at the run is for whoever comes next; what came of its own work
    /// is for nobody.
    pub(crate) async fn replace(
        self: &Arc<Self>,
        run: RunId,
        unanswered: Vec<Message>,
        inbox: &mut mpsc::Receiver<Message>,
    ) {
        self.actors.expel(run, inbox);
        for message in unanswered {
            self.tell(run, message).await;
        }
        while let Some(message) = inbox.recv().await {
            if message.outlives_actor() {
                self.tell(run, message).await;
            }
        }
    }

    /// Looks at a run again soon if what keeps it from going on may pass.
    pub(crate) fn look_again_at(&self, run: RunId, error: &RuntimeError) {
        if error.is_retryable() {
            self.look_again_soon(run);
        }
    }

    /// Wakes a run after a wait.
    pub(crate) fn look_again_soon(&self, run: RunId) {
        let soon = self.clock.now().after(patience::LONGEST);
        self.timers.offer(run, soon);
    }
}
