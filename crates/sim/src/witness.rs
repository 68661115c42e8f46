//! Sees everything that is stored and done, in true time, and holds it against
//! the laws. The first breach ends the simulation.

mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use baton_engine::{RunState, apply, invariants, replay};
use baton_model::{AttemptKey, Event, HookKey, Recorded, RunId, Timestamp};
use baton_store::{
    Commit, ExecutionRow, Lease, LeaseClock, LeaseTerm, NewRun, StepRow, StoredEvent,
};
use tokio_util::sync::CancellationToken;

use crate::laws::attempts::{Attempts, Claimed, Holder, Taken};
use crate::laws::leases::Leases;
use crate::laws::log::{LogModel, hook_key};
use crate::laws::{Breach, Law, Lawful, hold, rows};
use crate::standstill::Standstill;
use crate::time::TrueTime;
use crate::trace::Trace;

pub(crate) use crate::laws::stage::Moment;

/// A machine and its incarnation, as the trace names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct MachineId {
    /// Which server, from 0.
    pub(crate) server: usize,
    /// Unique over all machines there were.
    pub(crate) number: u32,
}

impl fmt::Display for MachineId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s{}#{}", self.server, self.number)
    }
}

/// The witness of one simulation.
#[derive(Debug)]
pub(crate) struct Witness {
    pub(crate) time: TrueTime,
    pub(crate) trace: Trace,
    /// How far clocks and commits may lag behind each other.
    slack: Duration,
    standstill: Standstill,
    known: Mutex<Known>,
    /// Fires with the first breach.
    pub(crate) breached: CancellationToken,
}

#[derive(Debug, Default)]
struct Known {
    leases: Leases,
    attempts: Attempts,
    runs: BTreeMap<RunId, Witnessed>,
    /// The lease each machine works under.
    epochs: BTreeMap<u32, u64>,
    hooks_called: BTreeSet<(RunId, HookKey)>,
    breach: Option<Breach>,
    n_commits: u64,
}

/// A run as it was stored.
#[derive(Debug)]
struct Witnessed {
    name: String,
    state: RunState,
    model: LogModel,
    log: Vec<Recorded>,
}

impl Witness {
    pub(crate) fn new(time: TrueTime, trace: Trace, slack: Duration) -> Self {
        Self {
            time,
            trace,
            slack,
            standstill: Standstill::default(),
            known: Mutex::default(),
            breached: CancellationToken::new(),
        }
    }

    /// Nothing panics while it holds the lock but the engine, and then the
    /// simulation is over anyhow.
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn now(&self) -> Timestamp {
        LeaseClock::now(&self.time)
    }

    /// Notes a breach, unless there was one before.
    pub(crate) fn judge(&self, lawful: Lawful) {
        if let Err(breach) = lawful {
            self.trace.line(&"!!", format_args!("{breach}"));
            self.known().breach.get_or_insert(breach);
            self.breached.cancel();
        }
    }

    /// The first breach.
    pub(crate) fn breach(&self) -> Option<Breach> {
        self.known().breach.clone()
    }

    /// Counts a step of a server, and breaks it off when there is no end of
    /// them: even a loop that waits for nothing is left that way.
    pub(crate) fn step(&self) {
        let lawful = self.standstill.step(self.time.elapsed());
        if lawful.is_err() {
            self.judge(lawful);
            std::panic::resume_unwind(Box::new("time does not pass"));
        }
    }

    // What the store has done.

    pub(crate) fn acquired(&self, by: MachineId, lease: &Lease, term: LeaseTerm) {
        self.trace
            .line(&by, format_args!("takes lease {}", lease.epoch));
        let lawful = self.known().leases.acquired(lease, term, self.now());
        self.judge(lawful);
    }

    /// A server has heard that it holds a lease, for which it asked then.
    pub(crate) fn holds(&self, by: MachineId, lease: &Lease, term: LeaseTerm, asked: Timestamp) {
        let mut known = self.known();
        known.epochs.insert(by.number, lease.epoch);
        known.leases.heard(lease, term, asked);
    }

    pub(crate) fn renewed(&self, lease: &Lease, length: Duration) {
        let lawful = self.known().leases.renewed(lease, length, self.now());
        self.judge(lawful);
    }

