//! Definition to plan: what is left out is filled in (contract §1.14), and
//! what the definition says about runs becomes what the engine carries out.

use std::fmt::Write as _;

use baton_model::plan::{
    AgentSpec, GateSpec, Handoff, HookPoint, Hooks, InputSpec, OutputSpec, Overridden,
    PlannedStage, Release, RunSettings, Speech, StageDefaults, StageKind, WorkflowRef, Workspace,
};
use baton_model::{Diagnostic, Plan, StageId, ValueType};
use sha2::{Digest, Sha256};

use crate::defaults;
use crate::definition::{self, Definition, Hook, Roles, Stage, StageType};
use crate::parameter::{self, ParameterInput};
use crate::read::default_gate;
use crate::report::{Finding, Place};
use crate::rules;

/// How often an agent is asked to mend a wrong output.
const REPAIRS_MAX: u32 = 1;

/// Makes a plan of a definition that [`check`](crate::check) found no errors
/// in. `text` is what it was read from.
///
/// The errors are all mistakes in the parameters; for a definition that has
/// errors of its own, also what keeps its stages from being planned.
pub fn compile(
    definition: &Definition,
    text: &str,
    parameters: &[(String, ParameterInput)],
) -> Result<Plan, Vec<Diagnostic>> {
    let mut mistakes = Vec::new();
    let parameters = parameter::resolve(&definition.config.parameters, parameters);
    let stage_defaults = defaults::of_stages(&definition.error_policy);
    let mut stages = Vec::new();
    for stage in &definition.stages {
        match planned_stage(stage, &stage_defaults) {
            Ok(planned) => stages.push(planned),
            Err(mistake) => mistakes.push(mistake.into_placeless()),
        }
    }
    match parameters {
        Ok(parameters) if mistakes.is_empty() => Ok(Plan {
            workflow: WorkflowRef {
                id: definition.workflow.id.clone(),
                stored: None,
                name: definition.workflow.name.clone(),
                version: definition.workflow.version.clone(),
                definition_hash: hash(text),
                overridden: overridden(definition),
            },
            parameters,
            env: definition
                .config
                .env
                .iter()
                .map(|(name, value)| (name.clone(), value.value.clone()))
                .collect(),
            settings: RunSettings {
                timeout: Some(definition.config.timeout.value),
                stages_at_once_max: definition.config.stages_at_once_max,
                reopenable: false,
                schedule: definition.config.schedule,
            },
            // Where a run works is known to whoever starts it.
            workspace: Workspace::default(),
            hooks: hooks(&definition.hooks),
            stage_defaults,
            stages,
        }),
        Ok(_) => Err(mistakes),
        Err(wrong) => Err(wrong.into_iter().chain(mistakes).collect()),
    }
}

fn overridden(definition: &Definition) -> Vec<Overridden> {
    let set = definition.overridden.iter();
    set.map(|set| Overridden {
        path: set.path.clone(),
        by: set.by.clone(),
    })
    .collect()
}

/// SHA-256 of the text, in hex.
fn hash(text: &str) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(text) {
        write!(hex, "{byte:02x}").expect("writing into a String cannot fail");
    }
    hex
}

fn hooks(hooks: &[Hook]) -> Hooks {
    let at = |point: HookPoint| {
        let hooks = hooks.iter().filter(|hook| hook.point == point);
        hooks.flat_map(|hook| hook.actions.clone()).collect()
    };
    Hooks {
        on_start: at(HookPoint::OnStart),
        on_complete: at(HookPoint::OnComplete),
        on_failure: at(HookPoint::OnFailure),
    }
}

/// A stage as the engine carries it out, its gaps filled.
pub(crate) fn planned_stage(
    stage: &Stage,
    defaults: &StageDefaults,
) -> Result<PlannedStage, Finding> {
    let policy = defaults::policy(stage, defaults);
    let depends_on = stage
        .depends_on
        .iter()
        .map(|id| stage_id(&stage.path, &id.value));
    Ok(PlannedStage {
        id: stage_id(&stage.path, &stage.id.value)?,
        name: stage.name.clone(),
        kind: kind(stage)?,
        depends_on: depends_on.collect::<Result<_, _>>()?,
        release: Release::Settled,
        on_failure: policy.on_failure,
        on_crash: policy.on_crash,
        condition: stage.condition.as_ref().map(|text| text.value.clone()),
        timeout: policy.timeout,
        retry: policy.retry,
        inputs: inputs(stage)?,
        outputs: outputs(stage)?,
        handoff: stage.handoff.as_ref().map(handoff).unwrap_or_default(),
        question_timeout: policy.question_timeout,
        repairs_max: REPAIRS_MAX,
        payload: baton_model::Value::Null,
    })
}

fn kind(stage: &Stage) -> Result<StageKind, Finding> {
    match (stage.stage_type, &stage.roles) {
        (StageType::Agent, Some(roles)) => Ok(StageKind::Agent(agent(roles))),
        (StageType::Agent, None) => {
            let at = Place::without_text(&stage.path);
            Err(rules::e0212::agent_without_roles(at, &stage.id.value))
        }
        (StageType::Gate, _) => {
            let gate = stage.gate.clone().unwrap_or_else(default_gate);
            Ok(StageKind::Gate(GateSpec {
                approvers: gate.approvers,
                timeout: Some(gate.timeout.value),
                on_timeout: gate.on_timeout,
                message: gate.message.map(|message| message.value),
            }))
        }
        (StageType::FanOut, _) => {
            let at = Place::without_text(&stage.path);
            Err(rules::e0211::fan_out_reserved(at))
        }
    }
}

fn agent(roles: &Roles) -> AgentSpec {
    let model = roles.model.as_deref().unwrap_or(defaults::MODEL_DEFAULT);
    AgentSpec {
        artifact: roles.artifact.clone(),
        model: Some(model.to_owned()),
        instructions: roles.instructions.as_ref().map(|text| text.value.clone()),
        tools: roles.tools.clone(),
        speech: Speech::Contract,
        session: None,
        session_total: None,
    }
}

fn handoff(handoff: &definition::Handoff) -> Handoff {
    let prompt = handoff.summary_prompt.as_ref();
    Handoff {
        format: handoff.format,
        include_run_log: handoff.include_run_log,
        summary_prompt: prompt.map(|prompt| prompt.value.clone()),
    }
}

fn inputs(stage: &Stage) -> Result<Vec<InputSpec>, Finding> {
    let inputs = stage.inputs.iter().map(|(name, input)| {
        Ok(InputSpec {
            name: name.clone(),
            value_type: known_type(stage, name, input.value_type())?,
            source: input.source.as_ref().map(|source| source.value.clone()),
            required: input.required,
        })
    });
    inputs.collect()
}

fn outputs(stage: &Stage) -> Result<Vec<OutputSpec>, Finding> {
    let outputs = stage.outputs.iter().map(|(name, output)| {
        Ok(OutputSpec {
            name: name.clone(),
            value_type: known_type(stage, name, output.value_type())?,
            required: output.required,
            default: output.default.clone(),
            description: output.description.clone(),
        })
    });
    outputs.collect()
}

fn known_type(
    stage: &Stage,
    name: &str,
    value_type: Option<&ValueType>,
) -> Result<ValueType, Finding> {
    value_type
        .cloned()
        .ok_or_else(|| rules::e0209::type_not_read(Place::without_text(&stage.path), name))
}

/// An id that is named at `path`.
pub(crate) fn stage_id(path: &str, id: &str) -> Result<StageId, Finding> {
    StageId::new(id)
        .map_err(|invalid| rules::e0205::no_stage_id(Place::without_text(path), invalid))
}
