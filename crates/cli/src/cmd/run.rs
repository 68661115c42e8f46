//! `baton run FILE`: starts a workflow and follows it to its end.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use baton_app::definitions::{ParameterInput, Parameters};
use baton_model::ErrorCode;
use baton_server::v1::dto::{Execution, StartRequest};
use serde_json::Value;

use super::follow::{self, Follow, Gates};
use super::plan;
use crate::args::{Options, Run};
use crate::data::DataDir;
use crate::exit::Failure;
use crate::input::{self, Source};
use crate::render::document;
use crate::session::{Need, Session};

pub(crate) async fn run(options: &Options, args: &Run) -> anyhow::Result<ExitCode> {
    if args.plan_only {
        return plan::plan(options, &args.file, &args.parameters);
    }
    let source = Source::definition(&args.file)?;
    let parameters = input::parameters(&args.parameters)?;
    plan::check(&source, &parameters)?;
    let project = project(args.project.as_deref())?;
    let config = input::config_for(
        options.config.as_deref(),
        project.as_deref(),
        source.path.as_deref(),
    )?;
    input::check_config(config.as_deref())?;
    let data = DataDir::open(options.data_dir.as_deref())?;
    let mut session = Session::open(&data, config.as_deref(), Need::Execute).await?;
    let request = request(source.text, parameters, project, config);
    let started = session
        .post::<Execution>("/workflow-executions", &request)
        .await;
    let execution = match started {
        Ok(execution) => execution,
        Err(error) => {
            session.close().await;
            return Err(error);
        }
    };
    let follow = Follow::new(options, Gates::when(args.yes_gates));
    let followed = follow::one(&follow, &mut session, &execution).await;
    session.close().await;
    let followed = followed?;
    document::print(options.output, &followed.execution)?;
    Ok(ExitCode::from(followed.exit))
}

/// The directory the stages work in, if the run has one.
fn project(asked: Option<&Path>) -> anyhow::Result<Option<PathBuf>> {
    let here = Path::new(".");
    let project = match asked {
        Some(project) => {
            if !project.is_dir() {
                let message = format!("--project {} is not a directory", project.display());
                return Err(Failure::of(ErrorCode::NotFound, message));
            }
            Some(project)
        }
        None => Some(here).filter(|here| here.join("baton.toml").is_file()),
    };
    project
        .map(|project| {
            project
                .canonicalize()
                .context("cannot find the project directory")
        })
        .transpose()
}

fn request(
    definition: String,
    parameters: Parameters,
    project: Option<PathBuf>,
    config: Option<PathBuf>,
) -> StartRequest {
    let text = |path: PathBuf| path.to_string_lossy().into_owned();
    let mut request = StartRequest {
        definition,
        parameters: Default::default(),
        parameter_texts: Default::default(),
        directory: project.map(text),
        config: config.map(text),
        trigger: Some("manual".to_owned()),
    };
    for (name, value) in parameters {
        match value {
            ParameterInput::Value(value) => request.parameters.insert(name, value),
            ParameterInput::Text(text) => request.parameter_texts.insert(name, Value::String(text)),
        };
    }
    request
}
