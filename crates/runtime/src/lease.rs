//! The right of this process to work on runs: taken, renewed, and given up in
//! time.
//!
//! A lease ends by the store's clock, which cannot be read from here. So the
//! process counts for itself, with a clock that never jumps and from before it
//! asked: what it takes to be over may still be valid for the store, never the
//! other way round. Once it is over, everything that was begun under it stops
//! at once, and a new lease with a new epoch is taken. Only whoever loses an
//! exclusive lease leaves it at that: two would take it from each other for ever.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use baton_store::{Lease, LeaseTerm, ServerId, StoreError};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::patience;
use crate::registry::Shared;

/// How long the attempts under a lease that is over may take to end before the
/// next one is taken: longer than a process tree is given.
const ENDING_MAX: Duration = Duration::from_secs(10);

/// A lease of this process, while it holds. Clones are about the same one.
#[derive(Clone, Debug)]
pub(crate) struct Tenure {
    /// What fences the commits made under it.
    pub(crate) lease: Lease,
    /// Fires when it is over; whatever was begun under it stops then.
    pub(crate) over: CancellationToken,
    /// Whether an answer got lost that named runs to be looked at.
    missed: Arc<AtomicBool>,
    /// Counts the attempts that were begun under it.
    attempts: TaskTracker,
    /// When it is over unless it is renewed; never for an exclusive lease.
    deadline: Arc<Mutex<Option<Instant>>>,
}

impl Tenure {
    fn new(lease: Lease, asked_at: Instant, term: LeaseTerm) -> Self {
        let tenure = Self {
            lease,
            over: CancellationToken::new(),
            missed: Arc::default(),
            attempts: TaskTracker::new(),
            deadline: Arc::default(),
        };
        tenure.renewed(asked_at, term);
        tenure
    }

    /// Whether it still holds. A no is final, also when it comes before the
    /// timer that watches the deadline.
    pub(crate) fn holds(&self) -> bool {
        let is_late = self.deadline().is_some_and(|at| Instant::now() >= at);
        if is_late {
            self.over.cancel();
        }
        !self.over.is_cancelled()
    }

    /// Notes that an answer got lost that named runs to be looked at.
    pub(crate) fn miss(&self) {
        self.missed.store(true, Ordering::Relaxed);
    }

    /// Whether such an answer got lost since this was last asked.
    pub(crate) fn take_missed(&self) -> bool {
        self.missed.swap(false, Ordering::Relaxed)
    }

    /// Counts an attempt for as long as the token is kept.
    pub(crate) fn count_attempt(&self) -> TaskTrackerToken {
        self.attempts.token()
    }

    /// Waits until nothing is left of the attempts that were begun under it.
    async fn attempts_end(&self) {
        self.attempts.close();
        let end = tokio::time::timeout(ENDING_MAX, self.attempts.wait());
        if end.await.is_err() {
            tracing::warn!("some attempts of the lease that is over take long to end");
        }
    }

    /// Counts on from when the renewal was asked for.
    fn renewed(&self, asked_at: Instant, term: LeaseTerm) {
        if let LeaseTerm::For(duration) = term {
            let mut deadline = self.deadline.lock().unwrap_or_else(PoisonError::into_inner);
            *deadline = asked_at.checked_add(duration);
        }
    }

    fn deadline(&self) -> Option<Instant> {
        *self.deadline.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns when it is over, for whatever reason.
    async fn is_over(&self) {
        let is_late = at(self.deadline());
        self.over.run_until_cancelled(is_late).await;
        self.over.cancel();
    }
}

/// Whether this process holds a lease.
#[derive(Clone, Debug)]
enum Standing {
    /// It has asked for one and waits for the answer.
    Asking,
    /// The store did not give one; it will be asked again.
    Without,
    /// It does, as far as it knows.
    Holds(Tenure),
    /// Another process has taken the exclusive lease, and it is not for this
    /// one to take it back.
    Replaced,
}

/// The lease of this process, whichever it is at the moment.
///
/// Whoever waits for it hears of it in the order in which they came, which a
/// `watch` channel does not promise: a simulation is to repeat what happened.
#[derive(Debug)]
pub(crate) struct Tenancy {
    standing: Mutex<Standing>,
    changed: Notify,
    /// Somebody was told that the lease is not valid.
    suspicion: Notify,
}

impl Default for Tenancy {
    fn default() -> Self {
        Self {
            standing: Mutex::new(Standing::Asking),
            changed: Notify::new(),
            suspicion: Notify::new(),
        }
    }
}

impl Tenancy {
    /// The lease to work under, if the store gives one.
    pub(crate) async fn tenure(&self) -> Option<Tenure> {
        self.wait_for(|now| match now {
            Standing::Asking => None,
            Standing::Holds(tenure) => Some(tenure.holds().then(|| tenure.clone())),
            Standing::Without | Standing::Replaced => Some(None),
        })
        .await
    }

    /// Waits until there is a lease.
    pub(crate) async fn next_tenure(&self) -> Tenure {
        self.wait_for(|now| match now {
            Standing::Holds(tenure) if !tenure.over.is_cancelled() => Some(tenure.clone()),
            Standing::Holds(_) | Standing::Asking | Standing::Without | Standing::Replaced => None,
        })
        .await
    }

