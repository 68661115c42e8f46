//! What the laws know of one stage: enough to tell a wrong event from a right
//! one, and nothing of how the engine decides.

use std::time::Duration;

use baton_model::plan::{FailurePolicy, OnCrash, PlannedStage, Release};
use baton_model::{FailureLabel, Object, StepStatus, Timestamp, Value};

use super::{Law, Lawful, hold};

/// The name of the output by which every agent says which dispatch it answers.
pub(crate) const DISPATCH_OUTPUT: &str = "n";

/// A moment nothing may come before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Due {
    /// By the clock of the server that set it.
    wall: Timestamp,
    /// By true time, when it was stored.
    stored: Timestamp,
    length: Duration,
}

/// When something happens, by both kinds of clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// By the clock of the server that decided it.
    pub(crate) wall: Timestamp,
    /// When it was stored.
    pub(crate) stored: Timestamp,
    /// How far the two may drift apart between two moments.
    pub(crate) slack: Duration,
    /// The lease under which it was decided.
    pub(crate) epoch: Option<u64>,
}

impl Moment {
    pub(super) fn due(&self, wall: Timestamp) -> Due {
        Due {
            wall,
            stored: self.stored,
            length: wall.since(self.wall),
        }
    }

    fn is_after(&self, due: &Due) -> bool {
        self.wall >= due.wall && self.stored.since(due.stored) + self.slack >= due.length
    }
}

/// A stage within a run.
#[derive(Clone, Debug)]
pub(crate) struct Stage {
    pub(crate) planned: PlannedStage,
    pub(crate) status: StepStatus,
    pub(crate) iteration: u32,
    pub(crate) attempt: u32,
    pub(crate) dispatch: u32,
    pub(crate) stopping: Option<FailureLabel>,
    /// The lease under which it was started.
    pub(super) begun_under: Option<u64>,
    pub(super) continues: bool,
    /// Whether its gate was open in this iteration: who closes it is not forgiven.
    pub(super) was_open: bool,
    pub(super) retry_at: Option<Due>,
    pub(super) deadline: Option<Due>,
    pub(super) restarts: u32,
    pub(super) repairs: u32,
    /// The dispatch whose outputs are being condensed.
    pub(super) drafted_by: Option<u32>,
    pub(super) completed_in: Option<u32>,
}

impl Stage {
    pub(super) fn new(planned: PlannedStage) -> Self {
        Self {
            planned,
            status: StepStatus::Pending,
            iteration: 1,
            attempt: 0,
            dispatch: 0,
            stopping: None,
            begun_under: None,
            continues: false,
            was_open: false,
            retry_at: None,
            deadline: None,
            restarts: 0,
            repairs: 0,
            drafted_by: None,
            completed_in: None,
        }
    }

    pub(super) fn is_untouched(&self) -> bool {
        self.status == StepStatus::Pending && self.iteration == 1 && self.dispatch == 0
    }

    /// Whether its dependants need not wait for it.
    pub(super) fn has_settled(&self) -> bool {
        let settled = self.planned.release == Release::Settled;
        match self.status {
            StepStatus::Completed => true,
            StepStatus::Skipped => settled,
            StepStatus::Failed | StepStatus::TimedOut => {
                settled && self.planned.on_failure == FailurePolicy::Continue
            }
            StepStatus::Cancelled
            | StepStatus::Pending
            | StepStatus::Running
            | StepStatus::WaitingForApproval
            | StepStatus::WaitingForInput => false,
        }
    }

    /// Whether it shows work that is only right if its dependencies are.
    pub(super) fn stands_on_dependencies(&self) -> bool {
        match self.status {
            StepStatus::Running => self.stopping.is_none(),
            StepStatus::Completed
            | StepStatus::WaitingForApproval
            | StepStatus::WaitingForInput => true,
            StepStatus::Pending
            | StepStatus::Failed
            | StepStatus::Skipped
            | StepStatus::TimedOut
            | StepStatus::Cancelled => false,
        }
    }

    pub(super) fn must_be(&self, statuses: &[StepStatus], what: &str) -> Lawful {
        hold(statuses.contains(&self.status), Law::Semantics, || {
            format!("`{}` is {}, and yet {what}", self.planned.id, self.status)
        })
    }

    pub(super) fn must_run(&self, dispatch: u32, what: &str) -> Lawful {
        self.must_be(&[StepStatus::Running], what)?;
        hold(self.dispatch == dispatch, Law::Honest, || {
            let (id, current) = (&self.planned.id, self.dispatch);
            format!("`{id}` runs as dispatch {current}, and yet {what} of dispatch {dispatch}")
        })
    }

    pub(super) fn must_not_be_early(&self, due: Option<&Due>, at: &Moment, what: &str) -> Lawful {
        hold(
            due.is_none_or(|due| at.is_after(due)),
            Law::NotEarly,
            || format!("{what} of `{}` came before its time", self.planned.id),
        )
    }

    /// An attempt is only lost together with the lease it was begun under. What
    /// was begun together with its run may also be lost with the answer of the
    /// store, since nobody holds the run before that.
    pub(super) fn must_have_lost_its_server(&self, at: &Moment) -> Lawful {
        let is_lost = self.begun_under.is_none() || self.begun_under != at.epoch;
        hold(is_lost, Law::Honest, || {
            format!("`{}` was lost, and its server was not", self.planned.id)
        })
    }