    pub(crate) fn released(&self, by: MachineId, lease: &Lease) {
        self.trace
            .line(&by, format_args!("gives lease {} back", lease.epoch));
        self.known().leases.released(lease);
    }

    pub(crate) fn claimed(&self, by: MachineId, lease: &Lease, run: RunId) {
        let name = self.name_of(run);
        self.trace
            .line(&by, format_args!("claims {name} for lease {}", lease.epoch));
        let lawful = self.known().leases.claimed(lease, run, self.now());
        self.judge(lawful);
    }

    pub(crate) fn created(&self, by: MachineId, new: &NewRun) {
        let lawful = self.try_created(by, new);
        self.judge(lawful);
    }

    fn try_created(&self, by: MachineId, new: &NewRun) -> Lawful {
        let run = new.execution.id;
        let log = parsed(&new.events)?;
        let Some(Event::RunCreated(created)) = log.first().map(|first| &first.event) else {
            return hold(false, Law::Contiguous, || {
                "a log begins elsewhere".to_owned()
            });
        };
        hold(
            new.owner.is_some() || !log.iter().any(is_work),
            Law::Fenced,
            || format!("a run that nobody owns was begun by {by}"),
        )?;
        let mut model = LogModel::new(&created.plan);
        let state = replay(run, &log).map_err(|error| illegal(&error))?;
        let mut known = self.known();
        let name = format!("r{}", known.runs.len());
        for recorded in &log {
            let body = new.events.get(index_of(recorded)).map(|event| &*event.body);
            let body = body.filter(|_| recorded.seq > 1).unwrap_or_default();
            self.note(by, &name, recorded, body);
            model.observe(recorded, &self.moment(recorded, None))?;
        }
        model.check()?;
        known.leases.created(run, new.owner);
        known.n_commits += 1;
        let witnessed = Witnessed {
            name,
            state,
            model,
            log,
        };
        known.runs.insert(run, witnessed);
        Ok(())
    }

    pub(crate) fn committed(&self, by: MachineId, commit: &Commit) {
        let lawful = self.try_committed(by, commit);
        self.judge(lawful);
    }

    fn try_committed(&self, by: MachineId, commit: &Commit) -> Lawful {
        let events = parsed(&commit.events)?;
        let mut known = self.known();
        let known = &mut *known;
        known.n_commits += 1;
        match &commit.fence {
            Some(fence) => known.leases.fenced(commit.run, fence)?,
            None => hold(!events.iter().any(is_work), Law::Fenced, || {
                format!("work without a fence by {by}")
            })?,
        }
        let run = known.runs.get_mut(&commit.run);
        let Some(run) = run else {
            return hold(false, Law::Contiguous, || "a commit to no run".to_owned());
        };
        for (recorded, stored) in events.into_iter().zip(&commit.events) {
            self.note(by, &run.name, &recorded, &stored.body);
            if let Event::HookFinished {
                point, place, end, ..
            } = &recorded.event
            {
                let key = (commit.run, hook_key(*end, *point, *place));
                hold(known.hooks_called.remove(&key), Law::Hooks, || {
                    format!("{:?} ends, and was never called", key.1)
                })?;
            }
            let at = self.moment(&recorded, commit.fence.as_ref());
            run.model.observe(&recorded, &at)?;
            apply(&mut run.state, &recorded).map_err(|error| illegal(&error))?;
            invariants::check(&run.state).map_err(|how| Breach {
                law: Law::OneTruth,
                how,
            })?;
            run.log.push(recorded);
        }
        run.model.check()
    }

    /// Log lines were taken under a fence.
    pub(crate) fn appended(&self, run: RunId, fence: Option<&Lease>) {
        if let Some(fence) = fence {
            let lawful = self.known().leases.fenced(run, fence);
            self.judge(lawful);
        }
    }

    /// The rows of a run as they are after a commit.
    pub(crate) fn rows(&self, execution: Option<&ExecutionRow>, steps: &[StepRow]) {
        let Some(execution) = execution else {
            return;
        };
        let lawful = match self.known().runs.get(&execution.id) {
            Some(run) => rows::check(&run.state, execution, steps),
            None => Ok(()),
        };
        self.judge(lawful);
    }

    // What servers have done.

