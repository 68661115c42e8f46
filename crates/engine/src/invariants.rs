//! What must hold in every state. Checked after every event in tests and in
//! simulation; counts everything from scratch, so not on the hot path.

use std::collections::BTreeSet;

use baton_model::{HookKey, StepStatus};

use crate::apply::barriers::{belongs_behind_barrier, blocked_by, blocks, is_awaited};
use crate::apply::queues::releases;
use crate::state::{Phase, RunState, StageIndex, Work};

/// Says what does not hold, if anything.
pub fn check(state: &RunState) -> Result<(), String> {
    check_sets(state)?;
    check_counts(state)?;
    check_waiting(state)?;
    for (index, planned, _) in state.stages() {
        check_stage(state, index)
            .and_then(|()| check_attempt(state, index))
            .map_err(|what| format!("stage `{}` {what}", planned.id))?;
    }
    check_run(state)
}

/// The sets hold just the stages that stand there.
fn check_sets(state: &RunState) -> Result<(), String> {
    let queues = &state.queues;
    for (what, status, kept) in [
        ("running", StepStatus::Running, &queues.running),
        ("gates", StepStatus::WaitingForApproval, &queues.gates),
        ("questions", StepStatus::WaitingForInput, &queues.questions),
    ] {
        let stages: BTreeSet<StageIndex> = state
            .stages()
            .filter(|(_, _, stage)| stage.status == status)
            .map(|(index, _, _)| index)
            .collect();
        if &stages != kept {
            return Err(format!("`{what}` holds {kept:?}, not {stages:?}"));
        }
    }
    let ready: BTreeSet<(u64, StageIndex)> = state
        .stages()
        .filter_map(|(index, _, stage)| Some((stage.ready_since?, index)))
        .collect();
    if ready != queues.ready {
        return Err(format!("`ready` holds {:?}, not {ready:?}", queues.ready));
    }
    let timers: BTreeSet<_> = state
        .stages()
        .filter_map(|(index, _, stage)| Some((stage.timer?, index)))
        .collect();
    if timers != queues.timers {
        return Err(format!(
            "`timers` holds {:?}, not {timers:?}",
            queues.timers
        ));
    }
    Ok(())
}

/// What is open, in all and batch by batch.
fn check_counts(state: &RunState) -> Result<(), String> {
    let open: Vec<StageIndex> = state
        .stages()
        .filter(|(_, _, stage)| !stage.status.is_terminal())
        .map(|(index, _, _)| index)
        .collect();
    let counted = state.queues.open as usize;
    if open.len() != counted {
        return Err(format!(
            "{} stages are open, {counted} are counted",
            open.len()
        ));
    }
    if state.has_barriers() {
        check_batches(state)?;
    }
    Ok(())
}

/// Which batch is awaited.
fn check_batches(state: &RunState) -> Result<(), String> {
    let mut batches = Vec::new();
    for ((index, planned, stage), blocked_by) in state.stages().zip(live(state, blocked_by(state)))
    {
        let blocks = blocks(state, index, blocked_by);
        let awaited = is_awaited(state, index, blocks);
        let kept = (stage.blocked_by, stage.blocks, stage.is_awaited);
        if kept != (blocked_by, blocks, awaited) {
            return Err(format!(
                "stage `{}` says of its barrier {kept:?}, not {:?}",
                planned.id,
                (blocked_by, blocks, awaited)
            ));
        }
        batches.extend(awaited.then(|| state.batch(index)));
    }
    let mut counts = state.queues.open_in_batch.clone();
    for batch in &batches {
        let count = counts.get_mut(*batch as usize);
        let rest = count.and_then(|count| Some((count.checked_sub(1)?, count)));
        let Some((rest, count)) = rest else {
            return Err(format!(
                "batch {batch} has more awaited stages than are counted"
            ));
        };
        *count = rest;
    }
    if counts.iter().any(|count| *count > 0) {
        return Err(format!(
            "stages are counted that are not awaited: {counts:?}"
        ));
    }
    let first = batches.iter().min().copied().unwrap_or(u32::MAX);
    if first != state.queues.batch {
        let kept = state.queues.batch;
        return Err(format!(
            "batch {first} is the first awaited one, not {kept}"
        ));
    }
    Ok(())
}

/// Those of a list by place whose stages are there.
fn live<T>(state: &RunState, by_place: Vec<T>) -> impl Iterator<Item = T> {
    let there = by_place.into_iter().enumerate();
    there
        .filter(|(place, _)| state.is_there(StageIndex::from_place(*place)))
        .map(|(_, item)| item)
}

