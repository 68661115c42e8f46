//! What is due by itself: gates to open, stages to skip, deadlines, the end.
//!
//! Each call proposes what follows from the present state in one step and
//! looks only at stages that have something due, so a quiet run costs nothing.

use baton_model::event::{GateDecision, SkipReason};
use baton_model::plan::{GateSpec, GateTimeout, PlannedStage, StageKind};
use baton_model::{Event, ExecutionStatus, Failure, FailureLabel, Object, StepStatus, Timestamp};

use super::{answers, failing, gates};
use crate::pending::run_deadline;
use crate::request::expression_failure;
use crate::scope::RunScope;
use crate::state::{Phase, RunState, StageIndex};

/// Who is named when nobody decided in time.
const NOBODY: &str = "timeout";

pub(super) fn advance(state: &RunState, now: Timestamp) -> Vec<Event> {
    match &state.phase {
        Phase::Ended { .. } => Vec::new(),
        Phase::Stopping { outcome, reason } => stop(state, *outcome, reason),
        Phase::Active => {
            let due = fire_timers(state, now);
            if !due.is_empty() {
                return due;
            }
            let turns = look_at_fresh(state, now);
            if turns.is_empty() {
                end_if_done(state)
            } else {
                turns
            }
        }
    }
}

/// Ends what is open; once no attempt is in flight, ends the run.
fn stop(state: &RunState, outcome: ExecutionStatus, reason: &str) -> Vec<Event> {
    if state.queues.open == 0 {
        let error = Some(reason.to_owned());
        return vec![Event::RunEnded {
            status: outcome,
            error,
        }];
    }
    if state.queues.running.len() == state.queues.open as usize {
        return state
            .queues
            .running
            .iter()
            .filter_map(|index| cancel_running(state, *index))
            .collect();
    }
    state
        .stages()
        .filter(|(_, _, stage)| !stage.status.is_terminal())
        .filter_map(|(index, planned, stage)| {
            if stage.status == StepStatus::Running {
                cancel_running(state, index)
            } else {
                Some(Event::StageCancelled {
                    stage: planned.id.clone(),
                })
            }
        })
        .collect()
}

fn cancel_running(state: &RunState, index: StageIndex) -> Option<Event> {
    let stage = state.stage(index);
    stage.stopping.is_none().then(|| Event::StageStopping {
        stage: state.planned(index).id.clone(),
        dispatch: stage.dispatch,
        reason: FailureLabel::CANCELLED,
    })
}

fn fire_timers(state: &RunState, now: Timestamp) -> Vec<Event> {
    if run_deadline(state).is_some_and(|deadline| deadline <= now) {
        let limit = state.plan().settings.timeout.unwrap_or_default();
        let reason = format!("the run exceeded its time limit of {limit:?}");
        return vec![Event::RunStopping {
            outcome: ExecutionStatus::Failed,
            reason,
        }];
    }
    let mut events = Vec::new();
    for (_, index) in state.queues.timers.iter().take_while(|(at, _)| *at <= now) {
        let halts = fire(state, *index, now, &mut events);
        if halts {
            break;
        }
    }
    events
}

/// One timer of one stage; says whether the run stops.
fn fire(state: &RunState, index: StageIndex, now: Timestamp, events: &mut Vec<Event>) -> bool {
    let planned = state.planned(index);
    let stage = planned.id.clone();
    match (&planned.kind, state.stage(index).status) {
        (StageKind::Gate(gate), StepStatus::WaitingForApproval) => {
            return fire_gate(planned, gate, events);
        }
        (_, StepStatus::WaitingForInput) => {
            return answers::out_of_time(state, index, now, events);
        }
        (_, StepStatus::Running) => events.push(Event::StageStopping {
            stage,
            dispatch: state.stage(index).dispatch,
            reason: FailureLabel::TIMEOUT,
        }),
        _ => events.push(Event::StageReady { stage }),
    }
    false
}

