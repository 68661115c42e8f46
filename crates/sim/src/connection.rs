//! The way of one server to the store they all share, and everything that can
//! go wrong on it. What the store has really done, the witness sees at once.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use baton_model::RunId;
use baton_store::{
    Commit, Created, ExecutionFilter, ExecutionPage, ExecutionRow, Lease, LeaseTerm, LogFilter,
    LogLine, MemoryStore, NewRun, OpenRun, OrderedEvent, RunQuery, RunStore, ServerId, StepRow,
    StoreError, StoredEvent, StoredLog, WholeExecution,
};

use crate::dice::Dice;
use crate::machine::Machine;
use crate::swarm::{Blow, Swarm};
use crate::witness::Witness;

/// What concerns the store as a whole.
#[derive(Debug, Default)]
pub(crate) struct Weather {
    /// Nothing goes wrong any more.
    is_calm: AtomicBool,
    /// The store answers nobody.
    is_out: AtomicBool,
    n_calls: AtomicU64,
}

impl Weather {
    pub(crate) fn calm_down(&self) {
        self.is_calm.store(true, Ordering::Relaxed);
        self.is_out.store(false, Ordering::Relaxed);
    }

    pub(crate) fn is_calm(&self) -> bool {
        self.is_calm.load(Ordering::Relaxed)
    }

    pub(crate) fn set_out(&self, is_out: bool) {
        self.is_out.store(is_out, Ordering::Relaxed);
    }

    /// How many calls there were so far.
    pub(crate) fn n_calls(&self) -> u64 {
        self.n_calls.load(Ordering::Relaxed)
    }
}

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Network {
    pub(crate) store: MemoryStore,
    pub(crate) witness: Arc<Witness>,
    pub(crate) weather: Weather,
    pub(crate) swarm: Arc<Swarm>,
}

/// A server's way to the store. Clones are the same way.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    network: Arc<Network>,
    machine: Arc<Machine>,
    dice: Arc<Mutex<Dice>>,
}

/// What becomes of a call.
struct Fate {
    before: Duration,
    blow: Option<Blow>,
    error: StoreError,
    after: Duration,
}

impl Connection {
    pub(crate) fn new(network: Arc<Network>, machine: Arc<Machine>, dice: Dice) -> Self {
        Self {
            network,
            machine,
            dice: Arc::new(Mutex::new(dice)),
        }
    }

    fn store(&self) -> &MemoryStore {
        &self.network.store
    }

    fn witness(&self) -> &Witness {
        &self.network.witness
    }

    /// Makes a call as fate has it.
    async fn call<T>(
        &self,
        name: &str,
        inner: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        self.machine.gate().await;
        let fate = self.draw();
        self.wait(fate.before).await;
        match fate.blow {
            None => {}
            Some(Blow::Refused) => {
                self.tell(name, &format_args!("fails: {}", fate.error));
                return Err(fate.error);
            }
            Some(Blow::DiesBefore) => return self.die(name, "before").await,
            Some(Blow::Unanswered) => {
                inner.await?;
                self.tell(name, &format_args!("has worked, and fails: {}", fate.error));
                self.wait(fate.after).await;
                return Err(fate.error);
            }
            Some(Blow::DiesAfter) => {
                drop(inner.await);
                return self.die(name, "after").await;
            }
        }
        let answer = inner.await;
        self.wait(fate.after).await;
        answer
    }

