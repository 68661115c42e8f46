//! Ending a run because somebody asks for it.

use baton_model::{Event, ExecutionStatus};

use super::{Decision, Rejection};
use crate::state::{Phase, RunState};

pub(super) fn cancel_run(state: &RunState, by: &str, reason: Option<&str>) -> Decision {
    match &state.phase {
        Phase::Ended {
            status: ExecutionStatus::Cancelled,
            ..
        }
        | Phase::Stopping { .. } => Decision::already_done(),
        Phase::Ended { status, .. } => Decision::rejected(Rejection::RunEnded(*status)),
        Phase::Active => {
            let because = reason
                .map(|reason| format!(": {reason}"))
                .unwrap_or_default();
            Decision::accepted(vec![Event::RunStopping {
                outcome: ExecutionStatus::Cancelled,
                reason: format!("cancelled by {by}{because}"),
            }])
        }
    }
}
