//! How runs come to this process: claimed when nobody works on them, looked at
//! again when somebody else has changed them, and loaded in the role that is
//! left for them.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use baton_model::RunId;
use baton_store::{Attention, LeaseTerm, OpenRun, StoreError};
use futures_util::{FutureExt, poll};
use tokio::time::Instant;

use crate::actor::Message;
use crate::error::RuntimeError;
use crate::lease::{Tenure, at};
use crate::patience;
use crate::registry::Shared;
use crate::role::Role;
use crate::runtime::Mode;
use crate::transact::RunLog;

/// Runs or wake-ups taken from the store at once.
const PAGE: u32 = 1_000;

/// What this process is to a run that nobody else works on.
pub(crate) async fn role(shared: &Shared, run: RunId) -> Role {
    if shared.mode == Mode::Passive {
        return Role::Caretaker;
    }
    if let Some(tenure) = shared.tenancy.tenure().await {
        return Role::Owner(tenure);
    }
    if shared.tenancy.may_come() {
        shared.look_again_soon(run);
    }
    Role::Guest
}

/// Loads a run, and makes this process its owner if nobody else is.
pub(crate) async fn load(shared: &Shared, run: RunId) -> Result<(RunLog, Role), RuntimeError> {
    let store = shared.store.as_ref();
    let role = role(shared, run).await;
    match RunLog::load_fenced(store, run, role.fence()).await {
        Err(error) if error.is_fenced() => {}
        loaded => return loaded.map(|log| (log, role)),
    }
    let role = match claim(shared, run, role).await {
        Ok(role) => role,
        Err(StoreError::Fenced) => {
            shared.tenancy.suspect();
            Role::Guest
        }
        Err(error) => return Err(RuntimeError::store(run, error)),
    };
    match RunLog::load_fenced(store, run, role.fence()).await {
        // Lost again in between, perhaps to a later lease of this process.
        Err(error) if error.is_fenced() => {
            shared.look_again_soon(run);
            let log = RunLog::load_fenced(store, run, None).await?;
            Ok((log, Role::Guest))
        }
        loaded => loaded.map(|log| (log, role)),
    }
}

/// What is left of a role after asking the store for the run.
async fn claim(shared: &Shared, run: RunId, role: Role) -> Result<Role, StoreError> {
    match role {
        Role::Owner(tenure) if shared.store.claim_run(&tenure.lease, run).await? => {
            Ok(Role::Owner(tenure))
        }
        Role::Owner(_) | Role::Guest => Ok(Role::Guest),
        Role::Caretaker => Ok(Role::Caretaker),
    }
}

/// Claims every run that nobody works on. Those with something to do are taken
/// up, the others are only woken in time.
pub(crate) async fn claim_all(
    shared: &Arc<Shared>,
    tenure: &Tenure,
) -> Result<Vec<RunId>, StoreError> {
    let mut claimed = catch_up(shared, tenure).await?;
    loop {
        let claiming = shared.store.claim_runs(&tenure.lease, PAGE).await;
        let page = claiming.inspect_err(|_| tenure.miss())?;
        take_all(shared, &page).await;
        claimed.extend(page.iter().map(|open| open.run));
        if page.len() < PAGE as usize {
            return Ok(claimed);
        }
    }
}

/// Looks at all runs of this process after an answer got lost that named some
/// of them: the store has done what it was asked, and does not name them again.
async fn catch_up(shared: &Arc<Shared>, tenure: &Tenure) -> Result<Vec<RunId>, StoreError> {
    let mut runs = Vec::new();
    if !tenure.take_missed() {
        return Ok(runs);
    }
    loop {
        let last = runs.last().copied();
        let listing = shared.store.owned_runs(&tenure.lease, last, PAGE).await;
        let page = listing.inspect_err(|_| tenure.miss())?;
        take_all(shared, &page).await;
        runs.extend(page.iter().map(|open| open.run));
        if page.len() < PAGE as usize {
            return Ok(runs);
        }
    }
}

async fn take_all(shared: &Arc<Shared>, page: &[OpenRun]) {
    for open in page {
        take(shared, *open).await;
    }
}

async fn take(shared: &Arc<Shared>, open: OpenRun) {
    match open.attention {
        Attention::Working => shared.tell(open.run, Message::Refresh).await,
        // The run may have been moved on since it was read from the store.
        Attention::Idle => {
            if let Some(at) = open.wake_at {
                shared.timers.offer(open.run, at);
            }
        }
        Attention::Done => {}
    }
}

/// Follows what others write to the store, under one lease after the other,
/// until the runtime closes.
pub(crate) async fn follow(shared: Arc<Shared>, term: LeaseTerm) {
    let following = async {
        loop {
            let tenure = shared.tenancy.next_tenure().await;
            let watching = watch(&shared, &tenure, term);
            tenure.over.run_until_cancelled(watching).await;
        }
    };
    shared.closing.run_until_cancelled(following).await;
}

/// Looks whenever the store has news, and from time to time, since news may
/// get lost. Never returns.
async fn watch(shared: &Arc<Shared>, tenure: &Tenure, term: LeaseTerm) {
    let rest = match term {
        LeaseTerm::Exclusive => None,
        LeaseTerm::For(duration) => Some(duration / 3),
    };
    loop {
        let mut news = pin!(shared.store.wait_for_news().fuse());
        // Listening before looking: what comes meanwhile is not missed.
        let has_news = poll!(&mut news).is_ready();
        let pause = match look(shared, tenure, term).await {
            Ok(()) => rest,
            Err(error) => {
                if error == StoreError::Fenced {
                    shared.tenancy.suspect();
                }
                tracing::warn!(%error, "what others wrote could not be looked at");
                Some(rest.map_or(patience::LONGEST, |rest| rest.min(patience::LONGEST)))
            }
        };
        if !has_news {
            let until = pause.map(|pause: Duration| Instant::now() + pause);
            tokio::select! {
                biased;
                () = &mut news => {}
                () = at(until) => {}
            }
        }
    }
}

/// Looks at runs of this process that others have changed, and claims those
/// whose owner is gone.
async fn look(shared: &Arc<Shared>, tenure: &Tenure, term: LeaseTerm) -> Result<(), StoreError> {
    catch_up(shared, tenure).await?;
    loop {
        let waking = shared.store.take_wakeups(&tenure.lease, PAGE).await;
        let woken = waking.inspect_err(|_| tenure.miss())?;
        for run in &woken {
            shared.tell(*run, Message::Refresh).await;
        }
        if woken.len() < PAGE as usize {
            break;
        }
    }
    if let LeaseTerm::For(_) = term {
        claim_all(shared, tenure).await?;
    }
    Ok(())
}
