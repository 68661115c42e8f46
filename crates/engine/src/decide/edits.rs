//! Changes to the stages of a run that is under way.

use baton_model::{Edit, Event, StageId};

use super::{Decision, Rejection, ensure_active};
use crate::graph::{self, EditError};
use crate::state::{Phase, RunState};

pub(super) fn edit_graph(
    state: &RunState,
    edits: &[Edit],
    by: &str,
    reason: Option<&str>,
) -> Decision {
    let is_reopened = matches!(state.phase, Phase::Ended { .. }) && state.plan.settings.reopenable;
    if !is_reopened && let Err(rejected) = ensure_active(state) {
        return rejected;
    }
    if graph::changes_nothing(state, edits) {
        return Decision::already_done();
    }
    match graph::edit(state, edits) {
        Err(error) => return Decision::rejected(Rejection::BadEdit(error)),
        Ok(edited) if edited.changes_nothing(state) => return Decision::already_done(),
        Ok(_) => {}
    }
    let reopened = is_reopened.then(|| Event::RunReopened { by: by.to_owned() });
    let edited = Event::GraphEdited {
        edits: edits.to_vec(),
        by: by.to_owned(),
        reason: reason.map(str::to_owned),
    };
    Decision::accepted(reopened.into_iter().chain([edited]).collect())
}

/// What a stage's agent wants changed, together with the end of its turn.
pub(super) fn edits_of_agent(
    state: &RunState,
    stage: &StageId,
    edits: &[Edit],
) -> Result<Option<Event>, EditError> {
    if !state.is_active() || graph::changes_nothing(state, edits) {
        return Ok(None);
    }
    if graph::edit(state, edits)?.changes_nothing(state) {
        return Ok(None);
    }
    Ok(Some(Event::GraphEdited {
        edits: edits.to_vec(),
        by: format!("stage:{stage}"),
        reason: None,
    }))
}
