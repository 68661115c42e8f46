//! A new run that repeats an earlier one and reuses what need not run again.

use std::collections::BTreeSet;

use baton_model::event::ReusedStage;
use baton_model::plan::StageKind;
use baton_model::{Object, Plan, StageId, StepStatus};

use crate::decide::Rejection;
use crate::state::{RunState, StageIndex};

/// What a new run is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Rerun {
    /// The stages as the earlier run had them at its end, edits included.
    pub plan: Plan,
    /// Those that do not run again.
    pub reused: Vec<ReusedStage>,
}

/// The repetition of a run that has ended: of all of it, or from a stage on.
/// What did not end well runs again in any case, and so does all that depends
/// on something that runs again.
pub fn rerun(state: &RunState, from: Option<&StageId>) -> Result<Rerun, Rejection> {
    if !state.status().is_terminal() {
        return Err(Rejection::NotYetEnded(state.status()));
    }
    let mut plan = state.live_plan();
    note_what_sessions_took(state, &mut plan);
    let Some(from) = from else {
        return Ok(Rerun {
            plan,
            reused: Vec::new(),
        });
    };
    let from = state
        .index(from)
        .ok_or_else(|| Rejection::UnknownStage(from.clone()))?;
    let again = runs_again(state, from);
    let reused = state
        .stages()
        .filter(|(index, _, _)| !again.contains(index))
        .map(|(index, planned, _)| reused(state, index, planned.id.clone()));
    Ok(Rerun {
        plan,
        reused: reused.collect(),
    })
}

/// A stage that goes on with a session of an earlier run does so once more, and
/// what that has told of itself meanwhile is counted already.
fn note_what_sessions_took(state: &RunState, plan: &mut Plan) {
    for planned in &mut plan.stages {
        let StageKind::Agent(agent) = &mut planned.kind else {
            continue;
        };
        if agent.session.is_none() {
            continue;
        }
        let stage = state.index(&planned.id).map(|index| state.stage(index));
        let stage = stage.filter(|stage| stage.session.is_none() || stage.session == agent.session);
        let total = stage.and_then(|stage| stage.session_total);
        agent.session_total = total.or(agent.session_total);
    }
}

fn runs_again(state: &RunState, from: StageIndex) -> BTreeSet<StageIndex> {
    let did_not_end_well = |(_, _, stage): &(_, _, &crate::StageState)| {
        !matches!(stage.status, StepStatus::Completed | StepStatus::Skipped)
    };
    let mut frontier: Vec<StageIndex> = state
        .stages()
        .filter(did_not_end_well)
        .map(|(index, _, _)| index)
        .chain([from])
        .collect();
    let mut again: BTreeSet<StageIndex> = frontier.iter().copied().collect();
    while let Some(index) = frontier.pop() {
        for dependent in state.topology.dependents(index) {
            if again.insert(*dependent) {
                frontier.push(*dependent);
            }
        }
    }
    again
}

fn reused(state: &RunState, index: StageIndex, stage: StageId) -> ReusedStage {
    let entry = state.stage(index);
    let handed = entry.handed.as_ref();
    let outputs = entry.outputs.as_ref().map(|outputs| Object::clone(outputs));
    ReusedStage {
        stage,
        outputs: (entry.status == StepStatus::Completed).then(|| outputs.unwrap_or_default()),
        text: handed.and_then(|handed| handed.text.clone()),
        summary: handed.and_then(|handed| handed.summary.clone()),
    }
}
