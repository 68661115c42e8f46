//! `hooks`: what is done beside a run when it starts or ends.

use std::ops::Range;

use baton_model::plan::{HookAction, HookPoint};

use super::optional_spanned;
use crate::command;
use crate::definition::{HOOK_POINTS, Hook, Spanned};
use crate::fields::{Field, Fields};
use crate::node::Kind;
use crate::report::{Place, Report};
use crate::rules;

pub(super) fn hooks(field: &Field<'_>, report: &mut Report<'_>) -> Vec<Hook> {
    let Some(mut fields) = field.open(report) else {
        return Vec::new();
    };
    let mut hooks = Vec::new();
    for point in HOOK_POINTS {
        if let Some(field) = fields.take_optional(point.as_str()) {
            hooks.push(hook(point, &field, report));
        }
    }
    fields.finish(report);
    hooks
}

/// One map of actions, or a list of such maps.
fn hook(point: HookPoint, field: &Field<'_>, report: &mut Report<'_>) -> Hook {
    let mut hook = Hook {
        point,
        actions: Vec::new(),
        texts: Vec::new(),
    };
    if let Kind::List(items) = &field.node.kind {
        if items.is_empty() {
            report.add(rules::w0221::nothing_to_do(field.key_place()));
        }
        for item in field.items(report) {
            actions(&item, &mut hook, report);
        }
    } else {
        actions(field, &mut hook, report);
    }
    hook
}

fn actions(field: &Field<'_>, hook: &mut Hook, report: &mut Report<'_>) {
    let Some(mut fields) = field.open(report) else {
        return;
    };
    let n_findings = report.n_findings();
    let to_run = fields.take_optional("run");
    let to_notify = fields.take_optional("notify");
    let is_idle = to_run.is_none() && to_notify.is_none();
    if let Some(field) = to_run {
        hook.actions.extend(run(&field, &mut hook.texts, report));
    }
    if let Some(field) = to_notify {
        hook.actions.extend(notify(&field, &mut hook.texts, report));
    }
    fields.finish(report);
    // A misspelled key says it already.
    if is_idle && report.n_findings() == n_findings {
        report.add(rules::w0221::nothing_to_do(field.key_place()));
    }
}

/// The texts of a hook with their paths.
type Texts = Vec<(String, Spanned<String>)>;

fn keep(field: &Field<'_>, text: &Spanned<String>, texts: &mut Texts) {
    texts.push((field.path.clone(), text.clone()));
}

/// A program with its arguments, as one text or as a list of words.
fn run(field: &Field<'_>, texts: &mut Texts, report: &mut Report<'_>) -> Option<HookAction> {
    let argv = if matches!(field.node.kind, Kind::List(_)) {
        words(field, texts, report)?
    } else {
        split(field, texts, report)?
    };
    if argv.first().is_none_or(|program| program.trim().is_empty()) {
        report.add(rules::e0217::no_program(field.place()));
        return None;
    }
    Some(HookAction::Run { argv })
}

/// None when one of the words could not be read.
fn words(field: &Field<'_>, texts: &mut Texts, report: &mut Report<'_>) -> Option<Vec<String>> {
    let items = field.items(report);
    let read = items.map(|item| {
        let text = item.spanned_text(report)?;
        keep(&item, &text, texts);
        Some(text.value)
    });
    let words: Vec<_> = read.collect();
    words.into_iter().collect()
}

fn split(field: &Field<'_>, texts: &mut Texts, report: &mut Report<'_>) -> Option<Vec<String>> {
    let text = field.spanned_text(report)?;
    keep(field, &text, texts);
    let places = report.texts.scalar(&text.bytes, &text.value);
    let command = match command::split(&text.value) {
        Ok(command) => command,
        Err(command::UnclosedQuote(quote)) => {
            let at = Place::new(&field.path, &places.part(&quote));
            report.add(rules::e0217::unclosed_quote(at));
            return None;
        }
    };
    let is_slip = |sign: &&Range<usize>| {
        let mut slips = baton_expr::slips(&text.value).into_iter();
        slips.any(|slip| slip.span.start == sign.start && !slip.expr.references().is_empty())
    };
    // A slip of the pen in an expression is reported where expressions are.
    if let Some(sign) = command.shell_sign.as_ref().filter(|sign| !is_slip(sign)) {
        let shown = text.value.get(sign.clone()).unwrap_or_default();
        let at = Place::new(&field.path, &places.part(sign));
        report.add(rules::w0219::meant_for_a_shell(at, shown));
    }
    Some(command.words)
}

/// A target, or a map of target and message.
fn notify(field: &Field<'_>, texts: &mut Texts, report: &mut Report<'_>) -> Option<HookAction> {
    if matches!(field.node.kind, Kind::String(_)) {
        let target = target(field, texts, report)?;
        return Some(HookAction::Notify {
            target,
            message: None,
        });
    }
    let mut fields = field.open(report)?;
    let target = one_target(field, &mut fields, texts, report);
    let message = optional_spanned(&mut fields, "message", report);
    if let Some(message) = &message {
        texts.push((format!("{}.message", field.path), message.clone()));
    }
    fields.finish(report);
    Some(HookAction::Notify {
        target: target?,
        message: message.map(|message| message.value),
    })
}

/// `channel` and `target` are two words for the same.
fn one_target(
    notify: &Field<'_>,
    fields: &mut Fields<'_>,
    texts: &mut Texts,
    report: &mut Report<'_>,
) -> Option<String> {
    let found = [
        fields.take_optional("target"),
        fields.take_optional("channel"),
    ];
    let finding = match found {
        [Some(field), None] | [None, Some(field)] => return target(&field, texts, report),
        [None, None] => rules::e0218::no_target(notify.place()),
        [Some(_), Some(_)] => rules::e0218::two_targets(notify.place()),
    };
    report.add(finding);
    None
}

fn target(field: &Field<'_>, texts: &mut Texts, report: &mut Report<'_>) -> Option<String> {
    let text = field.spanned_text(report)?;
    if text.value.trim().is_empty() {
        report.add(rules::e0218::empty_target(field.place()));
        return None;
    }
    keep(field, &text, texts);
    Some(text.value)
}