    /// A server begins to work on an attempt.
    pub(crate) fn begins(
        &self,
        by: MachineId,
        key: &AttemptKey,
        taken: Taken,
        slots_max: Option<usize>,
    ) {
        let lawful = {
            let mut known = self.known();
            let known = &mut *known;
            let epoch = known.epochs.get(&by.number).copied().unwrap_or(0);
            let holder = Holder {
                machine: by.number,
                epoch,
            };
            let claimed = Claimed { holder, slots_max };
            match known.runs.get(&key.run) {
                Some(run) => {
                    self.trace
                        .line(&by, format_args!("{} {taken:?} {key:?}", run.name));
                    let laws = (&run.model, &known.leases);
                    known.attempts.begin(key, &claimed, laws, self.now())
                }
                None => hold(false, Law::DurableFirst, || "work for no run".to_owned()),
            }
        };
        self.judge(lawful);
    }

    /// Nothing of an attempt is at work on this machine any more.
    pub(crate) fn ends(&self, by: MachineId, key: &AttemptKey) {
        self.known().attempts.end(key, by.number);
    }

    /// What was kept of an attempt is thrown away.
    pub(crate) fn forgotten(&self, by: MachineId, key: &AttemptKey) {
        let lawful = {
            let known = self.known();
            let is_wanted = known
                .runs
                .get(&key.run)
                .is_some_and(|run| run.model.is_current(&key.stage, key.dispatch));
            hold(
                !(is_wanted && known.is_owner(by, key.run, self.now())),
                Law::DurableFirst,
                || format!("the answer of {key:?} is forgotten, and not stored"),
            )
        };
        self.judge(lawful);
    }

    /// A hook is carried out.
    pub(crate) fn hook_called(&self, by: MachineId, run: RunId, hook: HookKey) {
        let name = self.name_of(run);
        self.trace.line(&by, format_args!("{name} {hook:?}"));
        let lawful = {
            let mut known = self.known();
            let is_due = known
                .runs
                .get(&run)
                .is_some_and(|run| run.model.due_hooks().contains(&hook));
            if is_due {
                known.hooks_called.insert((run, hook));
            }
            hold(
                is_due || !known.is_owner(by, run, self.now()),
                Law::Hooks,
                || format!("{hook:?} is carried out, and is not due"),
            )
        };
        self.judge(lawful);
    }

    fn note(&self, by: MachineId, name: &str, recorded: &Recorded, body: &str) {
        let (seq, kind) = (recorded.seq, recorded.event.name());
        self.trace
            .line(&by, format_args!("{name} {seq} {kind} {body}"));
    }

    fn moment(&self, recorded: &Recorded, fence: Option<&Lease>) -> Moment {
        Moment {
            epoch: fence.map(|lease| lease.epoch),
            wall: recorded.at,
            stored: self.now(),
            slack: self.slack,
        }
    }
}

impl Known {
    /// Whether a machine works on a run with every right.
    fn is_owner(&self, by: MachineId, run: RunId, now: Timestamp) -> bool {
        let owner = self.leases.valid_owner(run, now);
        let trusts = |epoch| self.leases.is_trusted(epoch, now);
        owner.is_some_and(trusts) && owner == self.epochs.get(&by.number).copied()
    }
}

fn parsed(events: &[StoredEvent]) -> Result<Vec<Recorded>, Breach> {
    let parse = |stored: &StoredEvent| {
        let event = serde_json::from_str(&stored.body).map_err(|error| Breach {
            law: Law::OneTruth,
            how: format!("an event cannot be read back: {error}"),
        })?;
        Ok(Recorded {
            seq: stored.seq,
            at: stored.at,
            event,
        })
    };
    events.iter().map(parse).collect()
}

fn index_of(recorded: &Recorded) -> usize {
    usize::try_from(recorded.seq).map_or(0, |seq| seq.saturating_sub(1))
}

fn illegal(illegal: &baton_engine::IllegalEvent) -> Breach {
    Breach {
        law: Law::OneTruth,
        how: illegal.to_string(),
    }
}

/// Whether an event is the doing of a server and not of a person.
fn is_work(recorded: &Recorded) -> bool {
    matches!(
        recorded.event,
        Event::StageStarted { .. }
            | Event::StageRestarted { .. }
            | Event::StageRepairing { .. }
            | Event::StageSummarizing { .. }
            | Event::StageCompleted { .. }
            | Event::HookFinished { .. }
    )
}
