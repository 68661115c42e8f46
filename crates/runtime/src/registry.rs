//! What all runs of a process share, and which of them are in memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use baton_model::RunId;
use baton_store::Store;
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::actor::{self, Message};
use crate::clock::Clock;
use crate::feed::Feed;
use crate::plug::AgentResolver;
use crate::runtime::Mode;
use crate::timers::Timers;

/// What every actor needs.
pub(crate) struct Shared {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) resolver: Arc<dyn AgentResolver>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) mode: Mode,
    /// Agent processes this server may run at once; first come, first served.
    pub(crate) slots: Arc<Semaphore>,
    /// Runs that may be read from the store at once.
    pub(crate) loads: Semaphore,
    pub(crate) timers: Timers,
    pub(crate) feed: Feed,
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

    /// Takes an actor out that has nothing to do; None when there is a message
    /// for it after all. A sender that was handed out before and sends later
    /// finds the channel closed and asks again; messages that slipped in
    /// before the channel closed are given back to be sent on.
    pub(crate) fn retire(
        &self,
        run: RunId,
        inbox: &mut mpsc::Receiver<Message>,
    ) -> Option<Vec<Message>> {
        let mut actors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !inbox.is_empty() {
            return None;
        }
        inbox.close();
        actors.remove(&run);
        Some(std::iter::from_fn(|| inbox.try_recv().ok()).collect())
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

    /// Sends on what came too late for an actor that has retired.
    pub(crate) fn forward(self: &Arc<Self>, run: RunId, late: Vec<Message>) {
        if late.is_empty() {
            return;
        }
        let shared = Arc::clone(self);
        self.tasks.spawn(async move {
            for message in late {
                shared.tell(run, message).await;
            }
        });
    }
}
