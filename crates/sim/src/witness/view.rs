//! What of the witness's knowledge people, agents and the end of a simulation
//! ask for.

use baton_engine::{RunState, replay};
use baton_model::{ExecutionStatus, RunId, StageId, StepStatus};
use baton_store::StoredEvent;

use super::{Witness, parsed};
use crate::laws::{Law, Lawful, hold};

impl Witness {
    /// The name of a run in the trace.
    pub(crate) fn name_of(&self, run: RunId) -> String {
        let known = self.known();
        known
            .runs
            .get(&run)
            .map_or_else(|| "r?".to_owned(), |run| run.name.clone())
    }

    /// All runs, in the order of their ids.
    pub(crate) fn runs(&self) -> Vec<RunId> {
        self.known().runs.keys().copied().collect()
    }

    /// Grows with every commit.
    pub(crate) fn n_commits(&self) -> u64 {
        self.known().n_commits
    }

    pub(crate) fn is_stored(&self, run: RunId) -> bool {
        self.known().runs.contains_key(&run)
    }

    /// Looks at the state of a run.
    pub(crate) fn look<T>(&self, run: RunId, look: impl FnOnce(&RunState) -> T) -> Option<T> {
        self.known().runs.get(&run).map(|run| look(&run.state))
    }

    /// Whether a run is over and nothing of it is due any more.
    pub(crate) fn is_over(&self, run: RunId) -> bool {
        let known = self.known();
        let over = known
            .runs
            .get(&run)
            .map(|run| run.model.has_ended() && run.model.due_hooks().is_empty());
        over.unwrap_or(true)
    }

    /// Whether a run is paused and may be resumed.
    pub(crate) fn is_paused(&self, run: RunId) -> bool {
        let known = self.known();
        let run = known.runs.get(&run);
        run.is_some_and(|run| run.model.is_active() && run.model.is_paused())
    }

    /// Whether somebody's word is in a run's log.
    pub(crate) fn has_heard(&self, run: RunId, who: &str) -> bool {
        let known = self.known();
        known
            .runs
            .get(&run)
            .is_some_and(|run| run.model.has_heard(who))
    }

    /// Whether a stage works on this dispatch now.
    pub(crate) fn is_current(&self, run: RunId, stage: &StageId, dispatch: u32) -> bool {
        let known = self.known();
        known
            .runs
            .get(&run)
            .is_some_and(|run| run.model.is_current(stage, dispatch))
    }

    /// Stages of a run by their status.
    pub(crate) fn stages_that_are(&self, run: RunId, status: StepStatus) -> Vec<StageId> {
        let known = self.known();
        let Some(run) = known.runs.get(&run) else {
            return Vec::new();
        };
        let stages = run.model.stages().iter();
        let wanted = stages.filter(|(_, stage)| stage.status == status);
        wanted.map(|(id, _)| id.clone()).collect()
    }

    /// The status of a run and of its stages, for whoever has to find out why
    /// it does not end.
    pub(crate) fn summary(&self, run: RunId) -> String {
        let known = self.known();
        let Some(run) = known.runs.get(&run) else {
            return "not stored".to_owned();
        };
        let mut words = vec![format!("{} is {}", run.name, run.state.status())];
        words.extend(run.model.stages().iter().map(|(id, stage)| {
            let held = run.state.id();
            let is_held = known.attempts.is_held(held, id, stage.dispatch);
            let held = if is_held { " held" } else { "" };
            format!("{id}:{}{held}", stage.status)
        }));
        if !run.model.due_hooks().is_empty() {
            words.push(format!("hooks {:?}", run.model.due_hooks()));
        }
        words.join(" ")
    }

    /// The laws that can only be looked at once everything is over.
    pub(crate) fn final_laws(&self, run: RunId, stored: &[StoredEvent]) -> Lawful {
        let stored = parsed(stored)?;
        let known = self.known();
        let Some(witnessed) = known.runs.get(&run) else {
            return Ok(());
        };
        let name = &witnessed.name;
        hold(stored == witnessed.log, Law::Acknowledged, || {
            format!("the log of {name} is not what was stored")
        })?;
        let replayed = replay(run, &stored).ok();
        hold(
            replayed.as_ref() == Some(&witnessed.state),
            Law::OneTruth,
            || format!("{name} is another one after replay"),
        )?;
        let status = witnessed.state.status();
        hold(ExecutionStatus::is_terminal(status), Law::Liveness, || {
            format!("{name} ends as {status}")
        })?;
        let (model, now) = (&witnessed.model, self.now());
        let left_over = known.attempts.left_over(run, model, &known.leases, now);
        hold(left_over.is_none(), Law::OneHolder, || {
            format!("{name} is over, and {left_over:?} is at work")
        })
    }
}
