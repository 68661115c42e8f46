//! Every text that may hold `${{ }}`: does it parse, and does each name in it
//! lead to something that can be read at that place?

use std::cell::OnceCell;
use std::ops::Range;

use baton_expr::{Expr, MistakeKind, SyntaxError, Template};
use baton_model::plan::HookPoint;

use super::graph::Graph;
use super::input_type;
use super::reference;
use super::types::{self, Misfit};
use crate::codes;
use crate::definition::{Definition, Spanned, Stage};
use crate::place::ScalarPlaces;
use crate::report::{Finding, Report};

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
    /// Found out when it is first asked for; most stages read from those
    /// they depend on or from none.
    ancestors: OnceCell<Vec<bool>>,
}

impl StageReader<'_> {
    /// Whether the stage starts only after `other` has settled.
    pub(super) fn waits_for(&self, other: usize, graph: &Graph<'_>) -> bool {
        let ancestors = self.ancestors.get_or_init(|| graph.ancestors(self.index));
        ancestors.get(other) == Some(&true)
    }
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
    pub(super) fn place(&self, part: &Range<usize>, report: &Report<'_>) -> Range<usize> {
        self.places
            .get_or_init(|| report.texts.scalar(&self.text.bytes, &self.text.value))
            .part(part)
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
        checker.stage(index, stage, report);
    }
}

struct Checker<'d> {
    definition: &'d Definition,
    graph: &'d Graph<'d>,
}

impl Checker<'_> {
    fn stage(&self, index: usize, stage: &Stage, report: &mut Report<'_>) {
        let reader = StageReader {
            stage,
            index,
            ancestors: OnceCell::new(),
        };
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
            if let Some(template) = self.template(&site, report) {
                path_as_text(&site, &template, report);
                let whole = (self.definition, self.graph);
                input_type::check(&site, input, &template, whole, report);
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
            self.expression(site, expr, report);
        }
        let parses = errors.is_empty();
        for error in errors {
            syntax_error(site, error, report);
        }
        parses.then_some(template)
    }

    fn expression(&self, site: &Site<'_>, expr: &Expr, report: &mut Report<'_>) {
        for mistake in expr.check() {
            let code = match mistake.kind {
                MistakeKind::UnknownNamespace => &codes::UNKNOWN_NAMESPACE,
                MistakeKind::UnknownFunction => &codes::UNKNOWN_FUNCTION,
                MistakeKind::Arity => &codes::WRONG_ARITY,
            };
            let place = site.place(&mistake.span, report);
            report.add(Finding::new(code, &site.path, &place, mistake.message).help(mistake.help));
        }
        for found in expr.references() {
            if let Some(finding) =
                reference::check(site, &found, self.definition, self.graph, report)
            {
                report.add(finding);
            }
        }
        let (_, misfits) = types::infer(expr, self.definition, self.graph);
        for Misfit {
            code,
            message,
            help,
            span,
        } in misfits
        {
            let place = site.place(&span, report);
            report.add(Finding::new(code, &site.path, &place, message).help(help));
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
        let message = format!("`{text}` is taken as a text, not as an expression");
        let finding = Finding::new(&codes::PATH_AS_TEXT, &site.path, &site.text.bytes, message);
        report.add(finding.help(format!("write \"${{{{ {text} }}}}\"")));
    }
}

fn constant_condition(site: &Site<'_>, expr: &Expr, report: &mut Report<'_>) {
    let message = match types::truth(expr.root()) {
        Some(true) => "this condition is always true",
        Some(false) => "this condition is always false",
        None if expr.is_constant() => "this condition does not depend on anything",
        None => return,
    };
    let place = &site.text.bytes;
    report.add(
        Finding::new(&codes::CONSTANT_CONDITION, &site.path, place, message)
            .help("remove it, or compare with a parameter or an output".to_owned()),
    );
}

fn syntax_error(site: &Site<'_>, error: SyntaxError, report: &mut Report<'_>) {
    let place = site.place(&error.span, report);
    report.add(
        Finding::new(&codes::EXPRESSION_SYNTAX, &site.path, &place, error.message).help(error.help),
    );
}
