//! Every transition there is: which event takes a stage, or a run, from where
//! to where.
//!
//! [`crate::apply()`] refuses what is not listed here, and
//! `docs/state-machine.md` is written from it. What an event needs besides is
//! said in words and checked where it is applied.

use std::fmt;

use RunPhase::{Active, Ended, Paused, Stopping};
use StepStatus::{
    Cancelled, Completed, Failed, Pending, Running, Skipped, TimedOut, WaitingForApproval,
    WaitingForInput,
};
use baton_model::{Event, Failure, FailureLabel, StepStatus};

/// An event and what it does to the stage it concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StageMove {
    /// The event's stored name.
    pub event: &'static str,
    /// Where the stage may stand before.
    pub from: &'static [StepStatus],
    /// Where it stands after.
    pub to: StepStatus,
    /// What leads to it.
    pub when: &'static str,
}

/// An event and what it does to the run as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunMove {
    /// The event's stored name.
    pub event: &'static str,
    /// Where the run may stand before; empty: it does not exist yet.
    pub from: &'static [RunPhase],
    /// Where it stands after. None: where it stood.
    pub to: Option<RunPhase>,
    /// What leads to it.
    pub when: &'static str,
}

/// Where a run stands as far as events go. While it is active, its status
/// follows from its stages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RunPhase {
    /// Stages start as their turn comes.
    Active,
    /// Nothing new starts until somebody resumes the run.
    Paused,
    /// Nothing new starts, and what runs is being ended.
    Stopping,
    /// Nothing happens any more.
    Ended,
}

impl RunPhase {
    /// The word in messages and documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Stopping => "stopping",
            Self::Ended => "ended",
        }
    }
}

impl fmt::Display for RunPhase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What events do to stages.
pub const STAGE_MOVES: &[StageMove] = &[
    StageMove {
        event: "stage_ready",
        from: &[Pending],
        to: Pending,
        when: "its condition holds, or the wait before its next attempt is over",
    },
    StageMove {
        event: "stage_started",
        from: &[Pending],
        to: Running,
        when: "it is ready and there is room; a new attempt, or the same one goes on after an answer",
    },
    StageMove {
        event: "stage_restarted",
        from: &[Running],
        to: Running,
        when: "its attempt was lost with the server and is run again",
    },
    StageMove {
        event: "stage_stopping",
        from: &[Running],
        to: Running,
        when: "its attempt is to end: out of time, cancelled, or made from what is not true any more",
    },
    StageMove {
        event: "stage_spent",
        from: &[Running],
        to: Running,
        when: "its agent has told what a turn took",
    },
    StageMove {
        event: "stage_repairing",
        from: &[Running],
        to: Running,
        when: "its output is wrong, and its agent has a session and a repair left",
    },
    StageMove {
        event: "stage_summarizing",
        from: &[Running],
        to: Running,
        when: "its output is right, and a summary is asked for",
    },
    StageMove {
        event: "stage_asked",
        from: &[Running],
        to: WaitingForInput,
        when: "its agent needs answers, or a person is to say what happens after a crash",
    },
    StageMove {
        event: "stage_answered",
        from: &[WaitingForInput],
        to: Pending,
        when: "somebody has answered",
    },
    StageMove {
        event: "stage_completed",
        from: &[Running],
        to: Completed,
        when: "its output is right, or somebody brings its result instead of its agent",
    },
    StageMove {
        event: "stage_completed",
        from: &[Pending, WaitingForInput],
        to: Completed,
        when: "its agent would be at work if there were room or an answer, and somebody brings its result",
    },
    StageMove {
        event: "stage_retrying",
        from: &[Running, WaitingForInput],
        to: Pending,
        when: "its attempt failed, and the retry policy allows another",
    },
    StageMove {
        event: "stage_failed",
        from: &[Pending, Running, WaitingForInput],
        to: Failed,
        when: "its last attempt failed, or what it is to do cannot be said",
    },
    StageMove {
        event: "stage_failed",
        from: &[Running, WaitingForApproval, WaitingForInput],
        to: TimedOut,
        when: "its last attempt, its gate or its question ran out of time",
    },
    StageMove {
        event: "stage_skipped",
        from: &[Pending],
        to: Skipped,
        when: "its condition is false, or a stage it depends on failed under `skip_dependents`",
    },
    StageMove {
        event: "stage_cancelled",
        from: &[Pending, Running, WaitingForApproval, WaitingForInput],
        to: Cancelled,
        when: "the run is stopping",
    },
    StageMove {
        event: "stage_reopened",
        from: &[Completed, Failed, Skipped, TimedOut],
        to: Pending,
        when: "somebody wants it done again; its iteration is raised",
    },
    StageMove {
        event: "stage_reset",
        from: &[
            Pending,
            Running,
            WaitingForApproval,
            WaitingForInput,
            Completed,
            Failed,
            Skipped,
            TimedOut,
        ],
        to: Pending,
        when: "a stage it depends on was reopened; its iteration is raised",
    },
    StageMove {
        event: "gate_opened",
        from: &[Pending],
        to: WaitingForApproval,
        when: "its turn has come and its condition holds",
    },
    StageMove {
        event: "gate_approved",
        from: &[WaitingForApproval],
        to: Completed,
        when: "somebody approves, or time is up under `auto_approve`",
    },
    StageMove {
        event: "gate_rejected",
        from: &[WaitingForApproval],
        to: Failed,
        when: "somebody rejects, or time is up under `reject`",
    },
    StageMove {
        event: "run_reopened",
        from: &[Cancelled],
        to: Pending,
        when: "the run it was cancelled with goes on",
    },
];

