//! `baton plan WORKFLOW`: what a workflow would do.

use std::process::ExitCode;

use anyhow::Context;
use baton_app::AppError;
use baton_app::definitions::{self, Compiled, Parameters};
use baton_app::overrides::Layer;
use baton_model::Value;
use baton_model::plan::Overridden;
use baton_server::v1::dto::workflows::{TextRequest, Workflow};

use super::subject::{self, Meant, Subject, meant};
use super::{open, run};
use crate::args::{self, Options, Output};
use crate::exit::Failure;
use crate::input::{self, Source};
use crate::project::{self, OfRun, Surroundings};
use crate::render::diagnostic::{self, Texts};
use crate::render::{document, plan as of_server};
use crate::session::{Need, Session};

pub(crate) async fn plan(options: &Options, args: &args::Plan) -> anyhow::Result<ExitCode> {
    if args.graph.is_some() && options.output != Output::Table {
        return Err(Failure::usage(
            "--graph has a form of its own; leave out --output",
        ));
    }
    let project = args.project.project.as_deref();
    let given = (&args.parameters, &args.overrides);
    let subject = match meant(&args.workflow) {
        Meant::File(file) => Subject::of_file(options, file, project, given)?,
        Meant::Stored(name) => {
            input::parameters(&args.parameters)?;
            let mut session = open(options, Need::Read).await?;
            let found = subject::stored(&mut session, name).await;
            session.close().await;
            Subject::of_stored(options, found?, project, given)?
        }
    };
    if let Some(server) = &options.server {
        let judged = judged(&mut Session::to(server), &subject).await?;
        if !subject.place.is_known {
            return show_of_server(options, args, &judged);
        }
    }
    let checked = subject.given.check(&subject.place.around)?;
    if args.definition {
        let output = match options.output {
            Output::Table | Output::Yaml => Output::Yaml,
            Output::Json => Output::Json,
        };
        let definition = checked.definition().with_defaults();
        document::print(output, &definition.to_document())?;
    } else if let Some(graph) = args.graph {
        document::out(checked.report().to_graph(graph.into()).trim_end())?;
    } else {
        show(options, &checked)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The plan in the words of a server, which knows its agents and projects.
async fn judged(session: &mut Session, subject: &Subject) -> anyhow::Result<Value> {
    let given = &subject.given;
    let (parameters, parameter_texts) = run::apart(given.parameters.clone());
    let request = TextRequest {
        yaml_content: given.source.text.clone(),
        parameters: Some(parameters),
        parameter_texts: Some(parameter_texts),
        overrides: given.of_run.as_ref().map(|of_run| of_run.block.clone()),
        directory: subject.place.directory_text(),
        config: None,
    };
    session.post("/workflows/plan", &request).await
}

/// What is laid over workflows on a server is known there alone, and so is how
/// the plan looks then.
fn show_of_server(options: &Options, args: &args::Plan, plan: &Value) -> anyhow::Result<ExitCode> {
    if args.definition {
        let message = "what a project of the server makes of a workflow is known there alone: \
                       leave out --definition";
        return Err(Failure::usage(message));
    }
    let report = of_server::read(plan).context("cannot read the plan of the server")?;
    if let Some(graph) = args.graph {
        document::out(report.to_graph(graph.into()).trim_end())?;
    } else {
        let overridden = plan.get("overridden").cloned().unwrap_or_default();
        let overridden: Vec<Overridden> = serde_json::from_value(overridden).unwrap_or_default();
        document::answer(options.output, plan, || {
            format!("{}{}", report.to_text(), overridden_text(&overridden))
        })?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The plan, and what does not come from the text of the workflow.
fn show(options: &Options, compiled: &Compiled) -> anyhow::Result<()> {
    let report = compiled.report();
    let overridden = &compiled.plan.workflow.overridden;
    if options.output == Output::Table {
        return document::out(&format!(
            "{}{}",
            report.to_text(),
            overridden_text(overridden)
        ));
    }
    document::print(options.output, &compiled.document())
}

fn overridden_text(overridden: &[Overridden]) -> String {
    if overridden.is_empty() {
        return String::new();
    }
    let mut text = "\n\nOverridden:".to_owned();
    for set in overridden {
        text.push_str(&format!("\n  {} by {}", set.path, set.by));
    }
    text
}

/// A workflow with all that was given with it.
pub(crate) struct Given {
    pub(crate) source: Source,
    /// The stored workflow the text is of.
    pub(crate) stored: Option<Workflow>,
    pub(crate) parameters: Parameters,
    pub(crate) of_run: Option<OfRun>,
}

impl Given {
    pub(crate) fn read(
        source: Source,
        parameters: &args::Parameters,
        overrides: &args::RunOverrides,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            source,
            stored: None,
            parameters: input::parameters(parameters)?,
            of_run: project::of_run(overrides)?,
        })
    }

    /// Plans the workflow; mistakes are shown with the lines they are in, and
    /// what is going to fail here although nothing is wrong with the workflow.
    pub(crate) fn compile(&self, around: &Surroundings) -> anyhow::Result<Compiled> {
        let layers = self.layers(around);
        let compiled = definitions::compile(&self.source.text, &layers, &self.parameters);
        let mut compiled = compiled.map_err(|error| self.refusal(&layers, &error))?;
        if let Some(stored) = &self.stored {
            compiled.plan.workflow.name.clone_from(&stored.name);
        }
        let path = self.source.path.as_deref();
        for missing in around.missing_programs(path, &compiled.plan) {
            document::err(&format!("warning: {missing}"));
        }
        Ok(compiled)
    }

    /// As [`compile`](Self::compile), and makes sure that its agents are there.
    fn check(&self, around: &Surroundings) -> anyhow::Result<Compiled> {
        let mut compiled = self.compile(around)?;
        if let Some(artifacts) = around.artifacts(self.source.path.as_deref()) {
            let found = compiled.find_artifacts(&artifacts);
            found.map_err(|error| self.refusal(&self.layers(around), &error))?;
        }
        Ok(compiled)
    }

    fn layers(&self, around: &Surroundings) -> Vec<Layer> {
        let of_run = self.of_run.iter().map(|of_run| of_run.layer.clone());
        around.layers.iter().cloned().chain(of_run).collect()
    }

    /// Shows every mistake, and says how many there are.
    fn refusal(&self, layers: &[Layer], error: &AppError) -> anyhow::Error {
        let layers: Vec<Source> = layers.iter().map(Source::of_layer).collect();
        let others: Vec<&Source> = layers.iter().collect();
        let texts = Texts {
            own: &self.source,
            others: &others,
        };
        for found in &error.diagnostics {
            document::err(&diagnostic::render(texts, found));
        }
        let message = match error.diagnostics.len() {
            0 => format!("{}: {}", self.source.name, error.message),
            1 => format!("{}: 1 mistake", self.source.name),
            n_mistakes => format!("{}: {n_mistakes} mistakes", self.source.name),
        };
        Failure::of(error.code, message)
    }
}
