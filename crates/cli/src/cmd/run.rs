//! `baton run WORKFLOW`: starts a workflow and follows it to its end.

use std::process::ExitCode;

use baton_app::definitions::ParameterInput;
use baton_model::{ErrorCode, Object, Value};
use baton_server::v1::dto::{Execution, StartRequest};

use super::follow::{self, Gates};
use super::subject::{self, Meant, Subject, meant};
use super::{open_with, plan};
use crate::args::{self, Options, Run};
use crate::exit::Failure;
use crate::input;
use crate::render::document;
use crate::session::{Need, Session};

pub(crate) async fn run(options: &Options, args: &Run) -> anyhow::Result<ExitCode> {
    if args.plan_only {
        return plan::plan(options, &planned(args)).await;
    }
    let (mut session, subject) = match meant(&args.workflow) {
        Meant::File(file) => {
            let given = (&args.parameters, &args.overrides);
            let subject = Subject::of_file(options, file, args.project.as_deref(), given)?;
            check(&subject)?;
            let config = subject.place.config.as_deref();
            (open_with(options, config, Need::Execute).await?, subject)
        }
        Meant::Stored(name) => stored(options, args, name).await?,
    };
    let request = request(subject);
    if args.detach {
        return detach(options, session, &request).await;
    }
    let started = session
        .post::<Execution>("/workflow-executions", &request)
        .await;
    let gates = Gates::when(args.yes_gates);
    follow::to_the_end(options, gates, session, started).await
}

/// Finds mistakes before anything is asked for, where they can be shown best.
fn check(subject: &Subject) -> anyhow::Result<()> {
    if subject.place.is_known {
        subject.given.compile(&subject.place.around)?;
    }
    Ok(())
}

/// A stored workflow, and the session it was found in.
async fn stored(options: &Options, args: &Run, name: &str) -> anyhow::Result<(Session, Subject)> {
    // What is wrong here is said before anybody is asked.
    input::parameters(&args.parameters)?;
    let mut session = open_with(options, None, Need::Execute).await?;
    let found = subject::stored(&mut session, name).await;
    let subject = found.and_then(|workflow| {
        let given = (&args.parameters, &args.overrides);
        let subject = Subject::of_stored(options, workflow, args.project.as_deref(), given)?;
        check(&subject).map(|()| subject)
    });
    match subject {
        Ok(subject) => Ok((session, subject)),
        Err(error) => {
            session.close().await;
            Err(error)
        }
    }
}

/// Starts a run and leaves it to whoever serves.
async fn detach(
    options: &Options,
    mut session: Session,
    request: &StartRequest,
) -> anyhow::Result<ExitCode> {
    if session.host.is_some() {
        session.close().await;
        let message = "nobody would work on the run: start baton serve, or leave out --detach";
        return Err(Failure::of(ErrorCode::IllegalState, message));
    }
    let started: Execution = session.post("/workflow-executions", request).await?;
    session.close().await;
    document::answer(options.output, &started, || {
        format!("Started {}", started.id)
    })?;
    Ok(ExitCode::SUCCESS)
}

/// What `--dry-run` shows.
fn planned(args: &Run) -> args::Plan {
    args::Plan {
        workflow: args.workflow.clone(),
        parameters: args.parameters.clone(),
        project: args::Project {
            project: args.project.clone(),
        },
        overrides: args.overrides.clone(),
        graph: None,
        definition: false,
    }
}

fn request(subject: Subject) -> StartRequest {
    let Subject { given, place } = subject;
    let (workflow_id, definition) = match given.stored {
        Some(workflow) => (Some(workflow.id), None),
        None => (None, Some(given.source.text)),
    };
    let (parameters, parameter_texts) = apart(given.parameters);
    StartRequest {
        definition,
        workflow_id,
        parameters,
        parameter_texts,
        directory: place.directory_text(),
        project_id: None,
        config: place.config_text(),
        overrides: given.of_run.map(|of_run| of_run.block),
        trigger: Some("manual".to_owned()),
    }
}

/// Parameters with types, and those that are read by their declared types.
pub(super) fn apart(given: Vec<(String, ParameterInput)>) -> (Object, Object) {
    let (mut typed, mut texts) = (Object::new(), Object::new());
    for (name, value) in given {
        match value {
            ParameterInput::Value(value) => typed.insert(name, value),
            ParameterInput::Text(text) => texts.insert(name, Value::String(text)),
        };
    }
    (typed, texts)
}
