//! A plan as the definition it might have been read from, as far as the rules
//! look at it. A run knows its plan only; the rules are about definitions.

use std::collections::BTreeSet;
use std::time::Duration;

use baton_expr::{Expr, Namespace, Template};
use baton_model::plan::{GateSpec, HookAction, HookPoint, PlannedStage, StageDefaults, StageKind};
use baton_model::{Plan, StageId, Value, ValueType};
use indexmap::IndexMap;

use crate::defaults::policy;
use crate::definition::{
    Config, Definition, Gate, HOOK_POINTS, Handoff, Hook, Input, Output, Parameter, Roles,
    RootErrorPolicy, Spanned, Stage, StageErrorPolicy, StageType, WorkflowBlock,
};
use crate::duration::WrittenDuration;
use crate::read::{default_config, default_gate};

/// The definition of a run whose stages are to be `stages`; all else stands at
/// `place`.
pub(super) fn definition(plan: &Plan, stages: Vec<Stage>, place: usize) -> Definition {
    let env = plan.env.iter();
    let parameters = known_parameters(plan).into_iter();
    Definition {
        workflow: WorkflowBlock::default(),
        config: Config {
            parameters: parameters.map(|name| (name, parameter(place))).collect(),
            env: env
                .map(|(name, text)| (name.clone(), spanned(text, place)))
                .collect(),
            ..default_config()
        },
        context: None,
        error_policy: RootErrorPolicy::default(),
        hooks: hooks(plan, place),
        stages,
        overridden: Vec::new(),
        references: Vec::new(),
    }
}

/// A stage of the plan, without the dependencies that do not remain.
pub(super) fn stage(planned: &PlannedStage, remaining: &BTreeSet<&str>, place: usize) -> Stage {
    let text = |text: &String| spanned(text, place);
    let (roles, gate) = match &planned.kind {
        StageKind::Agent(agent) => {
            let roles = Roles {
                artifact: agent.artifact.clone(),
                model: agent.model.clone(),
                instructions: agent.instructions.as_ref().map(text),
                tools: agent.tools.clone(),
            };
            (Some(roles), None)
        }
        StageKind::Gate(spec) => (None, Some(gate(spec, place))),
    };
    let stage_type = match planned.kind {
        StageKind::Agent(_) => StageType::Agent,
        StageKind::Gate(_) => StageType::Gate,
    };
    let dependencies = planned.depends_on.iter();
    Stage {
        id: spanned(planned.id.as_str(), place),
        name: planned.name.clone(),
        description: None,
        depends_on: dependencies
            .filter(|id| remaining.contains(id.as_str()))
            .map(|id| spanned(id.as_str(), place))
            .collect(),
        depends_on_is_read: true,
        condition: planned.condition.as_ref().map(text),
        stage_type,
        roles,
        inputs: inputs(planned, place),
        outputs: outputs(planned, place),
        outputs_bytes: None,
        context: None,
        error_policy: StageErrorPolicy::default(),
        handoff: Some(Handoff {
            format: planned.handoff.format,
            format_bytes: None,
            include_run_log: planned.handoff.include_run_log,
            summary_prompt: planned.handoff.summary_prompt.as_ref().map(text),
        }),
        gate,
        ui: None,
        path: format!("stages.{}", planned.id),
    }
}

/// A stage of the plan with all that it has; what it would have anyway, from
/// `defaults` or from the language, is not said.
pub(super) fn whole_stage(planned: &PlannedStage, defaults: &StageDefaults) -> Stage {
    let of_plan: BTreeSet<&str> = planned.depends_on.iter().map(StageId::as_str).collect();
    let mut whole = stage(planned, &of_plan, 0);
    whole.handoff = whole.handoff.filter(|_| planned.handoff.is_explicit());
    if let StageKind::Gate(spec) = &planned.kind {
        whole.gate = Some(whole_gate(spec));
    }
    let unsaid = policy(&whole, defaults);
    let duration = |value: Option<Duration>, unsaid: Option<Duration>| {
        value.filter(|_| value != unsaid).map(WrittenDuration::of)
    };
    whole.error_policy = StageErrorPolicy {
        retry: (planned.retry != unsaid.retry).then(|| planned.retry.clone()),
        on_failure: (planned.on_failure != unsaid.on_failure).then_some(planned.on_failure),
        on_crash: (planned.on_crash != unsaid.on_crash).then_some(planned.on_crash),
        timeout: duration(planned.timeout, unsaid.timeout),
        question_timeout: duration(planned.question_timeout, unsaid.question_timeout),
    };
    whole
}

