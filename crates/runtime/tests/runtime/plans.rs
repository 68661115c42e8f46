//! Builds plans.

use std::time::Duration;

use baton_model::plan::{
    AgentSpec, GateSpec, GateTimeout, InputSpec, PlannedStage, RetryPolicy, RunSettings, StageKind,
    WorkflowRef,
};
use baton_model::{Object, Plan, StageId, Value, ValueType};

pub(crate) fn id(name: &str) -> StageId {
    StageId::new(name).unwrap()
}

/// A stage whose agent needs no slot, with one attempt.
pub(crate) fn stage(name: &str, depends_on: &[&str]) -> PlannedStage {
    PlannedStage {
        id: id(name),
        name: name.to_owned(),
        kind: agent("agent:free"),
        depends_on: depends_on.iter().map(|name| id(name)).collect(),
        release: Default::default(),
        on_failure: Default::default(),
        on_crash: Default::default(),
        condition: None,
        timeout: None,
        retry: attempts(1),
        inputs: Vec::new(),
        outputs: Vec::new(),
        handoff: Default::default(),
        question_timeout: None,
        repairs_max: 1,
        payload: Value::Null,
    }
}

pub(crate) fn agent(artifact: &str) -> StageKind {
    StageKind::Agent(AgentSpec {
        artifact: artifact.to_owned(),
        ..AgentSpec::default()
    })
}

/// A stage whose agent holds a slot while it works.
pub(crate) fn slot_stage(name: &str, depends_on: &[&str]) -> PlannedStage {
    PlannedStage {
        kind: agent("agent:slot"),
        ..stage(name, depends_on)
    }
}

pub(crate) fn gate(name: &str, depends_on: &[&str]) -> PlannedStage {
    gate_with(name, depends_on, None, GateTimeout::Halt)
}

pub(crate) fn gate_with(
    name: &str,
    depends_on: &[&str],
    timeout: Option<Duration>,
    on_timeout: GateTimeout,
) -> PlannedStage {
    let kind = StageKind::Gate(GateSpec {
        approvers: Vec::new(),
        timeout,
        on_timeout,
        message: Some("go on?".to_owned()),
    });
    PlannedStage {
        kind,
        ..stage(name, depends_on)
    }
}

/// Waits 10 s, then 20 s, … between attempts, give or take a tenth.
pub(crate) fn attempts(attempts_max: u32) -> RetryPolicy {
    RetryPolicy {
        attempts_max,
        initial_interval: Duration::from_secs(10),
        ..RetryPolicy::default()
    }
}

pub(crate) fn given(name: &str, source: &str) -> InputSpec {
    InputSpec {
        name: name.to_owned(),
        value_type: ValueType::Number,
        source: Some(source.to_owned()),
        required: false,
    }
}

pub(crate) fn plan(stages: Vec<PlannedStage>) -> Plan {
    Plan {
        workflow: WorkflowRef {
            id: "w".to_owned(),
            stored: None,
            name: "W".to_owned(),
            version: "1.0.0".to_owned(),
            definition_hash: String::new(),
            overridden: Vec::new(),
        },
        parameters: Object::new(),
        env: Default::default(),
        settings: RunSettings::default(),
        workspace: Default::default(),
        hooks: Default::default(),
        stage_defaults: Default::default(),
        stages,
    }
}

pub(crate) fn diamond() -> Plan {
    plan(vec![
        stage("top", &[]),
        stage("left", &["top"]),
        stage("right", &["top"]),
        stage("bottom", &["left", "right"]),
    ])
}
