//! The runtime as a whole: creates runs, carries commands to them, wakes them
//! in time, and takes up those that nobody works on.

use std::sync::Arc;
use std::time::Duration;

use baton_engine::{Outcome, Rerun, decide, rerun};
use baton_model::{Command, RunId, StageId, Timestamp};
use baton_store::{LeaseTerm, NewRun, ServerId, Store, StoreError};
use tokio::sync::{Semaphore, oneshot, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::actor::{self, Message};
use crate::clock::Clock;
use crate::error::RuntimeError;
use crate::feed::{Feed, Progress};
use crate::lease::{self, Tenancy};
use crate::observe::{Observer, Unobserved};
use crate::plug::Plug;
use crate::registry::{Actors, Shared};
use crate::slots::{SlotUse, Slots};
use crate::takeover;
use crate::timers::Timers;
use crate::transact::{NewRunSpec, RunLog};

/// Runs read from the store at once when many are taken up.
const LOADS_MAX: usize = 16;

/// Whether this process works on stages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It does: `baton serve`, `run` and `resume`.
    Execute,
    /// It only records what people decide, and ends what is to be ended.
    Passive,
}

/// What a runtime is made with.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Whether it works on stages.
    pub mode: Mode,
    /// Agent processes at once.
    pub processes_max: usize,
    /// Who it is to other processes on the store, where it executes.
    pub server: ServerId,
    /// How it holds the right to work on runs, where it executes. For a time:
    /// it renews that in time, claims every run that nobody works on, and
    /// stops all work when it could not renew.
    pub term: LeaseTerm,
}

/// All runs of this process. Cheap to clone.
#[derive(Clone)]
pub struct Runtime {
    shared: Arc<Shared>,
}

impl Runtime {
    /// Starts a runtime on a store; nothing is taken up yet.
    pub fn start(
        store: Arc<dyn Store>,
        plug: Arc<dyn Plug>,
        clock: Arc<dyn Clock>,
        options: Options,
    ) -> Self {
        Self::start_observed(store, plug, clock, options, Arc::new(Unobserved))
    }

    /// The same, with somebody who is told what happens.
    pub fn start_observed(
        store: Arc<dyn Store>,
        plug: Arc<dyn Plug>,
        clock: Arc<dyn Clock>,
        options: Options,
        observer: Arc<dyn Observer>,
    ) -> Self {
        let shared = Arc::new(Shared {
            store,
            plug,
            clock,
            mode: options.mode,
            term: options.term,
            tenancy: Tenancy::default(),
            slots: Slots::new(options.processes_max),
            loads: Semaphore::new(LOADS_MAX),
            timers: Timers::default(),
            feed: Feed::default(),
            observer,
            actors: Actors::default(),
            closing: CancellationToken::new(),
            tasks: TaskTracker::new(),
        });
        shared.tasks.spawn(wake_in_time(Arc::clone(&shared)));
        if options.mode == Mode::Execute {
            let keeping = lease::keep(Arc::clone(&shared), options.server, options.term);
            shared.tasks.spawn(keeping);
            let following = takeover::follow(Arc::clone(&shared), options.term);
            shared.tasks.spawn(following);
        }
        Self { shared }
    }

    /// The time as its clock has it.
    pub fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    /// Creates a run and starts it, also when the caller goes away meanwhile;
    /// says what was stored of it. `Err(id)` inside `Ok` names the earlier run
    /// that holds one of its claims.
    pub async fn create_run(
        &self,
        spec: NewRunSpec,
    ) -> Result<Result<Arc<NewRun>, RunId>, RuntimeError> {
        let shared = &self.shared;
        if shared.closing.is_cancelled() {
            return Err(RuntimeError::Closed);
        }
        let (reply, answer) = oneshot::channel();
        actor::create(shared, spec, reply);
        answer.await.map_err(|_gone| RuntimeError::Closed)?
    }