fn whole_gate(spec: &GateSpec) -> Gate {
    let default = default_gate();
    Gate {
        approvers: spec.approvers.clone(),
        timeout: spec.timeout.map_or(default.timeout, WrittenDuration::of),
        on_timeout: spec.on_timeout,
        ..gate(spec, 0)
    }
}

fn spanned(text: &str, place: usize) -> Spanned<String> {
    Spanned {
        value: text.to_owned(),
        bytes: place..place,
    }
}

fn spanned_type(value_type: &ValueType, place: usize) -> Spanned<ValueType> {
    Spanned {
        value: value_type.clone(),
        bytes: place..place,
    }
}

fn gate(spec: &GateSpec, place: usize) -> Gate {
    let message = spec.message.as_ref();
    Gate {
        message: message.map(|message| spanned(message, place)),
        ..default_gate()
    }
}

fn inputs(planned: &PlannedStage, place: usize) -> IndexMap<String, Input> {
    let inputs = planned.inputs.iter().map(|input| {
        let source = input.source.as_ref();
        let written = Input {
            value_type: Some(spanned_type(&input.value_type, place)),
            source: source.map(|source| spanned(source, place)),
            required: input.required,
            description: None,
        };
        (input.name.clone(), written)
    });
    inputs.collect()
}

fn outputs(planned: &PlannedStage, place: usize) -> IndexMap<String, Output> {
    let outputs = planned.outputs.iter().map(|output| {
        let written = Output {
            value_type: Some(spanned_type(&output.value_type, place)),
            required: output.required,
            default: output.default.clone(),
            description: output.description.clone(),
        };
        (output.name.clone(), written)
    });
    outputs.collect()
}

fn hooks(plan: &Plan, place: usize) -> Vec<Hook> {
    let hook = |point: HookPoint| {
        let texts = hook_texts(plan, point).map(|text| {
            let path = format!("hooks.{}", point.as_str());
            (path, spanned(text, place))
        });
        Hook {
            point,
            actions: Vec::new(),
            texts: texts.collect(),
        }
    };
    HOOK_POINTS.into_iter().map(hook).collect()
}

fn hook_texts(plan: &Plan, point: HookPoint) -> impl Iterator<Item = &String> {
    plan.hooks.at(point).iter().flat_map(|action| match action {
        HookAction::Run { argv } => argv.iter().collect::<Vec<_>>(),
        HookAction::Notify { target, message } => [Some(target), message.as_ref()]
            .into_iter()
            .flatten()
            .collect(),
    })
}

fn parameter(place: usize) -> Parameter {
    Parameter {
        // What was given fits the declaration, but does not say what it was.
        value_type: None,
        required: false,
        default: Value::Null,
        description: None,
        bytes: place..place,
    }
}

/// The names of the parameters that have a value, and of those that the plan
/// reads. A plan does not keep the declarations; but its own texts were
/// checked against them.
fn known_parameters(plan: &Plan) -> BTreeSet<String> {
    let mut names: BTreeSet<_> = plan.parameters.keys().cloned().collect();
    let of_hooks = HOOK_POINTS
        .into_iter()
        .flat_map(|point| hook_texts(plan, point));
    let of_stages = plan.stages.iter().flat_map(stage_texts);
    for text in plan.env.values().chain(of_hooks).chain(of_stages) {
        push_parameters(text, &mut names);
    }
    let conditions = plan
        .stages
        .iter()
        .filter_map(|stage| stage.condition.as_ref());
    for condition in conditions {
        if let Ok(expr) = Expr::parse_condition(condition) {
            push_references(&expr, &mut names);
        }
    }
    names
}

/// The texts with placeholders of a stage; its condition is none.
fn stage_texts(stage: &PlannedStage) -> impl Iterator<Item = &String> {
    let sources = stage
        .inputs
        .iter()
        .filter_map(|input| input.source.as_ref());
    let own = match &stage.kind {
        StageKind::Agent(agent) => agent.instructions.as_ref(),
        StageKind::Gate(gate) => gate.message.as_ref(),
    };
    sources.chain(own).chain(&stage.handoff.summary_prompt)
}

fn push_parameters(text: &str, names: &mut BTreeSet<String>) {
    // Most texts of a large plan read no parameter and need not be parsed.
    if text.contains(Namespace::Parameters.as_str()) {
        for expr in Template::parse(text).0.expressions() {
            push_references(expr, names);
        }
    }
}

fn push_references(expr: &Expr, names: &mut BTreeSet<String>) {
    let references = expr.references().into_iter();
    names.extend(
        references
            .filter(|found| found.namespace == Namespace::Parameters)
            .filter_map(|found| found.path.into_iter().next()),
    );
}