    /// Waits until the standing is one that `wanted` makes something of.
    async fn wait_for<T>(&self, wanted: impl Fn(&Standing) -> Option<T>) -> T {
        loop {
            let changed = self.changed.notified();
            if let Some(found) = wanted(&self.standing()) {
                return found;
            }
            changed.await;
        }
    }

    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the standing; the one before comes back.
    fn set(&self, standing: Standing) -> Standing {
        let before = std::mem::replace(&mut *self.standing(), standing);
        self.changed.notify_waiters();
        before
    }

    /// Whether there may be a lease later where there is none now.
    pub(crate) fn may_come(&self) -> bool {
        !matches!(*self.standing(), Standing::Replaced)
    }

    /// Whether there is one now.
    pub(crate) fn holds(&self) -> bool {
        match &*self.standing() {
            Standing::Holds(tenure) => tenure.holds(),
            Standing::Asking | Standing::Without | Standing::Replaced => false,
        }
    }

    /// Has the lease checked: a call under it was fenced.
    pub(crate) fn suspect(&self) {
        self.suspicion.notify_one();
    }

    /// Gives the lease back, so that others need not wait for its end.
    pub(crate) async fn leave(&self, shared: &Shared) {
        let standing = self.set(Standing::Without);
        let Standing::Holds(tenure) = standing else {
            return;
        };
        // An exclusive one is ended by whoever takes the next.
        if tenure.deadline().is_none() {
            return;
        }
        let releasing = shared.store.release_lease(&tenure.lease);
        match tokio::time::timeout(patience::LONGEST, releasing).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, "the lease is left to expire"),
            Err(_elapsed) => tracing::debug!("the lease is left to expire"),
        }
    }
}

/// Holds a lease, one after the other, until the runtime closes or another
/// process has taken its place.
pub(crate) async fn keep(shared: Arc<Shared>, server: ServerId, term: LeaseTerm) {
    let keeping = async {
        loop {
            let tenure = acquire(&shared, server, term).await;
            let standing = Standing::Holds(tenure.clone());
            shared.tenancy.set(standing);
            hold(&shared, &tenure, term).await;
            tenure.over.cancel();
            let epoch = tenure.lease.epoch;
            shared.timers.clear();
            if term == LeaseTerm::Exclusive {
                tracing::error!(epoch, "another process has taken over: all work stops");
                shared.tenancy.set(Standing::Replaced);
                return;
            }
            tracing::warn!(epoch, "the lease is over: all work stops");
            shared.tenancy.set(Standing::Without);
            tenure.attempts_end().await;
            shared.tenancy.set(Standing::Asking);
        }
    };
    shared.closing.run_until_cancelled(keeping).await;
    // Nobody is to wait for an answer that will not come.
    let is_asking = matches!(*shared.tenancy.standing(), Standing::Asking);
    if is_asking {
        shared.tenancy.set(Standing::Without);
    }
}

/// Takes a lease, however long the store does not work.
async fn acquire(shared: &Shared, server: ServerId, term: LeaseTerm) -> Tenure {
    let mut tries = 0;
    loop {
        let asked_at = Instant::now();
        match shared.store.acquire_lease(server, term).await {
            Ok(lease) => {
                tracing::info!(%server, epoch = lease.epoch, "took a lease");
                return Tenure::new(lease, asked_at, term);
            }
            Err(error) => {
                tracing::warn!(%error, tries, "the store gives no lease");
                shared.tenancy.set(Standing::Without);
                tokio::time::sleep(patience::wait(tries)).await;
                tries += 1;
            }
        }
    }
}

/// Renews a lease in time; returns when it is over.
async fn hold(shared: &Shared, tenure: &Tenure, term: LeaseTerm) {
    let (duration, between) = match term {
        LeaseTerm::Exclusive => (Duration::ZERO, None),
        LeaseTerm::For(duration) => (duration, Some(duration / 3)),
    };
    let mut tries = 0;
    let mut next = between.map(|between| Instant::now() + between);
    loop {
        tokio::select! {
            biased;
            () = tenure.is_over() => return,
            () = at(next) => {}
            () = shared.tenancy.suspicion.notified() => {}
        }
        let asked_at = Instant::now();
        let answer = tokio::select! {
            biased;
            () = tenure.is_over() => return,
            answer = shared.store.renew_lease(&tenure.lease, duration) => answer,
        };
        match answer {
            Ok(()) => {
                tenure.renewed(asked_at, term);
                tries = 0;
                next = between.map(|between| asked_at + between);
            }
            Err(StoreError::Fenced) => return,
            Err(error) => {
                tracing::warn!(%error, tries, "the lease was not renewed");
                next = Some(Instant::now() + patience::wait(tries));
                tries += 1;
            }
        }
    }
}

/// Waits until then, or for ever.
pub(crate) async fn at(then: Option<Instant>) {
    match then {
        Some(then) => sleep_until(then).await,
        None => std::future::pending().await,
    }
}
