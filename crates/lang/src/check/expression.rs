//! Every text that may hold `${{ }}`: does it parse, and does each name in it
//! lead to something that can be read at that place?

use std::cell::OnceCell;
use std::ops::Range;

use baton_expr::{Expr, MistakeKind, SyntaxError, Template};
use baton_model::plan::HookPoint;

use super::graph::Graph;
use super::input_type;
use super::reference;
use super::slip;
use super::types;
use crate::definition::{Definition, Spanned, Stage};
use crate::place::ScalarPlaces;
use crate::report::{Place, Report};
use crate::rules;

/// Whose text it is; decides what can be read.
#[derive(Clone, Copy)]
pub(super) enum Reader<'d> {
    /// `config.env`, resolved before any stage starts.
    Env,
    /// A hook; all but the first kind run when all is known.
    Hook(HookPoint),
    /// A stage.
    Stage(&'d StageReader<'d>),
}

/// A stage that reads from others.
pub(super) struct StageReader<'d> {
    pub(super) stage: &'d Stage,
    /// Its position in the definition.
    pub(super) index: usize,
}

/// A text of the definition that may hold expressions.
pub(super) struct Site<'d> {
    pub(super) path: String,
    pub(super) text: &'d Spanned<String>,
    pub(super) reader: Reader<'d>,
    places: OnceCell<ScalarPlaces>,
}

impl<'d> Site<'d> {
    fn new(path: impl Into<String>, text: &'d Spanned<String>, reader: Reader<'d>) -> Self {
        Self {
            path: path.into(),
            text,
            reader,
            places: OnceCell::new(),
        }
    }

    /// The place in the document of a part of the text.
    pub(super) fn place(&self, part: &Range<usize>, report: &Report<'_>) -> Place {
        let places = self
            .places
            .get_or_init(|| report.texts.scalar(&self.text.bytes, &self.text.value));
        Place::new(&self.path, &places.part(part))
    }

    /// The whole text.
    fn whole(&self) -> Place {
        Place::new(&self.path, &self.text.bytes)
    }
}

pub(super) fn check(definition: &Definition, graph: &Graph<'_>, report: &mut Report<'_>) {
    let checker = Checker { definition, graph };
    for (name, text) in &definition.config.env {
        let site = Site::new(format!("config.env.{name}"), text, Reader::Env);
        checker.template(&site, report);
    }
    for hook in &definition.hooks {
        for (path, text) in &hook.texts {
            let site = Site::new(path, text, Reader::Hook(hook.point));
            checker.template(&site, report);
        }
    }
    for (index, stage) in definition.stages.iter().enumerate() {
        if report.is_full() {
            return;
        }
        checker.stage(index, stage, report);
    }
}

struct Checker<'d> {
    definition: &'d Definition,
    graph: &'d Graph<'d>,
}

impl Checker<'_> {
    fn stage(&self, index: usize, stage: &Stage, report: &mut Report<'_>) {
        let reader = StageReader { stage, index };
        let site = |path: &str, text| {
            let path = format!("{}.{path}", stage.path);
            Site::new(path, text, Reader::Stage(&reader))
        };
        if let Some(condition) = &stage.condition {
            self.condition(&site("condition", condition), report);
        }
        for (name, input) in &stage.inputs {
            let Some(source) = &input.source else {
                continue;
            };
            let site = site(&format!("inputs.{name}.source"), source);
            let n_findings = report.n_findings();
            if let Some(template) = self.template(&site, report) {
                path_as_text(&site, &template, report);
                // What was not meant as a text has no wrong type.
                if report.n_findings() == n_findings || !template.is_literal() {
                    let whole = (self.definition, self.graph);
                    input_type::check(&site, input, &template, whole, report);
                }
            }
        }
        let instructions = stage
            .roles
            .as_ref()
            .and_then(|roles| roles.instructions.as_ref());
        let prompt = stage
            .handoff
            .as_ref()
            .and_then(|handoff| handoff.summary_prompt.as_ref());
        let message = stage.gate.as_ref().and_then(|gate| gate.message.as_ref());
        for (path, text) in [
            ("roles.primary.instructions", instructions),
            ("gate.message", message),
            ("handoff.summary_prompt", prompt),
        ] {
            if let Some(text) = text {
                self.template(&site(path, text), report);
            }
        }
    }

    fn condition(&self, site: &Site<'_>, report: &mut Report<'_>) {
        match Expr::parse_condition(&site.text.value) {
            Ok(expr) => {
                self.expression(site, &expr, report);
                if expr.check().is_empty() {
                    constant_condition(site, &expr, report);
                }
            }
            Err(error) => syntax_error(site, error, report),
        }
    }

    /// Checks a text with placeholders; returns it when all of them parse.
    fn template(&self, site: &Site<'_>, report: &mut Report<'_>) -> Option<Template> {
        let (template, errors) = Template::parse(&site.text.value);
        for expr in template.expressions() {
            if report.is_full() {
                return None;
            }
            self.expression(site, expr, report);
        }
        slip::check(site, (self.definition, self.graph), report);
        let parses = errors.is_empty();
        for error in errors {
            syntax_error(site, error, report);
        }
        parses.then_some(template)
    }

    fn expression(&self, site: &Site<'_>, expr: &Expr, report: &mut Report<'_>) {
        if matches!(site.reader, Reader::Env) && expr.as_secret().is_some() {
            return;
        }
        for mistake in expr.check() {
            let at = site.place(&mistake.span, report);
            report.add(match mistake.kind {
                MistakeKind::UnknownNamespace => rules::e0302::unknown_namespace(at, mistake),
                MistakeKind::UnknownFunction => rules::e0303::unknown_function(at, mistake),
                MistakeKind::Arity => rules::e0304::wrong_arity(at, mistake),
            });
        }
        for found in expr.references() {
            let whole = (self.definition, self.graph);
            if let Some(finding) = reference::check(site, &found, whole, report) {
                report.add(finding);
            }
        }
        let place = |span: &Range<usize>| site.place(span, report);
        let misfits = types::misfits(expr, (self.definition, self.graph), &place);
        for misfit in misfits {
            report.add(misfit);
        }
    }
}

/// A source such as `parameters.x` is a text like any other.
fn path_as_text(site: &Site<'_>, template: &Template, report: &mut Report<'_>) {
    let text = site.text.value.trim();
    let is_path = template.is_literal()
        && Expr::parse(text).is_ok_and(|expr| {
            expr.as_reference()
                .is_some_and(|reference| !reference.path.is_empty())
        });
    if is_path {
        report.add(rules::w0315::path_as_text(site.whole(), text));
    }
}

fn constant_condition(site: &Site<'_>, expr: &Expr, report: &mut Report<'_>) {
    let truth = types::truth(expr.root());
    if truth.is_some() || expr.is_constant() {
        report.add(rules::w0310::constant_condition(site.whole(), truth));
    }
}

fn syntax_error(site: &Site<'_>, error: SyntaxError, report: &mut Report<'_>) {
    let at = site.place(&error.span, report);
    report.add(rules::e0301::expression_syntax(at, error));
}
