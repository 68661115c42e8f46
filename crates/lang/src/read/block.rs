//! The smaller blocks: context, handoff, gate, ui, roles.

use baton_model::plan::GateTimeout;

use super::{fixed_duration, flag, optional_spanned, optional_text, words};
use crate::definition::{ContextBlock, Gate, Handoff, MemoryBlock, Roles, Ui};
use crate::fields::{Field, Fields};
use crate::node::Kind;
use crate::report::Report;
use crate::rules;

const AGENT_KINDS: [&str; 4] = ["agent", "skill", "mcp", "command"];
const CONTEXT_KINDS: [&str; 1] = ["ctx"];

pub(super) fn context(
    field: &Field<'_>,
    modules_key: &'static str,
    report: &mut Report<'_>,
) -> Option<ContextBlock> {
    let mut fields = field.open(report)?;
    let modules = fields
        .take(modules_key)
        .map(|field| references(&field, &CONTEXT_KINDS, report))
        .unwrap_or_default();
    let memory = fields
        .take_optional("memory")
        .and_then(|field| memory(&field, report));
    fields.finish(report);
    Some(ContextBlock {
        modules,
        memory,
        bytes: field.key_bytes.clone(),
    })
}

fn memory(field: &Field<'_>, report: &mut Report<'_>) -> Option<MemoryBlock> {
    let mut fields = field.open(report)?;
    let block = MemoryBlock {
        project_scope: optional_text(&mut fields, "project_scope", report)
            .unwrap_or_else(|| "current".to_owned()),
        confidence_min: fields
            .take("min_confidence")
            .and_then(|field| confidence(&field, report))
            .unwrap_or(0.7),
        categories: fields
            .take("categories")
            .map(|field| field.plain_texts(report))
            .unwrap_or_default(),
        tokens_max: fields
            .take("max_tokens")
            .and_then(|field| field.count(1, report))
            .unwrap_or(2_000),
    };
    fields.finish(report);
    Some(block)
}

fn confidence(field: &Field<'_>, report: &mut Report<'_>) -> Option<f64> {
    let number = field.number(report)?;
    if (0.0..=1.0).contains(&number) {
        return Some(number);
    }
    report.add(rules::e0210::confidence(field.place(), number));
    None
}

pub(super) fn handoff(field: &Field<'_>, report: &mut Report<'_>) -> Option<Handoff> {
    let mut fields = field.open(report)?;
    let format = fields.take("format");
    let handoff = Handoff {
        format_bytes: format.as_ref().map(|format| format.node.bytes.clone()),
        format: format
            .and_then(|field| field.word(&words::FORMATS, report))
            .unwrap_or_default(),
        include_run_log: flag(&mut fields, "include_run_log", false, report),
        summary_prompt: optional_spanned(&mut fields, "summary_prompt", report),
    };
    fields.finish(report);
    Some(handoff)
}

/// What a gate is when its stage does not say.
pub(crate) fn default_gate() -> Gate {
    Gate {
        approvers: Vec::new(),
        timeout: fixed_duration("24h"),
        on_timeout: GateTimeout::default(),
        message: None,
    }
}

pub(super) fn gate(field: &Field<'_>, report: &mut Report<'_>) -> Option<Gate> {
    let mut fields = field.open(report)?;
    if let Some(kind) = fields.take("kind") {
        kind.word(&words::GATE_KINDS, report);
    }
    let mut gate = default_gate();
    if let Some(approvers) = fields.take("approvers") {
        gate.approvers = approvers.plain_texts(report);
    }
    if let Some(timeout) = fields
        .take("timeout")
        .and_then(|field| field.duration(report))
    {
        gate.timeout = timeout;
    }
    if let Some(on_timeout) = fields
        .take("on_timeout")
        .and_then(|field| field.word(&words::ON_TIMEOUT, report))
    {
        gate.on_timeout = on_timeout;
    }
    gate.message = optional_spanned(&mut fields, "message", report);
    fields.finish(report);
    Some(gate)
}

pub(super) fn roles(field: &Field<'_>, report: &mut Report<'_>) -> Option<Roles> {
    let mut fields = field.open(report)?;
    let primary = fields.require("primary", report);
    let tools = fields
        .take("tools")
        .map(|field| references(&field, &AGENT_KINDS, report))
        .unwrap_or_default();
    fields.finish(report);
    let mut primary = primary?.open(report)?;
    let roles = Roles {
        artifact: primary_artifact(&mut primary, report),
        model: optional_text(&mut primary, "model", report),
        instructions: optional_spanned(&mut primary, "instructions", report),
        tools,
    };
    primary.finish(report);
    Some(roles)
}

fn primary_artifact(fields: &mut Fields<'_>, report: &mut Report<'_>) -> String {
    let reference = fields
        .require("artifact", report)
        .and_then(|field| reference(&field, &AGENT_KINDS, report));
    reference.unwrap_or_default()
}

fn references(field: &Field<'_>, kinds: &[&str], report: &mut Report<'_>) -> Vec<String> {
    let items = field.items(report);
    items
        .filter_map(|item| reference(&item, kinds, report))
        .collect()
}

/// A reference `<kind>:<name>`. Whether it leads anywhere is not known here.
fn reference(field: &Field<'_>, kinds: &[&str], report: &mut Report<'_>) -> Option<String> {
    let text = field.text_of("a reference", report)?;
    let is_well_formed = text.split_once(':').is_some_and(|(kind, name)| {
        kinds.contains(&kind)
            && !name.is_empty()
            && !name.contains(|c: char| c.is_whitespace() || c.is_control())
    });
    if !is_well_formed {
        report.add(rules::e0501::bad_reference(field.place(), &text, kinds));
        return Some(text);
    }
    report.note_reference(&text, &field.path, &field.node.bytes);
    Some(text)
}

/// Whose `ui` block is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum UiOf {
    Workflow,
    Stage,
}

pub(super) fn ui(field: &Field<'_>, owner: UiOf, report: &mut Report<'_>) -> Option<Ui> {
    let mut fields = field.open(report)?;
    let position = (owner == UiOf::Stage)
        .then(|| fields.take_optional("position"))
        .flatten()
        .and_then(|field| position(&field, report));
    let ui = Ui {
        position,
        color: optional_text(&mut fields, "color", report),
        icon: optional_text(&mut fields, "icon", report),
    };
    fields.finish(report);
    Some(ui)
}

fn position(field: &Field<'_>, report: &mut Report<'_>) -> Option<[i64; 2]> {
    let items: Vec<_> = field.items(report).collect();
    if let [x, y] = items.as_slice() {
        let (x, y) = (x.whole(report), y.whole(report));
        return Some([x?, y?]);
    }
    if matches!(field.node.kind, Kind::List(_)) {
        report.add(rules::e0210::position(field.place()));
    }
    None
}
