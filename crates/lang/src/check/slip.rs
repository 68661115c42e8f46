//! `{{ parameters.x }}`: marks with a sign too few around something that the
//! workflow has. Everything else in such marks belongs to another language.

use baton_expr::{Expr, Namespace, Reference, Slip, Template};

use super::expression::{Reader, Site};
use super::types::Whole;
use crate::report::Report;
use crate::rules;

pub(super) fn check(site: &Site<'_>, whole: Whole<'_>, report: &mut Report<'_>) {
    let text = &site.text.value;
    for slip in baton_expr::slips(text) {
        let shown = text.get(slip.span.clone()).unwrap_or_default();
        let inner = text.get(slip.inner.clone()).unwrap_or_default().trim();
        let meant = if reads_what_is_there(&slip, site, whole) {
            Some(format!("${{{{ {inner} }}}}"))
        } else {
            source_of_input(inner, site)
        };
        if let Some(meant) = meant {
            let at = site.place(&slip.span, report);
            report.add(rules::w0316::taken_as_text(at, shown, &meant));
        }
    }
}

fn reads_what_is_there(slip: &Slip, site: &Site<'_>, whole: Whole<'_>) -> bool {
    let references = slip.expr.references();
    // No other language has a say in what a hook is told.
    let is_ours = |reference: &Reference| {
        matches!(site.reader, Reader::Hook(_)) || is_there(reference, whole)
    };
    !references.is_empty() && slip.expr.check().is_empty() && references.iter().all(is_ours)
}

/// What the workflow itself names. Others have a `workflow` and a `context`,
/// too.
fn is_there(reference: &Reference, (definition, graph): Whole<'_>) -> bool {
    let Some(name) = reference.path.first() else {
        return false;
    };
    match reference.namespace {
        Namespace::Parameters => definition.config.parameters.contains_key(name),
        Namespace::Stages => graph.find(name).is_some(),
        Namespace::Env => definition.config.env.contains_key(name),
        Namespace::Context | Namespace::Run | Namespace::Workflow => false,
    }
}

/// Inputs cannot be read, but what they are made from can.
fn source_of_input(inner: &str, site: &Site<'_>) -> Option<String> {
    let Reader::Stage(reader) = site.reader else {
        return None;
    };
    let input = reader.stage.inputs.get(inner.strip_prefix("inputs.")?)?;
    let source = &input.source.as_ref()?.value;
    let (template, _errors) = Template::parse(source);
    template
        .as_whole()
        .map(Expr::to_string)
        .map(|expr| format!("${{{{ {expr} }}}}"))
}
