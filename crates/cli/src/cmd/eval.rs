//! `baton eval EXPR`: the value of an expression, without a run.

use std::ops::Range;
use std::path::Path;
use std::process::ExitCode;

use baton_app::suggest::did_you_mean;
use baton_expr::{EvalError, Expr, JsonScope, Namespace, SyntaxError, Template};
use baton_model::{ErrorCode, Value};

use crate::args::{Eval, Options, Output};
use crate::exit::{self, Failure};
use crate::input::Source;
use crate::render::diagnostic;
use crate::render::document;
use crate::render::style::harmless;

pub(crate) fn eval(options: &Options, args: &Eval) -> anyhow::Result<ExitCode> {
    let scope = match &args.context {
        Some(file) => scope(file)?,
        None => JsonScope::default(),
    };
    let source = Source {
        name: "expression".to_owned(),
        text: args.expression.clone(),
        path: None,
    };
    match value(&source, &scope) {
        Ok(value) => {
            let output = match options.output {
                Output::Table | Output::Json => Output::Json,
                Output::Yaml => Output::Yaml,
            };
            document::print(output, &value)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(mistakes) => {
            for mistake in mistakes {
                document::err(&mistake);
            }
            Ok(ExitCode::from(exit::FAILED))
        }
    }
}

/// The value, or every mistake as it is shown.
fn value(source: &Source, scope: &JsonScope) -> Result<Value, Vec<String>> {
    let shown = |span: &Range<usize>, message: &str, help: Option<&str>| {
        diagnostic::mistake(source, span, message, help)
    };
    let written = Written::parse(&source.text).map_err(|errors| {
        let each = errors.iter();
        each.map(|error| shown(&error.span, &error.message, error.help.as_deref()))
            .collect::<Vec<_>>()
    })?;
    let mistakes: Vec<String> = written
        .expressions()
        .flat_map(Expr::check)
        .map(|found| shown(&found.span, &found.message, found.help.as_deref()))
        .collect();
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    let mut read = written.expressions().flat_map(Expr::references);
    if read.any(|reference| reference.namespace == Namespace::Context) {
        document::err("warning: nothing is in `context` yet: a run reads null here");
    }
    let evaluated = written.evaluate(scope);
    evaluated.map_err(|error| vec![shown(&error.span, &error.message, None)])
}

/// What may be written: an expression as it stands, or a text with marks.
enum Written {
    Bare(Expr),
    Marked(Template),
}

impl Written {
    fn parse(text: &str) -> Result<Self, Vec<SyntaxError>> {
        if !text.contains("${{") {
            return Expr::parse(text)
                .map(Self::Bare)
                .map_err(|error| vec![error]);
        }
        let (template, errors) = Template::parse(text);
        if errors.is_empty() {
            Ok(Self::Marked(template))
        } else {
            Err(errors)
        }
    }

    fn expressions(&self) -> impl Iterator<Item = &Expr> {
        let (bare, marked) = match self {
            Self::Bare(expr) => (Some(expr), None),
            Self::Marked(template) => (None, Some(template.expressions())),
        };
        bare.into_iter().chain(marked.into_iter().flatten())
    }

    fn evaluate(&self, scope: &JsonScope) -> Result<Value, EvalError> {
        match self {
            Self::Bare(expr) => expr.evaluate(scope),
            Self::Marked(template) => template.evaluate(scope),
        }
    }
}

/// What the expression can read.
fn scope(file: &Path) -> anyhow::Result<JsonScope> {
    let source = Source::read(file)?;
    let value = source.value("context", ErrorCode::InvalidParameters)?;
    let known = Namespace::ALL.map(Namespace::as_str);
    let Value::Object(scope) = value else {
        let names = known.join(", ");
        let message = format!("{} must hold a map with some of: {names}", source.name);
        return Err(Failure::of(ErrorCode::InvalidParameters, message));
    };
    for name in scope.keys().filter(|name| !known.contains(&name.as_str())) {
        let help = did_you_mean(name, known);
        document::err(&format!(
            "warning: {}: no expression can read `{}`; {help}",
            source.name,
            harmless(name)
        ));
    }
    Ok(JsonScope(scope))
}
