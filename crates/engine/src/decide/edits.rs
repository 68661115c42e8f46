//! Changes to the stages of a run that is under way.

use baton_model::{Edit, Event, StageId};

use super::{Decision, Rejection, ensure_active};
use crate::graph;
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
    let edits = graph::news_in(state, edits, None);
    if edits.is_empty() {
        return Decision::already_done();
    }
    match graph::edit(state, &edits) {
        Err(error) => return Decision::rejected(Rejection::BadEdit(error)),
        Ok(edited) if edited.changes_nothing(state) => return Decision::already_done(),
        Ok(_) => {}
    }
    let reopened = is_reopened.then(|| Event::RunReopened { by: by.to_owned() });
    let edited = Event::GraphEdited {
        edits,
        by: by.to_owned(),
        reason: reason.map(str::to_owned),
    };
    Decision::accepted(reopened.into_iter().chain([edited]).collect())
}

/// What a stage's agent wants changed, together with the end of its turn; or
/// why that is a wrong output.
pub(super) fn edits_of_agent(
    state: &RunState,
    stage: &StageId,
    edits: &Result<Vec<Edit>, String>,
) -> Result<Option<Event>, String> {
    // A run that is ending has nothing left to change.
    if !state.is_active() {
        return Ok(None);
    }
    let edits = edits
        .as_ref()
        .map_err(|mistakes| format!("its edits make no sense: {mistakes}"))?;
    let by = format!("stage:{stage}");
    let edits = graph::news_in(state, edits, Some(&by));
    if edits.is_empty() {
        return Ok(None);
    }
    let edited = graph::edit(state, &edits)
        .map_err(|error| format!("its edits cannot be applied: {error}"))?;
    let changes = !edited.changes_nothing(state);
    Ok(changes.then(|| Event::GraphEdited {
        edits,
        by,
        reason: None,
    }))
}