    /// A new attempt, or the same one goes on after an answer.
    pub(super) fn start(&mut self, start: (u32, u32, u32), due: Option<Due>) -> Lawful {
        let (iteration, attempt, dispatch) = start;
        let id = &self.planned.id;
        self.must_be(&[StepStatus::Pending], "it starts")?;
        hold(self.retry_at.is_none(), Law::NotEarly, || {
            format!("`{id}` starts while it waits for its next attempt")
        })?;
        hold(
            self.completed_in != Some(iteration),
            Law::CompletedOnce,
            || format!("`{id}` starts although iteration {iteration} has completed"),
        )?;
        let next = self.attempt + u32::from(!self.continues);
        let expected = (self.iteration, next, self.dispatch + 1);
        hold(start == expected, Law::Semantics, || {
            format!("`{id}` starts as {start:?}, not as {expected:?}")
        })?;
        let attempts_max = self.planned.retry.attempts_max.max(1);
        hold(attempt <= attempts_max, Law::Limits, || {
            format!("attempt {attempt} of `{id}`, which has {attempts_max}")
        })?;
        if !self.continues {
            (self.restarts, self.repairs) = (0, 0);
        }
        self.attempt = attempt;
        self.continues = false;
        self.begin(dispatch, due);
        self.drafted_by = None;
        Ok(())
    }

    fn begin(&mut self, dispatch: u32, due: Option<Due>) {
        self.status = StepStatus::Running;
        self.dispatch = dispatch;
        self.deadline = due;
        self.stopping = None;
    }

    /// The same attempt once more, in a turn of its own.
    pub(super) fn go_on(&mut self, dispatch: u32, due: Option<Due>, what: &str) -> Lawful {
        self.must_run(dispatch - 1, what)?;
        let id = &self.planned.id;
        let has_completed = self.completed_in == Some(self.iteration);
        hold(!has_completed, Law::CompletedOnce, || {
            format!("`{id}` goes on after its end")
        })?;
        let stopping = self.stopping.take();
        self.begin(dispatch, due);
        self.stopping = stopping;
        Ok(())
    }

    pub(super) fn restart(&mut self, dispatch: u32, due: Option<Due>) -> Lawful {
        self.restarts += 1;
        hold(self.restarts <= OnCrash::RESTARTS_MAX, Law::Limits, || {
            format!(
                "`{}` is run again after crash {}",
                self.planned.id, self.restarts
            )
        })?;
        self.go_on(dispatch, due, "a restart")
    }

    pub(super) fn repair(&mut self, dispatch: u32) -> Lawful {
        self.repairs += 1;
        hold(
            self.repairs <= self.planned.repairs_max,
            Law::Limits,
            || format!("repair {} of `{}`", self.repairs, self.planned.id),
        )?;
        let deadline = self.deadline;
        self.go_on(dispatch, deadline, "a repair")
    }

    pub(super) fn summarize(
        &mut self,
        dispatch: u32,
        outputs: &Object,
        due: Option<Due>,
    ) -> Lawful {
        let by = self.dispatch;
        self.go_on(dispatch, due, "a summary")?;
        self.must_be_brought_by(by, outputs)?;
        self.drafted_by = Some(by);
        Ok(())
    }

    pub(super) fn complete(&mut self, dispatch: u32, outputs: &Object) -> Lawful {
        self.must_run(dispatch, "completes with the answer")?;
        let id = &self.planned.id;
        hold(
            self.completed_in != Some(self.iteration),
            Law::CompletedOnce,
            || format!("iteration {} of `{id}` completes twice", self.iteration),
        )?;
        self.must_be_brought_by(self.drafted_by.unwrap_or(dispatch), outputs)?;
        self.completed_in = Some(self.iteration);
        self.end(StepStatus::Completed);
        Ok(())
    }

    fn must_be_brought_by(&self, dispatch: u32, outputs: &Object) -> Lawful {
        let brought_by = outputs.get(DISPATCH_OUTPUT).and_then(Value::as_u64);
        hold(brought_by == Some(u64::from(dispatch)), Law::Honest, || {
            let id = &self.planned.id;
            format!("`{id}` has the outputs of dispatch {brought_by:?}, not of {dispatch}")
        })
    }

    pub(super) fn retry(&mut self, dispatch: u32, due: Due) -> Lawful {
        let statuses = [StepStatus::Running, StepStatus::WaitingForInput];
        self.must_be(&statuses, "it is tried again")?;
        let (id, attempts_max) = (&self.planned.id, self.planned.retry.attempts_max);
        hold(self.dispatch == dispatch, Law::Honest, || {
            format!("a late answer retries `{id}`")
        })?;
        hold(self.attempt < attempts_max, Law::Limits, || {
            format!("attempt {} of `{id}` is not its last", self.attempt)
        })?;
        self.status = StepStatus::Pending;
        self.retry_at = Some(due);
        self.deadline = None;
        self.stopping = None;
        Ok(())
    }

    pub(super) fn ask(&mut self, due: Option<Due>) {
        self.status = StepStatus::WaitingForInput;
        self.deadline = due;
    }

    pub(super) fn answer(&mut self) {
        self.status = StepStatus::Pending;
        self.continues = true;
        self.deadline = None;
    }

    pub(super) fn open_gate(&mut self, due: Option<Due>) {
        self.status = StepStatus::WaitingForApproval;
        self.was_open = true;
        self.deadline = due;
    }

    pub(super) fn end(&mut self, status: StepStatus) {
        self.status = status;
        self.deadline = None;
        self.retry_at = None;
        self.stopping = None;
        self.drafted_by = None;
    }

    /// It waits for its turn again.
    pub(super) fn open_again(&mut self, iteration: u32) {
        self.end(StepStatus::Pending);
        self.iteration = iteration;
        self.attempt = 0;
        self.continues = false;
        self.was_open = false;
    }
}
