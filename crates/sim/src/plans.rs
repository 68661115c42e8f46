//! Random plans: every kind of stage and every policy there is.

use std::time::Duration;

use baton_model::plan::{
    AgentSpec, FailurePolicy, GateSpec, GateTimeout, Handoff, HandoffFormat, HookAction, Hooks,
    InputSpec, OnCrash, OutputSpec, PlannedStage, Release, RetryPolicy, RunSettings, Schedule,
    StageKind, WorkflowRef,
};
use baton_model::{FailureLabel, Plan, StageId, Value, ValueType};

use crate::dice::Dice;
use crate::laws::stage::DISPATCH_OUTPUT;

/// The agents there are: whether one takes a slot is in its name.
pub(crate) const AGENTS: [&str; 2] = ["agent:free", "agent:slot"];
/// An agent nobody knows.
const STRANGER: &str = "agent:stranger";

/// A plan with so many stages at most.
pub(crate) fn plan(dice: &mut Dice, stages_max: usize) -> Plan {
    let n_stages = dice.count(stages_max.div_ceil(2), stages_max.max(1));
    let mut stages = Vec::with_capacity(n_stages);
    for number in 0..n_stages {
        let stage = stage(dice, &format!("s{number}"), &stages);
        stages.push(stage);
    }
    let yes = [("yes".to_owned(), Value::Bool(true))];
    Plan {
        workflow: WorkflowRef {
            id: "random".to_owned(),
            stored: None,
            name: "Random".to_owned(),
            version: "1.0.0".to_owned(),
            definition_hash: String::new(),
            overridden: Vec::new(),
        },
        parameters: yes.into_iter().collect(),
        env: Default::default(),
        settings: settings(dice),
        workspace: Default::default(),
        hooks: hooks(dice),
        stage_defaults: Default::default(),
        stages,
    }
}

fn settings(dice: &mut Dice) -> RunSettings {
    let timeout = dice.seconds(60, 400);
    RunSettings {
        timeout: dice.percent(20).then_some(timeout),
        stages_at_once_max: dice.small(1, 4),
        reopenable: dice.percent(30),
        schedule: if dice.percent(30) {
            Schedule::Batches
        } else {
            Schedule::Eager
        },
    }
}

fn hooks(dice: &mut Dice) -> Hooks {
    let mut actions = |most: u64| {
        let n_actions = dice.below(most + 1);
        let action = |place| match place {
            0 => HookAction::Notify {
                target: "chat:#runs".to_owned(),
                message: None,
            },
            _ => HookAction::Run {
                argv: vec!["tell".to_owned(), "${{ run.id }}".to_owned()],
            },
        };
        (0..n_actions).map(action).collect()
    };
    Hooks {
        on_start: actions(1),
        on_complete: actions(2),
        on_failure: actions(1),
    }
}

/// A stage after some of `others`.
pub(crate) fn stage(dice: &mut Dice, name: &str, others: &[PlannedStage]) -> PlannedStage {
    let depends_on = dependencies(dice, others);
    let is_gate = dice.percent(15);
    let kind = if is_gate { gate(dice) } else { agent(dice) };
    let timeout = dice.seconds(2, 40);
    let question_timeout = dice.seconds(5, 60);
    PlannedStage {
        id: id(name),
        name: name.to_owned(),
        kind,
        release: if dice.percent(20) {
            Release::Passed
        } else {
            Release::Settled
        },
        on_failure: on_failure(dice),
        on_crash: on_crash(dice),
        condition: condition(dice, &depends_on),
        timeout: dice.percent(30).then_some(timeout),
        retry: retry(dice),
        inputs: inputs(dice, &depends_on, is_gate),
        outputs: outputs(dice),
        handoff: handoff(dice),
        question_timeout: dice.percent(40).then_some(question_timeout),
        repairs_max: dice.small(0, 2),
        payload: Value::Null,
        depends_on,
    }
}

/// Names here are short and not empty.
fn id(name: &str) -> StageId {
    StageId::new(name).unwrap_or_else(|_| unreachable!("`{name}` is a name"))
}

fn dependencies(dice: &mut Dice, others: &[PlannedStage]) -> Vec<StageId> {
    let mut depends_on: Vec<StageId> = Vec::new();
    for _ in 0..dice.below(4) {
        let other = dice.pick(others).map(|other| other.id.clone());
        depends_on.extend(other.filter(|other| !depends_on.contains(other)));
    }
    depends_on
}