    /// Makes a call that changes something: what was sent arrives, also when
    /// whoever sent it does not wait for the answer any more.
    async fn send<T: Send + 'static>(
        &self,
        name: &'static str,
        inner: impl Future<Output = Result<T, StoreError>> + Send + 'static,
    ) -> Result<T, StoreError> {
        let way = self.clone();
        let sent = tokio::spawn(async move { way.call(name, inner).await });
        match sent.await {
            Ok(answer) => answer,
            Err(failed) => std::panic::resume_unwind(failed.into_panic()),
        }
    }

    async fn wait(&self, time: Duration) {
        if !time.is_zero() {
            tokio::time::sleep(time).await;
        }
        self.machine.gate().await;
    }

    async fn die<T>(&self, name: &str, when: &str) -> T {
        self.tell(name, &format_args!("dies {when} it"));
        self.machine.die();
        std::future::pending().await
    }

    fn tell(&self, name: &str, what: &dyn fmt::Display) {
        let trace = &self.witness().trace;
        trace.line(&self.machine.id, format_args!("{name} {what}"));
    }

    fn draw(&self) -> Fate {
        self.witness().step();
        let mut dice = self.dice.lock().unwrap_or_else(PoisonError::into_inner);
        let (weather, faults) = (&self.network.weather, &self.network.swarm.calls);
        let nth = weather.n_calls.fetch_add(1, Ordering::Relaxed) + 1;
        let struck = self.network.swarm.strike.filter(|strike| strike.nth == nth);
        let mut blow = struck.map(|strike| strike.blow);
        let mut before = dice.time(Duration::ZERO, faults.latency_max);
        let mut after = dice.time(Duration::ZERO, faults.latency_max);
        if weather.is_out.load(Ordering::Relaxed) || self.machine.is_cut_off() {
            blow = Some(Blow::Refused);
        } else if !weather.is_calm() {
            let rates = [
                (faults.refused, Blow::Refused),
                (faults.unanswered, Blow::Unanswered),
                (faults.dies_before, Blow::DiesBefore),
                (faults.dies_after, Blow::DiesAfter),
            ];
            for (rate, possible) in rates {
                if dice.per_mille(rate) {
                    blow = blow.or(Some(possible));
                }
            }
            if dice.per_mille(faults.delayed) {
                let delay = dice.time(Duration::ZERO, faults.delay_max);
                let part = if dice.percent(50) {
                    &mut before
                } else {
                    &mut after
                };
                *part += delay;
            }
            if faults.held_up > 0 && dice.per_mille(faults.held_up) {
                before += dice.time(Duration::ZERO, faults.hold_max);
            }
        }
        Fate {
            before,
            blow,
            error: some_error(&mut dice),
            after,
        }
    }
}

fn some_error(dice: &mut Dice) -> StoreError {
    let why = "as drawn".to_owned();
    match dice.below(3) {
        0 => StoreError::Busy(why),
        1 => StoreError::Full(why),
        _ => StoreError::Unavailable(why),
    }
}

impl Connection {
    /// Has the witness compare the rows of a run with its log.
    async fn show_rows(&self, run: RunId) {
        let execution = self.store().execution(run).await;
        let steps = self.store().steps(run).await;
        if let (Ok(execution), Ok(steps)) = (execution, steps) {
            self.witness().rows(execution.as_ref(), &steps);
        }
    }
}

#[async_trait]
impl RunStore for Connection {
    async fn create_run(&self, run: Arc<NewRun>) -> Result<Created, StoreError> {
        let way = self.clone();
        let creating = async move {
            let created = way.store().create_run(Arc::clone(&run)).await?;
            if created == Created::New {
                way.witness().created(way.machine.id, &run);
                way.show_rows(run.execution.id).await;
            }
            Ok(created)
        };
        self.send("create_run", creating).await
    }

    async fn commit(&self, commit: Commit) -> Result<(), StoreError> {
        let way = self.clone();
        let committing = async move {
            let answer = way.store().commit(commit.clone()).await;
            match &answer {
                Ok(()) => {
                    way.witness().committed(way.machine.id, &commit);
                    way.show_rows(commit.run).await;
                }
                Err(error) => way.tell("commit", &format_args!("is refused: {error}")),
            }
            answer
        };
        self.send("commit", committing).await
    }

    async fn append_logs(
        &self,
        run: RunId,
        fence: Option<Lease>,
        lines: Vec<LogLine>,
    ) -> Result<(), StoreError> {
        let way = self.clone();
        let appending = async move {
            way.store().append_logs(run, fence, lines).await?;
            way.witness().appended(run, fence.as_ref());
            Ok(())
        };
        self.send("append_logs", appending).await
    }

    async fn load_run(&self, run: RunId) -> Result<StoredLog, StoreError> {
        let loading = async {
            let log = self.store().load_run(run).await?;
            let name = self.witness().name_of(run);
            self.tell("reads", &format_args!("{name}, owned by {:?}", log.owner));
            Ok(log)
        };
        self.call("load_run", loading).await
    }

    async fn open_runs(
        &self,
        after: Option<RunId>,
        limit: u32,
    ) -> Result<Vec<OpenRun>, StoreError> {
        let listing = self.store().open_runs(after, limit);
        self.call("open_runs", listing).await
    }

    async fn acquire_lease(&self, server: ServerId, term: LeaseTerm) -> Result<Lease, StoreError> {
        let asked = self.witness().now();
        let way = self.clone();
        let acquiring = async move {
            let lease = way.store().acquire_lease(server, term).await?;
            way.witness().acquired(way.machine.id, &lease, term);
            Ok(lease)
        };
        let lease = self.send("acquire_lease", acquiring).await?;
        self.witness().holds(self.machine.id, &lease, term, asked);
        Ok(lease)
    }