/// What each stage waits for.
fn check_waiting(state: &RunState) -> Result<(), String> {
    let mut waiting_for = vec![0_u32; state.stages.len()];
    for (index, planned, stage) in state.stages() {
        if stage.released != releases(state, index, stage.status) {
            let is = stage.released;
            return Err(format!("stage `{}` says released: {is}", planned.id));
        }
        if stage.is_held != belongs_behind_barrier(state, index) {
            let is = stage.is_held;
            return Err(format!("stage `{}` says held: {is}", planned.id));
        }
        if stage.released {
            continue;
        }
        for dependent in state.topology.dependents(index) {
            if let Some(count) = waiting_for.get_mut(dependent.get()) {
                *count += 1;
            }
        }
    }
    for (index, planned, stage) in state.stages() {
        let dependencies = waiting_for.get(index.get()).copied().unwrap_or_default();
        let counted = dependencies + u32::from(stage.is_held);
        if stage.waiting_for != counted {
            let kept = stage.waiting_for;
            return Err(format!(
                "stage `{}` waits for {counted}, not {kept}",
                planned.id
            ));
        }
    }
    Ok(())
}

/// A stage stands in just one place.
fn check_stage(state: &RunState, index: StageIndex) -> Result<(), String> {
    let stage = state.stage(index);
    let queues = &state.queues;
    let places = [
        queues.fresh.contains(&index),
        stage.ready_since.is_some(),
        queues.running.contains(&index),
        queues.gates.contains(&index),
        queues.questions.contains(&index),
        queues.retrying.contains(&index),
    ];
    let n_places = places.into_iter().filter(|is_in| *is_in).count();
    let pending = stage.status == StepStatus::Pending;
    if pending && stage.waiting_for > 0 && n_places > 0 {
        return Err("is queued before its dependencies are settled".to_owned());
    }
    if pending && stage.waiting_for == 0 && n_places != 1 {
        return Err(format!("waits in {n_places} places"));
    }
    if stage.status.is_terminal() && (n_places > 0 || stage.timer.is_some()) {
        return Err("has ended but is still queued or timed".to_owned());
    }
    if queues.retrying.contains(&index) && stage.timer.is_none() {
        return Err("waits for another attempt without an end".to_owned());
    }
    Ok(())
}

/// An attempt is one that the plan allows.
fn check_attempt(state: &RunState, index: StageIndex) -> Result<(), String> {
    let (planned, stage) = (state.planned(index), state.stage(index));
    let is_running = stage.status == StepStatus::Running;
    if is_running && (stage.dispatch == 0 || stage.attempt == 0) {
        return Err("runs without having been started".to_owned());
    }
    if stage.attempt > planned.retry.attempts_max.max(1) {
        return Err(format!("is in attempt {}", stage.attempt));
    }
    if stage.repairs > planned.repairs_max {
        return Err(format!("was repaired {} times", stage.repairs));
    }
    if stage.continues && (stage.status != StepStatus::Pending || stage.attempt == 0) {
        return Err("goes on with an attempt it does not have".to_owned());
    }
    if stage.stopping.is_some() && !is_running {
        return Err("is being ended without being at work".to_owned());
    }
    if matches!(stage.work, Work::Summary(_)) && !is_running {
        return Err("is condensed without being at work".to_owned());
    }
    Ok(())
}

fn check_run(state: &RunState) -> Result<(), String> {
    if state.queues.running.len() > state.stages_at_once_max() {
        return Err("more stages run than the run allows".to_owned());
    }
    for HookKey { end, point, place } in &state.due_hooks {
        if *place as usize >= state.plan().hooks.at(*point).len() {
            return Err(format!("hook `{}` has no action {place}", point.as_str()));
        }
        if *end > state.n_ends {
            return Err(format!("a hook is due after end {end}, which is to come"));
        }
    }
    match &state.phase {
        Phase::Ended { status, .. } if !status.is_terminal() => Err(format!("ended as {status}")),
        Phase::Ended { .. } if state.queues.open > 0 => Err("ended with open stages".to_owned()),
        Phase::Ended { .. } | Phase::Stopping { .. } if state.pause.is_some() => {
            Err("is paused although it is ending".to_owned())
        }
        Phase::Ended { .. } | Phase::Active | Phase::Stopping { .. } => Ok(()),
    }
}
