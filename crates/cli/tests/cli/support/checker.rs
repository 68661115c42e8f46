//! Compares what agents did with what Baton wrote down about it.

use std::collections::BTreeMap;

use baton_store::StoredEvent;
use serde_json::Value;

use super::dag::{Dag, Kind};
use super::ledger::Execution;

/// What must never be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// Work was done and thrown away, or is said to be done and was not.
    Lost,
    /// A stage that had completed, or a start, was done again.
    Repeated,
    /// A stage started before one that it waits for had ended.
    OutOfOrder,
    /// Two agents worked on a stage at the same time.
    Overlapping,
    /// The history is not whole.
    Gap,
}

/// What happened to a run, from both sides.
pub(crate) struct Evidence<'e> {
    pub(crate) dag: &'e Dag,
    pub(crate) executions: &'e [Execution],
    pub(crate) history: &'e [StoredEvent],
    /// Whether some agents were killed, so that their work may be repeated.
    pub(crate) were_agents_killed: bool,
}

/// Everything that is wrong; empty for a run that went as it should.
pub(crate) fn faults(evidence: &Evidence<'_>) -> Vec<(Fault, String)> {
    let history: Vec<Event> = evidence.history.iter().map(Event::of).collect();
    let mut faults = gaps(&history);
    faults.extend(lost(evidence, &history));
    if !evidence.were_agents_killed {
        faults.extend(thrown_away(evidence.executions, &history));
    }
    faults.extend(repeated(evidence.executions, &history));
    faults.extend(out_of_order(evidence.dag, evidence.executions));
    faults.extend(overlapping(evidence.executions));
    faults
}

/// What the checks need of an event.
struct Event {
    seq: u64,
    kind: String,
    stage: String,
    dispatch: Option<u32>,
}

impl Event {
    fn of(stored: &StoredEvent) -> Self {
        let body: Value = serde_json::from_str(&stored.body).unwrap();
        let dispatch = body["dispatch"].as_u64();
        Self {
            seq: stored.seq,
            kind: stored.kind.to_string(),
            stage: body["stage"].as_str().unwrap_or_default().to_owned(),
            dispatch: dispatch.map(|number| u32::try_from(number).unwrap()),
        }
    }
}

fn gaps(history: &[Event]) -> Vec<(Fault, String)> {
    let expected = 1..;
    let mut faults: Vec<_> = expected
        .zip(history)
        .filter(|(seq, event)| *seq != event.seq)
        .map(|(seq, event)| (Fault::Gap, format!("{} where {seq} should be", event.seq)))
        .collect();
    if history.last().is_none_or(|event| event.kind != "run_ended") {
        faults.push((Fault::Gap, "the run has not ended".to_owned()));
    }
    faults
}

/// Each stage has come to the end it must come to, and an agent has seen it.
fn lost(evidence: &Evidence<'_>, history: &[Event]) -> Vec<(Fault, String)> {
    let mut faults = Vec::new();
    for stage in &evidence.dag.stages {
        let ends: Vec<&Event> = history
            .iter()
            .filter(|event| event.stage == stage.id)
            .filter(|event| {
                let end = match stage.kind {
                    Kind::Agent { .. } => "stage_completed",
                    Kind::Skipped => "stage_skipped",
                    Kind::Gate => "gate_approved",
                };
                event.kind == end
            })
            .collect();
        let id = &stage.id;
        let [end] = ends[..] else {
            let fault = if ends.is_empty() {
                Fault::Lost
            } else {
                Fault::Repeated
            };
            faults.push((fault, format!("{id} ended {} times", ends.len())));
            continue;
        };
        let did_it = |execution: &Execution| {
            execution.stage == *id
                && Some(execution.dispatch) == end.dispatch
                && execution.end.is_some()
        };
        if end.dispatch.is_some() && !evidence.executions.iter().any(did_it) {
            let what = format!("{id} is said to have completed, and no agent knows of it");
            faults.push((Fault::Lost, what));
        }
    }
    faults
}

/// Agents that nobody killed have brought a result, so none is run again.
fn thrown_away(executions: &[Execution], history: &[Event]) -> Vec<(Fault, String)> {
    history
        .iter()
        .filter(|event| event.kind == "stage_restarted")
        .filter(|event| {
            executions.iter().any(|execution| {
                execution.stage == event.stage && Some(execution.dispatch + 1) == event.dispatch
            })
        })
        .map(|event| {
            let what = format!(
                "{} was restarted although its agent was at work",
                event.stage
            );
            (Fault::Lost, what)
        })
        .collect()
}

fn repeated(executions: &[Execution], history: &[Event]) -> Vec<(Fault, String)> {
    let mut faults = Vec::new();
    let mut starts: BTreeMap<(&str, u32), u32> = BTreeMap::new();
    for execution in executions {
        *starts
            .entry((&execution.stage, execution.dispatch))
            .or_default() += 1;
    }
    for ((stage, dispatch), n_starts) in starts {
        if n_starts > 1 {
            let what = format!("dispatch {dispatch} of {stage} started {n_starts} times");
            faults.push((Fault::Repeated, what));
        }
        let has_completed_before = history.iter().any(|event| {
            event.kind == "stage_completed"
                && event.stage == stage
                && event.dispatch.is_some_and(|completed| completed < dispatch)
        });
        if has_completed_before {
            let what = format!("{stage} had completed before its dispatch {dispatch}");
            faults.push((Fault::Repeated, what));
        }
    }
    faults
}

/// Stages that no agent works on make others wait through them.
fn out_of_order(dag: &Dag, executions: &[Execution]) -> Vec<(Fault, String)> {
    let mut ended: BTreeMap<&str, u64> = BTreeMap::new();
    for stage in &dag.stages {
        let of_stage = || executions.iter().filter(|one| one.stage == stage.id);
        let last_end = of_stage().filter_map(|one| one.end).max();
        let before = stage.depends_on.iter().map(|id| ended[id.as_str()]).max();
        ended.insert(&stage.id, last_end.max(before).unwrap_or(0));
    }
    let mut faults = Vec::new();
    for stage in &dag.stages {
        for earlier in &stage.depends_on {
            let of_stage = executions.iter().filter(|one| one.stage == stage.id);
            for one in of_stage.filter(|one| one.start < ended[earlier.as_str()]) {
                let what = format!(
                    "dispatch {} of {} before {earlier}",
                    one.dispatch, one.stage
                );
                faults.push((Fault::OutOfOrder, what));
            }
        }
    }
    faults
}

fn overlapping(executions: &[Execution]) -> Vec<(Fault, String)> {
    let mut faults = Vec::new();
    for (place, one) in executions.iter().enumerate() {
        for other in &executions[place + 1..] {
            let gone = |execution: &Execution| execution.gone.unwrap_or(u64::MAX);
            let overlap = one.start < gone(other) && other.start < gone(one);
            if one.stage == other.stage && overlap {
                let what = format!("{}: {} and {}", one.stage, one.dispatch, other.dispatch);
                faults.push((Fault::Overlapping, what));
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests;