    async fn renew_lease(&self, lease: &Lease, duration: Duration) -> Result<(), StoreError> {
        let asked = self.witness().now();
        let (way, lease) = (self.clone(), *lease);
        let renewing = async move {
            way.store().renew_lease(&lease, duration).await?;
            way.witness().renewed(&lease, duration);
            Ok(())
        };
        self.send("renew_lease", renewing).await?;
        // An exclusive lease is renewed for no time at all.
        if !duration.is_zero() {
            let term = LeaseTerm::For(duration);
            self.witness().holds(self.machine.id, &lease, term, asked);
        }
        Ok(())
    }

    async fn release_lease(&self, lease: &Lease) -> Result<(), StoreError> {
        let (way, lease) = (self.clone(), *lease);
        let releasing = async move {
            way.store().release_lease(&lease).await?;
            way.witness().released(way.machine.id, &lease);
            Ok(())
        };
        self.send("release_lease", releasing).await
    }

    async fn claim_runs(&self, lease: &Lease, limit: u32) -> Result<Vec<OpenRun>, StoreError> {
        let (way, lease) = (self.clone(), *lease);
        let claiming = async move {
            let claimed = way.store().claim_runs(&lease, limit).await?;
            for open in &claimed {
                way.witness().claimed(way.machine.id, &lease, open.run);
            }
            Ok(claimed)
        };
        self.send("claim_runs", claiming).await
    }

    async fn owned_runs(
        &self,
        lease: &Lease,
        after: Option<RunId>,
        limit: u32,
    ) -> Result<Vec<OpenRun>, StoreError> {
        let listing = self.store().owned_runs(lease, after, limit);
        self.call("owned_runs", listing).await
    }

    async fn claim_run(&self, lease: &Lease, run: RunId) -> Result<bool, StoreError> {
        let (way, lease) = (self.clone(), *lease);
        let claiming = async move {
            let is_mine = way.store().claim_run(&lease, run).await?;
            if is_mine {
                way.witness().claimed(way.machine.id, &lease, run);
            }
            Ok(is_mine)
        };
        self.send("claim_run", claiming).await
    }

    async fn take_wakeups(&self, lease: &Lease, limit: u32) -> Result<Vec<RunId>, StoreError> {
        let (way, lease) = (self.clone(), *lease);
        let taking = async move { way.store().take_wakeups(&lease, limit).await };
        self.send("take_wakeups", taking).await
    }

    async fn wait_for_news(&self) {
        let lost = self.network.swarm.calls.news_lost;
        loop {
            self.store().wait_for_news().await;
            self.machine.gate().await;
            let mut dice = self.dice.lock().unwrap_or_else(PoisonError::into_inner);
            if !dice.per_mille(lost) {
                return;
            }
        }
    }

    async fn close(&self) -> Result<(), StoreError> {
        // The store outlives its servers.
        Ok(())
    }
}

#[async_trait]
impl RunQuery for Connection {
    async fn execution(&self, run: RunId) -> Result<Option<ExecutionRow>, StoreError> {
        self.call("execution", self.store().execution(run)).await
    }

    async fn whole_execution(&self, run: RunId) -> Result<Option<WholeExecution>, StoreError> {
        self.call("whole_execution", self.store().whole_execution(run))
            .await
    }

    async fn steps(&self, run: RunId) -> Result<Vec<StepRow>, StoreError> {
        self.call("steps", self.store().steps(run)).await
    }

    async fn executions(&self, filter: ExecutionFilter) -> Result<ExecutionPage, StoreError> {
        let listing = self.store().executions(filter);
        self.call("executions", listing).await
    }

    async fn runs_like(&self, fragment: &str) -> Result<Vec<RunId>, StoreError> {
        self.call("runs_like", self.store().runs_like(fragment))
            .await
    }

    async fn events(
        &self,
        run: RunId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let reading = self.store().events(run, after, limit);
        self.call("events", reading).await
    }

    async fn all_events(&self, after: u64, limit: u32) -> Result<Vec<OrderedEvent>, StoreError> {
        let reading = self.store().all_events(after, limit);
        self.call("all_events", reading).await
    }

    async fn last_position(&self) -> Result<u64, StoreError> {
        self.call("last_position", self.store().last_position())
            .await
    }

    async fn logs(&self, run: RunId, filter: LogFilter) -> Result<Vec<LogLine>, StoreError> {
        self.tell("logs", &"");
        self.call("logs", self.store().logs(run, filter)).await
    }

    async fn last_log_seq(&self, run: RunId) -> Result<u64, StoreError> {
        self.tell("last_log_seq", &"");
        let reading = self.store().last_log_seq(run);
        self.call("last_log_seq", reading).await
    }

    async fn last_claim(&self, scope: &str) -> Result<Option<String>, StoreError> {
        self.call("last_claim", self.store().last_claim(scope))
            .await
    }
}