fn agent(dice: &mut Dice) -> StageKind {
    let known = dice.one_of(&AGENTS).unwrap_or(STRANGER);
    let artifact = if dice.percent(2) { STRANGER } else { known };
    StageKind::Agent(AgentSpec {
        artifact: artifact.to_owned(),
        instructions: dice.percent(30).then(|| "do it".to_owned()),
        ..AgentSpec::default()
    })
}

fn gate(dice: &mut Dice) -> StageKind {
    let timeout = dice.seconds(2, 60);
    let ways = [
        GateTimeout::Halt,
        GateTimeout::AutoApprove,
        GateTimeout::AutoApprove,
        GateTimeout::Reject,
    ];
    StageKind::Gate(GateSpec {
        approvers: Vec::new(),
        timeout: dice.percent(50).then_some(timeout),
        on_timeout: dice.one_of(&ways).unwrap_or_default(),
        message: dice
            .percent(30)
            .then(|| "go on with ${{ parameters.yes }}?".to_owned()),
    })
}

fn on_failure(dice: &mut Dice) -> FailurePolicy {
    let ways = [
        FailurePolicy::Halt,
        FailurePolicy::Continue,
        FailurePolicy::Continue,
        FailurePolicy::Continue,
        FailurePolicy::SkipDependents,
        FailurePolicy::SkipDependents,
        FailurePolicy::Block,
    ];
    dice.one_of(&ways).unwrap_or_default()
}

fn on_crash(dice: &mut Dice) -> OnCrash {
    let ways = [
        OnCrash::Resume,
        OnCrash::Resume,
        OnCrash::Resume,
        OnCrash::Retry,
        OnCrash::Fail,
        OnCrash::Ask,
    ];
    dice.one_of(&ways).unwrap_or_default()
}

fn condition(dice: &mut Dice, depends_on: &[StageId]) -> Option<String> {
    let before = dice.pick(depends_on);
    match (dice.below(20), before) {
        (0, _) => Some("${{ false }}".to_owned()),
        (1, _) => Some("${{ parameters.yes }}".to_owned()),
        (2, Some(before)) => Some(format!(
            "${{{{ stages.{before}.outputs.{DISPATCH_OUTPUT} != 2 }}}}"
        )),
        // Ordering with null is a mistake.
        (3, Some(before)) => Some(format!(
            "${{{{ stages.{before}.outputs.{DISPATCH_OUTPUT} < 9 }}}}"
        )),
        _ => None,
    }
}

fn retry(dice: &mut Dice) -> RetryPolicy {
    let non_retryable = if dice.percent(20) {
        vec![FailureLabel::LIMIT, FailureLabel::TIMEOUT]
    } else {
        Vec::new()
    };
    RetryPolicy {
        attempts_max: dice.small(1, 4),
        initial_interval: dice.time(Duration::from_millis(500), Duration::from_secs(10)),
        backoff_multiplier: if dice.percent(50) { 2.0 } else { 1.0 },
        interval_max: dice.seconds(5, 30),
        non_retryable,
    }
}

fn inputs(dice: &mut Dice, depends_on: &[StageId], is_gate: bool) -> Vec<InputSpec> {
    let given = dice.pick(depends_on).filter(|_| !is_gate);
    let given = given.filter(|_| dice.percent(40));
    let source = |before: &StageId| format!("${{{{ stages.{before}.outputs.{DISPATCH_OUTPUT} }}}}");
    let given = given.map(|before| InputSpec {
        name: "given".to_owned(),
        value_type: ValueType::Integer,
        source: Some(source(before)),
        required: dice.percent(20),
    });
    given.into_iter().collect()
}

fn outputs(dice: &mut Dice) -> Vec<OutputSpec> {
    let spec = |name: &str, value_type, required| OutputSpec {
        name: name.to_owned(),
        value_type,
        required,
        default: Value::Null,
        description: None,
    };
    let mut outputs = vec![spec(DISPATCH_OUTPUT, ValueType::Integer, true)];
    if dice.percent(30) {
        outputs.push(spec("verdict", ValueType::Boolean, false));
    }
    outputs
}

fn handoff(dice: &mut Dice) -> Handoff {
    let formats = [
        HandoffFormat::Structured,
        HandoffFormat::Structured,
        HandoffFormat::Markdown,
        HandoffFormat::Raw,
    ];
    Handoff {
        format: dice.one_of(&formats).unwrap_or_default(),
        include_run_log: dice.percent(20),
        summary_prompt: dice.percent(15).then(|| "in one sentence".to_owned()),
    }
}
