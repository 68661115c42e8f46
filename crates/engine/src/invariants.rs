//! What must hold in every state. Checked after every event in tests and in
//! simulation; looks at every stage, so not on the hot path.

use std::collections::BTreeSet;

use baton_model::StepStatus;

use crate::state::{Phase, RunState, StageIndex};

/// Says what does not hold, if anything.
pub fn check(state: &RunState) -> Result<(), String> {
    let with = |wanted: StepStatus| -> BTreeSet<StageIndex> {
        state
            .stages()
            .filter(|(_, _, stage)| stage.status == wanted)
            .map(|(index, _, _)| index)
            .collect()
    };
    same("running", &with(StepStatus::Running), &state.work.running)?;
    same(
        "gates",
        &with(StepStatus::WaitingForApproval),
        &state.work.gates,
    )?;
    let open = state
        .stages()
        .filter(|(_, _, stage)| !stage.status.is_terminal())
        .count();
    if open != state.work.open as usize {
        return Err(format!(
            "{open} stages are open, {} are counted",
            state.work.open
        ));
    }
    for (index, planned, stage) in state.stages() {
        check_stage(state, index).map_err(|what| format!("stage `{}` {what}", planned.id))?;
        if stage.status == StepStatus::Running && stage.dispatch == 0 {
            return Err(format!("stage `{}` runs without a dispatch", planned.id));
        }
    }
    if state.work.running.len() > state.plan().settings.stages_at_once_max as usize {
        return Err("more stages run than the run allows".to_owned());
    }
    match &state.phase {
        Phase::Ended { status, .. } if !status.is_terminal() => Err(format!("ended as {status}")),
        Phase::Ended { .. } if open > 0 => Err("ended with open stages".to_owned()),
        Phase::Ended { .. } | Phase::Active | Phase::Stopping { .. } => Ok(()),
    }
}

fn check_stage(state: &RunState, index: StageIndex) -> Result<(), String> {
    let stage = state.stage(index);
    let work = &state.work;
    let queues = [
        work.fresh.contains(&index),
        stage.ready_since.is_some(),
        work.running.contains(&index),
        work.gates.contains(&index),
        work.retrying.contains(&index),
    ];
    let places = queues.into_iter().filter(|is_in| *is_in).count();
    let ended = stage.status.is_terminal();
    let pending = stage.status == StepStatus::Pending;
    if pending && stage.waiting_for > 0 && places > 0 {
        return Err("is queued before its dependencies are settled".to_owned());
    }
    if pending && stage.waiting_for == 0 && places != 1 {
        return Err(format!("waits in {places} places"));
    }
    if ended && (places > 0 || stage.timer.is_some()) {
        return Err("has ended but is still queued or timed".to_owned());
    }
    match stage.timer {
        Some(at) if !work.timers.contains(&(at, index)) => Err("lost its timer".to_owned()),
        Some(_) | None => Ok(()),
    }
}

fn same(
    what: &str,
    stages: &BTreeSet<StageIndex>,
    kept: &BTreeSet<StageIndex>,
) -> Result<(), String> {
    if stages == kept {
        Ok(())
    } else {
        Err(format!("`{what}` holds {kept:?}, not {stages:?}"))
    }
}
