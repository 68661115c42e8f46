//! `baton run FILE`: starts a workflow and follows it to its end.

use std::path::PathBuf;
use std::process::ExitCode;

use baton_app::definitions::ParameterInput;
use baton_server::v1::dto::{Execution, StartRequest};
use serde_json::Value;

use super::follow::{self, Gates};
use super::plan::{self, Given};
use crate::args::{self, Options, Run};
use crate::data::DataDir;
use crate::input;
use crate::project::{self, Surroundings};
use crate::session::{Need, Session};

pub(crate) async fn run(options: &Options, args: &Run) -> anyhow::Result<ExitCode> {
    if args.plan_only {
        return plan::plan(options, &planned(args));
    }
    let given = Given::read(&args.file, &args.parameters, &args.overrides)?;
    let project = project::directory(args.project.as_deref())?;
    let path = given.source.path.as_deref();
    let around = Surroundings::look(options, project.as_deref(), [path])?.whole()?;
    given.compile(&around)?;
    let config = input::config_for(options.config.as_deref(), project.as_deref(), path)?;
    input::check_config(config.as_deref())?;
    let data = DataDir::open(options.data_dir.as_deref())?;
    let mut session = Session::open(&data, config.as_deref(), Need::Execute).await?;
    let request = request(given, project, config);
    let started = session
        .post::<Execution>("/workflow-executions", &request)
        .await;
    let gates = Gates::when(args.yes_gates);
    follow::to_the_end(options, gates, session, started).await
}

/// What `--dry-run` shows.
fn planned(args: &Run) -> args::Plan {
    args::Plan {
        file: args.file.clone(),
        parameters: args.parameters.clone(),
        project: args::Project {
            project: args.project.clone(),
        },
        overrides: args.overrides.clone(),
        graph: None,
        definition: false,
    }
}

fn request(given: Given, project: Option<PathBuf>, config: Option<PathBuf>) -> StartRequest {
    let text = |path: PathBuf| path.to_string_lossy().into_owned();
    let mut request = StartRequest {
        definition: Some(given.source.text),
        workflow_id: None,
        parameters: Default::default(),
        parameter_texts: Default::default(),
        directory: project.map(text),
        config: config.map(text),
        overrides: given.of_run.map(|of_run| of_run.block),
        trigger: Some("manual".to_owned()),
    };
    for (name, value) in given.parameters {
        match value {
            ParameterInput::Value(value) => request.parameters.insert(name, value),
            ParameterInput::Text(text) => request.parameter_texts.insert(name, Value::String(text)),
        };
    }
    request
}
