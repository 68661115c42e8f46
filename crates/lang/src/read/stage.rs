//! One stage: its keys, and the rules among them that need no other stage.

use indexmap::IndexMap;

use super::{
    block, default_value, flag, id, input, is_id, optional_spanned, optional_text, policy,
};
use super::{required_text, required_type, words};
use crate::definition::{Handoff, Input, Output, Spanned, Stage, StageType};
use crate::fields::{Field, Fields};
use crate::node::Kind;
use crate::report::{Place, Report};
use crate::rules::{self, w0213::Block};

pub(crate) fn stage(field: &Field<'_>, report: &mut Report<'_>) -> Option<Stage> {
    let mut fields = field.open(report)?;
    let id = fields
        .require("id", report)
        .and_then(|field| id(&field, report));
    let stage_type = stage_type(&mut fields, report);
    if stage_type == Some(StageType::FanOut) {
        // Its own keys are reserved with it; one finding says it all.
        fields.take("fan_out");
    }
    let (depends_on, depends_on_is_read) = depends_on(&mut fields, report);
    let mut stage = Stage {
        id: id.unwrap_or_else(|| field.spanned(String::new())),
        name: required_text(&mut fields, "name", report),
        description: optional_text(&mut fields, "description", report),
        depends_on,
        depends_on_is_read,
        condition: optional_spanned(&mut fields, "condition", report),
        stage_type: stage_type.unwrap_or_default(),
        roles: None,
        inputs: inputs(&mut fields, stage_type, report),
        outputs_bytes: fields.key_bytes("outputs"),
        outputs: outputs(&mut fields, stage_type, report),
        context: fields
            .take_optional("context")
            .and_then(|field| block::context(&field, "modules", report)),
        error_policy: fields
            .take_optional("error_policy")
            .map(|field| policy::stage(&field, stage_type, report))
            .unwrap_or_default(),
        handoff: handoff(&mut fields, stage_type, report),
        gate: None,
        ui: fields
            .take_optional("ui")
            .and_then(|field| block::ui(&field, block::UiOf::Stage, report)),
        path: field.path.clone(),
    };
    roles(&mut fields, stage_type, &mut stage, report);
    gate(&mut fields, stage_type, &mut stage, report);
    fields.finish(report);
    // A stage without an id cannot be named by anything that is checked later.
    (!stage.id.value.is_empty()).then_some(stage)
}

/// None when there is a type that says nothing; then the blocks of the stage
/// cannot be judged by it.
fn stage_type(fields: &mut Fields<'_>, report: &mut Report<'_>) -> Option<StageType> {
    let Some(field) = fields.take("type") else {
        return Some(StageType::default());
    };
    let stage_type = field.word(&words::STAGE_TYPES, report)?;
    if stage_type == StageType::FanOut {
        report.add(rules::e0211::fan_out_reserved(field.place()));
    }
    Some(stage_type)
}

/// What the stage waits for, and whether that is all that was written. A text
/// in the place of the list is reported and taken as what it names, so that
/// one mistake does not bring others with it.
fn depends_on(fields: &mut Fields<'_>, report: &mut Report<'_>) -> (Vec<Spanned<String>>, bool) {
    let Some(field) = fields.take("depends_on") else {
        return (Vec::new(), true);
    };
    match &field.node.kind {
        Kind::List(items) => {
            let read = field.texts(report);
            let is_read = read.len() == items.len();
            (read, is_read)
        }
        Kind::String(text) => {
            field.wrong_kind("a list", report);
            let ids: Vec<_> = text.split([',', ' ']).filter(|id| !id.is_empty()).collect();
            let is_read = ids.iter().all(|id| is_id(id));
            let read = ids.into_iter().filter(|_| is_read);
            let read = read.map(|id| field.spanned(id.to_owned()));
            (read.collect(), is_read)
        }
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Map(_) => {
            field.wrong_kind("a list", report);
            (Vec::new(), field.node.is_null())
        }
    }
}

fn inputs(
    fields: &mut Fields<'_>,
    stage_type: Option<StageType>,
    report: &mut Report<'_>,
) -> IndexMap<String, Input> {
    let Some(field) = fields.take("inputs") else {
        return IndexMap::new();
    };
    if stage_type == Some(StageType::Gate) {
        without_effect(Block::Inputs, &field, report);
    }
    let entries = field.named(report);
    entries
        .iter()
        .filter_map(|(name, field)| Some(((*name).to_owned(), input(field, report)?)))
        .collect()
}

fn outputs(
    fields: &mut Fields<'_>,
    stage_type: Option<StageType>,
    report: &mut Report<'_>,
) -> IndexMap<String, Output> {
    let Some(field) = fields.take("outputs") else {
        return IndexMap::new();
    };
    if stage_type == Some(StageType::Gate) {
        without_effect(Block::Outputs, &field, report);
    }
    let mut outputs = IndexMap::new();
    for (name, field) in field.named(report) {
        let Some(mut fields) = field.open(report) else {
            continue;
        };
        let value_type = required_type(&mut fields, report);
        let output = Output {
            required: flag(&mut fields, "required", true, report),
            default: default_value(&mut fields, value_type.as_ref(), report),
            description: optional_text(&mut fields, "description", report),
            value_type,
        };
        fields.finish(report);
        outputs.insert(name.to_owned(), output);
    }
    outputs
}

fn roles(
    fields: &mut Fields<'_>,
    stage_type: Option<StageType>,
    stage: &mut Stage,
    report: &mut Report<'_>,
) {
    let field = fields.take_optional("roles");
    match (stage_type, field) {
        (Some(StageType::Agent), None) => {
            let at = Place::new(&stage.path, &stage.id.bytes);
            report.add(rules::e0212::agent_without_roles(at, &stage.id.value));
        }
        (Some(StageType::Gate), Some(field)) => {
            without_effect(Block::Roles, &field, report);
        }
        (Some(StageType::Agent | StageType::FanOut) | None, Some(field)) => {
            stage.roles = block::roles(&field, report);
        }
        (Some(StageType::Gate | StageType::FanOut) | None, None) => {}
    }
}

fn gate(
    fields: &mut Fields<'_>,
    stage_type: Option<StageType>,
    stage: &mut Stage,
    report: &mut Report<'_>,
) {
    let Some(field) = fields.take_optional("gate") else {
        return;
    };
    stage.gate = block::gate(&field, report);
    if stage_type.is_some_and(|stage_type| stage_type != StageType::Gate) {
        without_effect(Block::Gate, &field, report);
    }
}

fn handoff(
    fields: &mut Fields<'_>,
    stage_type: Option<StageType>,
    report: &mut Report<'_>,
) -> Option<Handoff> {
    let field = fields.take_optional("handoff")?;
    if stage_type == Some(StageType::Gate) {
        without_effect(Block::Handoff, &field, report);
    }
    block::handoff(&field, report)
}

fn without_effect(block: Block, field: &Field<'_>, report: &mut Report<'_>) {
    report.add(rules::w0213::block_without_effect(field.key_place(), block));
}