fn fire_gate(planned: &PlannedStage, gate: &GateSpec, events: &mut Vec<Event>) -> bool {
    let decision = || GateDecision {
        by: NOBODY.to_owned(),
        reason: None,
        details: Object::new(),
    };
    let stage = planned.id.clone();
    match gate.on_timeout {
        GateTimeout::AutoApprove => {
            events.push(Event::GateApproved {
                stage,
                decision: decision(),
            });
            false
        }
        GateTimeout::Reject => {
            events.extend(gates::rejection(&stage, decision()));
            true
        }
        GateTimeout::Halt => {
            let limit = gate.timeout.unwrap_or_default();
            let words = format!("nobody decided within {limit:?}");
            let reason = format!("gate `{stage}` ran out of time: {words}");
            let failure = Failure::new(FailureLabel::TIMEOUT, words);
            events.push(Event::StageFailed { stage, failure });
            events.push(Event::RunStopping {
                outcome: ExecutionStatus::Failed,
                reason,
            });
            true
        }
    }
}

/// Evaluates the conditions of stages whose turn has come, and opens gates.
fn look_at_fresh(state: &RunState, now: Timestamp) -> Vec<Event> {
    let mut events = Vec::new();
    for index in &state.queues.fresh {
        if !state.may_start(*index) {
            continue;
        }
        let halts = look(state, *index, now, &mut events);
        if halts {
            break;
        }
    }
    events
}

/// One stage whose turn has come; says whether the run stops.
fn look(state: &RunState, index: StageIndex, now: Timestamp, events: &mut Vec<Event>) -> bool {
    let planned = state.planned(index);
    let scope = RunScope(state);
    let stage = planned.id.clone();
    let holds = planned.condition.as_deref().map_or(Ok(true), |condition| {
        baton_expr::evaluate_condition(condition, &scope)
            .map_err(|error| expression_failure("condition", &error.to_string()))
    });
    match holds {
        Err(failure) => return failing::fail_stage(state, index, failure, events),
        Ok(false) => {
            events.push(Event::StageSkipped {
                stage,
                reason: SkipReason::ConditionFalse,
            });
        }
        Ok(true) => match &planned.kind {
            StageKind::Agent(_) => events.push(Event::StageReady { stage }),
            StageKind::Gate(gate) => match gate_message(&scope, gate) {
                Err(failure) => return failing::fail_stage(state, index, failure, events),
                Ok(message) => {
                    let deadline = gate.timeout.map(|timeout| now.after(timeout));
                    events.push(Event::GateOpened {
                        stage,
                        message,
                        deadline,
                    });
                }
            },
        },
    }
    false
}

fn gate_message(scope: &RunScope<'_>, gate: &GateSpec) -> Result<Option<String>, Failure> {
    let Some(template) = &gate.message else {
        return Ok(None);
    };
    baton_expr::interpolate_text(template, scope)
        .map(Some)
        .map_err(|error| expression_failure("gate message", &error.to_string()))
}

/// Ends the run when nothing is left that runs, can run or waits.
fn end_if_done(state: &RunState) -> Vec<Event> {
    let queues = &state.queues;
    let idle = queues.ready.is_empty()
        && queues.running.is_empty()
        && queues.gates.is_empty()
        && queues.questions.is_empty()
        && queues.retrying.is_empty()
        && queues.fresh.is_empty();
    if !idle {
        return Vec::new();
    }
    match (unforgiven_failure(state), queues.open) {
        (None, 0) => vec![Event::RunEnded {
            status: ExecutionStatus::Completed,
            error: None,
        }],
        (Some(error), 0) => {
            vec![Event::RunEnded {
                status: ExecutionStatus::Failed,
                error: Some(error),
            }]
        }
        // Dependants of a stage that did not pass can never start.
        (failure, _) => {
            let reason = failure.unwrap_or_else(|| "the rest can never start".to_owned());
            vec![Event::RunStopping {
                outcome: ExecutionStatus::Failed,
                reason,
            }]
        }
    }
}

/// The first failure that the run does not go on from as if nothing were.
fn unforgiven_failure(state: &RunState) -> Option<String> {
    let failed = state.stages().find(|&(index, _, stage)| {
        matches!(stage.status, StepStatus::Failed | StepStatus::TimedOut)
            && !state.is_forgiven(index)
    });
    failed.map(|(_, planned, stage)| match &stage.failure {
        Some(failure) => format!("stage `{}` failed: {failure}", planned.id),
        None => format!("stage `{}` failed", planned.id),
    })
}