/// What events do to runs.
pub const RUN_MOVES: &[RunMove] = &[
    RunMove {
        event: "run_created",
        from: &[],
        to: Some(Active),
        when: "always the first event",
    },
    RunMove {
        event: "run_paused",
        from: &[Active],
        to: Some(Paused),
        when: "somebody pauses it",
    },
    RunMove {
        event: "run_resumed",
        from: &[Paused],
        to: Some(Active),
        when: "somebody resumes it",
    },
    RunMove {
        event: "graph_edited",
        from: &[Active, Paused],
        to: None,
        when: "somebody, or an agent with its result, changes stages that have not started",
    },
    RunMove {
        event: "run_stopping",
        from: &[Active, Paused],
        to: Some(Stopping),
        when: "somebody cancels it, a stage fails under `halt`, a gate is rejected, time is up, or the rest can never start",
    },
    RunMove {
        event: "run_ended",
        from: &[Active, Paused, Stopping],
        to: Some(Ended),
        when: "no stage is open any more",
    },
    RunMove {
        event: "run_reopened",
        from: &[Ended],
        to: Some(Active),
        when: "a stage is reopened or the stages are edited, where the plan says `reopenable`",
    },
    RunMove {
        event: "hook_finished",
        from: &[Active, Paused, Stopping, Ended],
        to: None,
        when: "an action of a hook was carried out or given up",
    },
];

/// Every transition by itself, as words: the event, from where, to where.
pub fn transitions() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let stages = STAGE_MOVES.iter().flat_map(|row| {
        let to = row.to.as_str();
        row.from
            .iter()
            .map(move |from| (row.event, from.as_str(), to))
    });
    let runs = RUN_MOVES.iter().flat_map(|row| {
        let created = row.from.is_empty().then_some(("", row.to));
        let from = row.from.iter();
        created
            .into_iter()
            .chain(from.map(|from| (from.as_str(), row.to.or(Some(*from)))))
            .filter_map(|(from, to)| Some((row.event, from, to?.as_str())))
    });
    stages.chain(runs)
}

/// Whether `event` can happen to a stage that stands there.
pub(crate) fn allows_stage(event: &Event, from: StepStatus) -> bool {
    let name = event.name();
    let mut rows = STAGE_MOVES.iter().filter(|row| row.event == name);
    if let Event::StageFailed { failure, .. } = event {
        let to = status_after(failure);
        rows.any(|row| row.to == to && row.from.contains(&from))
    } else if let Event::StageCompleted { by: None, .. } = event {
        // Only people bring what no agent is at work on.
        from == Running
    } else {
        rows.any(|row| row.from.contains(&from))
    }
}

/// Where a stage stands after its last failure.
pub(crate) fn status_after(failure: &Failure) -> StepStatus {
    if failure.label == FailureLabel::TIMEOUT {
        TimedOut
    } else {
        Failed
    }
}

/// Whether `event` can happen to a run that stands there.
pub(crate) fn allows_run(event: &Event, from: RunPhase) -> bool {
    let name = event.name();
    let mut rows = RUN_MOVES.iter().filter(|row| row.event == name);
    rows.any(|row| row.from.contains(&from))
}
