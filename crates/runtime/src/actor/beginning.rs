//! How an actor begins: with a run that is being created, or with one that is
//! in the store already.

use std::collections::HashMap;
use std::sync::Arc;

use baton_engine::{RunState, startable};
use baton_model::{RunId, StageId};
use baton_store::NewRun;
use tokio::sync::{mpsc, oneshot};

use super::attempts::needs_slot;
use super::{Actor, INBOX_MAX, Message, refuse_all, telling};
use crate::error::RuntimeError;
use crate::log_lines::LogCursor;
use crate::registry::Shared;
use crate::role::Role;
use crate::takeover;
use crate::transact::{NewRunSpec, RunLog};

/// The rows a run was made with, or the earlier run that holds one of its claims.
pub(crate) type Creation = Result<Arc<NewRun>, RunId>;

/// Where the outcome of a creation goes; see [`crate::Runtime::create_run`].
pub(crate) type CreationReply = oneshot::Sender<Result<Creation, RuntimeError>>;

/// Creates a run and starts its actor. The run is registered before it is
/// stored, so that nobody who finds it in the store takes it up a second time;
/// and it is created by a task of its own, so that a caller who goes away
/// leaves no run behind that nobody works on.
pub(crate) fn create(shared: &Arc<Shared>, spec: NewRunSpec, reply: CreationReply) {
    let run = spec.id;
    let (sender, mut inbox) = mpsc::channel(INBOX_MAX);
    let me = sender.downgrade();
    let is_registered = shared.actors.register(run, sender);
    let shared = Arc::clone(shared);
    Arc::clone(&shared).tasks.spawn(Box::pin(async move {
        let role = takeover::role(&shared, run).await;
        let (store, fence) = (shared.store.as_ref(), role.fence());
        let mut starter = starter_of_new_run(&shared, role.clone());
        let now = shared.clock.now();
        let created = RunLog::create(store, spec, fence, &mut starter, now).await;
        let (created, answered) = match created {
            Ok(Ok((created, rows))) => (Some(created), Ok(Ok(rows))),
            Ok(Err(earlier)) => (None, Ok(Err(earlier))),
            Err(error) => {
                shared.look_again_at(run, &error);
                (None, Err(error))
            }
        };
        // The asker may have gone; the run goes on without it.
        drop(reply.send(answered));
        if let Some((log, done)) = &created {
            telling::tell_of_new_run(&shared, log, &done.events);
        }
        match created {
            Some((log, done)) if is_registered => {
                let mut actor = Actor::new(&shared, (log, role), run, me);
                actor.knows_standing();
                actor.perform(done.effects);
                actor.after_commit();
                actor.serve(inbox).await;
            }
            // Somebody asked for the run before it was there.
            Some(_) => shared.tell(run, Message::Refresh).await,
            None if is_registered => {
                refuse_all(&shared, run, &mut inbox, &RuntimeError::NotFound(run)).await;
            }
            None => {}
        }
    }));
}

/// Starts the actor of a run that has to be loaded first.
pub(crate) fn load(shared: &Arc<Shared>, run: RunId) -> mpsc::Sender<Message> {
    let (sender, mut inbox) = mpsc::channel(INBOX_MAX);
    let (shared, me) = (Arc::clone(shared), sender.downgrade());
    Arc::clone(&shared).tasks.spawn(async move {
        let turn = shared.loads.acquire().await;
        let loaded = takeover::load(&shared, run).await;
        drop(turn);
        match loaded {
            Ok(loaded) => {
                let mut actor = Actor::new(&shared, loaded, run, me);
                actor.tell_taken_up();
                actor.knows_standing();
                actor.look_after_attempts();
                actor.after_commit();
                actor.serve(inbox).await;
            }
            Err(error) => {
                shared.look_again_at(run, &error);
                refuse_all(&shared, run, &mut inbox, &error).await;
            }
        }
    });
    sender
}

impl Actor {
    /// The run may have become this server's since it was loaded by a guest:
    /// who claims a run tells whatever actor there is, and only once.
    pub(super) async fn look_at_role(&mut self) {
        match takeover::load(&self.shared, self.run).await {
            Ok((log, role)) if role.decides() => {
                self.log = log;
                self.begun = role.begin();
                self.cursor = Arc::new(LogCursor::new(role.fence()));
                self.role = role;
                self.tell_taken_up();
                self.look_after_attempts();
                self.after_commit();
            }
            Ok(_) => {}
            Err(error) => self.shared.look_again_at(self.run, &error),
        }
    }
}

/// Starts what needs no slot together with the creation of its run.
fn starter_of_new_run(
    shared: &Arc<Shared>,
    role: Role,
) -> impl FnMut(&RunState) -> Vec<StageId> + Send {
    let shared = Arc::clone(shared);
    let mut dispatchers = HashMap::new();
    move |state| {
        if !role.works() {
            return Vec::new();
        }
        startable(state)
            .filter(|index| !needs_slot(&shared, &mut dispatchers, state, *index))
            .map(|index| state.planned(index).id.clone())
            .collect()
    }
}
