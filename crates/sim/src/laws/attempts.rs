//! The laws of attempts: which of them are held, by whom, in true time.

use std::collections::BTreeMap;

use baton_model::{AttemptKey, RunId, StageId, Timestamp};

use super::leases::Leases;
use super::log::LogModel;
use super::{Law, Lawful, hold};

/// Whoever holds an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Holder {
    /// The machine, each incarnation a new one.
    pub(crate) machine: u32,
    /// The lease it worked under when it took the attempt.
    pub(crate) epoch: u64,
}

/// How an attempt comes to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It is new.
    Dispatched,
    /// It is looked for after a crash.
    Recovered,
}

/// What a server takes with an attempt.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Claimed {
    pub(crate) holder: Holder,
    /// Whether it takes one of the server's slots; one that is only ended does
    /// not.
    pub(crate) slots_max: Option<usize>,
}

#[derive(Clone, Debug)]
struct Held {
    holder: Holder,
    takes_slot: bool,
}

/// The attempts that are at work now.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    held: BTreeMap<AttemptKey, Held>,
}

impl Attempts {
    /// An attempt is about to be worked on.
    pub(crate) fn begin(
        &mut self,
        key: &AttemptKey,
        claimed: &Claimed,
        (model, leases): (&LogModel, &Leases),
        now: Timestamp,
    ) -> Lawful {
        let holder = claimed.holder;
        hold(
            model.was_started(&key.stage, key.dispatch),
            Law::DurableFirst,
            || format!("{} is worked on, and not stored", told(key)),
        )?;
        let is_owner = leases.valid_owner(key.run, now) == Some(holder.epoch);
        let is_current = model.is_current(&key.stage, key.dispatch);
        hold(!is_owner || is_current, Law::DurableFirst, || {
            format!("{} is worked on, and is over", told(key))
        })?;
        let other = self.rival(key, holder, leases, now);
        hold(!is_owner || other.is_none(), Law::OneHolder, || {
            format!(
                "{} is worked on, and so is {}",
                told(key),
                other.unwrap_or_default()
            )
        })?;
        let takes_slot = claimed.slots_max.is_some();
        let entry = Held { holder, takes_slot };
        self.held.insert(key.clone(), entry);
        let taken = self.slots_of(holder);
        hold(
            claimed.slots_max.is_none_or(|most| taken <= most),
            Law::Limits,
            || format!("{} takes slot {taken}", told(key)),
        )
    }

    /// An attempt of the same stage that somebody works on with every right.
    fn rival(
        &self,
        key: &AttemptKey,
        holder: Holder,
        leases: &Leases,
        now: Timestamp,
    ) -> Option<String> {
        let others = self.held.iter().filter(|(other, held)| {
            let same_stage = other.run == key.run && other.stage == key.stage;
            let is_itself = *other == key && held.holder.machine == holder.machine;
            let has_right =
                held.holder.epoch == holder.epoch || leases.is_valid(held.holder.epoch, now);
            same_stage && !is_itself && has_right
        });
        others.map(|(other, _)| told(other)).next()
    }

    fn slots_of(&self, holder: Holder) -> usize {
        let held = self.held.values();
        held.filter(|held| held.takes_slot && held.holder == holder)
            .count()
    }

    /// A machine does not work on an attempt any more.
    pub(crate) fn end(&mut self, key: &AttemptKey, machine: u32) {
        let held = self.held.get(key);
        if held.is_some_and(|held| held.holder.machine == machine) {
            self.held.remove(key);
        }
    }

    /// Attempts of a run that are held by right although they are not wanted.
    pub(crate) fn left_over(
        &self,
        run: RunId,
        model: &LogModel,
        leases: &Leases,
        now: Timestamp,
    ) -> Option<String> {
        let mut held = self.held.iter().filter(|(key, held)| {
            key.run == run
                && leases.is_valid(held.holder.epoch, now)
                && !model.is_current(&key.stage, key.dispatch)
        });
        held.next().map(|(key, _)| told(key))
    }

    /// Whether somebody works on what a stage runs as now.
    pub(crate) fn is_held(&self, run: RunId, stage: &StageId, dispatch: u32) -> bool {
        let mut keys = self.held.keys();
        keys.any(|key| key.run == run && key.stage == *stage && key.dispatch == dispatch)
    }
}

fn told(key: &AttemptKey) -> String {
    let AttemptKey {
        stage,
        iteration,
        attempt,
        dispatch,
        ..
    } = key;
    format!("`{stage}` {iteration}.{attempt}.{dispatch}")
}