    /// Carries a command to a run and waits until its outcome is durable.
    pub async fn command(&self, run: RunId, command: Command) -> Result<Outcome, RuntimeError> {
        let (reply, answer) = oneshot::channel();
        self.shared.tell(run, Message::Ask { command, reply }).await;
        match answer.await.map_err(|_gone| RuntimeError::Closed)?? {
            Outcome::Rejected(rejection) => Err(RuntimeError::Rejected(rejection)),
            outcome @ (Outcome::Accepted | Outcome::AlreadyDone) => Ok(outcome),
        }
    }

    /// Whether a run, as it is now, would take a command; it is not given it.
    pub async fn preview(&self, run: RunId, command: &Command) -> Result<(), RuntimeError> {
        let log = RunLog::load(self.shared.store.as_ref(), run).await?;
        let state = log.state().ok_or(RuntimeError::NotFound(run))?;
        match decide(state, command, self.shared.clock.now()).outcome {
            Outcome::Rejected(rejection) => Err(RuntimeError::Rejected(rejection)),
            Outcome::Accepted | Outcome::AlreadyDone => Ok(()),
        }
    }

    /// What a new run is made of that repeats `run`, all of it or from a
    /// stage on.
    pub async fn rerun_of(
        &self,
        run: RunId,
        from: Option<&StageId>,
    ) -> Result<Rerun, RuntimeError> {
        let log = RunLog::load(self.shared.store.as_ref(), run).await?;
        let state = log.state().ok_or(RuntimeError::NotFound(run))?;
        rerun(state, from).map_err(RuntimeError::Rejected)
    }

    /// Takes up one run that nobody works on, or looks again at one of this
    /// process that another may have changed.
    pub async fn take_up(&self, run: RunId) {
        self.shared.tell(run, Message::Refresh).await;
    }

    /// Claims every unfinished run that nobody works on, and says which. Those
    /// with something to do are taken up at once, the others are woken when
    /// something of theirs is due. A passive runtime claims none.
    pub async fn take_up_all(&self) -> Result<Vec<RunId>, RuntimeError> {
        if self.shared.mode == Mode::Passive {
            return Ok(Vec::new());
        }
        let Some(tenure) = self.shared.tenancy.tenure().await else {
            let why = "it gave no lease".to_owned();
            return Err(RuntimeError::Store(StoreError::Unavailable(why)));
        };
        takeover::claim_all(&self.shared, &tenure)
            .await
            .map_err(RuntimeError::Store)
    }

    /// Tells how far a run has come, now and whenever it comes further.
    pub fn watch(&self, run: RunId) -> watch::Receiver<Progress> {
        self.shared.feed.subscribe(run)
    }

    /// Tells of every commit to any run: the number grows.
    pub fn watch_all(&self) -> watch::Receiver<u64> {
        self.shared.feed.subscribe_to_all()
    }

    /// Whether the run is in memory. Then whoever began to [`watch`](Self::watch)
    /// it before asking this will be told how far it comes, its end included.
    pub fn is_in_memory(&self, run: RunId) -> bool {
        self.shared.actors.has(run)
    }

    /// How many runs are in memory.
    pub fn runs_in_memory(&self) -> usize {
        self.shared.actors.count()
    }

    /// How busy the process slots are.
    pub fn slots(&self) -> SlotUse {
        self.shared.slots.in_use()
    }

    /// Whether this process may work on runs now: it executes, and has not
    /// lost the right to.
    pub fn may_work(&self) -> bool {
        self.shared.mode == Mode::Execute && self.shared.tenancy.holds()
    }

    /// Stops working: runs stay as they are, and whoever takes them up next
    /// goes on. Waits until nothing writes to the store any more, at most `grace`.
    pub async fn stop(&self, grace: Duration) {
        self.shared.closing.cancel();
        self.shared.tasks.close();
        if tokio::time::timeout(grace, self.shared.tasks.wait())
            .await
            .is_err()
        {
            tracing::info!("agents that still work are left to finish; their results are kept");
        }
        self.shared.tenancy.leave(&self.shared).await;
    }
}

async fn wake_in_time(shared: Arc<Shared>) {
    loop {
        let due = tokio::select! {
            biased;
            () = shared.closing.cancelled() => return,
            due = shared.timers.due(shared.clock.as_ref()) => due,
        };
        for run in due {
            shared.tell(run, Message::Wake).await;
        }
    }
}
